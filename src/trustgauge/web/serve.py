"""Serve: the label page on a socket of this machine until Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

import uvicorn

from trustgauge.errors import UsageError
from trustgauge.web.desk import Desk
from trustgauge.web.page import address, label_app, own_hosts


class _Server(uvicorn.Server):
    """Leaves the process's signals alone: Ctrl-C ends it as it ends everything else."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends what is open; a request that is cut off now is no error to print."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def serve(desk: Desk, host: str, port: int, labeller: str, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. ready is told the whole address. port 0: any that is free.

    Raises UsageError where the port or the address cannot be had.
    """
    listener = _listen(host, port)
    token, bound = secrets.token_urlsafe(24), int(listener.getsockname()[1])
    app = label_app(desk, token, own_hosts(host, bound), labeller)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=2,
        server_header=False, proxy_headers=False,
    )  # fmt: skip
    server = _Server(config)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError):  # on Windows Ctrl-C comes as KeyboardInterrupt
            for sign in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(sign, server.handle_exit, sign, None)
        ready(address(host, bound, token))
        await server.serve(sockets=[listener])

    with listener, suppress(KeyboardInterrupt):
        asyncio.run(run())


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(where[:2], family=family)
    except (OSError, OverflowError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"the label page cannot listen on {host}, port {port} ({why}): name another --port or --host"
        ) from None
