"""A scenario that runs in a blink and has something of every kind of doubt, for tests of what is asked of it."""

from __future__ import annotations

from tests.present import tiny

TEXT = (
    tiny.TEXT.replace("exponential: 8 months", "exponential: 8 months (6 months to 11 months)")
    .replace("hazard_ratio: 0.2", "hazard_ratio: 0.4 (0.2 to 0.8)")
    .replace("council: £400 per person", "council: £400 (£300 to £520) per person")
    .replace("£9000 per place per year", "£9000 per place per year (£7000 to £11000)")
    .replace("    places: 0\n", "    referral: {share: found}\n    take_up: willing\n    places: 0\n")
    .replace(
        "readings:",
        "numbers: {willing: 70% (50% to 85%), found: {value: 80%, range: 60% to 95%, source: assumption}}\n"
        "correlations: [{of: [willing, found], rank: 0.6}]\n"
        "controls: {ten: {label: Places, of: services.help.places, times: 0.5 to 2, in: [early]}}\n"
        "readings:",
    )
).replace("£400 (£300 to £520) per person per week", '"£400 per person per week (£300 to £520)"')

PLACES = {
    "transitions.struggling -> in_crisis.exponential.mean",
    "services.help.effects.fewer.hazard_ratio",
    "needs.in_crisis.cost.0.council",
    "services.help.cost.0.charity",
    "numbers.willing",
    "numbers.found",
}
