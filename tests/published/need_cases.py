"""Histories of needs: closed forms of competing risks, Markov models and proportional hazards, and a published trial.

Everybody is there from the first second (`present`, no warm-up) or arrives in the first year, and the run is long enough
for every window asked about to close, so nothing is censored.
"""

from __future__ import annotations

import math

from tests.published import measures as ms
from tests.published.case import Case, Check, Run, oracle
from tests.published.closed_forms import lognormal_survival, occupancy

MONTH = 365.25 / 12
YEAR = 365.25
# 300 people each: 12,000 and 90,000.
QUICK, FULL = Run(40), Run(300)


def needs(people: str, states: str, transitions: str, rest: str = "", horizon: str = "3000 days") -> str:
    """A scenario of people, states and the ways between them."""
    return f"""\
format: 1
scenario: Histories of needs
start: 2027-01-01
horizon: {horizon}
people: {people}
needs: {states}
transitions:
{transitions}
{rest}
designs: {{today: {{baseline: yes}}}}
"""


# Three ways out with means of 10, 20 and 40 days; `f` is the same written as one clock and a branch.
COMPETING = needs(
    "{present: {a: 150, f: 150}}",
    "{a: {}, b: {}, c: {}, d: {}, f: {}}",
    """\
  a -> b: {exponential: 10 days}
  a -> c: {exponential: 20 days}
  a -> d: {exponential: 40 days}
  f: {exponential: 5.714285714 days, to: {b: 57.14285714%, c: 28.57142857%, d: 14.28571429%}}""",
    horizon="400 days",
)
# A share that every way out takes part in: two ways observed together, one by a rate.
OBSERVED = needs(
    "{present: {a: 300}}",
    "{a: {}, b: {}, c: {}, d: {}}",
    """\
  a -> b: {within: {12 months: 30%}}
  a -> c: {weibull: {shape: 2, within: {24 months: 40%}}}
  a -> d: {exponential: 5 years}""",
    horizon="760 days",
)
RATES = {
    ("a", "b"): 1 / 30,
    ("a", "c"): 1 / 90,
    ("b", "a"): 1 / 60,
    ("b", "d"): 1 / 45,
    ("c", "d"): 1 / 20,
    ("d", "c"): 1 / 120,
    ("b", "leaves"): 1 / 200,
    ("d", "leaves"): 1 / 80,
}
MARKOV = needs(
    "{present: {a: 300}}",
    "{a: {}, b: {}, c: {}, d: {}}",
    "\n".join(
        f"  {source} -> {target}: {{exponential: {1 / rate:.10g} days}}"
        for (source, target), rate in RATES.items()
    ),
    horizon="151 days",
)


def _occupancy() -> tuple[Check, ...]:
    found = []
    for day in (10, 60, 150):
        chances = occupancy(RATES, "a", ("a", "b", "c", "d", "leaves"), day)
        found += [
            Check(f"share in {state} on day {day}", chances[state], ms.share_in(state, day))
            for state in "abcd"
        ]
    return tuple(found)


# An effect from day 50 of a state that people leave at 1/100 a day.
FROM_LATER = needs(
    "{present: {a: 300}}",
    "{a: {}, b: {}}",
    "  a -> b: {exponential: 100 days}",
    """\
services:
  help:
    {for: a, referral: {after: 50 days}, places: unlimited, while_in: a,
     effects: {slower: {on: [a -> b], hazard_ratio: 0.4}}}""",
    horizon="401 days",
)


def _from_later(time: float) -> float:
    before, after = min(time, 50.0), max(time - 50.0, 0.0)
    return math.exp(-before / 100 - 0.4 * after / 100)


LOGNORMAL = needs(
    "{present: {a: 300}}",
    "{a: {}, b: {}}",
    "  a -> b: {lognormal: {mean: 6 months, sd: 5 months}}",
    """\
services:
  help: {for: a, places: unlimited, while_in: a, effects: {slower: {on: [a -> b], hazard_ratio: 0.6}}}""",
    horizon="1100 days",
)


def _lognormal(months: float) -> float:
    return lognormal_survival(6, 5, months) ** 0.6


def _mid_state(months: float) -> float:
    """Share worse by then: Weibull of shape 1.5 and scale 24 months, its hazard halved from 6 months after entry."""

    def used(time: float) -> float:
        return (time / 24) ** 1.5

    return -math.expm1(-used(min(months, 6)) - 0.5 * max(used(months) - used(6), 0.0))


def _weibull(months: float) -> float:
    """Share gone by then: Weibull of shape 1.5 and scale 24 months at a hazard ratio of 2.5 from entry."""
    return -math.expm1(-2.5 * (months / 24) ** 1.5)


WEIBULL = needs(
    "{present: {a: 300}, segments: {risk: {high: 100%}}}",
    "{a: {}, b: {}}",
    "  a -> b: {weibull: {shape: 1.5, scale: 24 months}, hazard_ratio: {high: 2.5}}",
    horizon="760 days",
)

# Family group conferences at the edge of care: needs and ways of the edge-of-care example.
TRIAL = needs(
    "{present: {at_risk: 300}, segments: {age: {early_years: 30%, school_age: 45%, teenager: 25%}}}",
    "{coping: {}, struggling: {}, at_risk: {}, in_care: {crisis: yes}}",
    """\
  struggling -> coping: {exponential: 14 months}
  struggling -> at_risk: {weibull: {shape: 1.3, mean: 30 months}}
  at_risk -> coping: {exponential: 20 months}
  at_risk -> in_care: {within: {12 months: 44.8%}, hazard_ratio: {teenager: 1.3}}
  in_care -> coping: {exponential: 2.5 years}
  coping -> struggling: {within: {12 months: 22%}}""",
    "SERVICES",
    horizon="370 days",
)
CONFERENCE = """\
services:
  conference:
    for: at_risk
    referral: {share: 100%}
    places: unlimited
    while_in: at_risk
    effects: {out_of_care: {on: [at_risk -> in_care], MEASURE, by: 12 months}}"""
# As the oracle has it, with 400 people a replication instead of 4,000.
MID_STATE = oracle("weibull-midstate.yaml").replace("start: 4000 per year", "start: 400 per year")
TAYLOR = "Taylor et al. 2024, trial of family group conferences"
IN_CARE = ms.share_gone("at_risk", "in_care", YEAR)
ODDS_RATIO = (0.362 / 0.638) / (0.448 / 0.552)


def _conference(measure: str) -> str:
    return TRIAL.replace("SERVICES", CONFERENCE.replace("MEASURE", measure))


def _trial(name: str, text: str, expected: float, broken: tuple[str, str]) -> Case:
    check = Check("in care within 12 months", expected, IN_CARE, 0.015)
    return Case(name, TAYLOR, text, (check,), QUICK, FULL, finish=366, broken=broken)


CASES = (
    Case(
        "competing risks",
        "Exponential ways out: closed form",
        COMPETING,
        (
            Check("mean time in the state, days", 1 / 0.175, ms.mean_stay("a")),
            *(
                Check(f"share leaving by way {n}", rate / 0.175, ms.share_going("a", to))
                for n, (to, rate) in enumerate((("b", 0.1), ("c", 0.05), ("d", 0.025)), 1)
            ),
            Check("mean time, branch form, days", 1 / 0.175, ms.mean_stay("f")),
            Check("share leaving by branch 1", 0.1 / 0.175, ms.share_going("f", "b")),
            Check("share leaving by branch 3", 0.025 / 0.175, ms.share_going("f", "d")),
        ),
        QUICK,
        FULL,
        broken=("a -> b: {exponential: 10 days}", "a -> b: {exponential: 11.5 days}"),
    ),
    Case(
        "observed shares, ways out competing",
        "As stated to the language: each observed share comes about",
        OBSERVED,
        (
            Check("gone by way 1 within 12 months", 0.30, ms.share_gone("a", "b", YEAR), 0.02),
            Check("gone by way 2 within 24 months", 0.40, ms.share_gone("a", "c", 2 * YEAR), 0.02),
        ),
        QUICK,
        FULL,
        broken=("12 months: 30%", "12 months: 33.5%"),
    ),
    Case(
        "four Markov states and leaving",
        "Matrix exponential (scipy.linalg.expm)",
        MARKOV,
        _occupancy(),
        QUICK,
        FULL,
        broken=("a -> b: {exponential: 30 days}", "a -> b: {exponential: 35 days}"),
    ),
    Case(
        "a hazard ratio from day 50",
        "exp(-r u - h r (t - u))",
        FROM_LATER,
        tuple(
            Check(f"still there after {day} days", _from_later(day), ms.share_staying("a", day))
            for day in (40, 100, 200, 400)
        ),
        QUICK,
        FULL,
        broken=("hazard_ratio: 0.4", "hazard_ratio: 0.46"),
    ),
    Case(
        "a hazard ratio on a lognormal time",
        "S_h(t) = S(t)^h (Cox 1972)",
        LOGNORMAL,
        tuple(
            Check(
                f"still there after {months} months",
                _lognormal(months),
                ms.share_staying("a", months * MONTH),
            )
            for months in (2, 6, 12, 36)
        ),
        QUICK,
        FULL,
        broken=("hazard_ratio: 0.6", "hazard_ratio: 0.68"),
    ),
    Case(
        "a hazard ratio on a Weibull time",
        "S(t) = exp(-h (t / scale)^shape)",
        WEIBULL,
        tuple(
            Check(f"gone within {months} months", _weibull(months), ms.share_gone("a", "b", months * MONTH))
            for months in (3, 12, 24)
        ),
        QUICK,
        FULL,
        broken=("{high: 2.5}", "{high: 2.2}"),
    ),
    Case(
        "a hazard ratio in mid-state",
        "Weibull, halved from 6 months after entry: closed form",
        MID_STATE,
        tuple(
            Check(
                f"worse within {months} months",
                _mid_state(months),
                ms.share_gone("ill", "worse", months * MONTH),
            )
            for months in (6, 12, 24)
        ),
        Run(40),
        Run(250),
        finish=731,
        broken=("hazard_ratio: 0.5", "hazard_ratio: 0.62"),
    ),
    Case(
        "events that come again",
        "Poisson: rate x time, half as often in help",
        needs(
            "{present: {a: 300}}",
            "{a: {}}",
            "  a -> leaves: {exponential: 90000 years}",
            """\
events: {call: {rate: {a: 6 per year}}}
services:
  help:
    {for: a, referral: {after: 100 days}, places: unlimited, length: 200 days,
     effects: {fewer: {on: [call], hazard_ratio: 0.5}}}""",
            horizon="401 days",
        ),
        (
            Check("calls a person in 100 days", 600 / YEAR, ms.events_per_person("call", 100)),
            Check("calls a person in 300 days", 6 * 200 / YEAR, ms.events_per_person("call", 300)),
            Check("calls a person in 400 days", 6 * 300 / YEAR, ms.events_per_person("call", 400)),
        ),
        QUICK,
        FULL,
        broken=("hazard_ratio: 0.5", "hazard_ratio: 0.6"),
    ),
    _trial(
        "family group conferences: usual help",
        TRIAL.replace("SERVICES", ""),
        0.448,
        ("12 months: 44.8%", "12 months: 49.3%"),
    ),
    _trial(
        "family group conferences: referred, by risk ratio",
        _conference(f"risk_ratio: {0.362 / 0.448:.6f}"),
        0.362,
        ("risk_ratio: 0.808036, by: 12 months", "hazard_ratio: 0.808036"),
    ),
    _trial(
        "family group conferences: referred, by odds ratio",
        _conference(f"odds_ratio: {ODDS_RATIO:.6f}"),
        0.362,
        (f"odds_ratio: {ODDS_RATIO:.6f}", f"risk_ratio: {ODDS_RATIO:.6f}"),
    ),
)
