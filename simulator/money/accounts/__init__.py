"""Who has how much cash, month by month: providers, partners, the vehicle and its investors (MONEY section 4)."""
