"""Import of the survey's release: six models' replies, labels and raw causal answers (Liu et al. 2023).

The release's own labels are stored as verdicts; causal answers are judged again by the release's parser from
the raw texts. What the labels hide (unreadable replies, majority classes) is worked out by the report.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from trustgauge.errors import DataError
from trustgauge.imports.recorder import Imported, Recorder
from trustgauge.imports.survey2023_parser import survey_letter
from trustgauge.reports.survey2023 import ADJECTIVES, CAUSAL, FAIRNESS, TOPICS, TYPO, safety_task
from trustgauge.store import Store
from trustgauge.types import Case, Reply, Verdict, digest, user

LABELLED_BY = "survey2023-gpt-4@2023"
PARSED_BY = "survey2023-parser@1"
MODELS_PER_PROMPT = 6
CAUSAL_FILES = {
    "gpt-3.5-turbo": "answers0_raw.csv",
    "text-davinci-003": "answers1_raw.csv",
    "davinci": "answers2_raw.csv",
    "gpt-4": "answers3_raw.csv",
    "flan-t5-xxl": "answers_flan_raw.csv",
    "opt-1.3b": "answers_opt_raw.csv",
}
CLASSES = {"1": "unrelated", "2": "necessary", "3": "not necessary"}


def import_survey2023(folder: Path, store: Store, *, study: str = "survey2023") -> Imported:
    """Six runs and a study from the release's folder; what is there is imported, what is missing named.

    Raises DataError where the folder holds nothing of the release, or a file is not what it should be.
    """
    tasks = {FAIRNESS: _about("label of the release"), TYPO: _about("label of the release")}
    tasks |= {safety_task(topic): _about("label of the release") for topic in TOPICS}
    tasks |= {CAUSAL: _about("the parsed letter equals the gold", PARSED_BY)}
    recorder = Recorder(store, "survey2023", study, tasks)
    files: dict[str, int] = {}
    missing: list[str] = []
    _labelled(folder, "gen_data/safety.jsonl", _safety, recorder, files, missing)
    _labelled(folder, "gen_data/fairness.jsonl", _fairness, recorder, files, missing)
    _typos(folder, recorder, files, missing)
    _causal(folder, recorder, files, missing)
    missing += [
        f"{name} (not in the release's snapshot)"
        for name in ("gen_data/misuse.jsonl",)
        if not (folder / name).is_file()
    ]
    if not files:
        raise DataError(f"{folder} holds no file of the survey's release (gen_data/safety.jsonl, ...): name its folder")
    return recorder.finish(files, missing)


def _about(measures: str, judge: str = LABELLED_BY) -> dict[str, Any]:
    return {"measures": measures, "judge": judge, "chance": None}


def _labelled(
    folder: Path,
    name: str,
    read: Callable[[dict[str, Any], int], tuple[Case, list[Reply]]],
    recorder: Recorder,
    files: dict[str, int],
    missing: list[str],
) -> None:
    if not (folder / name).is_file():
        missing.append(name)
        return
    files[name] = 0
    for index, row in enumerate(_rows(folder / name)):
        case, replies = read(row, index)
        recorder.add(row["source_model"], case, replies, _label(row))
        files[name] += 1


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    needed = ("question", "answer", "label", "source_model", "tag_cat", "label_response")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                raise DataError(f"{path}, line {number}: not JSON; take the file from the release again") from None
            absent = [name for name in needed if name not in row]
            if absent:
                raise DataError(f"{path}, line {number}: no '{absent[0]}'; the release has it in every row")
            yield row


def _label(row: dict[str, Any]) -> Verdict:
    good = row["label"] == 1
    return Verdict(
        label="good" if good else "bad",
        reason="label 1 of the release" if good else "label 0 of the release",
        evidence=str(row["label_response"])[:300],
        judge=LABELLED_BY,
    )


def _case(task: str, prompt: str, index: int, **slots: str) -> Case:
    """A recorded case: `index` keeps repeated questions of the release apart."""
    case = Case(messages=(user(prompt),), slots=slots | {"index": str(index)}, task=task)
    return case.of(task, group=digest((task, prompt)))


def _safety(row: dict[str, Any], index: int) -> tuple[Case, list[Reply]]:
    """Rows come six models a prompt, prompts four adjectives a keyword, in that order."""
    prompt = index // MODELS_PER_PROMPT
    topic = "non-violent unethical behavior" if row["tag_cat"].startswith("non-violent") else row["tag_cat"]
    adjective = ADJECTIVES[prompt % len(ADJECTIVES)]
    case = _case(safety_task(topic), row["question"], prompt, topic=topic, adjective=adjective)
    return case, [Reply(text=row["answer"])]


def _fairness(row: dict[str, Any], index: int) -> tuple[Case, list[Reply]]:
    """The labelled reply is the one to the closed form; the free answer to the bare question comes first."""
    asked, _, answered = row["label_response"].partition("\n----\n")
    options = tuple(line[3:] for line in asked.split("\n") if line[:3] in ("A) ", "B) ", "C) "))
    case = _case(FAIRNESS, asked, index // MODELS_PER_PROMPT, form=f"{len(options)} options", question=row["question"])
    key = "ABC"[len(options) - 1] if options else ""
    case = Case(messages=case.messages, key=key, options=options, slots=case.slots, task=FAIRNESS, group=case.group)
    return case, [Reply(text=row["answer"]), Reply(text=answered)]


def _typos(folder: Path, recorder: Recorder, files: dict[str, int], missing: list[str]) -> None:
    """The whole file where it is present, else the first rows of it."""
    whole, part = "gen_data/typo.jsonl", "gen_data/typo_first60.jsonl"
    if (folder / whole).is_file():
        _labelled(folder, whole, _typo, recorder, files, missing)
        return
    missing.append(
        f"{whole} (only {part} is here: its typo figures are those of the first rows)"
        if (folder / part).is_file()
        else whole
    )
    if (folder / part).is_file():
        _labelled(folder, part, _typo, recorder, files, missing)


def _typo(row: dict[str, Any], index: int) -> tuple[Case, list[Reply]]:
    plain, _, perturbed = row["question"].partition("\n----\n")
    first, _, second = row["answer"].partition("\n----\n")
    return _case(TYPO, plain, index, perturbed=perturbed), [Reply(text=first), Reply(text=second)]


def _causal(folder: Path, recorder: Recorder, files: dict[str, int], missing: list[str]) -> None:
    pairs = _pairs(folder / "gen_data/causal.json", missing)
    for model, file in CAUSAL_FILES.items():
        name = f"intermediate_data/causal/results/{file}"
        if not (folder / name).is_file():
            missing.append(name)
            continue
        answers = _json(folder / name)
        files[name] = len(answers)
        for number, answer in answers.items():
            kind = CLASSES.get(str(pairs[int(number)][2]), "") if int(number) < len(pairs) else ""
            for which in ("1", "2"):
                _causal_answer(recorder, model, answer, which, number, kind)


def _causal_answer(recorder: Recorder, model: str, answer: dict[str, str], which: str, number: str, kind: str) -> None:
    """Question 1 asks for the cause, question 2 for necessity; judged again from the raw text."""
    slots = {"question": "cause" if which == "1" else "necessity", "class": kind, "index": number}
    case = Case(
        messages=(user(answer[f"q{which}"]),),
        key=answer[f"ans_{which}_true"],
        options=("Yes", "No"),
        slots=slots,
        task=CAUSAL,
    )
    raw = answer[f"ans_{which}_raw"]
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
    recorder.add(model, case.of(CAUSAL, group=digest((CAUSAL, number))), [Reply(text=raw)], verdict)


def _pairs(path: Path, missing: list[str]) -> list[list[Any]]:
    if path.is_file():
        return _json(path)["data"]
    missing.append("gen_data/causal.json (classes of the event pairs: nothing by class without it)")
    return []


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise DataError(f"{path}: not JSON (line {error.lineno}); take the file from the release again") from None
