"""The pages of `docs/language`: the scenario that each holds, and the histories that it shows.

A line such as "Under `today`:" or "Under `today`, person 2:" above a `text` block says whose history the block holds.
`python -m tests.language.pages` writes these blocks anew.
"""

import re
from functools import cache
from pathlib import Path

from simulator.engine import compiled_engine
from simulator.engine.compile import compile_model
from simulator.engine.history import History
from simulator.scenario.load import Scenario, load_text

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "language"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.stem not in ("index", "reference"))
_SCENARIO = re.compile(r"^```yaml\n(format:.*?)^```$", re.M | re.S)
_HISTORY = re.compile(r"^Under `(\w+)`(?:, person (\d+))?:\n\n```text\n(.*?)^```$", re.M | re.S)
_DAY = 86_400


@cache
def scenario_of(page: str) -> Scenario:
    """The one scenario of a page."""
    [text] = _SCENARIO.findall((FOLDER / f"{page}.md").read_text(encoding="utf-8"))
    return load_text(text)


@cache
def history_of(page: str, design: str) -> History:
    """What happens in the first run of a design with seed 1."""
    return compiled_engine.simulate(compile_model(scenario_of(page), design), 1, 0)


def told(history: History, person: int | None = None) -> str:
    """One line for each row: day, person, what, and why. Without those who are still there at the end."""
    lines = [
        f"day {time / _DAY:g}: person {who} {_phrase(what, item, why)}\n"
        if (time / _DAY).is_integer()
        else f"day {time / _DAY:.1f}: person {who} {_phrase(what, item, why)}\n"
        for time, who, what, item, why in history.frame().itertuples(index=False)
        if not what.startswith("still") and person in (None, who)
    ]
    return "".join(lines)


def _phrase(what: str, item: str, why: str) -> str:
    return f"{what.replace('_', ' ')} {item}" + (
        f" ({why.replace('_', ' ')})" if why not in ("", "-") else ""
    )


def histories(page: str) -> list[tuple[str, int | None, str]]:
    """The histories that a page shows: design, person, text."""
    text = (FOLDER / f"{page}.md").read_text(encoding="utf-8")
    return [(design, int(who) if who else None, shown) for design, who, shown in _HISTORY.findall(text)]


def written(page: str) -> str:
    """The page with its histories as they are now."""

    def block(found: re.Match[str]) -> str:
        head = found[0].partition("```text\n")[0]
        who = int(found[2]) if found[2] else None
        return f"{head}```text\n{told(history_of(page, found[1]), who)}```"

    return _HISTORY.sub(block, (FOLDER / f"{page}.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(written(path.stem), encoding="utf-8")
