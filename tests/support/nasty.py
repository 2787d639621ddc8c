"""A model server on bare sockets, for all that a well-behaved HTTP library won't send.

`with Nasty(behave) as server`: behave is called with each Call, in a thread of that connection, and sends whatever
bytes it likes; a connection goes on until one side closes it.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from support.ports import own_port


def letter(prompt: str) -> str:
    """The answer of every well-behaved server of these tests: fixed by the prompt."""
    return "AB"[len(prompt) % 2]


def chat(text: object, **more: Any) -> bytes:
    """The body of a good chat completion."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
    return json.dumps({"id": "cmpl-1", "model": "nasty-2024", "choices": [choice], "usage": usage} | more).encode()


def http(body: bytes, status: str = "200 OK", *lines: str, length: int | None = None) -> bytes:
    """An HTTP answer with the given further header lines; length where it shall lie about its own."""
    said = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    kind = [] if any(line.lower().startswith("content-type") for line in lines) else ["Content-Type: application/json"]
    return "\r\n".join([*said, *kind, *lines, "", ""]).encode("latin-1") + body


@dataclass
class Call:
    """One request as it came, and the socket to answer on."""

    number: int  # of all requests, from 1
    headers: dict[str, str]
    body: dict[str, Any]
    sock: socket.socket
    gone: bool = False

    @property
    def prompt(self) -> str:
        """The last message's text."""
        return str(self.body["messages"][-1]["content"])

    def send(self, data: bytes) -> None:
        """These bytes, whatever they are."""
        self.sock.sendall(data)

    def answer(self, text: object = None, *lines: str, **more: Any) -> None:
        """A good reply: the letter that the prompt fixes, or the text given."""
        self.send(http(chat(letter(self.prompt) if text is None else text, **more), "200 OK", *lines))

    def close(self) -> None:
        """End the connection in good order."""
        self.gone = True

    def reset(self) -> None:
        """End the connection with a reset, what is unsent thrown away."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.gone = True

    def drip(self, data: bytes, every_s: float = 0.05) -> None:
        """A byte at a time; ends when the other side has gone."""
        for i in range(len(data)):
            self.send(data[i : i + 1])
            time.sleep(every_s)

    def wait_until_gone(self) -> None:
        """Say nothing until the other side hangs up."""
        self.gone = True
        with suppress(OSError):
            while self.sock.recv(65536):
                pass


@dataclass
class Nasty:
    """The server; `calls` holds every request so far. Re-entered, it listens on its old port again."""

    behave: Callable[[Call], None]
    tls: ssl.SSLContext | None = None
    calls: list[Call] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """The address to give to a client."""
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/v1"

    def count(self) -> int:
        """Requests so far."""
        return len(self.calls)

    def __enter__(self) -> Nasty:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", self.port or own_port()), backlog=512)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)
        with self._lock:
            for sock in self._open:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        file = None
        with suppress(OSError, ValueError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            with self._lock:
                self._open.add(sock)
            file = sock.makefile("rb")
            while call := self._read(file, sock):
                self.behave(call)
                if call.gone:
                    break
        with self._lock:
            self._open.discard(sock)
        if file:
            file.close()  # or the socket stays open for its sake
        sock.close()

    def _read(self, file: Any, sock: socket.socket) -> Call | None:
        if not file.peek(1)[:1].isalpha():  # the other side is gone, or speaks TLS
            sock.sendall(http(b"The plain HTTP request was expected", "400 Bad Request"))
            return None
        file.readline()
        headers: dict[str, str] = {}
        while line := file.readline().strip().decode("latin-1"):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = json.loads(file.read(int(headers["content-length"])))
        with self._lock:
            call = Call(len(self.calls) + 1, headers, body, sock)
            self.calls.append(call)
        return call


def well(call: Call) -> None:
    """Behaves as a server should."""
    call.answer()
