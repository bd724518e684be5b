"""Designs and readings laid over a scenario (LANGUAGE section 9)."""

import pytest

from simulator.scenario.document import Document
from simulator.scenario.load import load_text
from simulator.scenario.overlay import lay_over
from simulator.scenario.problems import Refused, ScenarioError
from simulator.scenario.quantities import Split, Timeline
from simulator.scenario.reader import place_of, read_text

FILE = """\
format: 1
scenario: Overlays
start: 2027-04-01
horizon: 5 years
warm_up: 1 year
people:
  arrive: {struggling: {rate: 300 per year, by_month: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]}}
  segments: {area: {town: 60%, villages: 40%}}
  leave_after: {exponential: 5 years}
needs: {struggling: {}, in_crisis: {crisis: yes}}
transitions:
  struggling -> in_crisis: {within: {12 months: 20%}, hazard_ratio: {villages: 1.5}}
  in_crisis -> struggling: {exponential: 8 months}
services:
  support:
    for: [struggling, in_crisis]
    take_up: {town: 60% (50% to 70%), villages: 40%}
    places: 10
    length: 20 weeks
    effects: {fewer: {on: struggling -> in_crisis, risk_ratio: 0.7, by: 12 months}}
designs:
  today: {baseline: yes}
"""


def design(overlay: str) -> Document:
    return load_text(FILE + f"  changed: {overlay}\n").designs["changed"]


def test_mappings_merge_and_values_are_replaced_whole():
    service = design("{services: {support: {for: struggling, take_up: 50%}}}").services["support"]
    assert service.for_ == ("struggling",)
    assert service.take_up.value == 0.5
    assert service.length.value == 140  # untouched


def test_the_overlay_of_two_ratios_stands():
    effect = (
        design("{services: {support: {effects: {fewer: {hazard_ratio: 0.5}}}}}")
        .services["support"]
        .effects["fewer"]
    )
    assert effect.hazard_ratio.value == 0.5
    assert effect.risk_ratio is None
    assert effect.by is None


def test_another_ratio_keeps_the_time_of_the_study():
    effect = (
        design("{services: {support: {effects: {fewer: {odds_ratio: 0.5}}}}}")
        .services["support"]
        .effects["fewer"]
    )
    assert (effect.odds_ratio.value, effect.risk_ratio) == (0.5, None)
    assert effect.by is not None


def test_the_overlay_of_two_families_stands_and_the_rest_of_the_transition_stays():
    transition = design("{transitions: {struggling -> in_crisis: {exponential: 4 years}}}").transitions[
        "struggling -> in_crisis"
    ]
    assert transition.time().name == "exponential"
    assert not transition.time().within
    assert len(transition.hazard_ratio) == 1


def test_a_short_form_over_a_long_one_and_the_other_way_round():
    assert (
        design("{services: {support: {places: {staff: 2, caseload: 9}}}}").services["support"].places.count
        is None
    )
    assert design("{services: {support: {places: unlimited}}}").services["support"].places.unlimited
    places = design("{services: {support: {places: {start: 10, 2028-04-01: 40}}}}").services["support"].places
    assert isinstance(places.count, Timeline)
    entry = design("{people: {arrive: {struggling: 400 per year}}}").people.arrive["struggling"]
    assert (entry.rate.value, len(entry.by_month or ())) == (400, 12)


def test_another_way_to_arrive_shuts_the_first_out():
    entry = design("{people: {arrive: {struggling: {every: 7 days}}}}").people.arrive["struggling"]
    assert (entry.rate, entry.by_month, entry.every.value) == (None, None, 7)


def test_times_multiplies_every_part_and_its_range():
    take_up = design("{services: {support: {take_up: times 0.5}}}").services["support"].take_up
    assert isinstance(take_up, Split)
    [(_, town), (_, villages)] = take_up.parts
    assert (town.value, town.low, town.high, villages.value) == (0.3, 0.25, 0.35, 0.2)


def test_a_design_stands_on_another():
    text = (
        FILE
        + "  more: {services: {support: {places: 20}}}\n  most: {based_on: more, services: {support: {take_up: 90%}}}\n"
    )
    service = load_text(text).designs["most"].services["support"]
    assert (service.places.count.value, service.take_up.value) == (20, 0.9)


def test_a_reading_lies_over_every_design():
    text = FILE + "  more: {services: {support: {places: 20}}}\n"
    text += "readings: {none: {weight: 20%, services: {support: {effects: {fewer: {risk_ratio: 1}}}}}}\n"
    service = load_text(text).design("more", "none").services["support"]
    assert (service.places.count.value, service.effects["fewer"].risk_ratio.value) == (20, 1)


def test_a_design_may_add_services_effects_and_contracts():
    visits = "{for: struggling, places: 5, length: 2 weeks}"
    quicker = "{on: in_crisis -> struggling, hazard_ratio: 2}"
    services = design(
        f"{{services: {{visits: {visits}, support: {{effects: {{quicker: {quicker}}}}}}}}}"
    ).services
    assert set(services) == {"support", "visits"}
    assert set(services["support"].effects) == {"fewer", "quicker"}


@pytest.mark.parametrize(
    ("overlay", "said"),
    [
        ("{needs: {homeless: {}}}", "a design cannot change `needs`"),
        ("{outcomes: {x: {}}}", "a design cannot change `outcomes`"),
        ("{people: {segments: {area: {town: 100%}}}}", "`segments` of people cannot change"),
        ("{transitions: {in_crisis -> leaves: {exponential: 4 years}}}", "cannot add to transitions"),
        ("{events: {visit: {rate: 2 per year}}}", "cannot add to events"),
        ("{services: {support: {drop_out: times 2}}}", "nothing to multiply"),
        ("{services: {support: {take_up: times -1}}}", "factor of 0 or more"),
        ("{services: {support: {take_upp: 20%}}}", "unknown key `take_upp`"),
        ("{services: {support: 12}}", "a mapping of keys is wanted here"),
        ("{services: {visits: {for: struggling}}}", "nothing ends a stay|`places` is missing"),
    ],
)
def test_what_an_overlay_may_not_do_is_refused_in_its_own_line(overlay, said):
    with pytest.raises(ScenarioError, match=said) as error:
        design(overlay)
    assert all(problem.line == len(FILE.splitlines()) + 1 for problem in error.value.problems)
    assert all(problem.key.startswith("designs.changed") for problem in error.value.problems)


def test_what_is_merged_has_the_place_of_the_overlay_and_the_rest_that_of_the_file():
    root = read_text(FILE)
    over = read_text("\n" * 99 + "services: {support: {take_up: times 0.5}}\n")
    merged = lay_over(root, over, Document)
    assert place_of(merged, ("services", "support", "take_up"))[0] == 100
    assert place_of(merged, ("services", "support", "places"))[0] == 18
    assert (
        root["services"]["support"]["take_up"]["town"] == "60% (50% to 70%)"
    )  # the file itself is as it was


def test_a_refusal_leads_to_the_part_of_the_overlay():
    with pytest.raises(Refused) as error:
        lay_over(read_text(FILE), read_text("services: {support: {queue: {room: times 2}}}\n"), Document)
    assert error.value.path == ("services", "support", "queue", "room")
