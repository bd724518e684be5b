"""Units of time and money, and the reading of plain numbers. Everything inside is days, people a year, and pounds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from simulator.scenario.problems import Refused

# Fixed units for everything that happens to people (LANGUAGE section 1); contracts use the calendar.
DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
YEAR = DAYS["year"]
MONTH = DAYS["month"]

_NUMBER = r"[-\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-\u2212]?\.\d+"
NUMBER = re.compile(_NUMBER)
_TIME = re.compile(rf"({_NUMBER})\s*([a-z]+)")
_MONEY = re.compile(
    r"([-\u2212]?)\s*([£€$])\s*([-\u2212]?)(\d[\d,]*(?:\.\d+)?|\.\d+)\s*(k|m|bn)?(?![\w.,])\s*(.*)"
)
_MULTIPLE = {None: 1.0, "": 1.0, "k": 1e3, "m": 1e6, "bn": 1e9}


LARGEST = 1e15  # pounds, people or days: above this a number is a slip


def number_from(text: str) -> float:
    """A plain number, thousands commas allowed. Refused with a sentence when it is none."""
    if not NUMBER.fullmatch(text):
        hint = "write thousands as 1,000" if re.fullmatch(r"[\d,.]+", text) else None
        raise Refused(f"`{text}` is not a number", hint)
    value = float(text.replace(",", "").replace("\u2212", "-"))
    if abs(value) > LARGEST:
        raise Refused(f"`{text[:40]}` is too large a number")
    return value


def unit_days(word: str) -> float | None:
    """Days in a unit of time named in the singular or plural; None when the word is no unit of time."""
    return DAYS.get(word) or DAYS.get(word.removesuffix("s"))


def time_from(text: str) -> float:
    """Days in a time such as `6 months`."""
    match = _TIME.fullmatch(text)
    if match:
        days = unit_days(match[2])
        if days is not None:
            value = number_from(match[1]) * days
            if value < 0:
                raise Refused(f"`{text}` is a time below 0")
            return value
        raise Refused(f"`{match[2]}` is not a unit of time", "minute, hour, day, week, month or year")
    if NUMBER.fullmatch(text):
        raise Refused(
            f"`{text}` has no unit of time",
            f"write `{text} days`, `{text} weeks`, `{text} months` or `{text} years`",
        )
    raise Refused(f"`{text}` is not a time", "write a number and a unit, such as `6 months`")


def money_from(text: str) -> tuple[float, str, str]:
    """Pounds, the words after the amount, and the currency sign of text such as `£1.1m per year`."""
    match = _MONEY.fullmatch(text)
    if not match:
        if NUMBER.match(text):
            raise Refused(f"`{text}` has no currency", f"write `£{text}`")
        raise Refused(f"`{text}` is not an amount of money", "write it as `£4,100`, `£4.1k` or `£1.1m`")
    sign = -1.0 if match[1] or match[3] else 1.0
    return sign * number_from(match[4]) * _MULTIPLE[match[5]], match[6].strip(), match[2]


def date_from(text: str) -> dt.date:
    """A calendar date written year-month-day."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return dt.date.fromisoformat(text)
    except ValueError:
        raise Refused(f"`{text}` is not a day of the calendar", "check the day and the month") from None
    raise Refused(f"`{text}` is not a date", "write year-month-day, such as `2027-04-01`")


def joined(words: Sequence[str]) -> str:
    """Words as an English list: `a, b or c`."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]
