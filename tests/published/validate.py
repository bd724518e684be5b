"""`python -m tests.published.validate`: run the published cases, print them, write docs/validation.md.

--write PATH   write the page (docs/validation.md), whole
--quick        the short runs of the test suite instead of the long ones
--deals        only the published deals; with --write, only their section of the page is made anew
--workers N    processes (default: one for each core)

Exits with 1 if a figure lies outside its tolerance.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import metadata
from os import cpu_count
from pathlib import Path

from tests.published.case import Case
from tests.published.cases import CASES
from tests.published.deal_cases import put_section, section, unexplained
from tests.published.face_validity import face_validity, not_as_said, together
from tests.published.judge import Task, Verdict, measure, needs_second, tasks_of, verdicts

LIBRARIES = ("commissioning-simulator", "simpy", "numpy", "scipy")
HEADINGS = ("case", "figure", "source", "expected", "simulated", "tolerance", "within")

PAGE = """\
# Validation: does the simulator give answers that are already known?

This page is written by `make validate`; do not edit it. It was made on {date} in {minutes} with {versions}.

**{result}** {together} The first tables compare the simulator with results that nobody here chose: formulas of queueing
theory that have stood for decades, closed forms of survival analysis, examples worked out by hand, and one published
trial. Each case is an ordinary scenario file, read and run like any other; what is compared is measured from the
history of what happened to each simulated person.

| what is asked | where it is answered |
|---|---|
| do queues, needs and effects behave as theory says? | [results](#results), below |
| do the two engines, written twice, agree? | row for row, on the library and on 500 scenarios at random |
| is money right? | `tests/money`: against published tables, other libraries, worked examples |
| do contracts pay what real ones paid? | [published deals](#published-deals), below |
| does a scenario look like the world? | [face validity](#face-validity-the-scenarios-beside-official-figures), below |
| what is not validated? | [the last section but one](#what-this-covers-and-what-it-does-not) |

## How to read the table

- *Expected* is the published or exactly computed figure, *simulated* is ours.
- *Tolerance* is three standard errors of the simulated figure: by chance alone, about one correct figure in 300
  lies further away. The standard error comes from {least} or more independent replications. "Exact" means nothing
  is left to chance, and the figure must be right to the second.
- A case with a figure outside, or measured too loosely, is run once more with other random numbers and four times
  as many replications, and that run alone decides. The rule was written before the first results. {seconds}
- A tolerance is only worth something if it is narrow. {precision}
- The test suite also runs each case on a scenario that is a little wrong (most by 10 to 20% in one number, some
  by a rule), and requires that the figures then lie *outside* the tolerance.

Queues are measured after a warm-up. A wait counts for the period in which it began, and the run goes on until
every wait and stay that is counted is over, because leaving out the unfinished would leave out the longest.

One thing was changed after results were seen. At first all cases had one seed. The queues then shared their random
numbers, and with that seed the ten-place queue lay four standard errors low. Five other seeds showed nothing of the
kind (z between -0.7 and 1.1), and for the seed in question every wait followed exactly from the arrivals and lengths
drawn, so it was the luck of the draw. Each case has had a seed of its own since, made from its name, and the exact
relation between arrivals, lengths and waits is now a test.

## Results

{tables}

{deals}
{facts}
## What this covers, and what it does not

Covered: arrivals at random and at given times; waiting lists, places, order and priority, limited room, giving up,
return visits, hand-offs; fixed, exponential and lognormal lengths of stay; competing ways out of a need, exponential,
Weibull and lognormal; shares as studies observe them; hazard, risk and odds ratios as effects of a service, from the
beginning and from the middle of a need; events that come again.

The trial is a check of translation, not of truth: told that 44.8% of families saw a child in care within 12 months
without a family group conference, and how much lower the risk was with one, the simulator must show 44.8% and 36.2%
although families also recover or move on meanwhile. It does not show that the same would happen elsewhere.

Not covered here:

- **Whether a scenario is right.** A validated engine turns wrong assumptions into wrong answers faithfully.
- **Money**: costs, discounting, contracts, accounts and investment. They have tests of their own against published
  tables and worked examples (`tests/money`), and no chance in them.
- **Sensitivity, uncertainty and value of information** (`tests/analysis`).
- **The dashboard, reports and charts**: tested for working, not for figures.
- **Parts of services without a published formula**: fading of effects, dose, teams and their order, promotion while
  waiting, closing places, sampled uncertainty. Unit tests and tests of properties cover these (`tests/engine`).
- **What a design does.** Facts about `today` say that the starting point is plausible, not that early help works.
- **Comparison with a real service.** None has been made, and no data of a Liverpool council have been seen.

Tests beside these (`tests/published/test_metamorphic.py`) hold bit for bit: more places later on change nothing
earlier; one more person changes nobody else; neither the order of a file nor the machine's hashing changes
anything; fewer arrivals remove people and rename nobody.

## Run it again

```
make validate                                  # {about} on two cores; writes this page
.venv/bin/python -m tests.published.validate --quick   # fewer runs; prints only
```

Seeds are fixed (each case has its own, made from its name), so the same versions give the same figures. The
cases are in `tests/published/queue_cases.py` and
`tests/published/need_cases.py`, their formulas in `tests/published/closed_forms.py`.
"""


def run(cases: Sequence[Case], full: bool, workers: int) -> list[Verdict]:
    """All cases in processes, with the second run for those outside; in the order of `cases`."""
    found: dict[str, list[Verdict]] = {}
    with ProcessPoolExecutor(workers) as pool:
        waiting = [(case, False) for case in cases]
        while waiting:
            tasks = [tasks_of(case, full, second=second) for case, second in waiting]
            # Long replications first, so that no process is left with one at the end.
            order = sorted((task for each in tasks for task in each), key=lambda task: -_size(task))
            results = dict(zip(order, pool.map(measure, order, chunksize=1), strict=True))
            again = []
            for (case, second), each in zip(waiting, tasks, strict=True):
                found[case.name] = verdicts(case, [results[task] for task in each], full, second)
                if not second and needs_second(found[case.name]):
                    again.append((case, True))
            waiting = again
    return [verdict for case in cases for verdict in found[case.name]]


def _size(task: Task) -> float:
    from tests.published.cases import BY_NAME

    return BY_NAME[task.case].run(task.full).until


def row(verdict: Verdict) -> tuple[str, ...]:
    """The cells of a figure, in the order of HEADINGS."""
    case, check = verdict.case, verdict.check
    relative = f" ({verdict.allowed / verdict.expected:.1%})" if verdict.expected else ""
    tolerance = "exact" if case.exact else f"± {number(verdict.allowed)}{relative}"
    within = ("yes" if verdict.within else "NO") + (" (second run)" if verdict.second_run else "")
    return (
        case.name,
        check.what,
        case.source,
        number(verdict.expected),
        number(verdict.simulated),
        tolerance,
        within,
    )


def number(value: float) -> str:
    """Four figures, without an exponent."""
    if value == 0 or abs(value) >= 1000:
        return f"{value:.0f}"
    found = f"{value:#.4g}"
    return found if "e" not in found else f"{value:.7f}"


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows as a Markdown table; a case's name and source stand only in its first row."""
    lines = ["| " + " | ".join(HEADINGS) + " |", "|---|---|---|--:|--:|--:|---|"]
    last = ""
    for each in rows:
        name, what, _, *rest = each
        lines.append("| " + " | ".join(("", what, "", *rest) if name == last else each) + " |")
        last = name
    return "\n".join(lines)


def plain(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows for a terminal."""
    every = [HEADINGS, *rows]
    width = [max(len(each[i]) for each in every) for i in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width[i]) for i, cell in enumerate(each)).rstrip() for each in every
    )


def page(found: Sequence[Verdict], seconds: float) -> str:
    """docs/validation.md."""
    bad = [each for each in found if not each.within]
    drawn = [each for each in found if not each.case.exact]
    result = (
        f"All {len(found)} figures are within tolerance."
        if not bad
        else f"{len(bad)} of {len(found)} figures are OUTSIDE their tolerance."
    )
    again = sorted({each.case.name for each in found if each.second_run})
    kinds = {
        "Waiting lists and places": [each for each in drawn if each.case in _queues()],
        "Worked by hand": [each for each in found if each.case.exact],
        "Needs and effects": [each for each in drawn if each.case not in _queues()],
    }
    asked = [each for each in drawn if each.check.figure]
    widest = max(each.allowed / each.expected / each.check.figure for each in asked if each.check.figure)
    minutes = f"{max(1, round(seconds / 60))} minutes" if seconds > 90 else f"{seconds:.0f} seconds"
    return PAGE.format(
        date=dt.date.today().strftime("%-d %B %Y"),
        minutes=minutes,
        result=result,
        together=together(),
        versions=versions(),
        least=min(each.replications for each in drawn),
        seconds=f"This time it was needed for: {', '.join(again)}."
        if again
        else "This time it was not needed.",
        precision=(
            f"For {len(asked)} figures a width is asked for in advance (1.5 to 10%, most 3 or 5%); runs are as long as it "
            f"takes to come to at most {'one and a half times' if widest > 1 else ''} that.".replace(
                "at most  that", "at most that"
            )
        ),
        tables="\n\n".join(
            f"### {title}\n\n{table([row(each) for each in rows])}" for title, rows in kinds.items() if rows
        ),
        about="some seconds",
        deals=section(),
        facts=face_validity(),
    )


def _queues() -> tuple[Case, ...]:
    from tests.published.queue_cases import CASES as QUEUES

    return QUEUES


def versions() -> str:
    """Python and the libraries that make the figures."""
    known = []
    for name in LIBRARIES:
        try:
            known.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            known.append(f"{name} (not installed)")
    return f"Python {platform.python_version()}, {', '.join(known)}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.published.validate", description="Run the published cases."
    )
    parser.add_argument("--write", type=Path, metavar="PATH", help="write the page, whole")
    parser.add_argument("--quick", action="store_true", help="the short runs of the test suite")
    parser.add_argument("--workers", type=int, default=cpu_count() or 1)
    parser.add_argument("--only", metavar="TEXT", help="cases whose name has this text")
    parser.add_argument("--deals", action="store_true", help="only the published deals")
    options = parser.parse_args(arguments)
    if options.deals:
        return _deals(options.write)
    if options.write and (options.quick or options.only):
        parser.error("the page is written from the long runs of all cases")
    cases = [
        case for case in CASES if (case.quick or not options.quick) and (options.only or "") in case.name
    ]
    begin = time.monotonic()
    found = run(cases, not options.quick, options.workers)
    seconds = time.monotonic() - begin
    print(plain([row(each) for each in found]))
    bad = sum(not each.within for each in found)
    print(f"\n{len(found) - bad} of {len(found)} figures within tolerance, {seconds:.0f} seconds")
    if options.write:
        options.write.parent.mkdir(parents=True, exist_ok=True)
        options.write.write_text(page(found, seconds), encoding="utf-8")
        print(f"written: {options.write}")
    for each in not_as_said():
        print(f"NOT AS SAID: {each}")
    return 1 if bad or unexplained() or not_as_said() else 0


def _deals(path: Path | None) -> int:
    """The section of published deals: printed, or put in its place in the page, the rest of which stays as it is."""
    if path is None:
        print(section())
    else:
        path.write_text(put_section(path.read_text(encoding="utf-8"), section()), encoding="utf-8")
        print(f"written: the published deals in {path}")
    for each in unexplained():
        print(f"NOT EXPLAINED: {each}")
    return 1 if unexplained() else 0


if __name__ == "__main__":
    sys.exit(main())
