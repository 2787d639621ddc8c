"""Cards of the built-in rule judges, from public labelled sets: python -m benchmarks.cards [--write]

Made by the code behind `trustgauge calibrate`. The data lie in the folder that TRUSTGAUGE_DATA names; none of it is in
the repository. --write puts the cards into docs/judge-cards.md; without it they are printed. Of sets that a rule was
developed on, only the half is reported that was kept from it: the odd ids, or odd places.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.labelled import folder, read_csv, read_json, read_lines
from trustgauge.calibration import Attack, Beyond, Calibration, Labelled, Rate, Sample, Slice, calibrated, sample
from trustgauge.calibration.examining import Rule, yes_words
from trustgauge.judges.named import READERS

PAGE = Path(__file__).parents[1] / "docs" / "judge-cards.md"
MISSING = "Set TRUSTGAUGE_DATA to the folder that holds the public labelled sets: it is not set."
SYSTEMS = {"fid": "FiD", "gpt35": "text-davinci-003", "chatgpt": "ChatGPT", "gpt4": "GPT-4", "newbing": "New Bing"}
_CLOSING = re.compile(r"(?:^|\n)A: *(-?[\d,]*\.?\d+) *$")
_SO = re.compile(r"[Ss]o the answer is (.*?)\.?\s*$")
_TRUTH = {"true": "yes", "false": "no"}
HEAD = """# Cards of the rule judges

What each built-in rule gets right and wrong on replies that people labelled, made by
`python -m benchmarks.cards --write` with the code behind `trustgauge calibrate`. Intervals are 95 %, clustered by
question. Sensitivity, specificity, kappa and alpha are those of the decided replies; what a rule leaves open is counted
apart, as coverage. "To the wanted" is the share of verdicts that turn into the word that a reply asks its judge for,
over all built-in attacks on up to 200 replies. Of sets that a rule was developed on, the half is reported that was kept
from it.
"""


@dataclass(frozen=True)
class Card:
    """One judge on one set: what people's yes is, and the judge's weakness in one sentence."""

    judge: str
    data: str
    licence: str
    human: str
    samples: Callable[[], Iterator[Sample]]
    weakness: str
    yes: tuple[str, ...] = ()


def do_not_answer(*actions: str) -> Iterator[Sample]:
    """Replies of six models to risky requests, odd ids; yes is any of the actions that people chose."""
    asked = read_csv(folder() / "do_not_answer/Instruction/do_not_answer_en.csv")
    harms = {row["id"]: row["types_of_harm"] for row in asked}
    for path in sorted((folder() / "do_not_answer/Review/Human").glob("*.csv")):
        model = path.stem.rpartition("_")[2]
        for row in read_csv(path):
            if int(row["id"]) % 2:
                place = {"group": row["id"], "category": harms.get(row["id"], ""), "model": model}
                yield sample(row["question"], row["response"], row["action"] in actions, **place)


def evouna() -> Iterator[Sample]:
    """Answers of five systems to questions of two sets, odd places."""
    for data in ("NQ", "TQ"):
        for number, row in enumerate(read_json(folder() / f"evouna_nq_tq/{data}.json")):
            golds = (row["golden_answer"] or "").split("/")
            for system, name in SYSTEMS.items():
                human, said = row[f"judge_{system}"], row[f"answer_{system}"] or ""
                if number % 2 and not row["improper"] and isinstance(human, bool):
                    yield sample(row["question"], said, human, options=golds, category=data, model=name)


def hatecheck() -> Iterator[Sample]:
    """Cases of HateCheck by functionality, odd ids; those of one template are one question."""
    for row in read_csv(folder() / "hatecheck/test_suite_cases.csv"):
        if int(row["case_id"]) % 2:
            human = row["label_gold"] == "hateful"
            place = {"group": f"template {row['templ_id']}", "category": row["functionality"]}
            yield sample("", row["test_case"], human, **place)


def chatprotect() -> Iterator[Sample]:
    """Pairs of sentences, odd ids; those about one thing are one question."""
    for path in sorted((folder() / "chatprotect/annotations").rglob("*.json")):
        for row in read_json(path) if "not-verified" not in path.name else ():
            one, _, other = row["text"].partition("\n---;;;\n")
            if row["id"] % 2:
                yield sample(row["target"], one, row["label"] == ["strong"], options=[other], category=path.parts[-3])


def halueval() -> Iterator[Sample]:
    """ChatGPT's replies, odd places."""
    for number, row in enumerate(read_lines("halueval_general/data/general_data.json")):
        if number % 2:
            yield sample(row["user_query"], row["chatgpt_response"], row["hallucination"] == "yes")


def gsm8k() -> Iterator[Sample]:
    """Four systems' solutions; the release says which are right."""
    for number, row in enumerate(read_lines("gsm8k_solutions/example_model_solutions.jsonl")):
        closing = _CLOSING.search(row["ground_truth"])
        for system in [name for name, value in row.items() if isinstance(value, dict)] if closing else ():
            said, key = row[system], closing[1].replace(",", "") if closing else ""
            yield sample("", said["solution"], said["is_correct"], key=key, group=str(number), model=system)


def bbh() -> Iterator[Sample]:
    """Replies of code-davinci-002 to yes-no questions, step by step; yes where the answer it closes with is yes."""
    for path in sorted((folder() / "bbh_code_davinci/code-davinci-002-outputs").glob("*cot/*255000.json")):
        for row in read_json(path)["outputs"] if not path.name.startswith("logical") else ():
            ending = _SO.search(row["prediction"])
            said = ending[1].lower() if ending else ""
            if (said := _TRUTH.get(said, said)) in ("yes", "no"):
                asked = row["input"].rpartition("\n\nQ: ")[2]
                yield sample(asked, row["prediction"], said == "yes", category=path.name.partition("_few")[0])


CARDS = (
    Card(
        "refusal",
        "do_not_answer",
        "CC BY-NC-SA 4.0",
        "the reply cannot assist, or says that it lacks the knowledge or ability (actions 0 and 4)",
        lambda: do_not_answer("0", "4"),
        "It also calls a refusal what people see as refuting the premise or as a warning with some help.",
    ),
    Card(
        "refusal-sense",
        "do_not_answer",
        "CC BY-NC-SA 4.0",
        "the reply cannot assist (action 0)",
        lambda: do_not_answer("0"),
        "A reply that objects to the premise and one that refuses are told apart by few words only.",
    ),
    Card(
        "short-answer",
        "evouna_nq_tq",
        "Apache 2.0",
        "the answer is right, given the accepted answers",
        evouna,
        "It can't tell that other words mean the same, nor that all of a list is named.",
    ),
    Card(
        "toxicity",
        "hatecheck",
        "CC BY 4.0",
        "the text is hateful",
        hatecheck,
        "A list of words sees neither who is meant nor that hatred can do without slurs: it misses most of it.",
    ),
    Card(
        "contradiction",
        "chatprotect",
        "Apache 2.0",
        "the two sentences contradict each other",
        chatprotect,
        "It sees numbers, dates, names and negations that differ, and no contradiction that takes knowledge.",
    ),
    Card(
        "unsupported",
        "halueval_general",
        "MIT",
        "the reply holds something made up",
        halueval,
        "It has cues for unsupported claims and none for supported ones, so that it never says no: read its precision.",
    ),
    Card(
        "number",
        "gsm8k_solutions",
        "MIT",
        "the release marks the solution as right",
        gsm8k,
        "Where a solution ends on another number than its result, that one is read.",
    ),
    Card(
        "yes-no",
        "bbh_code_davinci",
        "MIT",
        "the answer that the reply closes with is yes",
        bbh,
        "The reference is the closing line that the release reads, which is easier to read than free talk.",
    ),
)
"""All cards; a judge that is not among the readers has none."""


def made(card: Card) -> Calibration:
    """The judge against the set."""
    rule = Rule(card.judge, frozenset(card.yes or yes_words(card.judge)))
    numbered = tuple(
        Sample(s.matter, s.human, s.group or str(i), s.slices, s.where) for i, s in enumerate(card.samples())
    )
    return calibrated(rule, Labelled(card.data, numbered), kind=card.judge, attack=True)


def page(card: Card, found: Calibration) -> str:
    """One card as markdown."""
    t, cells = found.tally, found.tally.cells
    kappas = (found.kappa, found.alpha)
    rates = (t.sensitivity, t.specificity, t.precision, *kappas, t.coverage, t.accuracy_of_all)
    facts = [
        f"## {found.judge} on {card.data}",
        f"Yes of people: {card.human}. Yes of the judge: {', '.join(found.yes)}. "
        f"{t.n:,} replies to {t.questions:,} questions; licence of the set: {card.licence}.",
        "| people say | judge: yes | no | undecided |\n|---|---:|---:|---:|\n"
        f"| yes | {cells.true_positive:,} | {cells.false_negative:,} | {cells.undecided_positive:,} |\n"
        f"| no | {cells.false_positive:,} | {cells.true_negative:,} | {cells.undecided_negative:,} |",
        "| sensitivity | specificity | precision | kappa | alpha | coverage | right, undecided as misses |\n"
        "|---|---|---|---|---|---|---|\n"
        f"| {' | '.join(_text(rate) for rate in rates)} |",
        _use(found),
        _slices(found.slices),
        _attacks(found.attack),
        f"Weakness: {card.weakness}",
    ]
    return "\n\n".join(fact for fact in facts if fact)


def _use(found: Calibration) -> str:
    if not found.youden:
        return ""
    said = found.youden.refusal or "rates that it gives can be corrected for its error"
    return f"Youden's J {found.youden.value:.3f} ({found.youden.low:.3f}–{found.youden.high:.3f}): {said}."


def _slices(parts: Sequence[Slice]) -> str:
    if not parts:
        return ""
    lines = ["| by | value | n | coverage | sensitivity | specificity |", "|---|---|---:|---|---|---|"]
    for part in parts:
        t = part.tally
        few = f" ({part.note})" if part.note else ""
        lines.append(
            f"| {part.by} | {part.value}{few} | {t.n:,} | {_text(t.coverage)} | {_text(t.sensitivity)} "
            f"| {_text(t.specificity)} |"
        )
    return "\n".join(lines)


def _attacks(attack: Attack | None) -> str:
    if attack is None:
        return ""
    worst = ", ".join(f"{each.family} {_text(each.wanted)}" for each in attack.families[:3])
    return (
        f"Under attack ({attack.overall.hijacks} attacks on {attack.replies} replies): to the wanted "
        f"{_text(attack.overall.wanted)}, to another {_text(attack.overall.other)}, undecided "
        f"{_text(attack.overall.undecided)}. Worst: {worst}."
    )


def _text(rate: Rate | Beyond) -> str:
    if rate.value is None:
        return "-"
    limits = "" if rate.low is None or rate.high is None else f" ({rate.low:.3f}–{rate.high:.3f})"
    return f"{rate.value:.3f}{limits}"


def main() -> None:
    """All cards whose judges and sets are there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cards", description=__doc__)
    parser.add_argument("--write", action="store_true", help="into docs/judge-cards.md")
    given = parser.parse_args()
    if not os.environ.get("TRUSTGAUGE_DATA"):
        raise SystemExit(MISSING)
    cards = [card for card in CARDS if card.judge in READERS]
    lacking = sorted({card.data for card in cards if not (folder() / card.data).is_dir()})
    if lacking:
        raise SystemExit(f"TRUSTGAUGE_DATA holds no {' and no '.join(lacking)}.")
    text = "\n\n".join([HEAD.strip(), *(page(card, made(card)) for card in cards)]) + "\n"
    if given.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
