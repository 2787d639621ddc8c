"""One process at a time on one run: a lock file beside the store, which the system frees when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from trustgauge.errors import StoreError

_FAR = 2**20


@contextmanager
def run_lock(store: Path, run: str) -> Generator[None]:
    """Held while a run is being measured. Raises StoreError, naming the holder, where another process holds it."""
    with lock(store.with_name(f"{store.name}.{run}.lock"), f"the run {run} is being measured", "--store"):
        yield


@contextmanager
def lock(path: Path, busy: str, flag: str) -> Generator[None]:
    """Held while the work goes on. StoreError says what is busy, by whom, and which flag to change.

    The file is removed at the end; one left behind by a process that was killed holds nobody up.
    """
    held = _take(path, busy, flag)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(held)


def _take(path: Path, busy: str, flag: str) -> int:
    try:
        while True:
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            if not _lock(file):
                holder = os.read(file, 200).decode(errors="replace").strip() or "another process"
                os.close(file)
                raise StoreError(f"{busy} by {holder}: wait for it, or name another {flag}")
            if _still_there(file, path):
                break
            os.close(file)  # its holder removed it between our opening and our locking
    except OSError as error:
        why = error.strerror
        raise StoreError(f"the lock {path} cannot be made ({why}): see that its folder may be written") from None
    os.ftruncate(file, 0)
    os.write(file, f"process {os.getpid()} since {time.strftime('%H:%M:%S')}\n".encode())
    return file


def _still_there(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def _lock(file: int) -> bool:
    """Whether the lock is ours now; it goes when the file is closed, at the latest with this process."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(file, _FAR, os.SEEK_SET)  # past the words, which stay readable
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            os.lseek(file, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
