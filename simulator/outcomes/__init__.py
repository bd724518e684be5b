"""Who achieved what, and when: the outcomes of a scenario judged on histories.

The modules here read a finished `History` and the `outcomes` of a scenario (LANGUAGE section 8): `moments` says which
rows are the moments of a scenario, `evaluate` starts each person's clock and makes the test, `rates` turns verdicts into
rates and makes the same test under the baseline; `compiled_verdicts` has their loops. Everything is a plain function on
columns of numbers.
It never touches the engine, draws no random number, and knows nothing of money: prices, claims and cohorts are the
business of `simulator.money`, which reads the tables made here.
"""
