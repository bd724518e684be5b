"""Step-down beyond its facts: a child in a home is in one home, and paid for once."""

from __future__ import annotations

import pytest

from tests.scenarios.facts import histories
from tests.scenarios.measures import in_service, in_state


@pytest.mark.parametrize("design", ["today", "few_carers", "step_down"])
def test_every_child_in_a_home_is_in_one_home(design: str) -> None:
    for each in histories("step-down", design)[:3]:
        for second in (0, each.end // 3, each.end - 1):
            homes = in_service(each, "own_home", "bought_home").present(second)
            assert homes == in_state(each, "residential").present(second)
