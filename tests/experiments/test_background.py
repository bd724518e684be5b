"""Questions that take a while: shared by who asks the same, stopped when nobody wants them, kept for who asks again."""

from __future__ import annotations

import threading

import pytest

from simulator.experiments.background import Office
from simulator.experiments.live_limits import Busy
from simulator.experiments.runner import Cancelled, Progress

SOON = 20.0


@pytest.fixture
def office():
    found = Office()
    yield found
    found.close()


class Held:
    """Work that goes on until it is told to end, and counts how often it was begun."""

    def __init__(self) -> None:
        self.begun, self.end = threading.Event(), threading.Event()
        self.times = 0

    def __call__(self, tell):
        self.times += 1
        self.begun.set()
        done = 0
        while not self.end.wait(0.01):
            done += 1
            if tell(Progress(done, 1_000, None)) is False:
                raise Cancelled("stopped")
        return "answer"


def test_two_who_ask_the_same_share_one_answer(office):
    work = Held()
    first, second = office.ask("key", work, "ann"), office.ask("key", work, "bob")
    assert first is second and work.begun.wait(SOON)
    office.let_go("key", "ann")
    work.end.set()
    assert office.wait(second, SOON)
    assert (second.state, second.answer, work.times) == ("finished", "answer", 1)
    assert office.ask("key", work, "cho").answer == "answer" and work.times == 1


def test_what_nobody_wants_stops(office):
    work = Held()
    question = office.ask("key", work, "ann")
    assert work.begun.wait(SOON)
    office.let_go("key", "ann")
    assert office.wait(question, SOON) and question.state == "cancelled"
    again = office.ask("key", work, "ann")
    work.end.set()
    assert office.wait(again, SOON) and again.answer == "answer"


def test_a_visitor_who_asks_anew_lets_go_of_the_question_before(office):
    one, two = Held(), Held()
    before = office.ask("one", one, "ann")
    assert one.begun.wait(SOON)
    after = office.ask("two", two, "ann")
    assert office.wait(before, SOON) and before.state == "cancelled"
    two.end.set()
    assert office.wait(after, SOON) and after.state == "finished"


def test_who_has_gone_does_not_keep_the_server_busy():
    office = Office(patience=0.05)
    work = Held()
    question = office.ask("key", work, "ann")
    assert office.wait(question, SOON) and question.state == "cancelled"
    office.close()


def test_one_failure_is_said_and_the_next_question_is_answered(office):
    def fails(tell):
        raise ArithmeticError("no such luck")

    wrong = office.ask("wrong", fails, "ann")
    assert office.wait(wrong, SOON)
    assert wrong.state == "failed" and str(wrong.error) == "no such luck"
    right = office.ask("right", lambda tell: 7, "ann")
    assert office.wait(right, SOON) and right.answer == 7


def test_only_so_many_wait_and_only_so_many_answers_are_kept():
    office = Office(waiting=1, kept=2)
    work = Held()
    office.ask("held", work, "ann")
    assert work.begun.wait(SOON)
    office.ask("next", lambda tell: 1, "bob")
    with pytest.raises(Busy, match="busy with 1 questions"):
        office.ask("third", lambda tell: 1, "cho")
    work.end.set()
    for name in ("a", "b", "c"):
        while True:
            try:
                asked = office.ask(name, lambda tell: 1, name)
                break
            except Busy:
                pass
        assert office.wait(asked, SOON)
    assert office.look("held", "ann") is None and office.look("c", "c") is not None
    office.close()
