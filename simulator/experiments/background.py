"""Questions that take a while, for many visitors of one server: asked at once, followed, stopped, and their answers shared.

`live` serves replications one by one; here one question is one piece of work, such as all draws of the uncertain numbers.
A few are worked on at a time, in the order in which they came; whoever asks what another has asked shares the answer.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Any

from simulator.experiments.live_limits import Busy
from simulator.experiments.runner import Cancelled, Progress, Tell

PATIENCE = 60.0
"""Seconds after which a visitor who has not looked is taken to have gone."""
Work = Callable[[Tell], Any]


class Question:
    """What a visitor has asked. `state`: waiting, running, finished, failed or cancelled; `answer` when it is finished.

    May be read from any thread at any time. progress: None before it is known. error: why it failed.
    """

    def __init__(self, key: Hashable, work: Work) -> None:
        self.key = key
        self.work: Work | None = work
        self.state = "waiting"
        self.progress: Progress | None = None
        self.answer: Any = None
        self.error: BaseException | None = None
        self.holders: dict[Hashable, float] = {}  # visitors, and when each last looked


class Office:
    """A few threads that answer questions, and the answers so far.

    at_once: questions that are worked on together. waiting: how many may wait, of all visitors. kept: answers that are kept
    for whoever asks again, the last used ones.
    """

    def __init__(
        self, at_once: int = 1, *, waiting: int = 20, kept: int = 12, patience: float = PATIENCE
    ) -> None:
        self.waiting, self.kept, self.patience = waiting, kept, patience
        self._changed = Condition(Lock())
        self._closed = False
        self._known: OrderedDict[Hashable, Question] = OrderedDict()
        self._turns: deque[Question] = deque()
        self._threads = [
            Thread(target=self._work, name=f"office-{number}", daemon=True) for number in range(at_once)
        ]
        for thread in self._threads:
            thread.start()

    def ask(self, key: Hashable, work: Work, visitor: Hashable) -> Question:
        """Have a question answered, or look at it again. Returns at once.

        key: what the answer depends on, all of it. work: called with a function that takes progress and says False when it
        should stop. A visitor waits for one question at a time: this lets go of the one before, unless that is finished.
        Raises Busy where too many wait.
        """
        with self._changed:
            found = self._known.get(key)
            if found is None or found.state in ("failed", "cancelled"):
                self._look_round()
                if len(self._turns) >= self.waiting:
                    raise Busy(
                        f"The server is busy with {len(self._turns):,} questions of other visitors: try again soon."
                    )
                found = self._known[key] = Question(key, work)
                self._turns.append(found)
                self._changed.notify_all()
            for other in self._known.values():
                if other is not found:
                    other.holders.pop(visitor, None)
            found.holders[visitor] = monotonic()
            self._known.move_to_end(key)
            self._forget()
            return found

    def look(self, key: Hashable, visitor: Hashable) -> Question | None:
        """The question of this key, if it was asked and is still known; whoever looks is still there."""
        with self._changed:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
                if visitor in found.holders:
                    found.holders[visitor] = monotonic()
            return found

    def let_go(self, key: Hashable, visitor: Hashable) -> None:
        """The visitor wants the answer no more; it stops unless others do."""
        with self._changed:
            found = self._known.get(key)
            if found is not None:
                found.holders.pop(visitor, None)
                if not found.holders and found in self._turns:
                    self._turns.remove(found)
                    found.state = "cancelled"

    def close(self) -> None:
        """Stop everything and wait for the threads to end."""
        with self._changed:
            self._closed = True
            self._turns.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    # With the lock held:

    def _look_round(self) -> None:
        gone = monotonic() - self.patience
        for question in self._known.values():
            for visitor in [each for each, at in question.holders.items() if at < gone]:
                del question.holders[visitor]
        for question in [each for each in self._turns if not each.holders]:
            self._turns.remove(question)
            question.state = "cancelled"

    def _forget(self) -> None:
        done = [key for key, each in self._known.items() if each.state not in ("waiting", "running")]
        for key in done[: max(0, len(done) - self.kept)]:
            del self._known[key]

    # In the threads:

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._turns and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                question = self._turns.popleft()
                question.state = "running"
                work = question.work
            assert work is not None

            def tell(progress: Progress, question: Question = question) -> bool:
                with self._changed:
                    question.progress = progress
                    self._look_round()
                    return bool(question.holders) and not self._closed

            answer, error = None, None
            try:
                answer = work(tell)
            except BaseException as caught:  # whatever it is, the thread has others to serve
                error = caught
            with self._changed:
                question.work = None  # it may hold much
                question.answer, question.error = answer, error
                question.state = (
                    "finished" if error is None else "cancelled" if isinstance(error, Cancelled) else "failed"
                )
                self._forget()
                self._changed.notify_all()

    def wait(self, question: Question, seconds: float) -> bool:
        """Wait until a question is answered or has ended; whether that came in time."""
        with self._changed:
            return self._changed.wait_for(lambda: question.state not in ("waiting", "running"), seconds)


_SHARED: list[Office] = []
_MAKING = Lock()


def shared_office() -> Office:
    """The office of this process, made when first asked for."""
    with _MAKING:
        if not _SHARED:
            _SHARED.append(Office())
        return _SHARED[0]


__all__ = ["Office", "Question", "shared_office"]
