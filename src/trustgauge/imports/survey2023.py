"""Import of the survey's release: six models' replies, labels and raw causal answers (Liu et al. 2023).

A verdict is what the reply can bear (unreadable text is unscored, closed answers are read by rule), and the release's
own label goes beside it; causal answers are judged again by the release's parser from the raw texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from trustgauge.errors import DataError
from trustgauge.imports.recorder import Add, Imported, Recorder
from trustgauge.imports.survey2023_parser import survey_letter
from trustgauge.imports.survey2023_readings import read_forced, read_open, read_pair
from trustgauge.reports.survey2023 import (
    ADJECTIVES,
    CAUSAL,
    CYBER,
    FAIRNESS,
    PROPAGANDA,
    RELEASE,
    TOPICS,
    TYPO,
    safety_task,
)
from trustgauge.store import Store
from trustgauge.types import Case, Reply, Verdict, digest, user

READ_BY = "survey2023-reading@1"  # the release's GPT-4 labels, where the reply is readable
PARSED_BY = "survey2023-parser@1"
MODELS_PER_PROMPT = 6
BETWEEN = "\n----\n"
"""What stands between the two texts of one field."""
CAUSAL_FILES = {
    "gpt-3.5-turbo": "answers0_raw.csv",
    "text-davinci-003": "answers1_raw.csv",
    "davinci": "answers2_raw.csv",
    "gpt-4": "answers3_raw.csv",
    "flan-t5-xxl": "answers_flan_raw.csv",
    "opt-1.3b": "answers_opt_raw.csv",
}
CLASSES = {1: "unrelated", 2: "necessary", 3: "not necessary"}


def import_survey2023(folder: Path, store: Store, *, study: str = "survey2023") -> Imported:
    """Six runs and a study from the release's folder; what is there is imported, what is missing named.

    Raises DataError where the folder holds nothing of the release, or a file is not what it should be.
    """
    tasks = {FAIRNESS: _about("label of the release"), TYPO: _about("label of the release")}
    tasks |= {safety_task(topic): _about("label of the release") for topic in TOPICS}
    tasks |= {task: _about("label of the release: declined") for task in (PROPAGANDA, CYBER)}
    tasks |= {CAUSAL: _about("the parsed letter equals the gold", PARSED_BY)}
    recorder = Recorder(store, "survey2023", study, tasks)
    _read(folder, _nothing)  # once without writing: a fault anywhere leaves the store as it was
    files, missing = _read(folder, recorder.add)
    return recorder.finish(files, missing)


class Row(msgspec.Struct, frozen=True):
    """One line of the release's labelled files; label 1 is good."""

    question: str
    answer: str
    label: Literal[0, 1]
    source_model: str
    tag_cat: str
    label_response: str


Read = tuple[Row, Case, list[Reply]]
"""A line as read: the row, its case, and the replies."""


class Answer(msgspec.Struct, frozen=True):
    """One event pair's questions, raw answers and gold letters, of one model."""

    q1: str
    q2: str
    ans_1_raw: str
    ans_2_raw: str
    ans_1_true: str
    ans_2_true: str


class Pairs(msgspec.Struct, frozen=True):
    """The event pairs: what happened, what happened then, and the class."""

    data: list[tuple[str, str, Literal[1, 2, 3]]]


def _nothing(*_: Any, **__: Any) -> None:
    pass


def _read(folder: Path, add: Add) -> tuple[dict[str, int], list[str]]:
    """Rows read from each file, and what is missing."""
    files: dict[str, int] = {}
    missing: list[str] = []
    _labelled(folder, "gen_data/safety.jsonl", (_safety, read_open), add, files, missing)
    _labelled(folder, "gen_data/fairness.jsonl", (_fairness, read_forced), add, files, missing)
    _labelled(folder, "gen_data/misuse.jsonl", (_misuse, read_open), add, files, missing)
    _typos(folder, add, files, missing)
    _causal(folder, add, files, missing)
    if not files:
        raise DataError(f"{folder} holds no file of the survey's release (gen_data/safety.jsonl, ...): name its folder")
    return files, missing


def _about(measures: str, judge: str = READ_BY) -> dict[str, Any]:
    return {"measures": measures, "judge": judge, "chance": None}


def _labelled(
    folder: Path,
    name: str,
    how: tuple[Callable[[Path], Iterator[Read]], Callable[[Case, list[Reply], int], Verdict]],
    add: Add,
    files: dict[str, int],
    missing: list[str],
) -> None:
    path = folder / name
    if not path.is_file():
        missing.append(name)
        return
    rows, judge = how
    draws: Counter[tuple[str, str]] = Counter()
    for row, case, replies in rows(path):
        model = row.source_model.rpartition("/")[2]  # facebook/opt-1.3b is opt-1.3b elsewhere
        add(model, case, replies, _with_label(judge(case, replies, row.label), row), draw=draws[model, case.id])
        draws[model, case.id] += 1  # questions were repeated, some by plan and some by chance
    count = draws.total()
    if not count:
        raise DataError(f"{path} holds no rows; take it from the release again")
    files[name] = count


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Line numbers and rows."""
    decode = msgspec.json.Decoder(Row).decode
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield number, decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    raise DataError(f"{path}, line {number}: {_said(error)}; take it from the release again") from None


def _said(error: Exception) -> str:
    return str(error).replace("`", "'")


def _with_label(verdict: Verdict, row: Row) -> Verdict:
    """The verdict with the release's label and words beside it."""
    return msgspec.structs.replace(
        verdict, evidence=row.label_response[:300], values={RELEASE: float(row.label)}, judge=READ_BY
    )


def _case(task: str, prompt: str, key: str = "", options: tuple[str, ...] = (), **slots: str) -> Case:
    """A recorded case; the same words are one group."""
    case = Case(messages=(user(prompt),), key=key, options=options, slots=slots, task=task)
    return case.of(task, group=digest((task, prompt)))


def _safety(path: Path) -> Iterator[Read]:
    """Rows come six models a prompt, and four adjectives a keyword, in that order: only place tells the adjective."""
    question, models = "", set[str]()
    for index, (number, row) in enumerate(_rows(path)):
        if index % MODELS_PER_PROMPT == 0:
            question, models = row.question, set[str]()
        models.add(row.source_model)
        if row.question != question or len(models) != index % MODELS_PER_PROMPT + 1:
            raise DataError(f"{path}, line {number}: not one question to six models in turn; keep the file's order")
        topic = "non-violent unethical behavior" if row.tag_cat.startswith("non-violent") else row.tag_cat
        adjective = ADJECTIVES[index // MODELS_PER_PROMPT % len(ADJECTIVES)]
        yield row, _case(safety_task(topic), row.question, topic=topic, adjective=adjective), [Reply(text=row.answer)]


def _misuse(path: Path) -> Iterator[Read]:
    """Label 1 is a refusal; the type (people, terror, politics, cyber) is the row's tag_cat."""
    for _, row in _rows(path):
        task = CYBER if "cyber" in row.tag_cat.lower() else PROPAGANDA
        yield row, _case(task, row.question, type=row.tag_cat), [Reply(text=row.answer)]


def _fairness(path: Path) -> Iterator[Read]:
    """The labelled reply is the one to the closed form; the free answer to the bare question comes first."""
    for _, row in _rows(path):
        asked, _, answered = row.label_response.partition(BETWEEN)
        options = tuple(line[3:] for line in asked.split("\n") if line[:3] in ("A) ", "B) ", "C) "))
        key = "ABC"[len(options) - 1] if options else ""
        case = _case(FAIRNESS, asked, key, options, form=f"{len(options)} options", question=row.question)
        yield row, case, [Reply(text=row.answer), Reply(text=answered)]


def _typos(folder: Path, add: Add, files: dict[str, int], missing: list[str]) -> None:
    """The whole file where it is present, else the first rows of it."""
    whole, part = "gen_data/typo.jsonl", "gen_data/typo_first60.jsonl"
    if (folder / whole).is_file() or not (folder / part).is_file():
        _labelled(folder, whole, (_typo, read_pair), add, files, missing)
        return
    missing.append(f"{whole} (only {part} is here: its typo figures are those of the first rows)")
    _labelled(folder, part, (_typo, read_pair), add, files, missing)


def _typo(path: Path) -> Iterator[Read]:
    for _, row in _rows(path):
        plain, _, perturbed = row.question.partition(BETWEEN)
        first, _, second = row.answer.partition(BETWEEN)
        yield row, _case(TYPO, plain, perturbed=perturbed), [Reply(text=first), Reply(text=second)]


def _causal(folder: Path, add: Add, files: dict[str, int], missing: list[str]) -> None:
    classes = _classes(folder / "gen_data/causal.json", missing)
    for model, file in CAUSAL_FILES.items():
        name = f"intermediate_data/causal/results/{file}"
        if not (folder / name).is_file():
            missing.append(name)
            continue
        answers = _json(folder / name, dict[str, Answer])
        if not answers:
            raise DataError(f"{folder / name} holds no answers; take it from the release again")
        files[name] = len(answers)
        for number, answer in answers.items():
            if classes and number not in classes:
                raise DataError(f"{folder / name}: answers pair {number}, which gen_data/causal.json does not have")
            for which in ("1", "2"):
                _causal_answer(add, model, answer, which, number, classes.get(number, ""))


def _causal_answer(add: Add, model: str, answer: Answer, which: str, number: str, kind: str) -> None:
    """Question 1 asks for the cause, question 2 for necessity; judged again from the raw text."""
    asked, raw, gold = (
        (answer.q1, answer.ans_1_raw, answer.ans_1_true)
        if which == "1"
        else (answer.q2, answer.ans_2_raw, answer.ans_2_true)
    )
    slots = {"question": "cause" if which == "1" else "necessity", "class": kind, "index": number}
    case = Case(
        messages=(user(asked),),
        key=gold,
        options=("Yes", "No"),
        slots=slots,
        task=CAUSAL,
    )
    letter = survey_letter(raw)
    if letter == "C":
        verdict = Verdict(label="unscored", reason="not understood", judge=PARSED_BY)
    else:
        right = letter == case.key
        verdict = Verdict(
            label="good" if right else "bad",
            reason="right" if right else "wrong",
            answer=letter,
            judge=PARSED_BY,
        )
    add(model, case.of(CAUSAL, group=digest((CAUSAL, number))), [Reply(text=raw)], verdict)


def _classes(path: Path, missing: list[str]) -> dict[str, str]:
    """The class of each event pair by its number."""
    if not path.is_file():
        missing.append("gen_data/causal.json (classes of the event pairs: nothing by class without it)")
        return {}
    return {str(i): CLASSES[kind] for i, (_, _, kind) in enumerate(_json(path, Pairs).data)}


T = TypeVar("T")


def _json(path: Path, type_: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{path}: {_said(error)}; take the file from the release again") from None
