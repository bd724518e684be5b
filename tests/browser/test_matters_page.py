"""What matters most in Chromium, on edge of care: asked with a button, answered on the page, on a wide screen and a phone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.site import PHONE, screenshot, settled
from tests.browser.test_pages import OF_STREAMLIT

pytestmark = pytest.mark.browser
TITLE = "What matters most, and how sure are we?"
PAGE = "/matters?scenario=edge-of-care&design=early_help&runs=20"
LONGEST = 120_000
"""Milliseconds; the runs of one question take a while on a small machine."""


def answered(page: Any) -> Any:
    """Press the first button and wait until all of its charts are drawn."""
    page.get_by_role("button", name="Work it out").first.click()
    page.wait_for_function(
        "document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5", timeout=LONGEST
    )
    settled(page)
    return page


def test_what_matters_wide_on_a_phone_and_for_axe(visit: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(PAGE)
    assert page.locator("h1").inner_text() == TITLE
    assert page.get_by_role("button", name="Work it out").count() >= 2
    answered(page)
    for question in ("Which design is best, and how sure is that?", "What is it worth, all told?"):
        assert page.get_by_role("heading", name=question).is_visible()
    assert page.get_by_test_id("stAlertContentError").count() == 0
    assert page.get_by_test_id("stException").count() == 0
    charts = page.get_by_test_id("stPlotlyChart")
    texts = [charts.nth(number).get_attribute("aria-label") for number in range(charts.count())]
    assert len(texts) == 5 and all(text and len(text) > 40 for text in texts), texts
    screenshot(page, "matters-wide")
    charts.last.evaluate("chart => chart.scrollIntoView()")
    screenshot(page, "matters-wide-end")
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

    phone = visit(PAGE, viewport=PHONE)
    phone.wait_for_function("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5")
    screenshot(phone, "matters-phone")
    wide = phone.evaluate(
        "() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollWidth - main.clientWidth }"
    )
    assert wide <= 1, "the page itself does not scroll sideways"
    phone.get_by_test_id("stPlotlyChart").last.evaluate("chart => chart.scrollIntoView()")
    screenshot(phone, "matters-phone-end")
