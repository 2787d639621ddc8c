"""Asks a test server through the real models."""

from __future__ import annotations

import asyncio
from typing import Any

from support.model_server import ModelServer
from trustgauge.models.base import Model
from trustgauge.models.providers import open_http
from trustgauge.types import Ask, Case, Options, Outcome, user

KEY = "sk-test-0123456789"
SPECS = {"chat": "openai-api/test/", "completions": "openai-api:completions/test/", "messages": "anthropic/"}
PLAIN = Ask(messages=(user("How are you?"),))


class Client:
    """Opens models against the server and asks them, each in an event loop of its own."""

    def __init__(self, server: ModelServer) -> None:
        self.server = server
        self.env = {
            f"{name}_{what}": value
            for name in ("TEST", "ANTHROPIC")
            for what, value in (("BASE_URL", server.url), ("API_KEY", KEY))
        }

    def open(self, model: str, form: str = "chat", options: Options | None = None, **more: Any) -> Model:
        return open_http(SPECS[form] + model, options or Options(), env=self.env, **more)

    def ask(
        self, model: str, form: str = "chat", ask: Ask = PLAIN, options: Options | None = None, **more: Any
    ) -> Outcome:
        return self.ask_all(model, form, [ask], options, **more)[0]

    def ask_all(
        self, model: str, form: str, asks: list[Ask], options: Options | None = None, **more: Any
    ) -> list[Outcome]:
        """All outcomes of one model, asked one after the other."""

        async def run() -> list[Outcome]:
            opened = self.open(model, form, options, **more)
            try:
                return [await opened.reply(ask, Case(messages=ask.messages), 0) for ask in asks]
            finally:
                await opened.close()

        return asyncio.run(run())
