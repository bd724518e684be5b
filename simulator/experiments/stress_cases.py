"""Which stresses there are, how hard each is, and why: from what happened to published contracts, or our judgement.

Where nothing is on record the source says that it is our judgement. What a stress does to a file is in `scenario.stress`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from simulator.money.accounts.stress import LATE_DAYS
from simulator.scenario.controls import Form
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Problem, Refused, ScenarioError, did_you_mean
from simulator.scenario.stress import Shortfall
from simulator.scenario.units import MONTH

_SHARE = Form("share", "%", one=0.01)
_MONTHS = Form("time", "months", one=MONTH)
_DAYS = Form("time", "days")


@dataclass(frozen=True)
class Stress:
    """One way in which things fall short of a plan.

    what: what happens, to follow "if", with `{}` for how much where that may be chosen. amount: how much, in the unit of `form`
    (79 for 79%). of: the part of a `Shortfall` that it sets. source: where the amount comes from. judged: whether that is our
    judgement and not on record. parts: stresses that come together; then there is no amount.
    """

    name: str
    label: str
    what: str
    source: str
    judged: bool
    of: str = ""
    amount: float = 0.0
    form: Form = field(default=_SHARE, repr=False)
    parts: tuple[Stress, ...] = ()

    @property
    def shortfall(self) -> Shortfall:
        found = Shortfall()
        for each in self.parts or (self,):
            found = replace(found, **{each.of: each.amount * each.form.one})
        return found

    @property
    def text(self) -> str:
        """How much, as the language writes it: `79%`, `6 months`; empty where that cannot be chosen."""
        return self.form.text(self.amount) if "{}" in self.what else ""

    @property
    def happens(self) -> str:
        """What happens, in words: `79% of the planned referrals come`."""
        if not self.parts:
            return self.what.format(self.text)
        *first, last = (each.happens for each in self.parts)
        return f"{', '.join(first)} and {last}" if first else last

    def by(self, amount: str | float) -> Stress:
        """The same, so hard. Raises Refused for what is no such amount, or not short of the plan."""
        if self.parts:
            hint = "say how hard each is: " + ", ".join(each.name for each in self.parts)
            raise Refused(f"`{self.name}` is of several stresses together", hint)
        if "{}" not in self.what:
            raise Refused(f"`{self.name}` is always the same", "choose another stress")
        found = replace(
            self, amount=self.form.read(amount if isinstance(amount, str) else self.form.text(amount))
        )
        try:
            found.shortfall  # noqa: B018 - refuses what is not short
        except ValueError as error:
            raise Refused(str(error)) from None
        return found


LOW_REFERRALS = Stress(
    "low_referrals",
    "Low referrals",
    "{} of the planned referrals come",
    "Government Outcomes Lab, INDIGO data: outcomes against target by metric in Life Chances Fund contracts, median 79% (44% to "
    "103% between quartiles; 135 metrics). Targets were the high case. That referrals fall short as outcomes did is our reading.",
    judged=False,
    of="referrals",
    amount=79.0,
)
VERY_LOW_REFERRALS = Stress(
    "very_low_referrals",
    "Very low referrals",
    "{} of the planned referrals come",
    "Government Outcomes Lab, INDIGO-POJ-0228: a social prescribing contract that assessed 2,371 of a target of 5,832 people "
    "(41%) and was paid 44% of its plan to date. The lowest count of people against its target that we "
    "know, near the lower quartile of outcomes against target (44%).",
    judged=False,
    of="referrals",
    amount=41.0,
)
SLOW_START = Stress(
    "slow_start",
    "Slow start",
    "places open {} late",
    "Our judgement: no published contract that we know gives the planned and the actual day on which places opened. What the "
    "contract says, and the day on which places close, stay.",
    judged=True,
    of="opens_later",
    amount=6.0,
    form=_MONTHS,
)
WEAK_EFFECT = Stress(
    "weak_effect",
    "Weak effect",
    "effects are {} as strong as planned",
    "Our judgement: half way, on the scale of the logarithm of a ratio, between what the file says and no effect.",
    judged=True,
    of="effects",
    amount=50.0,
)
NO_EFFECT = Stress(
    "no_effect",
    "No effect",
    "there is no effect",
    "Fonagy et al. 2018, Lancet Psychiatry (START trial, England): no effect of multisystemic therapy shown on living out of "
    "home at 18 months, odds ratio 1.25 (0.77 to 2.05). The Innovation Fund paid for outcomes while its measured effect was "
    "below none (NatCen 2018: 59% of participants in education, work or training, 75% of a matched group).",
    judged=False,
    of="effects",
    amount=0.0,
)
PAYMENT_DELAYS = Stress(
    "payment_delays",
    "Payment delays",
    "payers pay {} late",
    "Our judgement, the same as in the test of a provider's cash. On record is how much was paid and not how late: over 28 Life "
    "Chances Fund contracts, payments against plan have a median of 102% (88% to 122% between quartiles; 14% of them below 80%).",
    judged=True,
    of="paid_later",
    amount=float(LATE_DAYS),
    form=_DAYS,
)
_ALONE = (LOW_REFERRALS, VERY_LOW_REFERRALS, SLOW_START, WEAK_EFFECT, NO_EFFECT, PAYMENT_DELAYS)
TOGETHER = Stress(
    "together",
    "All at once",
    "",
    "Our judgement: the worst that is on record for referrals, with a slow start, a weak effect and late payment at once. That "
    "all come together is on no record that we know.",
    judged=True,
    parts=(VERY_LOW_REFERRALS, SLOW_START, WEAK_EFFECT, PAYMENT_DELAYS),
)
STRESSES: Mapping[str, Stress] = {each.name: each for each in (*_ALONE, TOGETHER)}


def chosen_stresses(
    scenario: Scenario, names: Sequence[str] | None = None, by: Mapping[str, str | float] | None = None
) -> tuple[Stress, ...]:
    """The stresses asked for (default: all), each once, as hard as asked; `together` of those. Raises ScenarioError."""
    known = dict(STRESSES)
    for name in [*(names or ()), *(by or ())]:
        if name not in known:
            hint = did_you_mean(name, known)
            raise refused(scenario, "stresses", f"there is no stress `{name[:80]}`", hint)
    for name, amount in (by or {}).items():
        try:
            known[name] = known[name].by(amount)
        except Refused as error:
            raise refused(scenario, name, error.message, error.suggestion) from None
    known = {
        name: replace(each, parts=tuple(known[part.name] for part in each.parts))
        for name, each in known.items()
    }
    return tuple(known[name] for name in dict.fromkeys(names or known))


def refused(scenario: Scenario, key: str, message: str, hint: str | None) -> ScenarioError:
    """What to raise for a stress, or how hard it is, that cannot be."""
    return ScenarioError([Problem(1, 1, key, message, hint, file=scenario.file)])


__all__ = ["STRESSES", "Stress", "chosen_stresses", "refused"]
