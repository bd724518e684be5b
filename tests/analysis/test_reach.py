"""Whom states and services reach, in all and by segment: by hand, and against plain Python that walks through the rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.analysis.compare import compare
from simulator.analysis.flow import crises, people, states
from simulator.analysis.measures import Measures
from simulator.analysis.reach import reach, segments
from simulator.analysis.waits import services
from simulator.engine import history as h
from simulator.engine.history import History
from simulator.experiments.replication import measures_of, prepare_all, replicate, run_design
from simulator.scenario.document import Document
from simulator.scenario.load import load_text
from tests.analysis.test_flow import the_document
from tests.money.worked import scenario_of, service
from tests.outcomes.histories import DAY, SERVICES, at_random, history
from tests.scenarios_at_random import as_text, documents

# Five people, 100 days, 50 days of warm-up; women who are young, women, men who are young, men, a man long gone.
LIVES = history(
    "-40 home, -30 support referred, -20 support started, 5 support completed, 8 support referred",
    "-40 home, -9 support referred, -8 support started, -7 support completed, 0 rehousing referred, 9 rehousing started",
    "10 street, 20 hostel, 20 support declined, 30 support referred, 40 support gave_up, 60 street",
    "-1 hostel, 0 home, 50 arrest, 70 support referred, 90 support started, 91 support dropped_out, 92 leaves",
    "-30 street, -29 support referred, -28 support started, -20 support completed, -10 leaves",
    days=100, warm_up=50, profiles=(0, 1, 2, 3, 3),
)  # fmt: skip


def table(found: list[Any]) -> dict[tuple[str, str], float]:
    return {(each.item, each.measure): each.value for each in found}


def test_reached_is_who_was_ever_in_it_or_is_in_it_at_the_start():
    found = table(reach(LIVES, SERVICES))
    people_in = {item: value for (item, measure), value in found.items() if measure == "people"}
    # Of home one by a move at the second of the start; of hostel the same person, who was there as the start came.
    assert people_in == {"home": 3, "hostel": 2, "street": 1, "rehousing": 1, "support": 2}
    assert found["street", "share"] == 1 / 4  # of four known; who left before the start is none of them


def test_a_service_of_another_design_reaches_nobody():
    assert table(reach(LIVES, [*SERVICES, "new"]))["new", "share"] == 0
    assert table(segments(LIVES, the_document(), ["new"]))["women in new", "reached"] == 0


def test_segments_have_their_people_crises_services_and_waits():
    found = table(segments(LIVES, the_document(), SERVICES))
    assert {item: value for (item, measure), value in found.items() if measure == "known"} == {
        "women": 2, "men": 2, "young": 2, "old": 2,
    }  # fmt: skip
    assert [found[each, "crises"] for each in ("women", "men", "young", "old")] == [0, 3, 2, 1]
    assert found["men", "crises_per_100"] == 150
    assert found["women in support", "reached"] == 1 / 2 and found["men in support", "reached"] == 1 / 2
    assert found["old in rehousing", "reached"] == 1 / 2 and found["men in rehousing", "reached"] == 0
    # Still waiting after 92 days; gave up after 10 and began after 20; the waits of the warm-up are not told.
    assert found["women in support", "wait_days"] == 92
    assert found["men in support", "wait_days"] == 15
    assert found["old in rehousing", "wait_days"] == 9
    assert ("men in rehousing", "wait_days") not in found


def test_without_segments_or_crises_there_is_nothing_to_tell():
    alone = history("0 home", days=10)
    one = run_design(scenario_of(), "now")
    assert segments(one.history, one.document, ()) == []
    calm = scenario_of(needs={"home": {}, "hostel": {}, "street": {}}, arrive={"home": "1 per year"}).document
    calm = calm.model_copy(
        update={"events": {name: each.model_copy(update={"crisis": False}) for name, each in the_document().events.items()}}
    )  # fmt: skip
    assert {each.measure for each in segments(alone, calm, ())} == {"known"}


def test_of_nobody_there_is_no_share():
    gone = history("-30 street, -5 leaves", warm_up=50)
    assert set(table(reach(gone, SERVICES)).values()) == {0}
    assert {each.measure for each in reach(gone, SERVICES)} == {"people"}
    assert {each.measure for each in segments(gone, the_document(), SERVICES)} == {"known", "crises"}
    # ... and another run in which there was somebody does not make it 0
    several = Measures.one_after_the_other(
        [
            Measures.side_by_side(
                [
                    Measures.of(design, number, [*reach(run, ()), *segments(run, the_document(), SERVICES)])
                    for design in ("now", "other")
                ]
            )
            for number, run in enumerate([gone, LIVES])
        ]
    )
    found = compare(several, "now", "other").set_index(["table", "item", "measure"])
    assert found.loc[("reach", "street", "people"), ["baseline", "runs"]].tolist() == [0.5, 2]
    for key, value in {
        ("reach", "street", "share"): 0.25,
        ("segments", "men", "crises_per_100"): 150,
        ("segments", "men in support", "reached"): 0.5,
        ("segments", "men in support", "wait_days"): 15,
    }.items():
        assert found.loc[key, ["baseline", "runs"]].tolist() == [value, 1]


def plainly(
    run: History, document: Document, of_designs: tuple[str, ...]
) -> dict[tuple[str, str, str], float]:
    """The tables reach, segments and moves, and who is known, from the rows alone, one person after the other."""
    number, ever, crisis = Counter[Any](), defaultdict(set), Counter[str]()
    waits, went = defaultdict(list), Counter[str]()
    in_crisis = {name for name in run.states if document.needs[name].crisis}
    crisis_events = {name for name in run.events if document.events[name].crisis}
    lives = defaultdict(list)
    for row in run.frame().itertuples():
        lives[row.person].append(row)
    for person, life in lives.items():
        member = run.segments[run.people["profile"][person]]
        state, inside, referred = "", {}, {}
        seen, crises_here, gone = set(), 0, False
        for row in life:
            now = row.time >= 0
            if now and not seen and state:
                seen = {state, *inside}  # as the start comes
            if row.what in ("arrived", "state", "left"):
                if now and state:
                    went[f"{state} -> {'leaves' if row.what == 'left' else row.item}"] += 1
                gone = row.what == "left" and not now
                state = "" if row.what == "left" else row.item
                seen |= {state} if now and state else set()
                crises_here += now and state in in_crisis
            elif row.what == "event":
                crises_here += now and row.item in crisis_events
            elif row.what == "referred" and row.why == "joined":
                referred[row.item] = row.time
            elif row.what == "started":
                inside[row.item] = True
                seen |= {row.item} if now else set()
            elif row.what == "ended":
                del inside[row.item]
            if row.item in referred and row.what in ("started", "off_list", "still_service"):
                joined = referred.pop(row.item)
                if joined >= 0:
                    for each in member:
                        waits[each, row.item].append(row.time - joined)
        for each in () if gone else ("", *member):
            number[each] += 1
            crisis[each] += crises_here
            ever[each] |= {(person, thing) for thing in seen}
    found: dict[tuple[str, str, str], float] = {("people", "", "known"): number[""]}
    found.update({("moves", item, "number"): times for item, times in went.items()})

    def many(segment: str, thing: str) -> int:
        return sum(each == thing for _, each in ever[segment])

    for thing in (*run.states, *of_designs):
        found["reach", thing, "people"] = many("", thing)
        if number[""]:
            found["reach", thing, "share"] = many("", thing) / number[""]
    for each in {name for member in run.segments for name in member}:
        found["segments", each, "known"] = number[each]
        if in_crisis or crisis_events:
            found["segments", each, "crises"] = crisis[each]
            if number[each]:
                found["segments", each, "crises_per_100"] = crisis[each] / number[each] * 100
        for thing in of_designs:
            if number[each]:
                found["segments", f"{each} in {thing}", "reached"] = many(each, thing) / number[each]
            if waited := waits[each, thing]:
                found["segments", f"{each} in {thing}", "wait_days"] = sum(waited) / len(waited) / DAY
    return found


def reconciled(found: dict[tuple[str, str, str], float], run: History) -> None:
    """Parts add up to the tables that tell them in all. Groupings split the same people."""
    for grouping in zip(*run.segments, strict=True):
        names = set(grouping)
        known = {name: found["segments", name, "known"] for name in names}
        assert sum(known.values()) == found["people", "", "known"]
        if ("crises", "", "number") in found:
            assert sum(found["segments", name, "crises"] for name in names) == found["crises", "", "number"]
        for service_name in run.services:
            reached = sum(
                found.get(("segments", f"{n} in {service_name}", "reached"), 0) * known[n] for n in names
            )
            assert reached == pytest.approx(found["reach", service_name, "people"])
            waits = [
                found[key]
                for n in names
                if (key := ("segments", f"{n} in {service_name}", "wait_days")) in found
            ]
            assert bool(waits) == (("services", service_name, "wait_days") in found)
            if waits:  # the mean of all lies among the means of the parts
                mean = found["services", service_name, "wait_days"]
                assert min(waits) * (1 - 1e-12) <= mean <= max(waits) * (1 + 1e-12)
    for number, name in enumerate(run.states):
        into = sum(
            value
            for (kind, item, _), value in found.items()
            if kind == "moves" and item.endswith(f"-> {name}")
        )
        arrived = run.counts[1, h.ARRIVED, number].sum()
        assert into + arrived == found["states", name, "entries"]


@given(st.integers(0, 10**6), st.sampled_from([0, 5]), st.sampled_from([1, 30]))
def test_random_histories_are_told_as_in_plain_python(seed, warm_up, how_many):
    run = at_random(seed, warm_up=warm_up, people=how_many)
    document = the_document()
    rows = [*reach(run, SERVICES), *segments(run, document, SERVICES), *people(run)]
    found = {each[:3]: each.value for each in rows}
    expected = {key: value for key, value in plainly(run, document, SERVICES).items() if key[0] != "moves"}
    assert {key: found[key] for key in found if key[0] != "people"} == {
        key: pytest.approx(value) for key, value in expected.items() if key[0] != "people"
    }
    assert found["people", "", "known"] == expected["people", "", "known"]


@st.composite
def with_crises(draw: Any) -> dict[str, Any]:
    """Random scenarios in which some states and events are crises."""
    found = draw(documents())
    for section in ("needs", "events"):
        for each in found[section].values():
            if draw(st.booleans()):
                each["crisis"] = "yes"
    return found


@given(with_crises(), st.integers(0, 5))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_random_scenarios_are_told_as_in_plain_python_and_add_up(document, replication):
    scenario = load_text(as_text(document))
    every = tuple(sorted({name for each in scenario.designs.values() for name in each.services}))
    for design in scenario.designs:
        run = run_design(scenario, design, replication)
        found = {each[:3]: each.value for each in measures_of(run) if each.year == 0}
        expected = plainly(run.history, run.document, every)
        told = {
            key: value
            for key, value in found.items()
            if key[0] in ("moves", "reach", "segments") or key == ("people", "", "known")
        }
        nobody_went = {key for key, value in told.items() if key[0] == "moves" and value == 0}
        assert {key for key in told if key not in nobody_went} == set(expected)
        assert {key: told[key] for key in expected} == {key: pytest.approx(expected[key]) for key in expected}
        pairs = {tuple(key[1].split(" -> ")) for key in nobody_went}
        assert pairs <= set(run.model.transitions)
        reconciled(found, run.history)


def test_what_is_told_of_the_parts_is_told_of_the_whole():
    found = {
        each[:3]: each.value
        for each in [
            *people(LIVES), *states(LIVES), *crises(LIVES, the_document()), *services(LIVES), *reach(LIVES, SERVICES),
            *segments(LIVES, the_document(), SERVICES),
        ]
    }  # fmt: skip
    names = ("women", "men")
    assert sum(found["segments", each, "crises"] for each in names) == found["crises", "", "number"] == 3
    assert sum(found["segments", each, "known"] for each in names) == found["people", "", "known"] == 4


def test_a_service_that_only_the_design_has_is_known_to_reach_nobody_today():
    scenario = scenario_of(
        arrive={"a": "60 per year"},
        people={"segments": {"age": {"child": "50%", "adult": "50%"}}},
        designs={"more": {"services": {"s": service(places="2")}}},
    )
    found = compare(replicate(prepare_all(scenario, ["now", "more"]), 0), "now", "more")
    found = found.set_index(["table", "item", "measure"])
    for key in (("reach", "s", "share"), ("segments", "adult in s", "reached")):
        assert found.loc[key, "baseline"] == 0 and found.loc[key, "difference"] > 0
