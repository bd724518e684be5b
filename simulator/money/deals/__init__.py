"""Published deals: their files, the back-test of their terms on what was observed, and the INDIGO data standard."""
