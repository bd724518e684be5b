"""Which design to choose when the numbers are uncertain: costs and effects over draws in, tables out.

Nothing here runs a model or knows a scenario: `choices.Choices` is all that these functions take.
"""
