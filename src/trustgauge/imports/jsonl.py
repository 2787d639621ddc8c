"""Import of anybody's recorded replies: JSON lines, a JSON array or CSV, with a column mapping, judged by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path

import msgspec

from trustgauge.errors import DataError, UsageError
from trustgauge.generate.choice import LETTERS
from trustgauge.imports.recorder import Imported, Recorder
from trustgauge.imports.tables import Row, column_mapping, positive_values, table_files, table_rows, text_of
from trustgauge.judges import choice_judge
from trustgauge.judges.base import Judge, bad, good, unscored
from trustgauge.judges.readers import read_refusal
from trustgauge.judges.readers.refusal_kind import refusal_sense
from trustgauge.store import Store
from trustgauge.taxonomy import SUB_CATEGORIES
from trustgauge.types import Case, Reply, Verdict, digest, user

FIELDS = ("prompt", "response", "model", "label", "id", "key", "options", "group", "sub_category")


def import_jsonl(
    paths: Sequence[Path],
    store: Store,
    *,
    columns: Sequence[str] = (),
    labels: Sequence[str] = (),
    judge: str = "refusal",
    sub_category: str = "",
    model: str = "",
    study: str = "",
) -> Imported:
    """One run for each model in the files.

    paths    files, or folders of them; a file with no model column is one model, named by `model` or the file
    columns  "field=column" for any of prompt, response, model, label, id, key, options, group, sub_category
    labels   "positive=0,1": the values of the label column by which a person says what the judge looks for
             (refusal: that the reply will not do what is asked; choice: that it is right); agreement with them
             is reported
    judge    refusal (declining is good) or choice (needs the columns key, the right option's letter or text, and
             options, a list of texts)
    sub_category  where in the taxonomy the replies belong, unless a column tells
    Raises DataError naming file and row, UsageError for words that fit nothing.
    """
    reading = _Reading(column_mapping(columns, FIELDS), positive_values(labels), model, sub_category)
    rule = _judge(judge)
    _refuse_gaps(reading, judge)
    if not paths:
        raise UsageError("jsonl takes files, or folders of them: name a file or folder")
    files = table_files(paths)
    read, places = _checked(files, reading)
    about = {"measures": f"recorded replies judged by {rule.id}", "judge": rule.id, "chance": None}
    how = {"columns": reading.columns, "positive": sorted(reading.positive), "judge": rule.id}
    tasks = {f"{place}/recorded": about for place in SUB_CATEGORIES if place in places}
    recorder = Recorder(store, "jsonl", study or _study(paths[0]), tasks, **how)
    draws: Counter[tuple[str, str]] = Counter()
    for row in _recorded(files, reading):
        verdict = rule(row.case, [row.reply])
        if row.human is not None:
            verdict = _with_person(verdict, row.case, row.reply, judge, row.human in reading.positive)
        recorder.add(row.model, row.case, [row.reply], verdict, draw=draws[row.model, row.case.id])
        draws[row.model, row.case.id] += 1  # the same words once more are another draw, not the same record
    return recorder.finish(read)


class _Reading(msgspec.Struct, frozen=True):
    """How rows are read: columns by field, label values that are positive; model and place in the taxonomy if given."""

    columns: dict[str, str]
    positive: frozenset[str]
    model: str
    place: str


class _Recorded(msgspec.Struct, frozen=True):
    """One row as read; human is the label's text where labels are wanted."""

    file: str
    model: str
    case: Case
    reply: Reply
    human: str | None


def _recorded(files: Sequence[Path], reading: _Reading) -> Iterator[_Recorded]:
    names = _names(files)
    models = _models(list(names.values()))
    for path, named in zip(files, models, strict=True):
        for where, row in table_rows(path):
            case, reply = _case(row, reading, where)
            human = text_of(row, reading.columns, "label", where).strip() if reading.positive else None
            name = text_of(row, reading.columns, "model", where).strip() if "model" in reading.columns else ""
            yield _Recorded(names[path], name or reading.model or named, case, reply, human)


def _checked(files: Sequence[Path], reading: _Reading) -> tuple[dict[str, int], set[str]]:
    """Rows by file, and the sub-categories they belong to.

    Everything is read once before anything is written, so a fault leaves the store as it was.
    """
    counts = dict.fromkeys(_names(files).values(), 0)
    seen: Counter[str] = Counter()
    places: set[str] = set()
    for row in _recorded(files, reading):
        counts[row.file] += 1
        places.add(row.case.task.split("/")[0])
        seen[row.human or ""] += row.human is not None
    if not sum(counts.values()):
        raise DataError(f"{', '.join(map(str, files[:3]))}: no rows to import; name a file that has some")
    if reading.positive and not reading.positive & set(seen):
        held = ", ".join(repr(value) for value, _ in seen.most_common(8))
        wanted = ", ".join(sorted(reading.positive))
        raise DataError(f"no row has the label {wanted}: column '{reading.columns['label']}' holds {held}")
    return counts, places


def _refuse_gaps(reading: _Reading, judge: str) -> None:
    if "sub_category" not in reading.columns:
        if not reading.place:
            raise UsageError("say where the replies belong: add --sub-category NAME, or --map sub_category=COLUMN")
        _placed(reading.place, "--sub-category")
    if judge == "choice" and not {"key", "options"} <= set(reading.columns):
        raise UsageError("the judge choice needs to know the options: add --map key=COLUMN --map options=COLUMN")
    if reading.positive and "label" not in reading.columns:
        raise UsageError("--label says what labels mean, but no column holds them: add --map label=COLUMN")
    if "label" in reading.columns and not reading.positive:
        raise UsageError("--map label=... needs --label positive=VALUE: the labels that mean what the judge looks for")


def _declines(case: Case, replies: Sequence[Reply]) -> Verdict:
    reading = read_refusal(replies[-1].text, case.prompt)
    if reading.value == "unreadable":
        return unscored("unreadable", reading)
    if reading.value == "unclear":
        return unscored("neither refuses nor clearly complies", reading)
    return bad("answered", reading) if reading.value == "none" else good("refused", reading)


def _judge(name: str) -> Judge:
    known = {"refusal": Judge("refusal", 2, _declines), "choice": choice_judge}
    if name not in known:
        raise UsageError(f"there is no judge '{name}' for recorded replies: use one of {', '.join(known)}")
    return known[name]


def _with_person(verdict: Verdict, case: Case, reply: Reply, judge: str, human: bool) -> Verdict:
    """The verdict with what the rule and the person each say, as 1 or 0, for the agreement of the two.

    Of a reply that the rule leaves undecided there is only what the person says.
    """
    values = {**verdict.values, "human": float(human)}
    sense = refusal_sense(reply.text, case.prompt).value if judge == "refusal" else ""
    if sense != "unclear":
        values["rule"] = float(sense == "refuses" if sense else verdict.label == "good")
    return msgspec.structs.replace(verdict, values=values)


def _study(path: Path) -> str:
    """A study's name where none is given: the folder's or the file's."""
    whole = path.resolve()
    return whole.name if whole.is_dir() else whole.stem


def _names(files: Sequence[Path]) -> dict[Path, str]:
    """What the files are called: by their folder too where two have the same name."""
    twice = len({path.name for path in files}) < len(files)
    return {path: f"{path.resolve().parent.name}/{path.name}" if twice else path.name for path in files}


def _models(names: Sequence[str]) -> list[str]:
    """Models' names where nothing else tells: the files' without ending and without the words all begin with.

    Words end at a separator, and what is left must begin with a letter: gpt-3.5 and gpt-4 stay as they are.
    """
    stems = [name.rpartition(".")[0] or name for name in names]
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*stems, strict=False))
    cuts = [at for at, letters in enumerate(alike, 1) if letters[0] in "_- ./"] if len(stems) > 1 else []
    whole = [cut for cut in cuts if all(stem[cut : cut + 1].isalpha() for stem in stems)]
    return [stem[max(whole, default=0) :] for stem in stems]


def _case(row: Row, reading: _Reading, where: str) -> tuple[Case, Reply]:
    prompt, response = text_of(row, reading.columns, "prompt", where), text_of(row, reading.columns, "response", where)
    given = reading.columns
    options = _options(row, reading, where) if "options" in given else ()
    case = Case(
        messages=(user(prompt),),
        key=_key(text_of(row, reading.columns, "key", where), options, where) if "key" in given else "",
        options=options,
        slots={"recorded id": text_of(row, reading.columns, "id", where)} if "id" in given else {},
    )
    place = (
        _placed(text_of(row, reading.columns, "sub_category", where), where)
        if "sub_category" in given
        else reading.place
    )
    task, group = f"{place}/recorded", text_of(row, reading.columns, "group", where) if "group" in given else prompt
    return case.of(task, group=digest((task, group))), Reply(text=response)


def _placed(name: str, where: str) -> str:
    if name not in SUB_CATEGORIES:
        raise UsageError(f"{where}: there is no sub-category '{name}': see `trustgauge list`")
    return name


def _options(row: Row, reading: _Reading, where: str) -> tuple[str, ...]:
    """A list of texts, in a CSV cell as JSON."""
    value = row.get(reading.columns["options"])
    try:
        found = (
            msgspec.json.decode(value, type=list[str]) if isinstance(value, str) else msgspec.convert(value, list[str])
        )
    except (msgspec.DecodeError, RecursionError):
        found = []
    if not 1 <= len(found) <= len(LETTERS):
        raise DataError(f'{where}: options must be a list of texts, such as ["Yes", "No"]')
    return tuple(found)


def _key(key: str, options: Sequence[str], where: str) -> str:
    """The right option's letter, whether the row gives the letter or the option's text."""
    letters = list(LETTERS[: len(options)])
    if not options or key in letters:
        return key
    if key in options:
        return letters[options.index(key)]
    raise DataError(f"{where}: the key '{key}' is neither a letter of its {len(options)} options nor one's text")
