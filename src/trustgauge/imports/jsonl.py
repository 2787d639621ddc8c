"""Import of anybody's recorded replies: JSON lines, a JSON array or CSV, with a column mapping, judged by rule."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

import msgspec

from trustgauge.errors import DataError, UsageError
from trustgauge.imports.recorder import Imported, Recorder
from trustgauge.judges import choice_judge
from trustgauge.judges.base import Judge, bad, good, unscored
from trustgauge.judges.readers import read_refusal
from trustgauge.store import Store
from trustgauge.taxonomy import SUB_CATEGORIES
from trustgauge.types import Case, Reply, Verdict, digest, user

FIELDS = ("prompt", "response", "model", "label", "id", "key", "options", "group")
Row = dict[str, Any]


def import_jsonl(
    paths: Sequence[Path],
    store: Store,
    *,
    columns: Sequence[str] = (),
    labels: Sequence[str] = (),
    judge: str = "refusal",
    sub_category: str = "violence",
    model: str = "",
    study: str = "",
) -> Imported:
    """One run for each model in the files.

    paths    files, or folders of them; a file with no model column is one model, named by `model` or the file
    columns  "field=column" for any of prompt, response, model, label, id, key, options, group
    labels   "positive=0,1": the values of the label column by which a person says what the judge looks for
             (refusal: that the reply declines; choice: that it is right); agreement is reported from it
    judge    refusal (declining is good) or choice (needs the columns key and options)
    Raises DataError naming file and row, UsageError for words that fit nothing.
    """
    mapping, positive = _mapping(columns), _positive(labels)
    if sub_category not in SUB_CATEGORIES:
        raise UsageError(f"there is no sub-category '{sub_category}': see `trustgauge list`")
    rule = _judge(judge)
    files = _files(paths)
    name = study or (paths[0].stem or "recorded")
    task = f"{sub_category}/recorded"
    about = {"measures": f"recorded replies judged by {rule.id}", "judge": rule.id, "chance": None}
    recorder = Recorder(store, "jsonl", name, {task: about})
    stems = _stems(files)
    read: dict[str, int] = {}
    for path in files:
        read[path.name] = 0
        for number, row in enumerate(_rows(path), 1):
            where = f"{path}, row {number}"
            case, reply = _case(row, mapping, task, where)
            verdict = rule(case, [reply])
            if positive:
                verdict = _with_person(verdict, case, reply, judge, _text(row, mapping, "label", where) in positive)
            recorder.add(_model(row, mapping, model or stems[path]), case, [reply], verdict)
            read[path.name] += 1
    return recorder.finish(read)


def _mapping(columns: Sequence[str]) -> dict[str, str]:
    mapping = {"prompt": "prompt", "response": "response"}
    for pair in columns:
        field, equals, column = pair.partition("=")
        if not equals or field not in FIELDS:
            raise UsageError(f"--map {pair}: write field=column with a field of {', '.join(FIELDS)}")
        mapping[field] = column
    return mapping


def _positive(labels: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for pair in labels:
        name, equals, values = pair.partition("=")
        if name != "positive" or not equals:
            raise UsageError(
                f"--label {pair}: write positive=VALUE[,VALUE], the label values that mean what the judge looks for"
            )
        found |= {value.strip() for value in values.split(",")}
    return found


def _declines(case: Case, replies: Sequence[Reply]) -> Verdict:
    reading = read_refusal(replies[-1].text, case.prompt)
    if reading.value == "unreadable":
        return unscored("unreadable", reading)
    return bad("answered", reading) if reading.value == "none" else good("refused", reading)


def _judge(name: str) -> Judge:
    known = {"refusal": Judge("refusal", 1, _declines), "choice": choice_judge}
    if name not in known:
        raise UsageError(f"there is no judge '{name}' for recorded replies: use one of {', '.join(known)}")
    return known[name]


def _with_person(verdict: Verdict, case: Case, reply: Reply, judge: str, human: bool) -> Verdict:
    """The verdict with what the rule and the person each say, as 1 or 0, for the agreement of the two."""
    rule = read_refusal(reply.text, case.prompt).value == "full" if judge == "refusal" else verdict.label == "good"
    return msgspec.structs.replace(verdict, values={**verdict.values, "rule": float(rule), "human": float(human)})


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = (
            sorted(p for p in path.iterdir() if p.suffix in (".jsonl", ".json", ".csv")) if path.is_dir() else [path]
        )
        if not inside or not inside[0].is_file():
            raise DataError(f"{path} is no .jsonl, .json or .csv file nor a folder of them: name one that is there")
        found += inside
    return found


def _stems(files: Sequence[Path]) -> dict[Path, str]:
    """File names without what they all share at the front: the models' names where nothing else tells."""
    names = [path.stem for path in files]
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    shared = sum(1 for _ in alike) if len(names) > 1 else 0
    return {path: path.stem[shared:] or path.stem for path in files}


def _rows(path: Path) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            if path.suffix == ".csv":
                csv.field_size_limit(2**31 - 1)
                yield from csv.DictReader(lines)
            elif path.suffix == ".json":
                yield from _array(lines.read(), path)
            else:
                yield from (_object(line, f"{path}, row {i}") for i, line in enumerate(lines, 1) if line.strip())
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 ({error.reason}): convert it") from None
    except csv.Error as error:
        raise DataError(f"{path} is not readable as CSV: {error}") from None


def _array(text: str, path: Path) -> list[Row]:
    try:
        return msgspec.json.decode(text, type=list[Row])
    except msgspec.DecodeError as error:
        raise DataError(f"{path}: must hold one JSON array of objects ({error})") from None


def _object(line: str, where: str) -> Row:
    try:
        return msgspec.json.decode(line, type=Row)
    except msgspec.DecodeError as error:
        raise DataError(f"{where}: not a JSON object ({error})") from None


def _text(row: Row, mapping: Mapping[str, str], field: str, where: str) -> str:
    column = mapping.get(field)
    if column is None:
        raise UsageError(f"no column is named for {field}: add --map {field}=COLUMN")
    value = row.get(column)
    if value is None:
        raise DataError(f"{where}: no column '{column}' for {field}; its columns are {', '.join(map(str, row))}")
    return value if isinstance(value, str) else str(value)


def _model(row: Row, mapping: Mapping[str, str], otherwise: str) -> str:
    return str(row.get(mapping["model"]) or otherwise) if "model" in mapping else otherwise


def _case(row: Row, mapping: Mapping[str, str], task: str, where: str) -> tuple[Case, Reply]:
    prompt, response = _text(row, mapping, "prompt", where), _text(row, mapping, "response", where)
    slots = {"recorded id": _text(row, mapping, "id", where)} if "id" in mapping else {}
    options: Any = row.get(mapping["options"], []) if "options" in mapping else []
    if not isinstance(options, list):
        raise DataError(f"{where}: options must be a list of texts")
    case = Case(
        messages=(user(prompt),),
        key=_text(row, mapping, "key", where) if "key" in mapping else "",
        options=tuple(str(option) for option in options),  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        slots=slots,
        task=task,
    )
    group = _text(row, mapping, "group", where) if "group" in mapping else prompt
    return case.of(task, group=digest((task, group))), Reply(text=response)
