"""Judges of what replies say against labels of people: python -m benchmarks.agreement_answers prints markdown tables.

Short answers (EVOUNA, Wang et al. 2023), contradictions (ChatProtect, Muendler et al. 2024), unsupported claims
(HaluEval general, Li et al. 2023), hatred (HateCheck, Roettger et al. 2021). Rules were made with the even half of
each in view (by index or id); the odd half is what the figures stand for.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from benchmarks.labelled import Row, folder, read_csv, read_json, read_lines, row
from trustgauge.judges.readers.contradiction import read_contradiction
from trustgauge.judges.readers.gold_answer import read_gold_answer
from trustgauge.judges.readers.lexicon import TOXIC, toxicity
from trustgauge.judges.readers.unsupported import read_unsupported
from trustgauge.stats.agreement import Binary, Share, binary, cohen_kappa

SYSTEMS = {"fid": "FiD", "gpt35": "text-davinci-003", "chatgpt": "ChatGPT", "gpt4": "GPT-4", "newbing": "New Bing"}
HALVES = ("even (developed on)", "odd (held out)")
_TOKEN = re.compile(r"\w+")
_ARTICLES = ("a", "an", "the")


class Judged(NamedTuple):
    """One text: where it is from, the label of people, what a judge says ("" and "unclear" are undecided)."""

    data: str
    system: str
    half: int
    label: bool
    value: str
    baselines: Mapping[str, bool] = {}


def _bare(text: str) -> list[str]:
    return [word for word in _TOKEN.findall(text.lower()) if word not in _ARTICLES]


def _f1(said: Sequence[str], gold: Sequence[str]) -> float:
    common = (Counter(said) & Counter(gold)).total()
    return 2 * common / (len(said) + len(gold)) if common else 0.0


def simple_matches(text: str, golds: Iterable[str]) -> dict[str, bool]:
    """The usual rules: exact match, a gold inside the reply, token F1 of a half or more; all after normalisation."""
    said, wanted = _bare(text), [words for gold in golds if (words := _bare(gold))]
    line = f" {' '.join(said)} "
    return {
        "exact match": said in wanted,
        "gold inside": any(f" {' '.join(words)} " in line for words in wanted),
        "token F1 >= 0.5": any(_f1(said, words) >= 0.5 for words in wanted),
    }


@cache
def answers() -> tuple[Judged, ...]:
    """All replies of EVOUNA to questions that people did not call improper."""
    found: list[Judged] = []
    for data in ("NQ", "TQ"):
        for number, each in enumerate(read_json(folder() / f"evouna_nq_tq/{data}.json")):
            golds = (each["golden_answer"] or "").split("/")
            for system, name in SYSTEMS.items():
                label, text = each[f"judge_{system}"], each[f"answer_{system}"] or ""
                if not each["improper"] and isinstance(label, bool):
                    value = read_gold_answer(text, each["question"], golds).value
                    found.append(Judged(data, name, number % 2, label, value, simple_matches(text, golds)))
    return tuple(found)


@cache
def pairs() -> tuple[Judged, ...]:
    """All pairs of ChatProtect whose verdict was checked."""
    found: list[Judged] = []
    for path in sorted((folder() / "chatprotect/annotations").rglob("*.json")):
        for each in read_json(path) if "not-verified" not in path.name else ():
            one, _, other = each["text"].partition("\n---;;;\n")
            value = read_contradiction(one, other, each["target"]).value
            found.append(Judged("chatprotect", path.parts[-3], each["id"] % 2, each["label"] == ["strong"], value))
    return tuple(found)


@cache
def claims() -> tuple[Judged, ...]:
    """All replies of HaluEval's general part."""
    return tuple(
        Judged(
            "halueval_general",
            "ChatGPT",
            number % 2,
            each["hallucination"] == "yes",
            read_unsupported(each["chatgpt_response"], each["user_query"]).value,
        )
        for number, each in enumerate(read_lines("halueval_general/data/general_data.json"))
    )


@cache
def hatreds() -> tuple[Judged, ...]:
    """All cases of HateCheck; `system` is the functionality."""
    return tuple(
        Judged(
            "hatecheck",
            each["functionality"],
            int(each["case_id"]) % 2,
            each["label_gold"] == "hateful",
            "toxic" if toxicity(each["test_case"]).score >= TOXIC else "civil",
        )
        for each in read_csv(folder() / "hatecheck/test_suite_cases.csv")
    )


POSITIVE = ("right", "yes", "unsupported", "toxic")
NEGATIVE = ("wrong", "no", "civil")


def counts(judged: Iterable[Judged], baseline: str = "") -> Binary:
    """Undecided as negative: against the labels, by the judge or by one of the simple matches."""
    return binary((each.label, each.baselines[baseline] if baseline else each.value in POSITIVE) for each in judged)


def decided(judged: Iterable[Judged]) -> list[Judged]:
    """Those of which the judge says yes or no."""
    return [each for each in judged if each.value in POSITIVE + NEGATIVE]


def kappa(counted: Binary) -> float:
    """Cohen's kappa, 0 where it has none."""
    found = cohen_kappa(counted.confusion)
    return found.value if found else 0.0


def _kappa_text(counted: Binary) -> str:
    found = cohen_kappa(counted.confusion)
    return f"{found.value:.3f} ({found.low:.3f}–{found.high:.3f})" if found else "-"


def _share(share: Share) -> str:
    if share.value is None:
        return "-"
    low, high = share.interval
    return f"{share.value:.3f} ({low:.3f}–{high:.3f})"


HEAD = " | ".join((
    *("n", "labelled yes", "decided", "kappa (95 %)", "agreement", "sensitivity", "specificity", "precision"),
    "kappa of the decided",
))  # fmt: skip


def _line(name: str, judged: Sequence[Judged], baseline: str = "") -> str:
    every, sure = counts(judged, baseline), judged if baseline else decided(judged)
    labelled = sum(each.label for each in judged) / len(judged)
    cells = (
        *(name, f"{len(judged):,}", f"{labelled:.3f}", f"{len(sure) / len(judged):.3f}"),
        *(_kappa_text(every), _share(every.accuracy), _share(every.sensitivity), _share(every.specificity)),
        _share(every.precision),
        "-" if baseline or len({each.value for each in sure}) < 2 else _kappa_text(counts(sure)),
    )
    return f"| {' | '.join(cells)} |"


def _table(first: str, lines: Iterable[str]) -> str:
    return "\n".join((f"| {first} | {HEAD} |", f"|---|{'---:|' * 9}", *lines))


def answers_table() -> str:
    """Short answers of the held-out half: by set and system, after the usual rules; then the half developed on."""
    halves = [[each for each in answers() if each.half == half] for half in (0, 1)]
    lines = [_line(f"{name}, held out", halves[1], name) for name in ("exact match", "gold inside", "token F1 >= 0.5")]
    lines += [_line(f"short-answer, {name}", halves[half]) for half, name in reversed(list(enumerate(HALVES)))]
    for data in ("NQ", "TQ"):
        of_set = [each for each in halves[1] if each.data == data]
        lines.append(_line(f"{data}, held out", of_set))
        lines += [_line(f"{data}, {name}", [e for e in of_set if e.system == name]) for name in SYSTEMS.values()]
    return _table("EVOUNA: reply right", lines)


def halves_table(title: str, judged: Sequence[Judged]) -> str:
    """Both halves."""
    return _table(title, (_line(name, [e for e in judged if e.half == half]) for half, name in enumerate(HALVES)))


def hatecheck_table() -> str:
    """By functionality: how many are flagged, and whether that is right; beneath, all of both halves."""
    lines = ["| HateCheck: functionality | n | gold | flagged | right |", "|---|---:|---|---:|---:|"]
    for name in dict.fromkeys(each.system for each in hatreds()):
        of_it = [each for each in hatreds() if each.system == name]
        every = counts(of_it)
        flagged = (every.true_positive + every.false_positive) / len(of_it)
        gold = "hateful" if of_it[0].label else "not"
        lines.append(f"| {name} | {len(of_it)} | {gold} | {flagged:.2f} | {every.accuracy.value or 0:.2f} |")
    return "\n".join(lines) + "\n\n" + halves_table("HateCheck: hateful", hatreds())


def _rows(judged: Sequence[Judged], what: str, reader: str, yes: str, misses: str) -> Iterator[Row]:
    for half, name in enumerate(HALVES):
        of_half = [each for each in judged if each.half == half]
        told = f"{misses}; kappa {kappa(counts(of_half)):.3f} with the undecided taken for no"
        got = [
            (each.value if each.value in POSITIVE + NEGATIVE else "", yes if each.label else _NOT[yes])
            for each in of_half
        ]
        yield row(of_half[0].data, f"{what}, {name}", reader, "human", told, got, all_=False)


_NOT = {"right": "wrong", "yes": "no", "toxic": "civil"}


def short_answer_rows() -> Iterator[Row]:
    """EVOUNA, for the table of all readers."""
    both = [each._replace(data="evouna_nq_tq") for each in answers()]
    yield from _rows(both, "short answers of five systems", "read_gold_answer", "right", "right in other words")


def contradiction_rows() -> Iterator[Row]:
    """ChatProtect, for the table of all readers."""
    misses = "descriptions in other words; names that differ but don't exclude each other"
    yield from _rows(pairs(), "sentence pairs of four models", "read_contradiction", "yes", misses)


def main() -> None:
    """All tables."""
    if not os.environ.get("TRUSTGAUGE_DATA"):
        raise SystemExit("Set TRUSTGAUGE_DATA to the folder that holds the public data sets: it is not set.")
    print(answers_table(), end="\n\n")
    print(halves_table("ChatProtect: contradiction", pairs()), end="\n\n")
    print(halves_table("HaluEval general: unsupported", claims()), end="\n\n")
    print(hatecheck_table())


if __name__ == "__main__":
    main()
