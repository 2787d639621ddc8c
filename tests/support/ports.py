"""Ports of loopback that no other process of the tests is given.

The system hands a port that was let go to whoever asks next: a command that is still knocking at one test's dead
server would then be heard by another test's live one. So each test process draws from a range of its own, below the
system's, and draws a port again only after all the others.
"""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterator
from itertools import islice

FIRST = 12_000
RANGE = 2_000


def _mine() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 10
    begin = FIRST + worker * RANGE
    turn = random.SystemRandom().randrange(RANGE)  # two sessions on one machine seldom meet
    while True:
        yield begin + turn % RANGE
        turn += 1


_PORTS = _mine()


def own_port() -> int:
    """A port of loopback on which nothing listens, and nothing else will."""
    for port in islice(_PORTS, RANGE):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no port from {FIRST} on is free for the tests")
