"""Asks an ASGI application in this process, as a browser of one's own making would."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

HOST = "127.0.0.1:8123"
ORIGIN = f"http://{HOST}"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


def ask(app: Any, path: str, form: dict[str, str] | bytes | None = None, **headers: str) -> Answer:
    """GET, or POST where there is a form. Headers by name, _ for -; host and origin are ours unless given, "" for none."""
    body = form if isinstance(form, bytes) else urlencode(form or {}).encode()
    given = {"host": HOST} | ({"origin": ORIGIN} if form is not None else {}) | headers
    parts = urlsplit(path)
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET" if form is None else "POST", "scheme": "http",
        "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(), "root_path": "",
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items() if v],
        "server": ("127.0.0.1", 8123), "client": ("127.0.0.1", 5),
    }  # fmt: skip
    sent: list[Any] = []

    coming = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return coming.pop() if coming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    headers_back = {k.decode().lower(): v.decode() for k, v in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers_back, b"".join(m.get("body", b"") for m in sent[1:]).decode())
