"""Setting controls in a scenario's text: only `set` changes, whatever style the file is written in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario.load import load_text
from simulator.scenario.reader import Mapping, read_text

FILE = """\
format: 1
scenario: Text
start: 2027-04-01
horizon: 5 years
people: {arrive: {here: 300 per year}, leave_after: {exponential: 5 years}}
needs: {here: {}}
services: {help: {for: here, places: 10, length: 20 weeks, take_up: 60%}}
designs: {today: {baseline: yes}}
"""
OF = "of: services.help.take_up"
BLOCK = f"""\
controls:
  one:   # what people say
    {OF}
    range: 40% to 95%    # as far as it goes
"""

# How a control may be written, each with the text that a set value gives it.
STYLES = {
    "block": (BLOCK, BLOCK + "    set: 80%\n"),
    "block without a last line end": (BLOCK[:-1], BLOCK + "    set: 80%"),
    "more below": (BLOCK + "# end\n", BLOCK + "    set: 80%\n# end\n"),
    "block text last": (
        f"controls:\n  one:\n    range: 40% to 95%\n    {OF}\n    note: >\n      Long\n\n      text\n\n# end\n",
        f"controls:\n  one:\n    range: 40% to 95%\n    {OF}\n    set: 80%\n    note: >\n      Long\n\n      text\n\n# end\n",
    ),
    "block list last": (
        f"controls:\n  one:\n    range: 40% to 95%\n    {OF}\n    in:\n    - today\n",
        f"controls:\n  one:\n    range: 40% to 95%\n    {OF}\n    set: 80%\n    in:\n    - today\n",
    ),
    "brackets": (
        f"controls: {{one: {{{OF}, range: 40% to 95%}}}}\n",
        f"controls: {{one: {{{OF}, range: 40% to 95%, set: 80%}}}}\n",
    ),
    "brackets with a last comma and a comment": (
        f"controls:\n  one: {{ {OF}, # why\n    range: 40% to 95%, # far\n  }}\n",
        f"controls:\n  one: {{ {OF}, # why\n    range: 40% to 95%, set: 80%, # far\n  }}\n",
    ),
    "brackets with an empty note": (
        f"controls: {{one: {{{OF}, range: 40% to 95%, note: }}}}\n",
        f"controls: {{one: {{{OF}, range: 40% to 95%, note: , set: 80% }}}}\n",
    ),
    "as JSON": (
        '"controls": {"one": {"of": "services.help.take_up", "range": "40% to 95%", "in": ["today"]}}\n',
        '"controls": {"one": {"of": "services.help.take_up", "range": "40% to 95%", "in": ["today"], set: 80%}}\n',
    ),
    "quotes, accents and other scripts": (
        f"controls:\n  one: {{label: 'Ja, «gern» — 好', {OF}, range: \"40% to 95%\"}}   # żółw\n",
        f"controls:\n  one: {{label: 'Ja, «gern» — 好', {OF}, range: \"40% to 95%\", set: 80%}}   # żółw\n",
    ),
    "tabs in text and comments": (
        f"controls:\n  one:\n    {OF}\n    range: 40% to 95%  # as\tfar\n    note: 'as\tfar'\n",
        f"controls:\n  one:\n    {OF}\n    range: 40% to 95%  # as\tfar\n    note: 'as\tfar'\n    set: 80%\n",
    ),
    "text over two lines": (
        f"controls:\n  one:\n    {OF}\n    range: 40% to 95%\n    note: first\n      second\n",
        f"controls:\n  one:\n    {OF}\n    range: 40% to 95%\n    note: first\n      second\n    set: 80%\n",
    ),
    "keys with question marks": (
        "controls:\n  ? one\n  : ? of\n    : services.help.take_up\n    ? range\n    : 40% to 95%\n",
        "controls:\n  ? one\n  : ? of\n    : services.help.take_up\n    ? range\n    : 40% to 95%\n    set: 80%\n",
    ),
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("first", [False, True], ids=["at the end", "at the top"])
@pytest.mark.parametrize("style", STYLES)
def test_a_value_is_written_and_taken_out_again(style, first, end):
    written, moved = STYLES[style]
    if first and not written.endswith("\n"):
        return
    text, wanted = ((each + FILE if first else FILE + each).replace("\n", end) for each in (written, moved))
    scenario = load_text(text)
    changed = scenario.with_settings({"one": 80})
    assert changed.text == wanted
    assert changed.settings == {"one": "80%"}
    assert changed.with_settings({"one": "60%"}).text == text
    assert changed.with_settings({"one": 70}).text == wanted.replace("80%", "70%")
    assert load_text(changed.text).settings == {"one": "80%"}


def test_a_whole_file_in_brackets_is_changed_in_its_place():
    text = FILE.strip().replace("\n", ",\n")
    text = "{" + text + f",\n controls: {{one: {{{OF}, range: 40% to 95%}}}}, place: Here }}"
    changed = load_text(text).with_settings({"one": 80})
    assert changed.text == text.replace("to 95%}", "to 95%, set: 80%}")
    assert changed.with_settings({"one": 60}).text == text


@pytest.mark.parametrize(
    ("written", "moved", "out"),
    [
        ("    set: 70%   # tried\n", "    set: 80%   # tried\n", "    # tried\n"),
        ("    set: '70%'\n", "    set: '80%'\n", ""),
        ('    set: "70%"\n', '    set: "80%"\n', ""),
        ("    set: >\n      70%\n", "    set: 80%\n", ""),
        ("    set: |-\n      70%\n    step: 5%\n", "    set: 80%\n    step: 5%\n", "    step: 5%\n"),
        ("    set:   # why\n      70%\n", "    set:   # why\n      80%\n", "    # why\n"),
        ("    ? set\n    : 70%\n    step: 5%\n", "    ? set\n    : 80%\n    step: 5%\n", "    step: 5%\n"),
        ("    set: 70%\n\n# end", "    set: 80%\n\n# end", "\n# end"),
        ("    set: 70%", "    set: 80%", None),
    ],
)
def test_a_value_that_is_there_keeps_its_place_quotes_and_comment(written, moved, out):
    scenario = load_text(FILE + BLOCK + written)
    assert scenario.settings == {"one": "70%"}
    assert scenario.with_settings({"one": 80}).text == FILE + BLOCK + moved
    wanted = FILE + (BLOCK[:-1] if out is None else BLOCK + out)
    assert scenario.with_settings({"one": 60}).text == wanted


@pytest.mark.parametrize(
    ("written", "out"),
    [
        (f"{{set: 70%, {OF}, range: 40% to 95%}}", f"{{{OF}, range: 40% to 95%}}"),
        (f"{{{OF}, set: 70%, range: 40% to 95%}}", f"{{{OF}, range: 40% to 95%}}"),
        (f'{{{OF}, range: 40% to 95%, "set":"70%"}}', f"{{{OF}, range: 40% to 95%}}"),
        (f"{{{OF}, range: 40% to 95%, set: 70%,}}", f"{{{OF}, range: 40% to 95%,}}"),
        (
            f"{{{OF}, range: 40% to 95%, # far\n  set: 70%}}",
            f"{{{OF}, range: 40% to 95%, # far\n  }}",
        ),
        (
            f"{{{OF}, range: 40% to 95%, # far\n  set: 70% # why\n  , step: 5%}}",
            f"{{{OF}, range: 40% to 95%, # far\n   # why\n  step: 5%}}",
        ),
        (
            f"{{{OF}, range: 40% to 95%, # far\n  set: 70%, # last\n  }}",
            f"{{{OF}, range: 40% to 95%, # far\n  # last\n  }}",
        ),
    ],
)
def test_a_value_in_brackets_goes_with_one_comma_and_comments_stay(written, out):
    scenario = load_text(FILE + f"controls:\n one: {written}\n")
    assert scenario.settings == {"one": "70%"}
    bare = scenario.with_settings({"one": 60})
    assert bare.text == FILE + f"controls:\n one: {out}\n"
    assert bare.settings == {}


def test_what_stands_as_wanted_is_left_alone():
    scenario = load_text(FILE + BLOCK + "    set: 70.0%  # so\n")
    assert scenario.with_settings({"one": "70%"}) is scenario
    assert scenario.with_settings({}) is scenario


def test_a_mark_at_the_beginning_of_the_file_moves_nothing():
    text = "\ufeff" + FILE + BLOCK
    assert load_text(text).with_settings({"one": 80}).text == text + "    set: 80%\n"


TEXTS = st.sampled_from(["plain", "'it''s, {x}'", '"a \\" # b: c"', "[a, b]", "£5 — ½ 好", "x # comment"])
PAIRS = st.lists(st.sampled_from(["label", "note", "step", "in"]), unique=True)


@st.composite
def controls(draw: st.DrawFn) -> str:
    """Two or three controls in a style drawn at random, each line by line or in brackets."""
    found = ["controls:", *draw(st.sampled_from([[], ["  # first"], [""]]))]
    for name, key in zip("abc"[: draw(st.integers(2, 3))], ("take_up", "places", "length"), strict=False):
        extent = "range: 40% to 95%" if key == "take_up" else "times: 0.5 to 2"
        pairs = [f"of: services.help.{key}", extent]
        for each in draw(PAIRS):
            value = {"step": "5%" if key == "take_up" else "0.1", "in": "[today]"}.get(each) or draw(
                TEXTS.filter(lambda text: text[0] != "[")
            )
            pairs.append(f"{each}: {value}")
        if draw(st.booleans()):
            pairs.append("set: 70%" if key == "take_up" else "set: 1.5")
        pairs = draw(st.permutations(pairs))
        if draw(st.booleans()):
            found += [f"  {name}:", *(f"     {each}" for each in pairs)]
        else:
            joint = draw(st.sampled_from([", ", " , ", ",\n      "]))
            joined = joint.join(each.replace("x # comment", "x") for each in pairs)
            found.append(f"  {name}: {{{joined}{draw(st.sampled_from(['', ',', ' ']))}}}")
        found += draw(st.sampled_from([[], ["  # between"], [""]]))
    return draw(st.sampled_from(["\n", "\r\n"])).join([*found, *draw(st.sampled_from([[], ["", "# end"]]))])


def without_set(node: object) -> object:
    """A tree as plain data, without the `set` of controls."""
    if isinstance(node, Mapping):
        return {key: without_set(inner) for key, inner in node.items() if key != "set"}
    return [without_set(inner) for inner in node] if isinstance(node, list) else str(node)


@settings(max_examples=150, deadline=None)
@given(controls(), st.data())
def test_in_any_style_the_settings_are_those_asked_for_and_all_else_is_as_it_was(text, data):
    scenario = load_text(FILE + text)
    asked = {
        name: data.draw(st.sampled_from([each.low, each.written, each.high]))
        for name, each in scenario.controls.items()
        if data.draw(st.booleans())
    }
    changed = scenario.with_settings(asked)
    wanted = {name: each.value for name, each in scenario.controls.items()} | asked
    assert {name: each.value for name, each in changed.controls.items()} == wanted
    assert changed.settings == load_text(changed.text).settings
    assert without_set(read_text(changed.text)) == without_set(scenario.raw)
    assert changed.text.count("#") == scenario.text.count("#")
    if not scenario.settings:
        assert changed.with_settings(
            {name: each.written for name, each in changed.controls.items()}
        ).text == (scenario.text)
