"""Waiting for places: stationary queues with published formulas, and small ones worked by hand.

Run lengths: the quick run takes about a second a case and is enough to see a parameter 10 to 20% off (the broken forms);
the full run is long enough for the relative tolerance beside each figure. Warm-ups are at least six relaxation times of
the queue, 1 / (c mu (1 - sqrt(use))^2), longer where service varies more.
"""

from __future__ import annotations

from simulator.engine.history import LEFT, History
from tests.published import measures as ms
from tests.published.case import Case, Check, Run, oracle

ERLANG_C = "Erlang C (Erlang 1917)"
PK = "Pollaczek-Khinchine (1930, 1932)"


def desk(
    arrive: str, places: int, length: str, then: str = "{completed: leaves}", title: str = "One desk"
) -> str:
    """A scenario of one service that everybody who arrives is referred to at once."""
    return f"""\
format: 1
scenario: {title}
start: 2027-01-01
horizon: 1000 days
warm_up: 0 days
people: {{arrive: {{in_need: {arrive}}}}}
needs: {{in_need: {{}}}}
services:
  desk: {{for: in_need, places: {places}, length: {length}, then: {then}}}
designs: {{today: {{baseline: yes}}}}
"""


def leaves_on(person: int) -> ms.Measure:
    """The day on which the n-th person to arrive leaves, counted from 1."""

    def measure(history: History, window: ms.Window) -> tuple[float, float]:
        rows = history.rows[(history.rows["what"] == LEFT) & (history.rows["person"] == person - 1)]
        return (float(rows["time"][0]) / ms.DAY if len(rows) else float("nan")), 1.0

    return measure


def _leaving(*days: float) -> tuple[Check, ...]:
    return tuple(
        Check(f"person {n} leaves on day", day, leaves_on(n)) for n, day in enumerate(days, 1) if day
    )


STATIONARY = (
    Case(
        "M/M/3",
        ERLANG_C,
        oracle("mm3.yaml"),
        (
            Check("mean wait, days", 4.4444, ms.mean_wait, 0.03),
            Check("share who wait", 0.44444, ms.share_waiting_over(0), 0.03),
        ),
        Run(40, 4_000),
        Run(40, 60_000),
        warm_up=1_000,
        finish=300,
        broken=("{exponential: 10 days}", "{exponential: 11 days}"),
    ),
    Case(
        "M/M/10",
        ERLANG_C,
        desk("9 per day", 10, "{exponential: 1 day}"),
        (
            Check("mean wait, days", 0.66873, ms.mean_wait, 0.05),
            Check("share who wait", 0.66873, ms.share_waiting_over(0), 0.05),
            Check("share who wait over half a day", 0.40561, ms.share_waiting_over(0.5), 0.05),
            Check("share who wait over 2 days", 0.09050, ms.share_waiting_over(2), 0.10),
        ),
        Run(20, 400),
        Run(40, 4_500),
        warm_up=250,
        finish=30,
        broken=("places: 10", "places: 11"),
    ),
    Case(
        "M/M/2",
        ERLANG_C,
        desk("{rate: 60.875 per year}", 2, "{exponential: 4 days}"),
        (Check("mean wait, days", 0.5, ms.mean_wait, 0.05),),
        Run(40, 6_000),
        Run(40, 20_000),
        warm_up=300,
        finish=150,
        broken=("60.875", "68"),
    ),
    Case(
        "M/M/1",
        ERLANG_C,
        desk("0.25 per day", 1, "{exponential: 3 days}"),
        (Check("mean wait, days", 9.0, ms.mean_wait, 0.05),),
        Run(40, 3_000),
        Run(40, 25_000),
        warm_up=1_000,
        finish=400,
        broken=("{exponential: 3 days}", "{exponential: 3.4 days}"),
    ),
    Case(
        "M/M/10 with 5 waiting places",
        "Birth and death (Kleinrock 1975, ch. 3)",
        oracle("mm10-room5.yaml"),
        (
            Check("share turned away", 0.06126, ms.share_turned_away, 0.03),
            Check("mean wait of the admitted, days", 0.12628, ms.mean_wait_of_admitted, 0.03),
            Check("use of the places", 0.84487, ms.utilisation(10), 0.03),
        ),
        Run(40, 70),
        Run(40, 1_900),
        warm_up=30,
        finish=15,
        broken=("room: 5", "room: 6"),
    ),
    Case(
        "Erlang A",
        "M/M/10+M (Palm 1957)",
        oracle("erlang-a.yaml"),
        (
            Check("share giving up", 0.06701, ms.share_giving_up, 0.03),
            Check("mean wait of all, days", 0.13402, ms.mean_wait, 0.03),
            Check("share who wait", 0.46894, ms.share_waiting_over(0), 0.03),
        ),
        Run(40, 70),
        Run(40, 700),
        warm_up=30,
        finish=20,
        broken=("{give_up: {exponential: 2 days}}", "{give_up: {exponential: 1.6 days}}"),
    ),
    Case(
        "fixed patience",
        "M/M/1+D (Barrer 1957)",
        oracle("fixed-patience.yaml"),
        (Check("share giving up", 0.21876, ms.share_giving_up, 0.03),),
        Run(40, 600),
        Run(40, 2_500),
        warm_up=60,
        finish=20,
        broken=("{give_up: 2 days}", "{give_up: 1.7 days}"),
    ),
    Case(
        "two priorities",
        "M/M/1, head of line (Cobham 1954)",
        oracle("two-priorities.yaml"),
        (
            Check("mean wait of the urgent, days", 1.0, ms.mean_wait_from("urgent"), 0.05),
            Check("mean wait of the others, days", 5.0, ms.mean_wait_from("routine"), 0.05),
        ),
        Run(40, 1_000),
        Run(40, 9_000),
        warm_up=600,
        finish=300,
        broken=("queue: {first: [urgent, routine]}, ", ""),
    ),
    Case(
        "one in four comes back",
        "Feedback queue (Jackson 1957)",
        oracle("return-quarter.yaml"),
        (
            Check("visits a person", 4 / 3, ms.visits_per_person, 0.03),
            Check("mean wait a visit, days", 0.44444, ms.mean_wait, 0.03),
        ),
        Run(40, 400),
        Run(40, 11_000),
        warm_up=100,
        finish=60,
        broken=("{desk: 25%, leaves: 75%}", "{desk: 30%, leaves: 70%}"),
    ),
    Case(
        "five desks in line",
        "Tandem queue (Burke 1956, Jackson 1957)",
        oracle("five-stages.yaml"),
        (Check("time from first to last, days", 8.34366, ms.mean_time_in_system, 0.03),),
        None,
        Run(40, 750),
        warm_up=250,
        finish=40,
        broken=("desk_3: {places: 10,", "desk_3: {places: 13,"),
    ),
    Case(
        "M/D/1",
        PK,
        oracle("mg1-lognormal.yaml"),
        (Check("mean wait, days", 2.0, ms.mean_wait, 0.05),),
        Run(40, 1_000),
        Run(40, 7_000),
        warm_up=300,
        settle=500,
        finish=300,
        design="cv_nought",
        broken=("length: 1 day}", "length: 1.08 days}"),
    ),
    Case(
        "M/G/1, lognormal, squared variation 1/4",
        PK,
        oracle("mg1-lognormal.yaml"),
        (Check("mean wait, days", 2.5, ms.mean_wait, 0.05),),
        Run(40, 1_000),
        Run(40, 10_000),
        warm_up=300,
        settle=500,
        finish=300,
        design="cv_quarter",
        broken=("sd: 0.5 days", "sd: 0.9 days"),
    ),
    Case(
        "M/G/1, lognormal, squared variation 1",
        PK,
        desk("0.8 per day", 1, "{lognormal: {mean: 1 day, sd: 1 day}}", title="Visits of one mean and sd"),
        (Check("mean wait, days", 4.0, ms.mean_wait, 0.05),),
        Run(40, 1_000),
        Run(40, 12_000),
        warm_up=600,
        finish=300,
        broken=("mean: 1 day", "mean: 1.1 days"),
    ),
    Case(
        "M/G/1, lognormal, squared variation 4",
        PK,
        oracle("mg1-lognormal.yaml"),
        (Check("mean wait, days", 10.0, ms.mean_wait, 0.10),),
        None,
        Run(40, 25_000),
        warm_up=1_500,
        finish=1_500,
        broken=("sd: 2 days", "sd: 1 days"),
    ),
    Case(
        "no waiting room, fixed service",
        "Erlang B, insensitive to the distribution (Erlang 1917, Sevastyanov 1957)",
        desk(
            "4 per day",
            5,
            "1 day, queue: {room: 0}",
            "{completed: leaves, turned_away: leaves}",
            "A full house",
        ),
        (Check("share turned away", 0.19907, ms.share_turned_away, 0.03),),
        Run(40, 150),
        Run(40, 2_000),
        warm_up=20,
        finish=5,
        broken=("places: 5", "places: 6"),
    ),
)

EXACT = (
    Case(
        "first come, first served",
        "Worked by hand",
        desk("{at: [1 day, 2 days, 3 days, 4 days, 5 days]}", 1, "1.5 days"),
        _leaving(2.5, 4, 5.5, 7, 8.5),
        Run(1),
        Run(1),
        exact=True,
    ),
    Case(
        "gap 7, service 11, patience 3",
        "Worked by hand",
        oracle("gap7.yaml"),
        _leaving(18, 17, 0, 31),
        Run(1),
        Run(1),
        exact=True,
    ),
    Case(
        "a patience of one's own",
        "Worked by hand",
        oracle("own-patience.yaml"),
        _leaving(23, 11, 11, 43),
        Run(1),
        Run(1),
        exact=True,
    ),
    Case(
        "a place is freed before it is asked for",
        "Worked by hand",
        oracle("no-room.yaml"),
        (Check("share turned away", 0.0, ms.share_turned_away), *_leaving(*range(1, 11))),
        Run(1),
        Run(1),
        exact=True,
    ),
)

CASES = (*STATIONARY, *EXACT)
