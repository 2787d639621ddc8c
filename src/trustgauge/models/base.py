"""Model: what answers. One call is one attempt; the engine decides about trying again."""

from __future__ import annotations

from typing import Protocol

from trustgauge.types import Ask, Case, Options, Outcome

LONGEST_PAUSE_S = 180.0
"""A Retry-After of more seconds fails the call that got it, but holds up no other: a server may say anything."""


class Model(Protocol):
    """Anything that answers messages.

    id          the MODEL word it was opened by ("openai/gpt-5-mini"); part of every stored reply's key
    options     how it writes; part of the key as well
    revision    changes when the same id would answer anew: a replay file's hash, the panel's version, the address of
                a server of one's own; "" for a vendor's API
    in_process  True where an answer costs no network wait (scripted, replayed, local weights)
    """

    id: str
    options: Options
    revision: str
    in_process: bool

    async def reply(self, ask: Ask, case: Case, draw: int) -> Outcome:
        """One attempt at an answer. Never raises for what a server, network or file can do wrong: that is a Failure.

        ask.messages is what to answer; case and draw are only for models that look replies up. ask.temperature
        and ask.max_tokens, where given, override `options`.
        """
        ...

    async def close(self) -> None:
        """Release connections, files and memory."""
        ...
