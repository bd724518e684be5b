"""Which uncertain numbers matter, and where an answer turns: inputs and results of runs in, tables out.

Nothing here runs a model. Designs of experiments (which inputs to run) are made here too, as points of the unit cube.
"""
