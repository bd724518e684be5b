"""Labels come from files that anybody may upload: they are shown, never obeyed, by Plotly and by Graphviz."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from simulator.present import views
from simulator.present.chart import plain, shortened, table_of, wrapped
from simulator.present.compare_charts import charts
from simulator.present.headline import headline
from simulator.present.pathway_charts import of_100, where_stuck
from simulator.present.pathway_diagram import _label, pathway
from tests.present.tiny import NASTY, TEXT, compared

BAD = (
    "<b>x</b> <a href='javascript:alert(1)'>&lt; $x$ \\\\N back\\\\slash \" quote } ] ; -> %{{x}} Ünïcödé 🎈"
)
HOSTILE = (
    TEXT.replace("In crisis,", f"'{BAD.replace(chr(39), chr(39) * 2)}',")
    .replace("label: Help\n", f"label: '{BAD.replace(chr(39), chr(39) * 2)} {'long ' * 30}'\n")
    .replace("label: Early help,", 'label: "<script>alert(1)</script>",')
    .replace("council: The council", 'council: "<img src=x onerror=alert(1)>"')
)


def strings(thing: object) -> list[str]:
    if isinstance(thing, str):
        return [thing]
    if isinstance(thing, dict):
        return [text for each in thing.values() for text in strings(each)]
    if isinstance(thing, list | tuple):
        return [text for each in thing for text in strings(each)]
    return []


@pytest.mark.parametrize("text", [HOSTILE, NASTY])
def test_no_label_reaches_plotly_as_markup(text: str) -> None:
    found = compared(text)
    overview = views.overview(found.result)
    every = [
        *charts(found.table, overview, found.result, found.design),
        of_100(found.table, overview, found.result, found.design),
    ]
    own = ("<b>", "</b>", "<br>", "<extra></extra>")
    seen = 0
    for chart in every:
        for said in strings(chart.figure.to_plotly_json()):
            seen += "&lt;" in said
            # Bold, line breaks and the empty box beside a hover text are ours; no label of a file can make one.
            rest = said
            for tag in own:
                rest = rest.replace(tag, "")
            assert "<" not in rest and "$" not in rest, said
    assert seen
    assert not any("<b>x" in said for chart in every for said in strings(chart.figure.to_plotly_json()))


def test_tables_keep_labels_whole_and_as_written() -> None:
    found = compared(HOSTILE)
    chart = of_100(found.table, views.overview(found.result), found.result, found.design)
    label = found.result.scenario.label("help")
    assert len(label) > 200
    assert label in list(chart.table["Ever in"])
    assert label in where_stuck(found.table, found.result, found.design) or "nobody waits" in where_stuck(
        found.table, found.result, found.design
    )
    assert "<script>alert(1)</script>" in headline(found.table, found.result, found.design).sentence


def test_overlong_labels_end_in_an_ellipsis() -> None:
    assert shortened("a" * 41) == "a" * 39 + "…"
    assert shortened("a" * 40) == "a" * 40
    assert shortened("two\nlines\tand\x1b[31m") == "two lines and [31m"
    assert plain("<b>&$") == "&lt;b&gt;&amp;&#36;"
    assert all(len(line) <= 46 for line in wrapped("word " * 60).split("<br>"))
    assert wrapped("word " * 60).count("<br>") == 1 and wrapped("word " * 60).endswith("…")
    assert wrapped("") == ""


def test_columns_of_one_name_stay_apart() -> None:
    assert list(table_of(("", "Same", "Same"), [("a", "1", "2")]).columns) == ["", "Same", "Same (2)"]


@pytest.mark.parametrize("text", [HOSTILE, NASTY])
def test_graphviz_source_is_well_formed_whatever_the_labels(text: str) -> None:
    found = compared(text)
    for design in found.result.designs:
        dot = pathway(views.overview(found.result), found.result, design).dot
        outside, inside, escaped = [], False, False
        for letter in dot:
            if escaped:
                escaped = False
            elif inside and letter == "\\":
                escaped = True
            elif letter == '"':
                inside = not inside
            elif not inside:
                outside.append(letter)
        assert not inside
        # Outside quotes there is only what we wrote: no tag, no letter beyond ASCII, one pair of braces.
        rest = "".join(outside)
        assert rest.isascii() and rest.count("{") == rest.count("}") == 1
        assert "<" not in rest


@pytest.mark.skipif(
    shutil.which("dot") is None, reason="Graphviz is not installed; the browser draws in the product"
)
def test_graphviz_shows_the_letters_of_a_label() -> None:
    found = compared(HOSTILE)
    dot = pathway(views.overview(found.result), found.result, found.design).dot
    drawn = subprocess.run(
        ["dot", "-Tsvg"], input=dot, capture_output=True, text=True, check=True, timeout=60
    )
    assert (
        "<script" not in drawn.stdout
        and "javascript:alert" not in drawn.stdout.replace("&#39;", "'").split("<a ")[0][:0]
    )
    assert "&lt;b&gt;x&lt;/b&gt;" in drawn.stdout.replace("&#45;", "-")
    assert "<a " not in drawn.stdout


def test_graphviz_codes_quotes_and_entities_in_a_label_are_letters() -> None:
    assert _label("a\\N") == r'"a\\N"'
    assert _label('say "hi"') == r'"say \"hi\""'
    assert _label("end\\") == r'"end\\"'
    assert _label("&lt;", "closed") == r'"&amp;lt;\nclosed"'
    assert _label("one\ntwo") == '"one two"'
