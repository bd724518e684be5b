"""Questions and their tables: people, waits, costs, savings, what changes between designs, one person's story.

One module a question. Each reads a history, outcomes or a ledger and returns a tidy table; none runs a simulation, draws
a number or formats one.
"""
