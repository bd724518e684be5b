"""The model record: what a reviewer of a model asks for, generated from the scenario so that it cannot drift from it.

In the order of STRESS-DES (Monks, Currie, Onggo, Robinson, Kunc and Taylor 2019, Strengthening the reporting of empirical
simulation studies, Journal of Simulation 13(1), 55-67), with the assumptions log.
"""
