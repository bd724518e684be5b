"""The one formatter: numbers as people read them, in GOV.UK style. `prose` for sentences, `tile` for tables and axes."""

from __future__ import annotations

import math

MINUS = "\u2212"


def number(value: float, decimals: int | None = None) -> str:
    """`1,234`, `12.3`, `0.045`: as many decimals as the size needs unless said."""
    if math.isnan(value):
        return "not known"
    size = abs(value)
    if decimals is None:
        decimals = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2 if size >= 1 else 3
    text = f"{size:,.{decimals}f}"
    return MINUS + text if value < 0 and text.strip("0.,") else text


def share(value: float) -> str:
    """`44.8%`; a difference of shares is in points, see `points`."""
    return "not known" if math.isnan(value) else number(value * 100, 1) + "%"


def points(value: float) -> str:
    """A difference between two shares: `4.2 points`."""
    return "not known" if math.isnan(value) else signed(number(value * 100, 1) + " points", value)


def money(value: float, *, prose: bool = False) -> str:
    """`£1.2 million` in prose and `£1.2m` in tables; `£400,000` in prose and `£400k` in tables; minus before the sign."""
    if math.isnan(value):
        return "not known"
    sign = MINUS if value < 0 else ""
    size = abs(value)
    for limit, word, letter in ((1e9, " billion", "bn"), (1e6, " million", "m")):
        if round(size / limit, 2 if limit == 1e9 else 1) >= 1:
            digits = 0 if size / limit >= 1000 else 1
            return f"{sign}£{size / limit:,.{digits}f}{word if prose else letter}"
    if size >= 9_950:
        return f"{sign}£{round(size, -3):,.0f}" if prose else f"{sign}£{size / 1e3:,.0f}k"
    return f"{sign if round(size) else ''}£{size:,.0f}"


def signed(text: str, value: float) -> str:
    """With a plus before what is above 0, for differences."""
    return "+" + text if value > 0 and text.strip("£0.,kmbn% points") else text


def runs(count: int, of: int) -> str:
    """`87 of 100 runs`."""
    return f"{count:,} of {of:,} run" + ("s" if of != 1 else "")


def quantity(value: float, unit: str, *, difference: bool = False, prose: bool = False) -> str:
    """A value in the style of its unit (`analysis.measures.UNITS`)."""
    if unit == "£":
        text = money(value, prose=prose)
    elif unit == "share" and difference:
        return points(value)
    elif unit == "share":
        text = share(value)
    elif unit in ("days", "person-years"):
        text = number(value, 0 if abs(value) >= 100 else 1)
    elif unit in ("people", "entries", "crises", "starts", "referrals", "chances", "stays", "places"):
        text = number(value, 0 if abs(value) >= 10 or value == int(value) else 1)
    else:
        text = number(value)
    return signed(text, value) if difference and not math.isnan(value) else text


def span(low: float, high: float, unit: str, *, difference: bool = False) -> str:
    """`500 to 900`, the unit's style on both ends."""
    if math.isnan(low) or math.isnan(high):
        return "not known"
    first, second = quantity(low, unit, difference=difference), quantity(high, unit, difference=difference)
    return f"{first.removesuffix(' points')} to {second}"
