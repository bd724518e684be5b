"""Several visitors of one server, and what the hostile among them bring."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.site import screenshot, settled
from tests.present.tiny import NASTY, TEXT

pytestmark = pytest.mark.browser


def _bring(page: Any, name: str, data: bytes) -> None:
    page.get_by_text("Use your own scenario").click()
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/yaml", "buffer": data}
    )


def test_an_own_scenario_is_run_and_nobody_else_sees_it(visit: Any) -> None:
    one, other = visit("/"), visit("/")
    _bring(one, "mine.yaml", TEXT.replace("scenario: Tiny", "scenario: A secret of ours").encode())
    one.get_by_text("A secret of ours:").wait_for()
    settled(one)
    assert one.get_by_test_id("stMetricValue").count() == 3
    other.reload()
    settled(other)
    assert "A secret of ours" not in other.locator("body").inner_text()
    assert "Edge of care" in other.locator("body").inner_text()


BAD = {
    "a list": (b"- a\n- b\n", "cannot be run"),
    "an alias bomb": (b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "cannot be run"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not a text file"),
    "nothing": (b"", "cannot be run"),
    "what is misspelt": (TEXT.replace("for: struggling", "for: strugling").encode(), "strugling"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_cannot_be_run_gets_a_clear_sentence_and_the_page_goes_on(visit: Any, what: str) -> None:
    data, says = BAD[what]
    page = visit("/")
    _bring(page, "../../bad.yaml", data)
    said = page.get_by_test_id("stSidebar").get_by_test_id("stAlert")
    said.wait_for()
    assert says in said.inner_text() and "Traceback" not in page.locator("body").inner_text()
    assert page.get_by_test_id("stMetricValue").count() == 3
    screenshot(page, f"brought-{what.replace(' ', '-')}")


def test_ten_megabytes_are_refused_and_the_server_lives(visit: Any) -> None:
    page = visit("/")
    _bring(page, "large.yaml", b"x" * 10_000_000)
    page.get_by_text("File must be").or_(page.get_by_text("exceeds")).first.wait_for()
    assert visit("/").get_by_test_id("stMetricValue").count() == 3


def test_labels_are_text_on_every_page(visit: Any) -> None:
    page = visit("/")
    alerts: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    _bring(page, "nasty.yaml", NASTY.encode())
    page.get_by_text("alert(1)").first.wait_for()
    for name in ("Pathway", "Compare", "Evidence"):
        page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()
        settled(page)
        assert page.locator("[data-testid=stMain] script, [data-testid=stMain] img[src=x]").count() == 0
    assert not alerts


def test_a_long_run_of_one_does_not_keep_another_from_an_answer(visit: Any, tmp_path: Path) -> None:
    long = visit("/?runs=20")
    long.goto(long.url.split("?")[0] + "?scenario=edge-of-care&runs=1000&set.places=1.7")
    long.get_by_role("button", name="Stop").wait_for()
    page = visit("/?scenario=edge-of-care&runs=20&set.places=1.3")
    assert page.get_by_test_id("stMetricValue").count() == 3
    long.get_by_role("button", name="Stop").click()
    long.get_by_role("button", name="Go on").wait_for()
    assert "Stopped after" in long.locator("body").inner_text()
    assert int(long.get_by_text("Stopped after").inner_text().split()[2].replace(",", "")) < 1000
