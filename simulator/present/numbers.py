"""The one formatter: numbers as people read them, in GOV.UK style. `prose` for sentences, else for tables and axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\u2212"
UNKNOWN = "not known"
COUNTS = ("people", "entries", "moves", "crises", "starts", "referrals", "chances", "stays", "places")


def number(value: float, decimals: int | None = None) -> str:
    """`1,234`, `12.3`, `0.045`: as many decimals as the size needs unless said."""
    if not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    if decimals is None:
        decimals = (
            0 if size >= 99.95 or value == int(value) else 1 if size >= 9.995 else 2 if size >= 0.9995 else 3
        )
    text = _rounded(size, decimals)
    return MINUS + text if value < 0 and _says_something(text) else text


def share(value: float) -> str:
    """`44.8%`; a difference of shares is in points, see `points`."""
    return number(value * 100, 1) + "%" if math.isfinite(value) else UNKNOWN


def points(value: float) -> str:
    """A difference between two shares: `+4.2 points`."""
    return signed(number(value * 100, 1) + " points", value) if math.isfinite(value) else UNKNOWN


def money(value: float, *, prose: bool = False) -> str:
    """`£1.2 million` in prose and `£1.2m` in tables; `£400,000` in prose and `£400k` in tables; minus before the sign.

    A unit begins where the rounded number reaches 1 of it: £999,499 is £999k and £999,500 is £1.0m.
    """
    if not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    if size >= 999.95e6:
        text = f"£{_rounded(size / 1e9, 0 if size >= 999.95e9 else 1)}{' billion' if prose else 'bn'}"
    elif size >= 999_500:
        text = f"£{_rounded(size / 1e6, 1)}{' million' if prose else 'm'}"
    elif size >= 9_950:
        thousands = _rounded(size / 1e3, 0)
        text = f"£{thousands},000" if prose else f"£{thousands}k"
    else:
        text = f"£{_rounded(size, 0)}"
    return MINUS + text if value < 0 and _says_something(text) else text


def signed(text: str, value: float) -> str:
    """With a plus before what is above 0, for differences. What is shown as 0 has no sign."""
    return "+" + text if value > 0 and _says_something(text) else text


def runs(count: int, of: int) -> str:
    """`87 of 100 runs`."""
    return f"{count:,} of {of:,} run" + ("s" if of != 1 else "")


def quantity(
    value: float, unit: str, *, difference: bool = False, prose: bool = False, like: float | None = None
) -> str:
    """A value in the style of its unit (`analysis.measures.UNITS`).

    like: the number beside it that sets how many decimals there are, so that a row of a table has as many throughout.
    """
    if not math.isfinite(value):
        return UNKNOWN
    size = abs(value if like is None else like)
    if unit == "£":
        text = money(value, prose=prose)
    elif unit == "share":
        text = points(value) if difference else share(value)
    elif unit in ("days", "person-years"):
        text = number(value, 0 if size >= 99.95 else 1)
    elif unit in COUNTS:
        whole = like is None and value == int(value)
        text = number(value, 0 if size >= 9.95 or whole else 1)
    elif unit == "crises per 100 people" and size >= 0.9995:
        text = number(value, 1)
    else:
        text = number(value)
    return signed(text, value) if difference and not text.startswith("+") else text


def span(
    low: float,
    high: float,
    unit: str,
    *,
    difference: bool = False,
    prose: bool = False,
    like: float | None = None,
) -> str:
    """`500 to 900`, the unit's style on both ends; one number where both ends read the same."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return UNKNOWN
    first, second = (
        quantity(end, unit, difference=difference, prose=prose, like=like) for end in (low, high)
    )
    return first if first == second else f"{first.removesuffix(' points')} to {second}"


def axis(values: Sequence[float], unit: str, *, difference: bool = False) -> list[str]:
    """Ticks of one axis: all with as many decimals, and no more than it takes to tell them apart."""
    size = max((abs(value) for value in values), default=0.0)
    scale, before, after = 1.0, "", ""
    if unit == "£":
        before = "£"
        scale, after = next(
            (each for each in ((1e9, "bn"), (1e6, "m"), (1e3, "k")) if size >= each[0]), (1.0, "")
        )
    elif unit == "share":
        scale, after = 0.01, " points" if difference else "%"
    shown: list[str] = []
    for decimals in range(5):
        shown = [_rounded(abs(value) / scale, decimals) for value in values]
        exact = all(
            abs(float(text.replace(",", "")) * scale - abs(value)) <= 1e-9 * (size or 1.0)
            for text, value in zip(shown, values, strict=True)
        )
        if exact:
            break
    texts = []
    for text, value in zip(shown, values, strict=True):
        if value == 0:
            texts.append(f"{before}0" if unit == "£" else f"0{after}")
            continue
        whole = f"{before}{text}{after}"
        whole = MINUS + whole if value < 0 and _says_something(text) else whole
        texts.append(signed(whole, value) if difference else whole)
    return texts


def _rounded(size: float, decimals: int) -> str:
    """Rounded half up, as people do; Python alone would round 16.5 to 16."""
    if size >= 1e15:
        return f"{size:,.0f}"
    return f"{Decimal(repr(float(size))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,}"


def _says_something(text: str) -> bool:
    """Whether a number is shown as other than 0."""
    return any(figure in text for figure in "123456789")
