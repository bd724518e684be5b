"""What is refused and warned of beyond the form of a file (LANGUAGE section 13).

`tests/bad_scenarios` holds one file for each mistake, with the message expected for it beside it. Here are the rules
that need several cases, those that must not refuse what is right, and the warnings.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario.load import Scenario, load, load_text
from simulator.scenario.problems import ScenarioError
from simulator.scenario.starter import starter
from tests.scenario.breaking import Mistake, mistakes

TESTS = Path(__file__).resolve().parents[1]
BAD = sorted((TESTS / "bad_scenarios").glob("*.yaml"))
GOOD = sorted((TESTS / "examples").rglob("*.yaml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_malformed_file_is_refused_with_these_words(path):
    with pytest.raises(ScenarioError) as error:
        load_text(path.read_text(encoding="utf-8"), path.name)
    assert str(error.value) == path.with_suffix(".expected").read_text(encoding="utf-8").rstrip("\n")


def test_there_are_expected_words_for_every_malformed_file():
    assert len(BAD) >= 20
    assert sorted((TESTS / "bad_scenarios").glob("*.expected")) == [
        path.with_suffix(".expected") for path in BAD
    ]


# A scenario broken in any one place ----------------------------------------------------------------------------------


def assert_refused_in_its_line(mistake: Mistake) -> None:
    with pytest.raises(ScenarioError) as error:
        load_text(mistake.text)
    assert mistake.lines & {problem.line for problem in error.value.problems}, (mistake.what, error.value)


@settings(max_examples=60)
@given(st.data())
def test_a_scenario_broken_in_any_one_place_is_refused_in_that_line(data):
    path = data.draw(st.sampled_from(GOOD))
    assert_refused_in_its_line(data.draw(st.sampled_from(list(mistakes(path.read_text(encoding="utf-8"))))))


@pytest.mark.slow
@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_scenario_broken_in_every_place_in_turn_is_refused_in_that_line(path):
    found = list(mistakes(path.read_text(encoding="utf-8")))
    assert len(found) > 10
    for mistake in found:
        assert_refused_in_its_line(mistake)


@settings(max_examples=60)
@given(st.data())
def test_whatever_a_line_is_replaced_by_nothing_but_scenario_errors_come(data):
    lines = data.draw(st.sampled_from(GOOD)).read_text(encoding="utf-8").splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(st.sampled_from(lines) | st.text("ab {}[]:,-%£0123456789@\"'#&*!|>", max_size=30))
    problems = []
    try:
        load_text("\n".join(lines))
    except ScenarioError as error:
        problems = error.problems
    assert all(problem.line >= 1 and problem.message for problem in problems)


# Rules with several cases ----------------------------------------------------------------------------------------------

BASE = """\
format: 1
scenario: Checks
start: 2027-04-01
horizon: 5 years
warm_up: 4 years
price_year: 2024/25
agencies: {council: Council, nhs: NHS}
people:
  arrive: {struggling: 300 per year @assumption}
  segments: {area: {town: 60%, villages: 40%}, age: {under_10: 50%, over_10: 50%}}
  leave_after: {exponential: 2 years}
needs: {struggling: {}, coping: {}, in_crisis: {crisis: yes}}
transitions:
  struggling -> in_crisis: {within: {12 months: 20%}}
  in_crisis -> coping: {exponential: 8 months}
  coping -> struggling: {exponential: 2 years}
"""
SUPPORT = "  support: {for: struggling, places: 10, length: 20 weeks, while_in: [struggling, coping]%s}\n"
DESIGNS = "designs: {today: {baseline: yes}}\n"


def scenario(extra: str = "", support: str = "", base: str = BASE) -> Scenario:
    return load_text(f"{base}services:\n{SUPPORT % support}{extra}{DESIGNS}")


def refusal(extra: str = "", support: str = "", base: str = BASE) -> str:
    with pytest.raises(ScenarioError) as error:
        scenario(extra, support, base)
    return str(error.value)


@pytest.mark.parametrize(
    "support",
    [
        ", take_up: {town: 60%, villages: 50%}",
        ", take_up: {town: 60%, others: 50%}",
        ", take_up: {struggling: 60%}",  # nobody in another state can be referred
        ", take_up: {struggling: {start: 60%, 2028-04-01: 70%}, others: 5%}",
        ", referral: {after: {town: 2 weeks, villages: {exponential: 3 weeks}}}",
        ", effects: {e: {on: struggling -> in_crisis, hazard_ratio: {town: 0.7}}}",  # who is left out has 1
        ", cost: {council: {town: £7 per start, villages: £9 per start}}",
    ],
)
def test_splits_that_are_complete_are_accepted(support):
    assert scenario(support=support)


@pytest.mark.parametrize(
    ("support", "said"),
    [
        (", take_up: {town: 60%}", "`villages` is not named here"),
        (
            ", take_up: {town: 60%, struggling: 50%, others: 5%}",
            "`struggling` is a state and `town` is a segment",
        ),
        (", take_up: {coping: 60%}", "`struggling` is not named here"),
        (", take_up: {city: 60%, villages: 50%}", "there is no segment or state `city`"),
        (", take_up: {others: 60%}", "a split names at least one segment or state"),
        (
            ", effects: {e: {on: struggling -> in_crisis, hazard_ratio: {coping: 0.7}}}",
            "`coping` is a state, and here only segments",
        ),
        (
            ", effects: {e: {on: struggling -> in_crisis, risk_ratio: {town: 0.7}, by: 1 year}}",
            "`villages` is not named here",
        ),
    ],
)
def test_splits_that_are_not_say_what_is_missing(support, said):
    assert said in refusal(support=support)


@pytest.mark.parametrize(
    ("basis", "accepted"),
    [
        ("per person per week", True),
        ("per start", True),
        ("per referral", True),
        ("per completion", True),
        ("per place per year", True),
        ("once", True),
        ("per staff per year", False),
        ("per week", False),
        ("per person", False),
        ("", False),
    ],
)
def test_a_service_costs_on_these_bases(basis, accepted):
    support = f", cost: {{council: £9 {basis}}}"
    if accepted:
        assert scenario(support=support)
    else:
        assert "cost" in refusal(support=support)


def test_staff_that_is_nought_today_may_have_a_cost_per_staff():
    text = f"{BASE}services:\n  support: {{for: struggling, places: 0, length: 1 week, cost: {{nhs: £9 per staff per year}}}}\n"
    assert load_text(
        text
        + "designs: {today: {baseline: yes}, more: {services: {support: {places: {staff: 2, caseload: 9}}}}}\n"
    )


def test_the_places_of_a_team_are_paid_by_the_team():
    text = f"{BASE}teams: {{workers: {{staff: 3, caseload: 8, first: support, cost: {{council: £9 per staff per year}}}}}}\n"
    service = "services:\n  support: {for: struggling, places: workers, length: 20 weeks%s}\n" + DESIGNS
    assert load_text(text + service % "")
    with pytest.raises(ScenarioError, match="write this cost under `teams: workers: cost`"):
        load_text(text + service % ", cost: {council: £9 per place per year}")


@pytest.mark.parametrize(
    ("kind", "use"),
    [
        ("60%", "take_up"),
        ("20 weeks", "length"),
        ("0.86", "hazard_ratio"),
        ("12", "room"),
        ("£9 per start", "cost"),
    ],
)
def test_a_named_number_serves_where_its_kind_fits(kind, use):
    places = {
        "take_up": ", take_up: some_number",
        "length": ", drop_out: {exponential: some_number}",
        "hazard_ratio": ", effects: {e: {on: struggling -> in_crisis, hazard_ratio: some_number}}",
        "room": ", queue: {room: some_number}",
        "cost": ", cost: {council: some_number}",
    }
    numbers = f"numbers: {{some_number: {{value: {kind}, source: assumption}}}}\n"
    assert scenario(numbers, places[use])
    for other, support in places.items():
        if other != use and {other, use} != {"hazard_ratio", "room"}:  # plain numbers serve as both
            assert "wanted" in refusal(numbers, support), other


def test_a_ratio_that_is_not_whole_is_no_count():
    numbers = "numbers: {some_number: {value: 0.86, source: assumption}}\n"
    assert "`some_number` is a plain number (0.86)" in refusal(numbers, ", queue: {room: some_number}")


@pytest.mark.parametrize(
    ("support", "other", "endless"),
    [
        (", take_up: 60%, then: {declined: support}", "", True),
        (", take_up: 60%, referral: {after: 1 day}, then: {declined: support}", "", False),
        (", then: {declined: support}", "", False),  # everybody accepts
        (
            ", queue: {room: 0}, then: {turned_away: other}",
            "{places: 5, length: 1 day, queue: {room: 0}, then: {turned_away: support}}",
            True,
        ),
        (
            ", queue: {room: 0}, then: {turned_away: other}",
            "{places: 5, length: 1 day, then: {completed: support}}",
            False,
        ),
        (
            ", queue: {room: 0}, then: {turned_away: coping}",
            "{for: coping, places: 5, length: 1 day, take_up: 5%, then: {declined: struggling}}",
            True,
        ),
        (
            ", then: {started: coping}",
            "{for: coping, places: 5, while_in: struggling, then: {started: struggling}}",
            False,
        ),
        (", then: {completed: support}", "", False),  # a stay takes time
    ],
)
def test_moves_that_take_no_time_may_not_go_round(support, other, endless):
    extra = f"  other: {other}\n" if other else ""
    if endless:
        assert "people could go round without any time passing" in refusal(extra, support)
    else:
        assert scenario(extra, support)


def test_two_services_that_each_end_the_other_at_once_are_endless():
    services = """\
services:
  first: {for: coping, places: 5, while_in: struggling, then: {started: struggling}}
  second: {for: struggling, places: 5, while_in: coping, then: {started: coping}}
"""
    with pytest.raises(ScenarioError, match="without any time passing"):
        load_text(BASE + services + DESIGNS)


@pytest.mark.parametrize(
    ("ranks", "possible"),
    [
        ((0.9, 0.9, 0.7), True),
        ((0.9, 0.9, -0.9), False),
        ((1, 1, 1), True),
        ((-0.4, -0.4, -0.4), True),
        ((-0.9, -0.9, -0.9), False),
    ],
)
def test_correlations_must_be_possible_together(ranks, possible):
    numbers = "".join(
        f"  {name}: {{value: 0.5, range: 0.4 to 0.6, source: assumption}}\n" for name in ("x", "y", "z")
    )
    pairs = ", ".join(
        f"{{of: [{pair}], rank: {rank}}}" for pair, rank in zip(("x, y", "y, z", "x, z"), ranks, strict=True)
    )
    extra = f"numbers:\n{numbers}correlations: [{pairs}]\n"
    if possible:
        assert scenario(extra)
    else:
        assert "correlated in all these ways at once" in refusal(extra)


@pytest.mark.parametrize("segments", [10, 11])
def test_a_thousand_kinds_of_people_are_the_most(segments):
    shares = [f"{100 / segments:.12f}%"] * segments
    groupings = "".join(
        f"    g{g}: {{{', '.join(f's{g}_{s}: {share}' for s, share in enumerate(shares))}}}\n"
        for g in range(3)
    )
    base = BASE.replace(
        "  segments: {area: {town: 60%, villages: 40%}, age: {under_10: 50%, over_10: 50%}}\n",
        f"  segments:\n{groupings}",
    )
    if segments == 10:
        assert scenario(base=base)
    else:
        assert "make 1,331 kinds of people, over 1,000" in refusal(base=base)


def test_a_mistake_that_all_designs_share_is_said_once():
    text = BASE + "services:\n" + SUPPORT % ", take_up: no_such_number"
    with pytest.raises(ScenarioError) as error:
        load_text(text + "designs: {today: {baseline: yes}, one: {}, two: {based_on: one}}\n")
    assert len(error.value.problems) == 1


def test_a_mistake_of_a_design_has_the_key_as_the_design_writes_it():
    text = BASE + "services:\n" + SUPPORT % ""
    with pytest.raises(ScenarioError) as error:
        load_text(
            text
            + "designs:\n  today: {baseline: yes}\n  more: {services: {support: {while_in: [strugling]}}}\n"
        )
    [problem] = error.value.problems
    assert problem.key == "designs.more.services.support.while_in.0"
    assert problem.suggestion == "did you mean `struggling`?"


def test_a_number_of_a_design_may_be_changed_by_name():
    numbers = "numbers: {uptake: {value: 60%, range: 50% to 70%, source: assumption}}\n"
    text = BASE + "services:\n" + SUPPORT % ", take_up: uptake" + numbers
    designs = "designs: {today: {baseline: yes}, more: {services: {support: {take_up: times %s}}}}\n"
    assert load_text(text + designs % "1.2")
    with pytest.raises(ScenarioError, match="this comes to 120%, over 100%"):
        load_text(text + designs % "2")


# Warnings --------------------------------------------------------------------------------------------------------------


def warnings(extra: str = "", support: str = "", base: str = BASE) -> list[str]:
    return [problem.message for problem in scenario(extra, support, base).warnings]


def test_numbers_without_source_are_one_warning():
    [found] = [each for each in scenario().warnings if "no source" in each.message]
    assert (found.severity, found.line) == ("warning", 10)
    assert found.message == "8 numbers have no source (lines 10, 11, 14, 15, ...)"


@pytest.mark.parametrize(
    ("extra", "support", "said"),
    [
        (
            "",
            ", effects: {e: {on: struggling -> in_crisis, hazard_ratio: 0.7, kept_by: all}}",
            "neither lasts nor fades",
        ),
        (
            "",
            ", effects: {e: {on: struggling -> in_crisis, hazard_ratio: 0.7, lasts: 1 year}}",
            "nobody keeps it",
        ),
        (
            "sources: {study: {cite: Study, note: 'RR 0.6 (0.5 to 0.7)'}}\n",
            ", effects: {e: {on: struggling -> in_crisis, hazard_ratio: 0.6 @study}}",
            "the note of `study` speaks of RR",
        ),
        (
            "outcomes: {late: {since: arrived, reached: coping, within: 6 years}}\n",
            "",
            "longer than the horizon",
        ),
        (
            "  other: {for: coping, places: 0, length: 1 week}\n",
            "",
            "nobody reaches the service `other`: its places are 0 in every design",
        ),
        (
            "  other: {places: 5, while_in: coping}\n",
            "",
            "nobody reaches the service `other`: nobody in its `for` states",
        ),
        (
            "  other: {for: coping, places: 5, length: 1 week}\n",
            "",
            "a stay in `other` goes on when somebody enters `in_crisis`",
        ),
        (
            "  other: {for: [coping, struggling], places: 5, while_in: coping}\n",
            "",
            "who starts in `struggling` is cut short at once",
        ),
        ("", ", cost: {council: £9 per person per week}", "places cost money empty too"),
        (
            "providers: {charity: {}}\noutcomes: {safe: {since: support started, avoided: in_crisis, for: 1 year}}\n"
            "contracts: {deal: {payer: council, payee: charity, term: 4 years, pays: {safe: {price: £9}}}}\n",
            "",
            "pays for `safe` of those served",
        ),
    ],
)
def test_what_is_probably_not_meant_is_warned_of(extra, support, said):
    usual = set(warnings())
    [message] = [each for each in warnings(extra, support) if each not in usual and "no source" not in each]
    assert said in message


def test_a_contract_that_pays_for_the_difference_is_not_warned_of():
    extra = (
        "providers: {charity: {}}\noutcomes: {safe: {since: support started, avoided: in_crisis, for: 1 year}}\n"
        "contracts: {deal: {payer: council, payee: charity, term: 4 years, pays: {safe: {price: £9, against: 40%}}}}\n"
    )
    assert not [each for each in warnings(extra) if "of those served" in each]


def test_an_assumption_without_range_is_warned_of_once():
    base = BASE.replace("20%}}", "20% @assumption}}")
    assert "2 assumptions have no range (lines 9, 14)" in warnings(base=base)


def test_states_nobody_reaches_or_leaves_are_warned_of():
    base = BASE.replace("coping: {}", "coping: {}, lost: {}, gone: {}").replace(
        "  leave_after: {exponential: 2 years}\n", ""
    )
    base += "  coping -> gone: {exponential: 9 years}\n"
    found = warnings(base=base)
    assert "nobody reaches the state `lost`" in found
    assert "nobody leaves the state `gone`" in found
    assert len([each for each in found if each.startswith("nobody")]) == 2


def test_a_short_warm_up_from_nothing_is_warned_of_once():
    short = BASE.replace("warm_up: 4 years\n", "warm_up: 1 month\n")
    assert (
        len([each for each in warnings(base=short) if "the warm-up is shorter than a mean stay" in each]) == 1
    )
    assert not [each for each in warnings() if "warm-up" in each]


def test_a_state_that_one_design_reaches_is_not_warned_of():
    base = BASE.replace("coping: {}", "coping: {}, home: {}")
    text = (
        base
        + "services:\n"
        + SUPPORT % ""
        + "  move: {for: coping, places: 0, while_in: home, then: {started: home}}\n"
    )
    found = load_text(
        text + "designs: {today: {baseline: yes}, more: {services: {move: {places: 5}}}}\n"
    ).warnings
    assert not [each for each in found if each.message.startswith("nobody")]


# The starter -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Early help",
        "A \"quoted\": 'title' # no comment",
        "two\nlines\r\n\u2028three",
        "",
        "yes",
        "{schema}",
        "- a",
        "\\n",
    ],
)
def test_the_starter_checks_clean_under_any_title(title):
    loaded = load_text(starter(title))
    assert loaded.warnings == ()
    assert loaded.title == (" ".join(title.split()) or "A first scenario")
    assert set(loaded.designs) == {"today", "earlier_help"}


@given(st.text())
def test_no_title_breaks_the_starter(title):
    load_text(starter(title))


def test_the_starter_names_its_schema_in_the_first_line():
    assert starter("x", "../../s.json").splitlines()[0] == "# yaml-language-server: $schema=../../s.json"


def test_loading_gives_the_baseline_the_labels_and_the_same_digest(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(starter("Early help"), encoding="utf-8")
    loaded = load(path)
    assert (loaded.baseline, loaded.label("in_crisis"), loaded.label("council")) == (
        "today",
        "In crisis",
        "Children's services",
    )
    assert loaded.digest == load_text(path.read_text(encoding="utf-8")).digest
    with pytest.raises(ScenarioError, match="there is no design `tomorow`"):
        loaded.design("tomorow")


# What stands above all designs may speak of what one of them adds ----------------------------------------------------

ADDED = """\
providers: {charity: {}}
outcomes: {visited: {since: visits referred, reached: visits started, within: 6 months}}
contracts: {deal: {payer: council, payee: charity, term: 4 years, fees: {visits: £9 per start}, pays: {visited: {price: £9}}}}
accepts_if: {council: {what: wait for visits, below: 8 weeks, for: 90% of people}}
priorities: {families: {reached by visits: 100}}
designs:
  today: {baseline: yes}
  more: {signs: deal, services: {visits: {for: struggling, places: 5, length: 2 weeks, while_in: struggling}}}
"""


def test_an_outcome_and_a_contract_may_name_a_service_that_a_design_adds():
    assert load_text(f"{BASE}services:\n{SUPPORT % ''}{ADDED}")
    with pytest.raises(ScenarioError, match="there is no service `visit`") as error:
        load_text(f"{BASE}services:\n{SUPPORT % ''}{ADDED.replace('visits started', 'visit started')}")
    assert error.value.problems[0].suggestion == "did you mean `visits`?"


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        ("{price: £9, against: 0.4}", "does not fit an outcome that is achieved or not"),
        (
            "{price: £9, against: {level: 40%, comparison_group: 100}}",
            "pay for the difference from one thing",
        ),
        ("{price: £9, threshold: {each: 10%}}", "`against` is missing"),
        ("{price: £9, cohorts: {most: 3}}", "cohorts are by size or by time"),
        ("{price: £9, bands: {10: 50%}}", "no band starts at 0"),
        ("{price: £9, bands: {0: 100%, half: 50%}}", "`half` is not a threshold"),
        ("{price: £9, cap: £8}", "this cap is under one price"),
        ("{price: £9 per week}", "this price is for each person"),
        ("{price: £9, payer: somebody}", "there is no agency or provider `somebody`"),
    ],
)
def test_payments_that_cannot_be_meant_are_refused(payment, said):
    text = f"{BASE}services:\n{SUPPORT % ''}{ADDED.replace('{price: £9}', payment)}"
    with pytest.raises(ScenarioError) as error:
        load_text(text)
    assert said in str(error.value)
