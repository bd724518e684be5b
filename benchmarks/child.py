"""A job in a fresh process of its own, so that its peak memory is the job's and nobody else's.

`python -m benchmarks.child MODULE FUNCTION ARGUMENTS` runs a function of `benchmarks` with arguments as JSON and prints what
it returns, and the most memory the process ever held.
"""

from __future__ import annotations

import importlib
import json
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any


class ChildFailed(RuntimeError):
    """The job did not finish; the message ends with the last lines it said."""


def run(module: str, function: str, **arguments: Any) -> tuple[dict[str, Any], int]:
    """What `benchmarks.module.function(**arguments)` returns (a dict that JSON can hold), and the peak memory in bytes."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", module, function, json.dumps(arguments)],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
    )
    if told.returncode:
        ended = f"killed by signal {-told.returncode}" if told.returncode < 0 else f"exit {told.returncode}"
        last = " ".join(told.stderr.strip().splitlines()[-2:])
        raise ChildFailed(f"{module}.{function}: {ended} {last}".strip())
    answer = json.loads(told.stdout.splitlines()[-1])
    return answer["result"], answer["peak"]


def peak() -> int:
    """The most memory this process has held, in bytes."""
    try:
        told = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        told = ""
    # getrusage on Linux counts from before exec, when the child was still a copy of a parent that may have been larger.
    if found := re.search(r"^VmHWM:\s+(\d+) kB", told, re.M):
        return int(found[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    name, function, arguments = sys.argv[1:]
    result = getattr(importlib.import_module(f"benchmarks.{name}"), function)(**json.loads(arguments))
    print(json.dumps({"result": result, "peak": peak()}))
