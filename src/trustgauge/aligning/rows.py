"""An export's rows as training takes them: read, checked, and nothing of the held-out side among them.

Of a dialogue for SFT the last reply alone is what was judged, so it is the completion and all before it the
prompt: a loss on the whole would teach a model to write its users' questions, and replies that nobody judged.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import msgspec

from trustgauge.aligning.settings import Step
from trustgauge.errors import DataError, UsageError

Row = dict[str, Any]
"""prompt and completion (SFT, KTO), label (KTO), chosen and rejected (DPO); each text a list of messages."""

TRAIN = "train"
ROLES = ("system", "user", "assistant")
Complain = Callable[[str], DataError]


def rows(export: Path, step: Step) -> list[Row]:
    """The rows of a step in the file's order. DataError or UsageError says what is wrong, and in which line."""
    _check_export(export)
    path = export / f"{step}.jsonl"
    if not path.is_file():
        raise UsageError(f"{export} holds no {path.name}: make it with  trustgauge export RUN --format {step}")
    found: list[Row] = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            found.append(_row(line, step, lambda why, at=number: DataError(f"{path}:{at}: {why}")))
    if not found:
        raise DataError(f"{path} holds no rows: there is nothing to train on")
    if step == "kto" and len({row["label"] for row in found}) < 2:
        only = str(found[0]["label"]).lower()
        raise DataError(f"{path} holds only rows with label {only}: KTO needs good and bad replies")
    return found


def _check_export(export: Path) -> None:
    """The export is whole, and nothing in it says that it is for measuring."""
    path = export / "export.json"
    if not export.is_dir():
        raise UsageError(f"there is no folder {export}: make it with  trustgauge export RUN --format sft -o {export}")
    if not path.is_file():
        raise UsageError(f"{export} holds no export.json, so it can't be told what may be trained on: export it anew")
    try:
        said: Any = msgspec.json.decode(path.read_bytes())
    except msgspec.DecodeError as error:
        raise DataError(f"{path} is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise DataError(f"{path} is no JSON object: export anew")
    side = cast("dict[str, Any]", said).get("side", TRAIN)
    if side != TRAIN:
        raise UsageError(f"{path} says side {side!r}, not {TRAIN!r}: what is measured on may not be trained on")


def _row(line: bytes, step: Step, wrong: Complain) -> Row:
    try:
        said = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise wrong(f"no JSON object ({error})") from None
    if said.get("side") != TRAIN:
        raise wrong(f"side is {said.get('side')!r}, not {TRAIN!r}: held-out cases may not be trained on")
    if step == "sft":
        messages = _messages(said, "messages", wrong)
        return {
            "prompt": _prompt(messages[:-1], "messages", wrong),
            "completion": _reply(messages[-1:], "messages", wrong),
        }
    row = {"prompt": _prompt(_messages(said, "prompt", wrong), "prompt", wrong)}
    for name in ("chosen", "rejected") if step == "dpo" else ("completion",):
        row[name] = _reply(_messages(said, name, wrong), name, wrong)
    if step == "dpo" and row["chosen"] == row["rejected"]:
        raise wrong("chosen and rejected are the same text")
    return row | _label(said, wrong) if step == "kto" else row


def _label(said: Row, wrong: Complain) -> Row:
    if not isinstance(said.get("label"), bool):
        raise wrong(f"label is {said.get('label')!r}, not true or false")
    return {"label": said["label"]}


def _messages(said: Row, name: str, wrong: Complain) -> list[dict[str, str]]:
    value = said.get(name)
    if not isinstance(value, list) or not value:
        raise wrong(f"{name} is no list of messages")
    read: list[dict[str, str]] = []
    for message in cast("list[Any]", value):
        fields = cast("dict[str, Any]", message) if isinstance(message, dict) else {}
        role, content = fields.get("role"), fields.get("content")
        if role not in ROLES or not isinstance(content, str):
            raise wrong(f"{name} holds what is no message: role must be {', '.join(ROLES)}, content a text")
        read.append({"role": cast("str", role), "content": content})
    return read


def _prompt(messages: list[dict[str, str]], name: str, wrong: Complain) -> list[dict[str, str]]:
    if not messages or messages[-1]["role"] != "user":
        raise wrong(f"{name}: the reply does not follow a user's message")
    return messages


def _reply(messages: list[dict[str, str]], name: str, wrong: Complain) -> list[dict[str, str]]:
    if len(messages) != 1 or messages[0]["role"] != "assistant":
        raise wrong(f"{name} is not one assistant message" if name != "messages" else "the last message is no reply")
    if not messages[0]["content"].strip():
        raise wrong(f"{name}: the reply is empty")
    return messages
