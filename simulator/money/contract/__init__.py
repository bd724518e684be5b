"""What a contract pays, when, by whom and why not more: from certified claims to postings (MONEY section 3).

`terms` is the contract as plain numbers and dates; `claims` what was observed; each further step of the pipeline is a
module of its own; `settle` runs them in their fixed order. Nothing here simulates, and nothing draws a random number by
order: verification, samples and disputes use keyed ones, so that variants of a contract share them.
"""
