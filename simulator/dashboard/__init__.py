"""What the browser shows: one module a page. It computes nothing; runs and tables come from `api`."""
