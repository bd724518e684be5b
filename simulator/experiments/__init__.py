"""Many runs: replications of designs on the same random numbers, with workers, progress and results on disk.

The runner owns seeds, workers, progress and cancelling; engines, analyses and pages own none of it.
"""
