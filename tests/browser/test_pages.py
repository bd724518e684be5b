"""The main path of each page in Chromium: what is drawn, that it is accessible, that the keyboard is enough.

Pages show edge of care, the first scenario of the library. Each is kept as a picture at two widths.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser.site import PHONE, ROOT, screenshot, settled

pytestmark = pytest.mark.browser

PAGES = {
    "": ("Early help against crisis services", "Before you rely on this"),
    "pathway": ("What happens to people?", "One person's story"),
    "compare": ("Is early help better, by how much, and how sure?", "All figures"),
    "evidence": ("Where do the numbers come from?", "Every number"),
}
CHARTS = {"": 0, "pathway": 3, "compare": 5, "evidence": 0}
# axe finds these in any Streamlit app: its list of pages at the side holds what is not in a list item.
OF_STREAMLIT = {"list", "listitem"}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_drawn_whole(visit: Any, path: str) -> None:
    page = visit(f"/{path}")
    title, last = PAGES[path]
    assert page.locator("h1").inner_text() == title
    page.get_by_text(last).first.wait_for()
    page.wait_for_function(
        "count => document.querySelectorAll('.js-plotly-plot .main-svg').length >= count", arg=CHARTS[path]
    )
    assert page.get_by_test_id("stAlertContentError").count() == 0
    assert page.get_by_test_id("stException").count() == 0
    screenshot(page, f"{path or 'start'}-wide")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone(visit: Any, path: str) -> None:
    page = visit(f"/{path}", viewport=PHONE)
    screenshot(page, f"{path or 'start'}-phone")
    wide = page.evaluate(
        "() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollWidth - main.clientWidth }"
    )
    assert wide <= 1, "the page itself does not scroll sideways"


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_new(visit: Any, path: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"/{path}")
    found = Axe().run(
        page,
        options={
            "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
            "resultTypes": ["violations"],
        },
    )
    new = {
        each["id"]: [node["html"][:200] for node in each["nodes"][:3]]
        for each in found.response["violations"]
        if each["id"] not in OF_STREAMLIT
    }
    assert not new


def test_every_chart_has_a_text_alternative_and_a_table(visit: Any) -> None:
    for path in ("pathway", "compare"):
        page = visit(f"/{path}")
        charts = page.get_by_test_id("stPlotlyChart")
        texts = [charts.nth(number).get_attribute("aria-label") for number in range(charts.count())]
        assert charts.count() >= CHARTS[path]
        assert all(text and len(text) > 40 for text in texts), texts
        assert page.get_by_text("The numbers behind this").count() >= charts.count()


def test_the_keyboard_alone_moves_a_control_and_turns_the_page(visit: Any) -> None:
    page = visit("/")
    take_up = page.get_by_role("slider", name="Families who say yes")
    before = take_up.get_attribute("aria-valuetext") or take_up.input_value()
    _tab_to(page, "document.activeElement.ariaLabel === 'Families who say yes'")
    page.keyboard.press("ArrowRight")
    page.get_by_text("instead of 75%").wait_for()
    settled(page)
    assert (take_up.get_attribute("aria-valuetext") or take_up.input_value()) != before
    _tab_to(page, "document.activeElement.innerText.trim() === 'Compare'", backwards=True)
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=PAGES["compare"][0]).wait_for()
    page.get_by_text("instead of 75%").wait_for()


def test_the_toggle_puts_doubt_into_the_ranges_and_takes_it_out(visit: Any) -> None:
    page = visit("/pathway?runs=20")
    page.get_by_text("Ranges show chance and doubt about the numbers").wait_for()
    reading = page.get_by_role("radiogroup", name="How to read the evidence")
    assert reading.get_by_text("Each in its share of the runs").count() == 1
    reading.get_by_text("As the English START trial found").click()
    page.get_by_text("read in another way").wait_for()
    settled(page)
    page.get_by_test_id("stSidebar").get_by_text("Vary the uncertain numbers too").click()
    page.get_by_text("Ranges show chance over 20 runs").wait_for()
    settled(page)
    assert reading.get_by_role("radio", checked=True).get_attribute("value") != "0", "the reading stays"
    assert "vary=" not in page.url and "reading=no_effect" in page.url
    screenshot(page, "varied-off")


def _tab_to(page: Any, condition: str, *, backwards: bool = False) -> None:
    """Press Tab until the focus is there."""
    for _ in range(80):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(f"eighty presses of Tab do not lead to: {condition}")


def test_a_link_carries_the_changes_and_the_download_equals_the_command_line(
    visit: Any, tmp_path: Path
) -> None:
    page = visit("/compare?scenario=edge-of-care&design=early_help&runs=20&vary=1&set.take_up=60%25")
    page.get_by_text("instead of 75%").wait_for()
    page.get_by_text("each of the 20 runs has its own sample of all").first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Table and record (JSON)").click()
    here = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    command = [
        sys.executable,
        "-m",
        "simulator",
        "compare",
        "scenarios/edge-of-care.yaml",
        "--design",
        "early_help",
    ]
    command += ["--replications", "20", "--seed", "1", "--vary", "--set", "take_up=60%", "--json"]
    there = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    assert here == there
    with page.expect_download() as download:
        page.get_by_role("button", name="Scenario with the changes (YAML)").click()
    changed = tmp_path / "edge-of-care.yaml"
    changed.write_bytes(Path(download.value.path()).read_bytes())
    command = [sys.executable, "-m", "simulator", "compare", str(changed), "--design", "early_help"]
    command += ["--replications", "20", "--vary", "--json"]
    again = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    assert again["rows"] == here["rows"]
