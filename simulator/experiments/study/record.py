"""The record of a study: who ran it, where, when and with what came of it. The only file that knows the time."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from simulator.experiments.files import CannotWrite, whole_text
from simulator.experiments.study.layout import Layout
from simulator.experiments.study.plan import as_json, plan_of
from simulator.experiments.study.store import RECORD, Folder
from simulator.experiments.versions import versions

REPEATED = ("study", "study_sha256", "scenario", "scenario_sha256", "seed", "engine", "points", "runs")


@contextmanager
def session(folder: Folder, layout: Layout, how: str) -> Iterator[None]:
    """Keep the record of one session: its start at once, its end however it ends but for a kill."""
    earlier = _sessions(folder)
    begun = time.monotonic()
    this: dict[str, Any] = {
        "start": _now(),
        "end": None,
        "seconds": None,
        "workers": how,
        "machine": machine(),
        "versions": {**versions(), "python": platform.python_version()},
    }
    _write(folder, layout, [*earlier, this])
    try:
        yield
    finally:
        this |= {"end": _now(), "seconds": round(time.monotonic() - begun, 1)}
        # On a full disk the error that is on its way says so.
        with suppress(CannotWrite):
            _write(folder, layout, [*earlier, this])


def machine() -> dict[str, Any]:
    """Cores, memory in bytes (None where the system does not say), and platform."""
    try:
        memory: int | None = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        memory = None
    return {"cores": os.cpu_count(), "memory": memory, "platform": platform.platform()}


def _write(folder: Folder, layout: Layout, sessions: list[dict[str, Any]]) -> None:
    found = folder.tally()
    plan = plan_of(layout)
    finished = found.chunks == layout.chunks
    content = {
        **{name: plan[name] for name in REPEATED},
        "start": sessions[0].get("start"),
        "end": sessions[-1]["end"] if finished else None,
        "seconds": round(sum(each.get("seconds") or 0.0 for each in sessions), 1),
        "finished": finished,
        "chunks_done": found.chunks,
        "runs_done": found.rows,
        "failed": found.failures,
        "points_out_of_reach": found.gaps,
        "sessions": sessions,
    }
    whole_text(folder.path / RECORD, as_json(content))


def _sessions(folder: Folder) -> list[dict[str, Any]]:
    """Those before. A record that cannot be read tells of none: it is for people, and nothing depends on it."""
    try:
        found = json.loads((folder.path / RECORD).read_text(encoding="utf-8"))["sessions"]
        return [dict(each) for each in found]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


__all__ = ["machine", "session"]
