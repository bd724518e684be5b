"""Studies: many settings of a scenario's numbers, run into a folder that outlives an interruption and may be read by anything.

`run_study` runs a study file, `read` gives its folder as one table, `query` asks it in SQL. What a study may say is in `file`,
what its folder holds in `store`. Nothing here knows how answers are drawn from the numbers.
"""

from simulator.experiments.study.estimate import Estimate, estimate
from simulator.experiments.study.file import Study, load_study
from simulator.experiments.study.query import BadQuery, Found, query, read
from simulator.experiments.study.run import Studied, run_study
from simulator.experiments.study.store import NoStudy

__all__ = [
    "BadQuery",
    "Estimate",
    "Found",
    "NoStudy",
    "Studied",
    "Study",
    "estimate",
    "load_study",
    "query",
    "read",
    "run_study",
]
