"""The versions on which the bits of a result depend: where they differ, two machines need not agree to the last digit."""

from __future__ import annotations

import platform
from functools import cache

LIBRARIES = ("numpy", "scipy", "numba", "pyarrow")


@cache
def versions() -> dict[str, str]:
    """By name: ours, Python's without its last number, and those of the libraries that compute and write."""
    from importlib.metadata import version

    from simulator import __version__

    python = ".".join(platform.python_version_tuple()[:2])
    return {"simulator": __version__, "python": python, **{name: version(name) for name in LIBRARIES}}


def difference(ours: dict[str, str], theirs: dict[str, str]) -> str:
    """What differs, in words (`numpy 2.2 and not 2.4`); empty where nothing does."""
    names = sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
    return ", ".join(f"{name} {theirs.get(name, 'none')} and not {ours.get(name, 'none')}" for name in names)
