"""What happens once on a machine: everything that is compiled is compiled, with a word to whoever is waiting.

Run as a module (`python -m simulator.experiments.first_use`) after an installation, it spares the first user the wait.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from threading import Lock

from simulator.engine.machine_code import folder, is_made, mark_made

Say = Callable[[str], object]
_LOCK = Lock()

# Two designs with something of everything that costs or is counted; a handful of people.
_SOMETHING_OF_EVERYTHING = """\
format: 1
scenario: First use
start: 2027-04-01
horizon: 60 days
warm_up: 30 days
price_year: 2024/25
agencies: {council: Council}
people:
  arrive: {a: 200 per year}
  segments: {age: {child: 50%, adult: 50%}}
needs:
  a: {wellbeing: 7, cost: [{council: £1 per person per day}]}
  b: {wellbeing: 5, crisis: yes}
transitions:
  a -> b: {exponential: 20 days, cost: [{council: £5}]}
events: {visit: {rate: {a: 5 per year}, cost: [{council: £2}]}}
services:
  help:
    for: a
    places: {staff: 1, caseload: 2}
    length: {exponential: 5 days}
    cost: [{council: £3 per place per week}, {council: £4 per start}, {council: £9 per staff per day}]
    effects: {slower: {on: a -> b, hazard_ratio: 0.5, lasts: 5 days}}
outcomes:
  helped: {since: help referred, reached: help completed, within: 10 days}
  kept_well: {since: arrived, avoided: b, for: 10 days}
  days: {since: arrived, days_in: a, within: 10 days}
designs:
  today: {baseline: yes}
  more: {services: {help: {places: {staff: 2}}}, signs: deal}
contracts:
  deal:
    payer: {council: 60%, fund: 40%}
    payee: {charity: 50%, lead: 50%}
    term: 60 days
    earns_within: 58 days
    settle: monthly
    pays: {kept_well: {price: £9, clawback: {share: 50%, within: 1 day}}, helped: {price: £5}}
    cap: {per_person: £9, per_year: £50, total: £90}
providers: {charity: {}, lead: {}, fund: {}}
"""


def to_stderr(text: str) -> None:
    """Where a program without a screen of its own says something."""
    print(text, file=sys.stderr, flush=True)


def make_ready(say: Say = to_stderr) -> None:
    """Compile everything, unless that has been done on this machine before. Takes about a minute, and tells `say` so."""
    if is_made():
        return
    with _LOCK:
        if is_made():
            return
        import numpy as np

        from simulator.experiments.replication import prepare_all, replicate
        from simulator.money.contract.claims import no_claims
        from simulator.money.contract.compiled_caps import shared
        from simulator.money.contract.variants import Variants, paid_by, store
        from simulator.scenario.load import load_text

        kept = (
            "" if folder() else " (and again next time: there is no folder in which the result could be kept)"
        )
        say(f"Preparing for fast runs on this machine: about a minute, once{kept} ...")
        begin = time.monotonic()
        scenario = load_text(_SOMETHING_OF_EVERYTHING, "first use")
        prepared = prepare_all(scenario, list(scenario.designs))
        replicate(prepared, 0)
        deal = prepared["more"].deal
        assert deal is not None
        shared(np.ones(1, np.int64), 1)
        no_caps = np.full(1, np.inf)
        one = Variants(np.zeros((1, 2)), no_caps, no_caps, no_caps, ("none",))
        paid_by(store(deal.contracts[0].terms, [no_claims()]), one, 1)
        mark_made()
        say(f"... ready after {time.monotonic() - begin:.0f} s.")


if __name__ == "__main__":
    make_ready()
