"""Published and exactly computable results, each reached through the scenario language and the engine.

`cases` is the table of them, `judge` runs one and compares, `validate` writes docs/validation.md. Nothing here reads the
inside of an engine: a case is a scenario's text, and what is measured is measured from the history.
"""
