"""One person's path and what it cost."""

from __future__ import annotations

import pytest

from simulator.analysis.story import person_of, story
from tests.money.worked import at, run, service

S = service(places="2", cost=[{"council": "£1 per place per day"}, {"nhs": "£25 per start"}])


def test_a_story_tells_every_step_in_order_and_the_money_of_this_person_only():
    found = run(arrive={"a": at(0, 5)}, services={"s": S})
    told = story(found.history, found.ledger, 1)
    assert [(step.time // 86_400, step.what, step.item, step.why) for step in told.steps] == [
        (5, "arrived", "a", ""), (5, "referred", "s", "joined"), (5, "started", "s", "place"), (15, "ended", "s", "completed"),
        (100, "still_state", "a", ""),
    ]  # fmt: skip
    assert [(bill.line, bill.payer, bill.pounds, bill.of_places) for bill in told.bills] == [
        ("s.1.nhs", "nhs", 25.0, False), ("s.0.council", "council", 10.0, True),
    ]  # fmt: skip


def test_the_bills_of_all_people_and_of_nobody_add_up_to_the_ledger():
    found = run(arrive={"a": at(0, 5, 40)}, services={"s": S})
    own = sum(
        bill.pounds
        for person in range(3)
        for bill in story(found.history, found.ledger, person).bills
        if not bill.of_places
    )
    nobody = found.ledger.rows["nominal_pence"][found.ledger.rows["person"] == -1].sum() / 100
    assert own + nobody == found.ledger.rows["nominal_pence"].sum() / 100 == 75 + 200


def test_a_person_is_found_by_identity_under_another_design():
    sections = {
        "arrive": {"a": at(0), "b": at(3)},
        "services": {"s": S},
        "designs": {"less": {"people": {"arrive": {"a": {"at": ["200 days"]}}}}},
    }
    before, after = run(**sections), run("less", **sections)
    identity = int(before.history.people["identity"][1])
    assert person_of(before.history, identity) == 1 and person_of(after.history, identity) == 0
    assert person_of(after.history, int(before.history.people["identity"][0])) is None


def test_there_is_no_such_person():
    found = run()
    for person in (-1, 1):
        with pytest.raises(IndexError, match="0 to 0"):
            story(found.history, found.ledger, person)
