"""Times that vary between people, as LANGUAGE section 3 writes them."""

import pytest

from simulator.scenario.problems import Refused
from simulator.scenario.quantities import Changed, Named, Quantity, Split
from simulator.scenario.times import Family, parse_time
from simulator.scenario.units import MONTH


def test_a_bare_time_is_fixed():
    assert parse_time("6 months") == Quantity("time", 6 * MONTH, text="6 months")
    assert parse_time({"fixed": "6 months"}) == Quantity("time", 6 * MONTH, text="6 months")
    assert parse_time("length_of_stay") == Named("time", "length_of_stay")


@pytest.mark.parametrize(
    ("raw", "family", "parameters"),
    [
        ({"exponential": "14 months"}, "exponential", {"mean": 14 * MONTH}),
        ({"exponential": {"median": "14 months"}}, "exponential", {"median": 14 * MONTH}),
        ({"weibull": {"shape": "1.3", "mean": "30 months"}}, "weibull", {"shape": 1.3, "mean": 30 * MONTH}),
        ({"gamma": {"mean": "9 months", "sd": "3 months"}}, "gamma", {"mean": 9 * MONTH, "sd": 3 * MONTH}),
        ({"lognormal": {"median": "10 days", "sd": "4 days"}}, "lognormal", {"median": 10, "sd": 4}),
        ({"uniform": ["3 days", "8 days"]}, "uniform", {"0": 3, "1": 8}),
        ({"triangular": ["1 day", "6 days", "16 days"]}, "triangular", {"0": 1, "1": 6, "2": 16}),
        ({"any_of": ["2 days", "5 days", "2 days"]}, "any_of", {"0": 2, "1": 5, "2": 2}),
    ],
)
def test_each_family_reads_its_parameters(raw, family, parameters):
    time = parse_time(raw)
    assert isinstance(time, Family)
    assert time.name == family
    assert {name: value.value for name, value in time.parameters} == pytest.approx(parameters)


def test_within_is_exponential_with_one_point_and_weibull_with_two():
    one = parse_time({"within": {"12 months": "22%"}})
    two = parse_time({"within": {"6 months": "26%", "18 months": "46%"}})
    assert (one.name, two.name) == ("exponential", "weibull")
    assert [(when.value, share.value) for when, share in two.within] == [
        (6 * MONTH, 0.26),
        (18 * MONTH, 0.46),
    ]
    mixed = parse_time({"weibull": {"shape": "0.8", "within": {"12 months": "75%"}}})
    assert (len(mixed.parameters), len(mixed.within)) == (1, 1)


def test_a_source_beside_the_family_covers_it():
    assert parse_time({"uniform": ["3 days", "8 days"], "source": "assumption"}).source == "assumption"


def test_times_differ_by_segment_and_can_be_multiplied():
    split = parse_time({"under_12": {"triangular": ["2 years", "5 years", "9 years"]}, "others": "3 months"})
    assert isinstance(split, Split)
    assert isinstance(split.parts[0][1], Family)
    assert parse_time(Changed({"exponential": "2 weeks"}, 0.5)).factor == 0.5
    assert parse_time(Changed("2 weeks", 0.5)).value == 7


@pytest.mark.parametrize(
    ("raw", "said", "path"),
    [
        ({"exponential": "14 parsecs"}, "`parsecs` is not a unit of time", ("exponential",)),
        ({"weibull": "14 months"}, "weibull needs two parameters", ("weibull",)),
        ({"weibull": {"mean": "14 months"}}, "weibull takes 2 parameters, here are 1", ("weibull",)),
        (
            {"exponential": {"mean": "1 day", "sd": "1 day"}},
            "exponential takes 1 parameter, here are 2",
            ("exponential",),
        ),
        ({"lognormal": {"mean": "1 day", "shape": "2"}}, "unknown parameter `shape`", ("lognormal", "shape")),
        ({"gamma": {"mean": "1 day", "sd": "two days"}}, "is not", ("gamma", "sd")),
        ({"uniform": ["8 days", "3 days"]}, "the times of uniform must rise", ("uniform",)),
        ({"triangular": ["1 day", "2 days"]}, "triangular takes a list", ("triangular",)),
        ({"within": {"0 days": "22%"}}, "a share by time 0 cannot be", ("within", "0 days")),
        ({"within": {"1 day": "0.2"}}, "is not a share", ("within", "1 day")),
        ({"within": "22%"}, "what share has happened by when", ("within",)),
        ({"exponential": "1 day", "gamma": {}}, "one family a time", ("gamma",)),
        ({"exponental": {"mean": "1 day"}}, "`exponental` is not a family of times", ("exponental",)),
        ({"exponential": "1 day", "sauce": "k"}, "unknown key `sauce` in a time", ("sauce",)),
        ({"start": "1 day", "2028-04-01": "2 days"}, "a timeline cannot stand in a time", ()),
        (["1 day"], "not a list", ()),
    ],
)
def test_what_is_no_time_is_refused_at_its_path(raw, said, path):
    with pytest.raises(Refused) as error:
        parse_time(raw)
    assert said in error.value.message
    assert error.value.path == path
