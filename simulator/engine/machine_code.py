"""Plain Python functions made into machine code: how, where the result is kept, and what is said while it is made.

Modules of functions that are compiled are called `compiled_*`. They hold loops over arrays and nothing else, and import
from here `inner` for functions that only compiled code calls, and `entry` for those that Python calls. An entry is
compiled when it is first called with arguments of some types, and kept on disk, so that later processes only load it.

Numba looks at one file to see whether what it kept is still right; ours call each other across files. So the folder is
named by a fingerprint of all of them, and of the constants they bake in.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

# Logarithms are the C library's, one by one: Intel's vectorised ones differ in the last bit.
os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")

import llvmlite.binding as llvm
import numba
from numba.core.caching import FunctionCache

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
# Beside `compiled_*`: whose functions are compiled as they stand, or whose constants are baked in.
_SHARED = ("happenings", "hazards", "history", "machine_code", "model", "random_numbers", "rules")
_CONFIG: Any = numba.config
CHECKED = bool(_CONFIG.BOUNDSCHECK)
"""Whether every index is checked (NUMBA_BOUNDSCHECK=1): for tests of the engine itself."""
_PACKAGE = Path(__file__).resolve().parents[1]


def inner(function: Callable[..., Any]) -> Any:
    """A function for other compiled functions to call: no disk, no time until one of them is compiled."""
    return numba.njit(**_OPTIONS)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """`inner` for the smallest functions, and for those that one place calls: put into their callers without a call."""
    return numba.njit(forceinline=True, **_OPTIONS)(function)


def woven(function: Callable[..., Any]) -> Any:
    """`inner` for a function that one place calls: its text is put there before anything is compiled."""
    return numba.njit(inline="always", **_OPTIONS)(function)


def inner_of(function: Any, **names: Any) -> Any:
    """`inner` of a function that is also used as it stands, with `names` of its module replaced by compiled functions."""
    copy = FunctionType(
        function.__code__, {**function.__globals__, **names}, function.__name__, function.__defaults__
    )
    return inner(copy)


def entry(function: Callable[..., Any]) -> Any:
    """A function for Python to call, which lets other threads run meanwhile."""
    made = numba.njit(**_OPTIONS)(function)
    where = folder()
    if where is not None:
        before = _CONFIG.CACHE_DIR
        _CONFIG.CACHE_DIR = str(where)
        try:
            made._cache = _Kept(function)
        except RuntimeError:  # the folder is there, and takes nothing more
            pass
        finally:
            _CONFIG.CACHE_DIR = before
    return made


class _Kept(FunctionCache):
    """Where Numba keeps a function's machine code: neither damaged files nor a full disk stop a run."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # a damaged file may raise anything
            _say_damaged()
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(Exception):  # it will be made again
            super().save_overload(sig, data)


@cache
def _say_damaged() -> None:
    """Once in a process."""
    print(
        f"The machine code kept in {folder()} is damaged and is made anew, which takes about a minute.",
        file=sys.stderr,
    )


@cache
def folder() -> Path | None:
    """Where machine code is kept: the user's cache, or a private folder for temporary files; None if neither can be written.

    NUMBA_CACHE_DIR in the environment goes before both.
    """
    told = os.environ.get("NUMBA_CACHE_DIR")
    places = [Path(told)] if told else []
    with suppress(RuntimeError):  # nobody's home
        places.append(_users_cache())
    with suppress(OSError):
        places.append(Path(tempfile.gettempdir()) / f"commissioning-simulator-{_user()}")
    for place in places:
        found = place / fingerprint()
        try:
            for each in (place, found):
                each.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Loading machine code that somebody else could have put there would be running their program.
            if hasattr(os, "getuid") and {place.stat().st_uid, found.stat().st_uid} != {os.getuid()}:
                continue
            tempfile.TemporaryFile(dir=found).close()
        except OSError:
            continue
        return found
    return None


@cache
def fingerprint() -> str:
    """A name for all that goes into the machine code: the sources, where they are (Numba tells them apart), how it is made."""
    digest = hashlib.blake2b(
        f"{numba.__version__} {CHECKED} {llvm.get_host_cpu_name()} {_PACKAGE}".encode(), digest_size=8
    )
    for path in sorted(
        [*_PACKAGE.rglob("compiled_*.py"), *(_PACKAGE / "engine" / f"{n}.py" for n in _SHARED)]
    ):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


_MADE = "made"
_made_here = False


def is_made() -> bool:
    """Whether all entries have been compiled, by this process or with the result kept on disk."""
    where = folder()
    return _made_here or (where is not None and (where / _MADE).exists())


def mark_made() -> None:
    """Remember that all entries have been compiled."""
    global _made_here
    _made_here = True
    where = folder()
    if where is not None:
        with suppress(OSError):
            (where / _MADE).touch()


def _users_cache() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "commissioning-simulator"


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
