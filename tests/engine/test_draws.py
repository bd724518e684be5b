"""Sampled draws and overlays keep to what the scenario means: each of these once did not."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.engine.compile import compile_model
from simulator.engine.history import COMPLETED, MOVED, STATE
from simulator.engine.simpy_engine import simulate
from simulator.experiments.replication import measures_of, run_design
from simulator.scenario.load import Scenario, load_text

HEAD = """
format: 1
scenario: Draws
start: 2027-01-01
horizon: 4 years
warm_up: 1 year
"""


def scenario(text: str) -> Scenario:
    return load_text(HEAD + text)


BASE = """
people: {arrive: {a: 300 per year}}
needs: {a: {}, b: {}, c: {}, z: {}}
transitions:
  a -> b: {exponential: 1 year}
  b -> c: {exponential: 2 years}
  z -> b: {exponential: 50 years}
outcomes: {o: {since: arrived, reached: c, within: 12 months}}
"""


def value_of(measures: list[Any], name: str) -> float:
    return next(each.value for each in measures if each.table == "outcomes" and each.measure == name)


def test_people_whom_a_design_brings_in_are_no_change_in_the_outcome_of_the_others():
    found = scenario(BASE + "designs: {today: {baseline: yes}, new: {people: {arrive: {z: 1000 per year}}}}")
    baseline, new = run_design(found, "today"), run_design(found, "new")
    measures = measures_of(new, baseline)
    assert value_of(measures, "change") == 0
    assert value_of(measures, "result") < value_of(
        measures, "without_it"
    )  # the newcomers dilute the result itself


def test_sampled_shares_of_a_destination_still_sum_to_what_is_written():
    found = scenario(
        """
people: {arrive: {a: 300 per year}}
needs: {a: {}, b: {}, c: {}}
services:
  s: {for: a, places: unlimited, length: 1 week, then: {completed: {b: "60% (40% to 80%)", c: "40% (20% to 60%)"}}}
designs: {today: {baseline: yes}}
"""
    )
    for draw in range(1, 9):
        model = compile_model(found, draw=draw)
        shares = [model.step_value[model.steps_first[steps]] for steps in model.destination_share]
        assert sum(shares) == pytest.approx(1)
    history = simulate(compile_model(found, draw=1))
    table = history.spell_table
    completed = int((table["way"] == COMPLETED).sum())
    moved = int(((history.rows["what"] == STATE) & (history.rows["why"] == MOVED)).sum())
    assert completed > 1000 and moved == completed  # nobody who completes is left where they were


def test_an_event_that_enters_the_same_state_again_is_no_way_out_of_it():
    """40% are seen to reach c within a year; restarting the clock of an exponential changes nothing."""
    text = """
people: {arrive: {b: 4000 per year}}
needs: {b: {}, c: {}}
transitions: {b -> c: {within: {12 months: 40%}}}
events: {again: {rate: {b: 2 per year}, to: b}}
outcomes: {o: {since: arrived, reached: c, within: 12 months}}
designs: {today: {baseline: yes}}
"""
    found = value_of(measures_of(run_design(scenario(text), "today")), "result")
    # About 12,000 people: a standard error of 0.0045, times 3.
    assert found == pytest.approx(0.40, abs=0.0135)


def test_a_ratio_out_of_reach_in_a_draw_becomes_the_nearest_and_is_counted():
    found = scenario(
        """
people: {arrive: {a: 300 per year}}
needs: {a: {}, b: {}}
transitions: {a -> b: {exponential: 14 months}}
services:
  s:
    for: a
    places: unlimited
    while_in: a
    effects: {e: {on: [a -> b], risk_ratio: 1.3 (0.6 to 2.4), by: 12 months}}
designs: {today: {baseline: yes}}
"""
    )
    models = [compile_model(found, draw=draw) for draw in range(1, 40)]
    beyond = [model for model in models if model.gaps]
    assert beyond and len(beyond) < len(models)
    assert all(0 < gap < 1 for model in beyond for gap in model.gaps.values())
    assert max(float(model.pair_ratio.max()) for model in models) < 1000


def test_how_long_an_effect_lasts_is_sampled_like_any_number():
    found = scenario(
        """
people: {arrive: {a: 300 per year}}
needs: {a: {}, b: {}}
transitions: {a -> b: {exponential: 14 months}}
services:
  s:
    for: a
    places: unlimited
    length: 1 month
    effects: {e: {on: [a -> b], hazard_ratio: 0.5, kept_by: all, lasts: held, fades_over: 24 months (12 to 36 months)}}
numbers: {held: {value: 6 months, range: 3 months to 9 months}}
designs: {today: {baseline: yes}}
"""
    )
    fades = {int(compile_model(found, draw=draw).effect_fade[1, 0]) for draw in range(1, 6)}
    lasts = {int(compile_model(found, draw=draw).effect_lasts[1, 0]) for draw in range(1, 6)}
    assert len(fades) == 5 and len(lasts) == 5


def test_a_design_that_changes_a_number_changes_nobody_into_somebody_else():
    found = scenario(
        BASE.replace(
            "people: {arrive: {a: 300 per year}}",
            "people: {arrive: {a: 300 per year}, segments: {age: {young: y, old: o_share}}}",
        )
        + """
numbers: {y: 50%, o_share: 50%}
designs: {today: {baseline: yes}, new: {numbers: {y: 90%, o_share: 10%}}}
"""
    )
    today, new = (simulate(compile_model(found, design)) for design in ("today", "new"))
    assert (today.people == new.people).all()


def test_a_reading_may_speak_of_a_service_that_only_a_design_adds():
    found = scenario(
        BASE
        + """
designs:
  today: {baseline: yes}
  new:
    services: {n: {for: a, places: 5, length: 1 month, effects: {e: {on: [a -> b], hazard_ratio: 0.5}}}}
readings: {none: {weight: 30%, services: {n: {effects: {e: {hazard_ratio: 1}}}}}}
"""
    )
    assert compile_model(found, "new").pair_ratio.size == 2
    assert compile_model(found, "new", reading="none").pair_ratio.size == 0
    assert compile_model(found, "today", reading="none").services == ()


def test_times_lies_over_a_number_by_name():
    found = scenario(
        BASE.replace("{exponential: 2 years}", "{exponential: slow}")
        + """
numbers: {slow: 2 years}
designs: {today: {baseline: yes}, new: {numbers: {slow: times 0.5}}}
"""
    )
    assert found.designs["new"].numbers["slow"].value == pytest.approx(365.25)
