"""Files that are written whole or not at all, and the one error for a place that cannot be written to."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any


class CannotWrite(OSError):
    """A place that cannot be written to. `wrong_place` is False where the place was right and the machine failed."""

    @property
    def wrong_place(self) -> bool:
        return self.errno not in (errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EDQUOT)

    def __str__(self) -> str:
        return f"cannot write {self.filename}: {(self.strerror or 'no reason given').lower()}"


def ready(directory: Path) -> None:
    """Make a folder and see that it can be written to, before hours of work that would have no home. Raises CannotWrite."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except FileExistsError:
        raise CannotWrite(errno.ENOTDIR, "this is a file, not a folder", str(directory)) from None
    except OSError as error:
        raise _cannot_write(error, directory) from None


def whole(path: Path, write: Callable[[str], Any]) -> None:
    """Write a file beside its place and move it there when it is finished, so that nothing half-written is ever seen.

    Raises CannotWrite.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(error, path) from None
    all_whole({path: write})


def whole_bytes(path: Path, content: bytes) -> None:
    """Write a file of bytes as `whole` does."""
    whole(path, partial(_write_bytes, content=content))


def whole_text(path: Path, text: str) -> None:
    """Write a text file as `whole` does."""
    whole_bytes(path, as_bytes(text))


def as_bytes(text: str) -> bytes:
    """Text as UTF-8; a file name that is not text becomes an escape, which JSON reads."""
    return text.encode("utf-8", "backslashreplace")


def text_writer(text: str) -> Callable[[str], Any]:
    """What writes a text, for `all_whole`."""
    return partial(_write_bytes, content=as_bytes(text))


def all_whole(writers: Mapping[Path, Callable[[str], Any]]) -> None:
    """Write several files, all of them beside their places before the first is moved there. Raises CannotWrite."""
    finished: dict[Path, str] = {}
    path = next(iter(writers))
    try:
        for path, write in writers.items():
            place = Path(os.path.realpath(path))
            if place.exists() and not place.is_file():
                raise OSError(errno.EEXIST, "this is not a file")
            handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:50]}.")
            os.close(handle)
            finished[place] = temporary
            write(temporary)
            os.chmod(temporary, 0o644)
            _on_disk(temporary)
        for place, temporary in finished.items():
            os.replace(temporary, place)
    except OSError as error:
        raise _cannot_write(error, path) from None
    finally:
        for temporary in finished.values():
            Path(temporary).unlink(missing_ok=True)


def left_over(directory: Path, name: str) -> list[Path]:
    """Unfinished files that a killed run left of a file of this name (which may hold `*`)."""
    return sorted(directory.glob(f".{name}.*"))


def _on_disk(path: str) -> None:
    """A file's content reaches the disk before its name does, so that a power cut leaves no empty file."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def names_on_disk(directory: Path) -> None:
    """The names of the files in a folder reach the disk, where the system can be asked for that."""
    with suppress(OSError):  # Windows opens no folders
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_bytes(path: str, content: bytes) -> None:
    with open(path, "wb") as stream:
        stream.write(content)


def _cannot_write(error: OSError, path: Path) -> CannotWrite:
    # Libraries put their own words into strerror; the number says the same in plain ones.
    words = error.strerror if error.errno in (None, errno.EEXIST) else os.strerror(error.errno)
    return CannotWrite(error.errno or errno.EIO, words or str(error), str(path))
