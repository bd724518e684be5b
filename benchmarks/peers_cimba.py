"""The two models as the authors of cimba write such models: places are copies of a process that takes from a store.

That is how their own benchmark and tutorials have it, and faster here than a process for each person that acquires a
resource (about 7 times). A visit's record is four values, kept by cimba's own datasets and handed over at the end of a
run. Leaving the person out of the record would make it 5 to 10% faster, and then it would not be a history.
"""

import cimba as cb
from cimba import inputs

from benchmarks.peers import ARRIVALS, PLACES, RATE, STAGES, Measured


class People(cb.Model):
    """When each person joined the line they are in."""

    joined: cb.Array[float]

    def __init__(self, most: int) -> None:
        self.joined = cb.Array(most)


class Desk(cb.Model):
    """Ten places, one line, and the record of each completed visit."""

    length: cb.Input[float] = inputs.dist.exponential(mean=1 / RATE)
    people: cb.Ref[People]
    following: cb.Ref[cb.Store[int]] | None = None
    line: cb.Store[int] = cb.Store()
    person: cb.Dataset = cb.Dataset()
    joined: cb.Dataset = cb.Dataset()
    started: cb.Dataset = cb.Dataset()
    ended: cb.Dataset = cb.Dataset()

    @cb.process(copies=PLACES)
    def place(self) -> None:
        while True:
            person = self.line.get()
            started = cb.now()
            cb.hold(self.length.next())
            self.person.record(person)
            self.joined.record(self.people.joined[person])
            self.started.record(started)
            self.ended.record(cb.now())
            if self.following is not None:
                self.people.joined[person] = cb.now()
                self.following.put(person)


class Desks(cb.Model):
    """Desks in line, and the people who come to the first."""

    gap: cb.Input[float] = inputs.dist.exponential(mean=1 / ARRIVALS)
    people: People
    desks: list[Desk]
    first: cb.Ref[cb.Store[int]]

    def __init__(self, stages: int, most: int) -> None:
        self.people = People(most)
        self.desks = [Desk() for _ in range(stages)]
        for stage, desk in enumerate(self.desks):
            desk.people = self.people
            if stage + 1 < stages:
                desk.following = self.desks[stage + 1].line
            for record in (desk.person, desk.joined, desk.started, desk.ended):
                record.capture()
        self.first = self.desks[0].line

    @cb.process
    def arrivals(self) -> None:
        person = 0
        while True:
            cb.hold(self.gap.next())
            self.people.joined[person] = cb.now()
            self.first.put(person)
            person += 1


def run(case: str, days: float, seed: int = 1) -> Measured:
    """Time cimba's engine alone, as cimba reports it: no compiling, and no handing over of the records."""
    model = Desks(STAGES[case], round(1.1 * ARRIVALS * days) + 1000)
    # A first short run makes cimba compile the classes.
    cb.Experiment(model, window=cb.Window(duration=1.0), seed=seed).run(workers=1, on_failure="raise")
    found = cb.Experiment(model, window=cb.Window(duration=days), seed=seed).run(
        workers=1, on_failure="raise"
    )
    visits, waited = 0, 0.0
    for desk in model.desks:
        (_, joined), (_, started) = found[desk].joined.trial(0, 0), found[desk].started.trial(0, 0)
        visits += len(joined)
        waited += float((started - joined).sum())
    return Measured(visits, found.meta["native_wall_time"], waited / visits)
