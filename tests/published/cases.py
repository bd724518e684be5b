"""The table of cases: queues are in `queue_cases`, histories of needs in `need_cases`."""

from __future__ import annotations

from tests.published import need_cases, queue_cases
from tests.published.case import Case

CASES: tuple[Case, ...] = (*queue_cases.CASES, *need_cases.CASES)
BY_NAME = {case.name: case for case in CASES}
assert len(BY_NAME) == len(CASES), "two cases have one name"
