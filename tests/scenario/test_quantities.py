"""Quantities as LANGUAGE section 2 writes them, and what is said of those written otherwise."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.fields import number_in_full
from simulator.scenario.problems import Refused, did_you_mean
from simulator.scenario.quantities import Changed, Named, Quantity, Split, Timeline, leaves, parse
from simulator.scenario.units import MONTH, YEAR


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("44.8%", "share", 0.448),
        ("0%", "share", 0.0),
        ("70 of 100 runs", "share", 0.7),
        ("90% of people", "share", 0.9),
        ("0.6", "ratio", 0.6),
        ("220", "count", 220),
        ("1,000", "count", 1000),
        ("6 months", "time", 6 * MONTH),
        ("1 day", "time", 1),
        ("2.5 years", "time", 2.5 * YEAR),
        ("90 minutes", "time", 1 / 16),
        ("400 per year", "rate", 400),
        ("9 per day", "rate", 9 * YEAR),
        ("6% per year", "growth", 0.06),
        ("-1% per year", "growth", -0.01),
        ("£4,100", "money", 4100),
        ("£1.1m", "money", 1.1e6),
        ("£4.1k", "money", 4100),
        ("£2bn", "money", 2e9),
        ("€5", "money", 5),
        ("2027-04-01", "date", dt.date(2027, 4, 1).toordinal()),
        ("6.1", "score", 6.1),
    ],
)
def test_each_kind_reads_its_literal(text, kind, value):
    quantity = parse(text, kind, below_zero=True)
    assert quantity.kind == kind
    assert quantity.value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "of", "days"),
    [
        ("£4,100", "each", None),
        ("£40,000 once", "once", None),
        ("£350 per start", "start", None),
        ("£60 per referral", "referral", None),
        ("£5 per completion", "completion", None),
        ("£700 per person per week", "person", 7),
        ("£9,500 per place per year", "place", YEAR),
        ("£48,000 a staff a year", "staff", YEAR),
        ("£880,000 per year", "time", YEAR),
    ],
)
def test_money_says_what_it_is_per(text, of, days):
    basis = parse(text, "money").basis
    assert (basis.of, basis.days) == (of, days)


@pytest.mark.parametrize(
    "text", ["£4 per week per person", "£4 per chair", "£4 for each", "£4 per place", "£4 per person per"]
)
def test_money_on_a_basis_that_is_none_is_refused(text):
    with pytest.raises(Refused, match="not a basis of money"):
        parse(text, "money")


def test_a_range_may_leave_its_unit_out_and_a_source_follows():
    quantity = parse("60% (48 to 76) @taylor-2024", "share")
    assert (quantity.low, quantity.high, quantity.source, quantity.grade) == (0.48, 0.76, "taylor-2024", None)
    assert quantity.text == "60% (48 to 76)"
    money = parse("£4.1k per place per year (3.9 to 4.5) @assumption", "money")
    assert (money.low, money.high, money.grade) == (pytest.approx(3900), pytest.approx(4500), 6)
    months = parse("6 months (4 to 9)", "time")
    assert (months.low, months.high) == (pytest.approx(4 * MONTH), pytest.approx(9 * MONTH))


def test_a_number_in_full_says_more():
    quantity = parse(
        {
            "value": "60%",
            "range": "48% to 76%",
            "source": "k",
            "distribution": "beta",
            "grade": "2",
            "price_year": "2013/14",
        },
        "share",
    )
    assert (quantity.low, quantity.high, quantity.source) == (0.48, 0.76, "k")
    assert (quantity.distribution, quantity.grade, quantity.price_year) == ("beta", 2, "2013/14")


def test_a_name_a_split_a_timeline_and_a_change():
    assert parse("support_effect", "ratio") == Named("ratio", "support_effect")
    split = parse(
        {"teenager": "50%", "others": {"start": "40%", "2028-04-01": "75%"}},
        "share",
        split=True,
        timeline=True,
    )
    assert isinstance(split, Split)
    assert [name for name, _ in split.parts] == ["teenager"]
    assert isinstance(split.others, Timeline)
    assert [leaf.value for leaf in leaves(split)] == [0.5, 0.4, 0.75]
    changed = parse(Changed({"a": "50% (40% to 60%)", "others": "20%"}, 0.5), "share", split=True)
    assert [(leaf.value, leaf.low, leaf.high) for leaf in leaves(changed)] == [
        (0.25, 0.2, 0.3),
        (0.1, None, None),
    ]
    assert parse(Changed("ae_base", 0.5), "rate").factor == 0.5


def test_a_timeline_takes_dates_and_times_since_the_start():
    timeline = parse({"start": "40", "1 year": "60", "2029-04-01": "90"}, "count", timeline=True)
    assert [(when, dated) for when, dated, _ in timeline.steps] == [
        (0.0, False),
        (YEAR, False),
        (dt.date(2029, 4, 1).toordinal(), True),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "said", "suggested"),
    [
        ("0.75", "share", "`0.75` is not a share", "`75%`"),
        ("75", "share", "`75` is not a share", "`75%`"),
        ("175%", "share", "not between 0% and 100%", "44.8%"),
        ("70 of 60", "share", "is not a share", ""),
        ("60%", "ratio", "`60%` is not a ratio", "plain number such as `0.6`"),
        ("10.5", "count", "not a whole number", "220"),
        ("20", "time", "has no unit of time", "`20 weeks`"),
        ("20 fortnights", "time", "`fortnights` is not a unit of time", "minute, hour, day"),
        ("-2 days", "time", "below 0", ""),
        ("400", "rate", "says no unit of time", "`400 per year`"),
        ("400 per head", "rate", "is not a rate", "400 per year"),
        ("6%", "growth", "is not a growth", "6% per year"),
        ("4100", "money", "has no currency", "`£4100`"),
        ("£4,10", "money", "is not a number", "1,000"),
        ("-£5", "money", "is below 0", "£4,100"),
        ("01/04/2027", "date", "is not a date", "`2027-04-01`"),
        ("2027-02-30", "date", "not a day of the calendar", ""),
        ("", "share", "a share is missing here", "44.8%"),
        ("times 0.5", "share", "only stand in a design", ""),
        ("60% (76% to 48%)", "share", "upside down", "lower end first"),
        ("60% (70% to 80%)", "share", "lies outside its range", ""),
        ("60% (70%)", "share", "`(70%)` is not a range", "(48% to 76%)"),
        ("£7 (£6 to £8) per start", "money", "the range stands in the middle", "`£7 per start (£6 to £8)`"),
        ("about 60%", "share", "is not a number", ""),
    ],
)
def test_what_cannot_be_read_is_said_with_what_would_be_right(text, kind, said, suggested):
    with pytest.raises(Refused) as error:
        parse(text, kind)
    assert said in error.value.message
    assert suggested in (error.value.suggestion or "")


@pytest.mark.parametrize(
    ("raw", "said", "path"),
    [
        ({"value": "60%", "sauce": "k"}, "unknown key `sauce`", ("sauce",)),
        ({"value": "60%", "range": "70% to 80%"}, "outside its range", ("range",)),
        ({"value": "60%", "grade": "7"}, "1 (best) to 6", ("grade",)),
        (
            {"value": "60%", "range": "50% to 70%", "distribution": "bell"},
            "not a distribution",
            ("distribution",),
        ),
        ({"value": "some_number"}, "not a name", ("value",)),
        ({"range": "40% to 60%"}, "needs `value`", ()),
        ({"start": "40%"}, "a timeline cannot stand here", ()),
        ({"a": "40%", "b": "50%"}, "only one value can stand here", ()),
        (["40%"], "not a list", ()),
        ({}, "a share is wanted here", ()),
    ],
)
def test_what_is_wrong_inside_a_mapping_is_found_by_its_path(raw, said, path):
    with pytest.raises(Refused) as error:
        parse(raw, "share")
    assert said in error.value.message
    assert error.value.path == path


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("0.86", "score"),
        ("60%", "share"),
        ("£5 per start", "money"),
        ("3% per year", "growth"),
        ("9 per day", "rate"),
        ("2 weeks", "time"),
    ],
)
def test_a_named_number_is_of_the_kind_it_looks_like(raw, kind):
    assert number_in_full({"value": raw}).kind == kind


@given(st.integers(0, 100_000_000), st.sampled_from(["", "k", "m"]))
def test_thousands_commas_change_nothing(number, multiple):
    assert parse(f"£{number:,}{multiple}", "money").value == parse(f"£{number}{multiple}", "money").value


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_range_is_read_as_it_is_written(a, b, c):
    low, value, high = sorted(round(each, 5) for each in (a, b, c))
    quantity = parse(f"{value:.5f} ({low:.5f} to {high:.5f})", "ratio")
    assert isinstance(quantity, Quantity)
    assert (quantity.low, quantity.value, quantity.high) == (
        pytest.approx(low),
        pytest.approx(value),
        pytest.approx(high),
    )


def test_a_share_whose_range_no_beta_distribution_has_is_refused():
    """Its sample would have quite another mean: 1% (0% to 40%) sampled evenly has a mean of 20%."""
    with pytest.raises(Refused, match="too wide"):
        parse("1% (0% to 40%)", "share")
    wide = parse({"value": "1%", "range": "0% to 40%", "distribution": "triangular"}, "share")
    assert wide.distribution == "triangular"


@pytest.mark.parametrize(
    ("kind", "value", "distribution"),
    [("share", "80%", "lognormal"), ("ratio", "0.5", "normal"), ("time", "14 months", "beta")],
)
def test_a_distribution_that_would_leave_what_the_kind_can_be_is_refused(kind, value, distribution):
    with pytest.raises(Refused, match="does not fit"):
        parse({"value": value, "range": f"{value} to {value}", "distribution": distribution}, kind)


@given(
    st.text(max_size=30),
    st.sampled_from(["share", "ratio", "count", "time", "rate", "growth", "money", "date", "score"]),
)
def test_any_text_is_read_or_refused_and_nothing_else(text, kind):
    message = "read"
    try:
        parse(text, kind)
    except Refused as refused:
        message = refused.message
    assert message


def test_the_nearest_name_is_suggested_and_a_short_list_where_none_is_near():
    assert did_you_mean("take_upp", ["take_up", "length"]) == "did you mean `take_up`?"
    assert did_you_mean("zzz", ["b", "a"]) == "known here: a, b"
    assert did_you_mean("zzz", [f"name_{i}" for i in range(50)]) is None
