"""Stores that are cut, full, locked, read-only, damaged or somebody else's: said in a sentence, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from support.exported import exported, records_of
from support.nasty import Call, Nasty, well
from support.tg import CommandLine, Done, limited, said, whole

N = 60
AT_ONCE = 4
WORDS = (
    "run",
    "-m",
    "openai-api/test/x",
    "-s",
    "hallucination/grounded-choice",
    "-n",
    str(N),
    "--concurrency",
    str(AT_ONCE),
    "--json",
)
CUTS, FLIPS = 12, 4
STORE = "trustgauge.db"


@contextmanager
def at_call(number: int, act: Callable[[], None]) -> Iterator[Nasty]:
    """A server of good replies that does something at a certain call, before it answers that one."""
    once = threading.Lock()

    def behave(call: Call) -> None:
        time.sleep(0.003)
        if call.number >= number and once.acquire(blocking=False):
            act()
        call.answer()

    with Nasty(behave) as server:
        yield server


# power loss


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing befell."""
    folder = tmp_path_factory.mktemp("sound")
    with Nasty(well) as server:
        whole(CommandLine(folder, server.url)(*WORDS), N)
    return folder


@pytest.fixture(scope="module")
def uninterrupted(sound: Path) -> bytes:
    """The exported records of a run that nothing befell."""
    return exported(sound / STORE)


@dataclass
class Killed:
    """A run that was killed midway: its database with the write-ahead log, and the server that it asked."""

    folder: Path
    server: Nasty  # goes on, as another address would be another model
    answered: int

    def lose_power(self, folder: Path, log: bytes) -> None:
        """What a disk holds after the power went: the database, and so much of its log; no shared memory."""
        shutil.copy(self.folder / STORE, folder / STORE)
        (folder / f"{STORE}-wal").write_bytes(log)

    @property
    def log(self) -> bytes:
        return (self.folder / f"{STORE}-wal").read_bytes()


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    folder = tmp_path_factory.mktemp("killed")
    silent = threading.Event()

    def behave(call: Call) -> None:
        if call.number > 45:
            silent.wait(60)
        call.answer()

    with Nasty(behave) as server:
        process = CommandLine(folder, server.url).start(*WORDS)
        until = time.monotonic() + 60
        while server.count() < 45 + AT_ONCE:
            assert time.monotonic() < until, "the command asks nothing"
            time.sleep(0.01)
        process.kill()
        process.communicate(timeout=60)
        silent.set()
        assert (folder / f"{STORE}-wal").stat().st_size > 4096
        server.behave = well
        yield Killed(folder, server, 45)


def resumes(killed: Killed, folder: Path, uninterrupted: bytes, most: int) -> None:
    before = killed.server.count()
    whole(CommandLine(folder, killed.server.url)(*WORDS), N)
    assert killed.server.count() - before <= most
    assert exported(folder / STORE) == uninterrupted


@pytest.mark.slow
@pytest.mark.parametrize("cut", range(CUTS))
def test_power_loss_cuts_the_log(tmp_path: Path, killed: Killed, uninterrupted: bytes, cut: int) -> None:
    length = {0: 0, 1: 31, 2: len(killed.log)}.get(cut, Random(cut).randrange(len(killed.log)))
    killed.lose_power(tmp_path, killed.log[:length])
    resumes(killed, tmp_path, uninterrupted, N - killed.answered if length == len(killed.log) else N)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(FLIPS))
def test_power_loss_scrambles_the_end_of_the_log(
    tmp_path: Path, killed: Killed, uninterrupted: bytes, seed: int
) -> None:
    rng = Random(seed)
    log = bytearray(killed.log)
    for place in rng.sample(range(len(log) * 3 // 4, len(log)), 40):
        log[place] = rng.randrange(256)
    killed.lose_power(tmp_path, bytes(log))
    resumes(killed, tmp_path, uninterrupted, N)


# a disk that is full

FILLED = """
mount -t tmpfs -o size=$SIZE none "$1" && cd "$1" && shift || exit 77
"$@" >out1 2>"$OLDPWD/err1"; echo $? >"$OLDPWD/code1"
mount -o remount,size=64m . && rm -f out1
"$@" >"$OLDPWD/out2" 2>"$OLDPWD/err2"; echo $? >"$OLDPWD/code2"
cp -p * "$OLDPWD"
"""
CAN_MOUNT = (
    shutil.which("unshare")
    and not subprocess.run(["unshare", "-Urm", "true"], check=False, capture_output=True).returncode
)


@pytest.mark.skipif(not CAN_MOUNT, reason="makes its small disk in a user namespace")
def test_a_full_disk_and_then_space_again(tmp_path: Path, uninterrupted: bytes) -> None:
    (tmp_path / "disk").mkdir()
    with Nasty(well) as server:
        tg = CommandLine(tmp_path, server.url)
        command = [sys.executable, "-m", "trustgauge", *WORDS]
        shell = ["unshare", "-Urm", "sh", "-c", FILLED, "sh", "disk", *command]
        env = tg.env | {"SIZE": "160k"}
        ended = subprocess.run(shell, cwd=tmp_path, env=env, timeout=120, capture_output=True, check=False)
        if ended.returncode == 77:
            pytest.skip("no small disk can be mounted here")
        first, second = (
            Done(int((tmp_path / f"code{i}").read_text()), "", (tmp_path / f"err{i}").read_text()) for i in (1, 2)
        )
        assert first.code == 1, first.err
        said(first, STORE, "full", "room")
        second.out = (tmp_path / "out2").read_text()
        whole(second, N)
        assert server.count() <= N + AT_ONCE, "nothing was asked that could not be kept"
    assert exported(tmp_path / STORE) == uninterrupted


def test_a_limit_on_the_size_of_files(tmp_path: Path, uninterrupted: bytes) -> None:
    with Nasty(well) as server:
        tg = CommandLine(tmp_path, server.url)
        tg.before = limited("RLIMIT_FSIZE", 100_000)
        first = tg(*WORDS)
        assert first.code == 1, first.err
        said(first, STORE)
        tg.before = ()
        whole(tg(*WORDS), N)
        assert server.count() <= N + AT_ONCE
    assert exported(tmp_path / STORE) == uninterrupted


# a store that is locked, or may not be written


@contextmanager
def locked(path: Path) -> Iterator[Callable[[], None]]:
    """The store held by somebody else, from the call of what this gives until the end."""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=20)) as db:
        yield lambda: db.execute("BEGIN IMMEDIATE") and None
        if db.in_transaction:
            db.execute("ROLLBACK")


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before the start", "midway"])
def test_a_store_locked_for_three_seconds(tmp_path: Path, moment: str) -> None:
    with Nasty(well) as server:
        tg = CommandLine(tmp_path, server.url)
        whole(tg(*WORDS, "-n", "8"), 8)  # makes the store
    with locked(tmp_path / STORE) as lock, at_call(1 if moment == "midway" else 10**9, lock) as server:
        if moment != "midway":
            lock()
        tg = CommandLine(tmp_path, server.url)
        tg.more = {"TRUSTGAUGE_SEED": "1"}
        process = tg.start(*WORDS)
        time.sleep(1)
        while moment == "midway" and not server.count():
            time.sleep(0.05)
        time.sleep(3)
    # the server has ended with the lock: another one answers on its port
    server.behave = well
    with server:
        out, err = process.communicate(timeout=60)
    whole(Done(process.returncode, out, err), N)


@pytest.mark.slow
def test_a_store_locked_for_longer_than_anyone_waits(tmp_path: Path) -> None:
    with Nasty(well) as server:
        tg = CommandLine(tmp_path, server.url)
        whole(tg(*WORDS, "-n", "8"), 8)
        with locked(tmp_path / STORE) as lock:
            lock()
            done = tg(*WORDS)
        assert done.code == 1, done.err
        said(done, STORE, "locked")
        assert len(done.err.strip().splitlines()) <= 2
        whole(tg(*WORDS), N)
        assert server.count() <= N + AT_ONCE


@pytest.fixture
def weak(tmp_path: Path) -> CommandLine:
    """A command line that must respect permissions, even where the tests are run by root."""
    tg = CommandLine(tmp_path)
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root may write anywhere, and there is no setpriv to give that up")
        tg.before = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
    return tg


def test_a_read_only_store(weak: CommandLine) -> None:
    with Nasty(well) as server:
        weak.url = server.url
        whole(weak(*WORDS, "-n", "8"), 8)
        asked = server.count()
        (weak.folder / STORE).chmod(0o444)
        weak.folder.chmod(0o555)
        try:
            before = sha256((weak.folder / STORE).read_bytes()).digest()
            done = weak(*WORDS)
            assert done.code == 1, done.err
            said(done, STORE, "--store")
            assert server.count() == asked, "nothing is asked that can't be kept"
            assert sha256((weak.folder / STORE).read_bytes()).digest() == before
        finally:
            weak.folder.chmod(0o755)
            (weak.folder / STORE).chmod(0o644)
        whole(weak(*WORDS), N)


def test_a_folder_that_may_not_be_written(weak: CommandLine) -> None:
    with Nasty(well) as server:
        weak.url = server.url
        weak.folder.chmod(0o555)
        try:
            done = weak(*WORDS)
        finally:
            weak.folder.chmod(0o755)
        assert done.code == 1, done.err
        said(done, STORE, "folder")
        assert server.count() == 0


# what is no store, or not one of ours


def scrambled(path: Path, first: int, last: int) -> None:
    data = bytearray(path.read_bytes())
    data[first:last] = Random(0).randbytes(len(data[first:last]))
    path.write_bytes(data)


def schema(path: Path, by: int) -> None:
    """The store's schema number changed by so much."""
    with closing(sqlite3.connect(path)) as db:
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            db.execute("UPDATE meta SET value = CAST(value AS INTEGER) + ? WHERE name = 'schema'", (by,))
        else:
            (number,) = db.execute("PRAGMA user_version").fetchone()
            db.execute(f"PRAGMA user_version = {number + by}")
        db.commit()


def another_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE songs (title TEXT)")
        db.commit()


DAMAGE: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "bytes in the header": (lambda p: scrambled(p, 0, 100), ("--store",)),
    "bytes in the first page": (lambda p: scrambled(p, 100, 4096), ("--store",)),
    "bytes in the middle": (lambda p: scrambled(p, 8192, p.stat().st_size * 2 // 3), ("--store",)),
    "cut in half": (lambda p: p.write_bytes(p.read_bytes()[: p.stat().st_size // 2 + 100]), ("--store",)),
    "a newer schema": (lambda p: schema(p, 1), ("--store", "schema")),
    "a much older schema": (lambda p: schema(p, -2), ("--store", "schema")),
    "a text file": (lambda p: p.write_text("My diary.\n" * 500), ("--store",)),
    "another program's database": (another_database, ("--store",)),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_or_foreign_store_is_refused_and_left_alone(tmp_path: Path, sound: Path, name: str) -> None:
    damage, words = DAMAGE[name]
    path = tmp_path / STORE
    shutil.copy(sound / STORE, path)
    damage(path)
    before = sha256(path.read_bytes()).hexdigest()
    with Nasty(well) as server:
        done = CommandLine(tmp_path, server.url)(*WORDS)
        assert done.code == 1, done.err
        said(done, STORE, *words)
        assert done.out == ""
        assert len(done.err.strip().splitlines()) == 1
        assert sha256(path.read_bytes()).hexdigest() == before, "it was written to"
        assert server.count() == 0, "nothing is asked that can't be kept"


def test_a_directory_is_no_store(tmp_path: Path) -> None:
    (tmp_path / STORE).mkdir()
    with Nasty(well) as server:
        done = CommandLine(tmp_path, server.url)(*WORDS)
        assert done.code == 1, done.err
        said(done, STORE)
        assert server.count() == 0
    assert not list((tmp_path / STORE).iterdir())


def test_an_empty_file_holds_nothing_and_becomes_a_store(tmp_path: Path) -> None:
    """As a power loss right at the start, or `mktemp`, leaves it."""
    (tmp_path / STORE).touch()
    with Nasty(well) as server:
        whole(CommandLine(tmp_path, server.url)(*WORDS), N)
    assert len(records_of(tmp_path / STORE)) == N
