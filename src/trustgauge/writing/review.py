"""Review: what was written as a file that a person edits, and the frozen set that is made of it.

JSON lines: a head, then one item a line, with `decision` ("keep" or "drop"), `why`, and the texts. Decisions and texts
may be changed, lines removed or added; what is taken back goes through the rules and the search for near-duplicates
again, and no model is asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from trustgauge.errors import DataError
from trustgauge.frozen import Frozen, Line, frozen
from trustgauge.safe import json_text
from trustgauge.suites import find_task
from trustgauge.suites.wall import part_side
from trustgauge.types import digest
from trustgauge.writing.asks import prompts_hash
from trustgauge.writing.drafts import Draft, cases_of
from trustgauge.writing.filters import fault_of
from trustgauge.writing.making import Written
from trustgauge.writing.selecting import Item, misjudged, placed, unlike
from trustgauge.writing.shapes import Shape, shape_of

_KIND = "written cases for review"
SCHEMA = 1


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """A review file as read: its head and shape, the items kept, and of each whether a person changed it."""

    head: dict[str, Any]
    items: tuple[Item, ...]
    edited: tuple[bool, ...]
    shape: Shape


def head_of(written: Written, canary: str, licence: str, created: str) -> dict[str, Any]:
    """What both files say of the set: the task, who wrote, checked and tried it, how, when, and what was dropped."""
    said = written.settings
    return {
        "task": written.shape.task.id,
        "canary": canary,
        "licence": licence,
        "writer": said.writer,
        "checker": said.checker,
        "probes": list(said.probes),
        "prompts": prompts_hash(),
        "seed": said.seed,
        **({"split": written.shape.task.side} if written.shape.task.side else {}),
        "difficulty": list(said.difficulty),
        "keywords": digest(said.keywords) if said.keywords else "",
        "dropped": dict(written.counts),
        "reviewed": False,
        "created": created,
    }


def review_text(written: Written, head: Mapping[str, Any]) -> str:
    """The review file's content: those kept first, then those dropped."""
    lines = [json_text({"trustgauge": _KIND, "schema": SCHEMA, **head})]
    for item in (*written.kept, *written.dropped):
        decision = {"decision": "drop" if item.dropped else "keep", "why": item.dropped}
        fails = {} if item.fails is None else {"fails": item.fails}
        rest = {"passed": item.passed, "position": item.position, **fails, "as_written": digest(item.draft)}
        lines.append(json_text({**decision, **msgspec.to_builtins(item.draft), **rest}))
    return "\n".join(lines) + "\n"


def frozen_of(
    head: Mapping[str, Any], items: Sequence[Item], edited: Sequence[bool] = (), shape: Shape | None = None
) -> Frozen:
    """The frozen set of the items, in order, of the shape of the head's task. DataError where there are none."""
    if not items:
        raise DataError("no case is left to be frozen: set a decision to keep, or write more with another seed")
    shape = shape or shape_of(find_task(str(head["task"])))
    changed = edited or [False] * len(items)
    lines: list[Line] = []
    for n, (item, by_hand) in enumerate(zip(items, changed, strict=True)):
        provenance = {"writer": head["writer"], "prompts": head["prompts"], "seed": head["seed"]}
        provenance |= {"passed": list(item.passed), "edited": by_hand}
        provenance |= {} if item.fails is None else {"fails": item.fails}
        cases = cases_of(item.draft, shape, item.position)
        lines += [Line(group=f"{n + 1}", case=case, provenance=provenance) for case in cases]
    return frozen(head, lines)


def read_review(path: Path) -> Reviewed:
    """The kept items of a review file. DataError names the line that is wrong, and what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DataError(f"the review {path} cannot be read: {why}") from None
    numbered = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    head = _object(*numbered[0], path) if numbered else {}
    if head.pop("trustgauge", "") != _KIND or head.pop("schema", 0) != SCHEMA or "task" not in head:
        raise DataError(f"{path} is no review file: name the review.jsonl that `trustgauge generate` made")
    shape = shape_of(find_task(str(head["task"])))
    items, edited, places = list[Item](), list[bool](), list[int]()
    for n, line in numbered[1:]:
        fields = _object(n, line, path)
        decision = fields.get("decision")
        if decision not in ("keep", "drop"):
            raise DataError(f"{path}, line {n}: decision is {decision!r}: write keep or drop")
        if decision == "keep":
            item = _item(fields, shape, n, path)
            _on_its_side(item, head, n, path)
            items.append(item)
            edited.append(fields.get("as_written") != digest(item.draft))
            places.append(n)
    for n, item in zip(places, unlike(items, shape), strict=True):
        if item.dropped:
            raise DataError(f"{path}, line {n}: {item.dropped}: mend the text, or set its decision to drop")
    missing = [name for name in ("writer", "prompts", "seed", "canary", "licence") if name not in head]
    if missing:
        raise DataError(f"{path}, line 1: '{missing[0]}' is missing: leave the first line as it was")
    return Reviewed(
        head=head | {"reviewed": True}, items=tuple(placed(items, shape)), edited=tuple(edited), shape=shape
    )


def _object(n: int, line: str, path: Path) -> dict[str, Any]:
    try:
        found: Any = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise DataError(f"{path}, line {n}: not a JSON object: mend it, or take the line out")
    return {str(name): value for name, value in found.items()}  # type: ignore[reportUnknownVariableType]


def _item(fields: Mapping[str, Any], shape: Shape, n: int, path: Path) -> Item:
    known = {name: fields[name] for name in Draft.__struct_fields__ if name in fields}
    passed = fields.get("passed", [])
    try:
        draft = msgspec.convert(known, Draft)
        item = Item(
            draft=draft,
            position=msgspec.convert(fields.get("position", 0), int),
            passed=tuple(msgspec.convert(passed, list[str])),
            fails=msgspec.convert(fields.get("fails"), float | None),
        )
    except msgspec.ValidationError as error:
        raise DataError(f"{path}, line {n}: {error}: mend it, or set its decision to drop") from None
    if fault := fault_of(draft, shape):
        raise DataError(f"{path}, line {n}: {fault}: mend the text, or set its decision to drop")
    if not 0 <= item.position < max(shape.options, 1):
        raise DataError(f"{path}, line {n}: position {item.position} is none of the options: count from 0")
    if fault := misjudged(shape, item):
        raise DataError(f"{path}, line {n}: {fault}: mend the text, or set its decision to drop")
    return item


def _on_its_side(item: Item, head: Mapping[str, Any], n: int, path: Path) -> None:
    side = head.get("split")
    if side and part_side(item.draft.keyword) != side:
        raise DataError(
            f"{path}, line {n}: its keyword lies on the other side of the wall than the set, which is of '{side}': "
            "put the keyword back, or set its decision to drop"
        )
