"""YAML to plain text with places, and the refusal of all that could mean something else than it looks like."""

import pickle
import time

import pytest

from simulator.scenario.load import load_text
from simulator.scenario.problems import ScenarioError
from simulator.scenario.reader import Items, Mapping, Text, place_of, read_file, read_text


def refused(text: str) -> str:
    with pytest.raises(ScenarioError) as error:
        read_text(text)
    [problem] = error.value.problems
    return f"{problem.line}:{problem.column}: {problem.message}"


@pytest.mark.parametrize(
    "value", ["no", "010", "1.10", "2027-04-01", "1e3", "~", "null", "0x1f", "12:30:45", ".5"]
)
def test_scalars_stay_text_whatever_yaml_would_guess(value):
    assert read_text(f"key: {value}")["key"] == value


def test_every_node_knows_its_line_and_column():
    root = read_text("a:\n  b: 1\n  c: [x, {d: 2}]\n")
    assert root.places == {"a": (1, 1)}
    assert root["a"].places == {"b": (2, 3), "c": (3, 3)}
    assert (root["a"]["b"].line, root["a"]["b"].column) == (2, 6)
    assert isinstance(root["a"]["c"], Items)
    assert place_of(root, ("a", "c", 1, "d")) == (3, 11)


def test_a_path_that_is_not_in_the_file_has_the_place_of_the_nearest_part_above():
    root = read_text("a:\n  b: 1\n")
    assert place_of(root, ("a", "b", "c")) == (2, 3)
    assert place_of(root, ("a", "missing")) == (1, 1)
    assert place_of(root, ("places", "a", "b")) == (
        2,
        3,
    )  # a short form written out: a step that is not there


def test_text_keeps_its_place_through_pickling():
    text = pickle.loads(pickle.dumps(Text("x", 3, 4, False)))
    assert (text, text.line, text.column, text.plain) == ("x", 3, 4, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2\n", "2:1: `a` stands here twice"),
        ("a: &x 1\n", "1:4: anchors (`&name`) are not part of the language"),
        ("a: *x\n", "1:4: aliases (`*name`) are not part of the language"),
        ("a: !!str 1\n", "1:4: tags (`!name`) are not part of the language"),
        ("a: 1\n---\nb: 2\n", "2:1: a file holds one scenario"),
        ("? [a, b]\n: c\n", "1:3: a key must be plain text"),
        ("- a\n- b\n", "1:1: a scenario is a mapping of keys such as `format: 1`"),
        ("", "1:1: the file is empty"),
        ("# only a comment\n", "1:1: the file is empty"),
        ("a:\n\tb: 1\n", "2:1: a tab stands here"),
        ("a:\n    b: 1\n  c: 2\n", "3:3: this line does not fit the indentation of those above"),
        ("a: b: c\n", "1:5: a colon stands where none can"),
        ("a: [1, 2\nb: 3\n", "2:2: a bracket or quote is not closed, or a comma is missing"),
        (
            "a: {b: £4,100 per place}\n",
            "1:11: inside { } a comma ends a number, so `£4,100 per place` was read as two",
        ),
    ],
)
def test_what_could_mean_something_else_is_refused_with_its_place(text, said):
    assert refused(text) == said


def test_a_comma_in_quotes_is_no_mistake():
    assert read_text('a: {b: "£4,100 per place", 40000: x}')["a"]["b"] == "£4,100 per place"


def test_a_file_that_is_not_utf8_names_the_line(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes("format: 1\nscenario: caf\u00e9\n".encode("latin-1"))
    with pytest.raises(ScenarioError, match="2:1: error: the file is not UTF-8 text"):
        read_file(path)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    path = tmp_path / "windows.yaml"
    path.write_bytes("\ufeffformat: 1\r\nscenario: x\r\n".encode())
    root, _ = read_file(path)
    assert dict(root) == {"format": "1", "scenario": "x"}
    assert root.places["scenario"] == (2, 1)


GOOD_START = "format: 1\nscenario: x\nstart: 2027-04-01\nhorizon: 5 years\nneeds: {a: {}}\ndesigns: {today: {baseline: yes}}\n"
HOSTILE = {
    "ten megabytes": "a: " + "x" * 10_000_000,
    "deep brackets": "a: " + "[" * 100_000,
    "deep mappings": "".join(" " * depth + "a:\n" for depth in range(2_000)),
    "an alias bomb": "a: &a [x]\n" + "".join(f"b{i}: &b{i} [*a, *a, *a]\n" for i in range(1000)),
    "400,000 keys": "\n".join(f"k{i}: 1" for i in range(400_000)),
    "400,000 values in a list": "a: [" + ", ".join(["1"] * 400_000) + "]",
    "a billion people": GOOD_START + "people: {arrive: {a: 1000000000 per year}}\n",
    "a billion people present": GOOD_START + "people: {present: {a: 1000000000}}\n",
    "one person a minute for ever": GOOD_START.replace("5 years", "7000 years")
    + "people: {arrive: {a: {every: 1 minute}}}\n",
    "a billion events a year": GOOD_START
    + "people: {arrive: {a: 400 per year}}\nevents: {e: {rate: {a: 1000000000 per year}}}\n",
    "a length of a fraction of a second": GOOD_START
    + "people: {arrive: {a: 400 per year}}\n"
    + "services: {s: {for: a, places: 900, length: 0.0001 minutes, then: {completed: s}}}\n",
    "a horizon of a million years": GOOD_START.replace("5 years", "1000000 years")
    + "people: {arrive: {a: 1 per year}}\n",
    "a number with a million digits": GOOD_START
    + "people: {arrive: {a: "
    + "9" * 1_000_000
    + " per year}}\n",
    "unknown keys without end": GOOD_START
    + "people: {"
    + ", ".join(f"k{i}: 1" for i in range(9_000))
    + "}\n",
    "unknown states without end": GOOD_START
    + "people: {arrive: {"
    + ", ".join(f"k{i}: 1 per day" for i in range(9_000))
    + "}}\n",
    "designs without end": GOOD_START.replace("{today: {baseline: yes}}", "")
    + "  today: {baseline: yes}\n"
    + "".join(f"  d{i}: {{label: x}}\n" for i in range(4_000))
    + "people: {arrive: {a: 1 per year}}\n",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_is_refused_in_two_seconds(what):
    begin = time.process_time()  # the machine may be busy with other tests
    with pytest.raises(ScenarioError):
        load_text(HOSTILE[what])
    assert time.process_time() - begin < 2


def test_a_file_over_five_megabytes_is_not_read_to_its_end(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: " + b"x" * 10_000_000)
    with pytest.raises(ScenarioError, match="over 5 MB"):
        read_file(path)


def test_mappings_can_be_copied_with_their_places():
    root = read_text("a: 1\n")
    copy = root.copy_with_places()
    copy["b"] = Mapping()
    copy.places["b"] = (9, 9)
    assert "b" not in root
    assert "b" not in root.places
