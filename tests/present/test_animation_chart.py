"""The replay shows everybody where the analysis has them, at every moment, and stands still until asked."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
import pytest

from simulator.analysis.animation import Animation, animation
from simulator.experiments.replication import run_design
from simulator.present.animation_chart import ACROSS, IN, NONE, WAITS, animation_chart
from simulator.present.chart import Chart
from tests.present.tiny import NASTY, TEXT, scenario

CROWDED = TEXT.replace("help: {places: 12}", "help: {places: 2}")


@cache
def replayed(text: str = CROWDED, frames: int = 20) -> tuple[Animation, Chart]:
    found = scenario(text)
    names = list(found.designs)
    one, other = (run_design(found, name, 0, seed=1) for name in names)
    moving = animation(one.history, other.history, frames=frames)
    return moving, animation_chart(moving, found, *names)


def kind(service: str) -> str:
    return WAITS if service.startswith("waiting:") else IN if service else NONE


def test_each_moment_has_as_many_marks_of_each_kind_as_people() -> None:
    moving, chart = replayed()
    assert len(chart.figure.frames) == len(moving.days) == 20
    shown = moving.frame[~moving.frame["state"].isin(["not yet", "gone"])]
    kinds = Counter()
    for number, frame in enumerate(chart.figure.frames):
        people = Counter(kind(each) for each in shown[shown["frame"] == number]["service"])
        marks = {trace.name: len(trace.x) for trace in frame.data if trace.mode == "markers"}
        assert marks == {name: people[name] for name in (NONE, WAITS, IN)}
        kinds += people
        # No two people on one spot.
        spots = [spot for trace in frame.data[:3] for spot in zip(trace.x, trace.y, strict=True)]
        assert len(set(spots)) == len(spots)
        assert all(0 <= x < ACROSS for x, _ in spots)
    assert all(kinds[name] for name in (NONE, WAITS, IN))


def test_counts_beside_the_boxes_and_in_the_table_are_those_of_the_frame() -> None:
    moving, chart = replayed()
    last = moving.frame[moving.frame["frame"] == 19]
    expected = [
        f"{((last['design'] == design) & (last['state'] == state)).sum():,}"
        for design in ("today", "early")
        for state in ("struggling", "coping", "in_crisis")
    ]
    assert list(chart.figure.frames[19].data[3].text) == expected
    lines = chart.table[chart.table["Where"].isin(["Struggling", "Coping", "In crisis"])]
    assert list(lines.iloc[:, -1]) == expected
    waiting = chart.table[
        (chart.table["Where"] == "Waiting for: Help") & (chart.table["Design"] == "Early help")
    ]
    assert waiting.iloc[0, -1] == f"{(last['service'] == 'waiting:help').sum():,}"


def test_people_keep_their_place_while_they_stay() -> None:
    days = (0.0, 1.0, 2.0)
    states = {
        0: ["struggling", "coping", "coping"],
        1: ["struggling"] * 3,
        2: ["not yet", "not yet", "struggling"],
    }
    rows = [
        {"frame": number, "day": days[number], "design": design, "person": lane, "lane": lane, "state": state[number],
         "service": "", "place": state[number]}
        for number in range(3) for design in ("today", "early") for lane, state in states.items()
    ]  # fmt: skip
    chart = animation_chart(Animation(pd.DataFrame(rows), 3, 3, days), scenario(), "today", "early")
    first, second, third = (
        list(zip(frame.data[0].x, frame.data[0].y, strict=True))[: len(frame.data[0].x) // 2]
        for frame in chart.figure.frames
    )
    stays = first[1]
    assert stays in second and stays in third
    assert first[0] in third  # the place that was left is the first to be taken again


def test_it_is_paused_at_first_and_can_be_played_and_paused() -> None:
    _, chart = replayed()
    play, pause = chart.figure.layout.updatemenus[0].buttons
    assert (play.label, pause.label) == ("Play", "Pause")
    assert (play.args[1]["frame"]["duration"] > 0 and pause.args[0] == (None,)) or pause.args[0] == [None]
    assert [trace.name for trace in chart.figure.data if trace.showlegend is not False] == [NONE, WAITS, IN]
    slider = chart.figure.layout.sliders[0]
    assert slider.active == 0 and len(slider.steps) == 20
    assert slider.steps[0].label == "1 April 2027"
    assert list(chart.figure.data[0].x) == list(chart.figure.frames[0].data[0].x)


def test_the_largest_replay_is_small_enough_to_send() -> None:
    people, frames = 300, 104
    random = np.random.default_rng(1)
    rows = people * frames * 2
    lane = np.tile(np.arange(people), frames * 2)
    state = random.choice(["struggling", "coping", "in_crisis"], rows)
    frame = pd.DataFrame(
        {
            "frame": np.repeat(np.arange(frames), people * 2),
            "day": 0.0,
            "design": np.tile(np.repeat(["today", "early"], people), frames),
            "person": lane,
            "lane": lane,
            "state": state,
            "service": random.choice(["", "help", "waiting:help"], rows),
            "place": state,
        }
    )
    moving = Animation(frame, people, 10_000, tuple(np.linspace(0, 730, frames).tolist()))
    chart = animation_chart(moving, scenario(), "today", "early")
    assert len(chart.figure.to_json()) < 1_500_000
    assert "300 of 10,000 people" in chart.subtitle


@pytest.mark.parametrize("text", [NASTY, TEXT])
def test_labels_are_text_and_nobody_is_no_error(text: str) -> None:
    _, chart = replayed(text, 2)
    labels = [each.text for each in chart.figure.layout.annotations]
    assert not any("<img" in each or "<b>h" in each for each in labels)
    nobody = pd.DataFrame(columns=["frame", "day", "design", "person", "lane", "state", "service", "place"])
    found = scenario(text)
    empty = animation_chart(Animation(nobody, 0, 0, (0.0, 365.0)), found, *found.designs)
    assert set(empty.figure.data[3].text) == {"0"} and len(empty.figure.frames) == 2
