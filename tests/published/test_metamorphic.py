"""What a change must leave alone, bit for bit: relations between two runs, where no formula is needed.

`everything.yaml` has nearly every feature and people who compete for places; tests in which they must not compete use
it with unlimited places. People are matched by identity, because their numbers count those who came before them.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import defaultdict
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from simulator.engine.compile import compile_model
from simulator.engine.history import ARRIVED, EVENT, LEFT, STATE, STILL_STATE, History
from simulator.engine.simpy_engine import simulate
from simulator.scenario.load import load_text

HERE = Path(__file__).resolve().parent
EVERYTHING = (HERE / "everything.yaml").read_text(encoding="utf-8")
# The same without competition for places.
ALONE = (
    EVERYTHING.replace("staff: 3, caseload: 6", "places: 100000")
    .replace("{start: 10, 2028-04-01: 20}", "unlimited")
    .replace("places: 25", "places: unlimited")
)
Row = tuple[int, int, str, int]
PERSONAL = (ARRIVED, STATE, LEFT, STILL_STATE)


def run(text: str, design: str | None = None, replication: int = 0) -> History:
    return simulate(compile_model(load_text(text), design), 11, replication)


def stories(history: History, without: tuple[str, ...] = ()) -> dict[int, list[Row]]:
    """Each person's rows by identity, with names instead of numbers; services in `without` are left out."""
    found = defaultdict(list)
    identity = history.people["identity"].tolist()
    for time, person, item, what, why in history.rows.tolist():
        if what in PERSONAL:
            name = history.states[item]
        elif what == EVENT:
            name = history.events[item]
        else:
            name = history.services[item]
            if name in without:
                continue
        found[identity[person]].append((time, what, name, why))
    return dict(found)


def needs_only(history: History) -> dict[int, list[Row]]:
    """Each person's states and leaving, by identity."""
    return {who: [row for row in rows if row[1] in PERSONAL] for who, rows in stories(history).items()}


def digest(history: History) -> str:
    return hashlib.sha256(history.rows.tobytes() + history.people.tobytes()).hexdigest()


def edited(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def test_the_scenario_reaches_every_kind_of_row() -> None:
    history = run(EVERYTHING)
    assert set(history.rows["what"].tolist()) == set(range(1, 13))
    assert len(history.people) > 1000


LINE = """\
format: 1
scenario: Two desks
start: 2027-01-01
horizon: 300 days
people: {arrive: {in_need: 6 per day}}
needs: {in_need: {}}
services:
  first:
    {for: in_need, places: 6, queue: {give_up: {exponential: 2 days}}, length: {exponential: 1 day},
     then: {completed: second, gave_up: second}}
  second:
    {places: 4, queue: {give_up: {exponential: 3 days}, room: 20}, length: {exponential: 1 day},
     then: {completed: leaves, gave_up: leaves, turned_away: leaves}}
designs: {today: {baseline: yes}, more: {services: {second: {places: 9}}}}
"""


def test_more_places_downstream_change_nothing_upstream() -> None:
    narrow, wide = run(LINE), run(LINE, "more")
    assert digest(narrow) != digest(wide)
    rows = []
    for history in (narrow, wide):
        first = history.rows["item"] == history.services.index("first")
        of_service = ~np.isin(history.rows["what"], (*PERSONAL, EVENT))
        at_first = history.rows[first & of_service]
        # How the run's end finds those who still wait or stay is written by person, so it is upstream too.
        rows.append(at_first.tobytes())
    assert rows[0] == rows[1]


EXTRA = """\
    coping: {at: [0 days, 1 day, 40 days, 40 days, 100.5 days]}
"""


def test_one_more_person_changes_nobody_else() -> None:
    before = run(ALONE)
    after = run(edited(ALONE, ("    struggling: 300 per year\n", "    struggling: 300 per year\n" + EXTRA)))
    assert len(after.people) == len(before.people) + 5
    old, new = stories(before), stories(after)
    assert {who: new[who] for who in old} == old


def test_one_more_person_at_the_end_of_a_list_changes_nobody_else() -> None:
    one = edited(
        ALONE,
        (
            "    struggling: 300 per year\n",
            "    coping: {at: [3 days, 9 days]}\n    struggling: 300 per year\n",
        ),
    )
    two = edited(one, ("[3 days, 9 days]", "[3 days, 9 days, 30 days]"))
    old, new = stories(run(one)), stories(run(two))
    assert len(new) == len(old) + 1
    assert {who: new[who] for who in old} == old


def shuffled(value: Any, random: Random) -> Any:
    """The same data with the keys of every mapping in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        # Of a timeline `start` is the first key; elsewhere its place is as good as any.
        keys.sort(key=lambda key: key != "start")
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(each, random) for each in value] if isinstance(value, list) else value


def in_another_order(text: str, seed: int) -> str:
    yaml = YAML(typ="safe")
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    out = StringIO()
    # `base` reads every scalar as text, as the language does.
    yaml.dump(shuffled(YAML(typ="base").load(text), Random(seed)), out)
    return out.getvalue()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_order_of_keys_in_the_file_changes_nothing(seed: int) -> None:
    text = in_another_order(EVERYTHING, seed)
    assert list(YAML(typ="base").load(text)) != list(YAML(typ="base").load(EVERYTHING))
    assert digest(run(text, "fewer")) == digest(run(EVERYTHING, "fewer"))


PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.published.test_metamorphic import EVERYTHING, digest, run
print(digest(run(EVERYTHING)))
"""


def test_another_hash_seed_changes_nothing() -> None:
    here = digest(run(EVERYTHING))
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(HERE.parents[1])],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=HERE.parents[1],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.split()[-1] == here


UNUSED = {
    "no share": "  a_new_one: {for: [at_risk, struggling], referral: {share: 0%}, places: 3, length: 3 weeks}\n",
    "no hand-off": "  a_new_one: {places: 3, length: 3 weeks, effects: {none: {on: [at_risk -> in_care], hazard_ratio: 0.1}}}\n",
    "closed": "  a_new_one: {for: [at_risk, struggling], places: 0, length: 3 weeks}\n",
    "nobody accepts": "  a_new_one: {for: at_risk, take_up: 0%, places: 3, length: 3 weeks}\n",
}


@pytest.mark.parametrize("kind", UNUSED)
def test_a_service_nobody_is_referred_to_changes_nobody(kind: str) -> None:
    before, after = (
        run(EVERYTHING),
        run(edited(EVERYTHING, ("services:\n  triage:", f"services:\n{UNUSED[kind]}  triage:"))),
    )
    assert "a_new_one" in after.services
    assert stories(after, without=("a_new_one",)) == stories(before)


def test_a_service_without_effect_or_moves_leaves_need_histories_alone() -> None:
    extra = (
        "  a_new_one: {for: [at_risk, struggling, in_care], places: 7, queue: {give_up: 3 weeks}, "
        "drop_out: 30%, length: {exponential: 3 weeks}}\n"
    )
    before, after = (
        run(EVERYTHING),
        run(edited(EVERYTHING, ("services:\n  triage:", f"services:\n{extra}  triage:"))),
    )
    used = ~np.isin(after.rows["what"], (*PERSONAL, EVENT)) & (
        after.rows["item"] == after.services.index("a_new_one")
    )
    assert used.sum() > 1000
    assert stories(after, without=("a_new_one",)) == stories(before)


def test_places_of_a_service_without_effect_or_moves_leave_need_histories_alone() -> None:
    before, after = run(EVERYTHING), run(edited(EVERYTHING, ("    places: 25", "    places: 5")))
    assert digest(before) != digest(after)
    assert needs_only(before) == needs_only(after)


def test_an_effect_changes_only_those_it_reached() -> None:
    before, after = run(ALONE), run(edited(ALONE, ("risk_ratio: 0.6", "risk_ratio: 0.3")))
    old, new = stories(before), stories(after)
    assert old.keys() == new.keys()
    changed = {who for who in old if old[who] != new[who]}
    reached = {who for who, rows in old.items() if any(name == "support" for _, _, name, _ in rows)}
    assert changed
    assert changed <= reached


def test_a_lower_rate_of_arrivals_removes_people_and_renames_nobody() -> None:
    everybody, fewer = run(ALONE), run(ALONE, "fewer")
    old, new = stories(everybody), stories(fewer)
    assert 200 < len(old) - len(new) < 500  # a third of 300 a year for three years
    assert {who: old[who] for who in new} == new


def test_until_a_design_begins_it_is_the_baseline() -> None:
    everybody, fewer = run(EVERYTHING), run(EVERYTHING, "fewer")

    def warm_up(history: History) -> dict[int, list[Row]]:
        rows = {who: [row for row in story if row[0] < 0] for who, story in stories(history).items()}
        return {who: story for who, story in rows.items() if story}

    assert warm_up(everybody) == warm_up(fewer)


def test_a_longer_horizon_renames_nobody() -> None:
    # Their histories may differ by a second here and there: tables of times are as fine as the run's span needs.
    short, long = run(EVERYTHING), run(edited(EVERYTHING, ("horizon: 3 years", "horizon: 4 years")))
    here = long.people["arrival"] < short.end
    assert here.sum() == len(short.people)
    assert (long.people[here] == short.people).all()
