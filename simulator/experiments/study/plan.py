"""The plan of a study: what was asked and with which versions, all that decides the bytes of its files."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from simulator.experiments.files import as_bytes
from simulator.experiments.study.layout import Layout
from simulator.experiments.versions import difference, versions

FORMAT = 1
WORDS = {
    "study_sha256": "the study file",
    "scenario_sha256": "the scenario",
    "chunk": "the size of chunks",
}


class OtherPlan(ValueError):
    """The folder holds a study that is not this one."""

    wrong_place = True


def plan_of(layout: Layout) -> dict[str, Any]:
    """What `plan.json` says."""
    study = layout.study
    return {
        "format": FORMAT,
        "study": study.title,
        "study_sha256": study.digest,
        "scenario": study.scenario.title,
        "scenario_sha256": hashlib.sha256(as_bytes(study.scenario.text)).hexdigest(),
        "designs": list(layout.job.designs),
        "baseline": layout.job.designs[0],
        "outputs": list(layout.job.outputs),
        "inputs": list(layout.columns),
        "seed": layout.job.seed,
        "replications": layout.replications,
        "engine": layout.job.engine,
        "points": len(layout),
        "runs": layout.runs,
        "chunk": layout.chunk,
        "chunks": layout.chunks,
        "versions": versions(),
    }


def as_json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def check_same(found: dict[str, Any], wanted: dict[str, Any], folder: str) -> None:
    """Raise OtherPlan, saying what differs, if a folder was begun with another plan."""
    names = [name for name in wanted if found.get(name) != wanted[name]]
    if not names:
        return
    if names == ["versions"]:
        what = difference(wanted["versions"], dict(found.get("versions") or {}))
        raise OtherPlan(
            f"{folder} was begun with {what}: its numbers need not agree to the last digit. "
            "Go on with those versions, or choose another folder"
        )
    # One cause has many effects: a study file that differs changes points, outputs and so on.
    cause = next((WORDS[name] for name in WORDS if name in names), f"`{names[0]}`")
    raise OtherPlan(
        f"{folder} holds another study: {cause} differs. Choose another folder, or delete this one"
    )


__all__ = ["OtherPlan", "as_json", "check_same", "plan_of"]
