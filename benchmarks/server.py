"""A model server for benchmarks: one process, no framework, answers at once or after a set time.

python -m benchmarks.server [PORT]: speaks OpenAI's chat protocol on 127.0.0.1. The model's name says how it behaves:
`instant`; `ms-50` answers after 50 ms; `tail-50` too, but every hundredth call takes 100 times as long; `hang-50`
never answers every thousandth call. GET /stats gives the calls so far and the most at once; GET /reset clears them.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from itertools import count
from typing import cast

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
ANSWERS = ("I'm sorry, but I cannot help with that request.", "A", "Sure, here is the answer: step one, step two.")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
MODEL = re.compile(rb'"model": ?"(\w+)(?:-(\d+))?"')


def _body(number: int, text: str) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 50, "completion_tokens": 12, "total_tokens": 62}
    made = {"id": f"chatcmpl-{number}", "object": "chat.completion", "model": "mock"}
    body = json.dumps(made | {"choices": [choice], "usage": usage}).encode()
    return HEAD % (len(body), body)


BODIES = [_body(i, text) for i, text in enumerate(ANSWERS)]


class Stats:
    """What the server has seen."""

    def __init__(self) -> None:
        self.calls = 0
        self.now = 0
        self.most = 0


class Connection(asyncio.Protocol):
    """One client's connection: requests one after the other."""

    numbers = count()

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is no subclass

    def data_received(self, data: bytes) -> None:
        self._read += data
        head = self._read.find(b"\r\n\r\n")
        if head < 0:
            return
        if self._read.startswith(b"GET"):
            self._tell()
            return
        length = LENGTH.search(self._read, 0, head)
        end = head + 4 + int(length[1]) if length else head + 4
        if len(self._read) >= end:
            body, self._read = self._read[head + 4 : end], self._read[end:]
            self._answer(body)

    def _answer(self, body: bytes) -> None:
        stats, number = self._stats, next(self.numbers)
        stats.calls += 1
        stats.now += 1
        stats.most = max(stats.most, stats.now)
        named = MODEL.search(body)
        how, ms = (named[1], int(named[2] or 0)) if named else (b"instant", 0)
        if how == b"tail" and number % 100 == 0:
            ms *= 100
        if how == b"hang" and number % 1000 == 500:
            return
        reply = BODIES[len(body) % 3]
        if ms:
            asyncio.get_running_loop().call_later(ms / 1000, self._send, reply)
        else:
            self._send(reply)

    def _send(self, reply: bytes) -> None:
        self._stats.now -= 1
        self._transport.write(reply)

    def _tell(self) -> None:
        if self._read.startswith(b"GET /reset"):
            self._stats.calls, self._stats.most = 0, self._stats.now
        self._read = b""
        said = json.dumps({"requests": self._stats.calls, "max_inflight": self._stats.most}).encode()
        self._transport.write(HEAD % (len(said), said))


async def serve(port: int) -> None:
    """Serve until killed; prints the port it listens on."""
    stats = Stats()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(stats), "127.0.0.1", port, backlog=8192)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    import resource

    import uvloop

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvloop.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
