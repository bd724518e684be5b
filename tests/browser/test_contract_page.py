"""Contract and returns in Chromium, on edge of care: drawn whole on a wide screen, fits a phone, and axe finds nothing new."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.site import PHONE, screenshot
from tests.browser.test_pages import OF_STREAMLIT

pytestmark = pytest.mark.browser
TITLE = "Who pays whom, who bears the risk, and what comes back?"


def test_contract_and_returns_wide_on_a_phone_and_for_axe(visit: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit("/contract?scenario=edge-of-care&design=early_help&runs=20")
    assert page.locator("h1").inner_text() == TITLE
    page.get_by_text("All figures of the contract").first.wait_for()
    page.wait_for_function("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5")
    assert page.get_by_test_id("stAlertContentError").count() == 0
    assert page.get_by_test_id("stException").count() == 0
    for question in (
        "If it does nothing, what have I still paid?",
        "In which month do we run out, by how much?",
        "What is the most I have out, and when is it back?",
    ):
        assert page.get_by_text(question).is_visible()
    charts = page.get_by_test_id("stPlotlyChart")
    texts = [charts.nth(number).get_attribute("aria-label") for number in range(charts.count())]
    assert all(text and len(text) > 40 for text in texts), texts
    screenshot(page, "contract-wide")
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

    phone = visit("/contract?scenario=edge-of-care&design=early_help&runs=20", viewport=PHONE)
    phone.get_by_text("All figures of the contract").first.wait_for()
    screenshot(phone, "contract-phone")
    wide = phone.evaluate(
        "() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollWidth - main.clientWidth }"
    )
    assert wide <= 1, "the page itself does not scroll sideways"
