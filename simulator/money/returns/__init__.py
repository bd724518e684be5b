"""What a stream of flows was worth to whoever put it in: rates, multiples, losses; what was paid for each outcome caused.

`irr` finds rates, `investor` reads one run, `across` many; `commissioner` is the payer's side and its three comparators;
`caused` what the payments bought; `views` the four ways to count, `green_book` the adjustments of public value; `confidence`
how sure a share of runs is. Pure functions of flows and results: nothing here simulates or posts.
"""
