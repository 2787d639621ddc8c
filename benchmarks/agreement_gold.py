"""Public questions with gold answers: the answers as models would say them, and what ours says of the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from benchmarks.folio import settle
from benchmarks.labelled import Row, bbq_rows, folder, read_csv, read_json, read_lines, row
from trustgauge.judges.declining import read_decline
from trustgauge.judges.readers import read_choice, read_refusal, read_yes_no
from trustgauge.judges.readers.ability import read_ability
from trustgauge.judges.readers.option_texts import ALPHABET
from trustgauge.suites import reliability

# How models name an option, as seen in the recorded replies of other sets.
PHRASINGS = (
    "{letter}", "({letter})", "{letter}. {text}", "{letter}) {text}", "({letter}) {text}", "{text}", "{low}",
    "So the answer is ({letter}).", "So the answer is {bare}.", "The correct answer is {letter}.",
    "The correct answer is {letter}) {text}", "**Answer: {letter}**", 'The answer is "{bare}".',
    "Answer: {letter}\n\nExplanation: this follows from the text.",
    "Based on the text, the answer is {letter}, because the others don't fit.",
)  # fmt: skip


def _phrased(questions: Iterable[tuple[Sequence[str], int]]) -> Iterator[tuple[str, str]]:
    for options, right in questions:
        letter, text = ALPHABET[right], options[right]
        for phrasing in PHRASINGS:
            said = phrasing.format(letter=letter, text=text, low=text.lower(), bare=text.rstrip("."))
            yield read_choice(said, options).value, letter


def options() -> Iterator[Row]:
    """The gold option of other people's questions, named in each of PHRASINGS."""
    sets: dict[tuple[str, str], list[tuple[Sequence[str], int]]] = {}
    for name, parts in (("EA", ("",)), ("EU", ("emotion_", "cause_"))):
        for each in read_lines(f"emobench/{name}.jsonl"):
            for part in parts:
                choices, label = each[f"{part}choices"], each[f"{part}label"]
                language = {"en": "English", "zh": "Chinese"}[each["language"]]
                if label in choices:
                    sets.setdefault(("emobench", f"gold options, {language}"), []).append(
                        (choices, choices.index(label))
                    )
    for i, each in enumerate(_truthful()):
        wrong = [text.strip() for text in each["Incorrect Answers"].split(";") if text.strip()][:4]
        at = i % (len(wrong) + 1)
        wrong.insert(at, each["Best Answer"])
        sets.setdefault(("truthfulqa", "best answer among the incorrect ones"), []).append((wrong, at))
        pair = [each["Best Answer"], each["Best Incorrect Answer"]]
        sets.setdefault(("truthfulqa", "best answer of two"), []).append((pair[:: 1 - 2 * (i % 2)], i % 2))
    for each in bbq_rows()[::10]:
        sets.setdefault(("bbq", "gold options, every tenth question"), []).append(
            ([each["ans0"], each["ans1"], each["ans2"]], each["label"])
        )
    for (data, what), questions in sets.items():
        misses = "one option's text is another's too" if data == "truthfulqa" else "none"
        pairs = list(_phrased(questions))
        misses = "none" if all(got == wanted for got, wanted in pairs) else misses
        yield row(data, f"{what}, in {len(PHRASINGS)} phrasings", "read_choice", "the gold letter", misses, pairs)


@lru_cache(maxsize=1)
def _truthful() -> list[dict[str, str]]:
    return read_csv(folder() / "truthfulqa/TruthfulQA.csv")


def truthfulqa() -> Iterator[Row]:
    """Its correct and incorrect answers: those that begin with yes or no, and those that don't."""
    spoken: list[tuple[str, str]] = []
    silent: list[tuple[str, str]] = []
    for each in _truthful():
        for answer in (a.strip() for a in f"{each['Correct Answers']};{each['Incorrect Answers']}".split(";")):
            begins = re.match(r"(yes|no)(?=\s*[,.:]|$)", answer, re.I)
            got = read_yes_no(answer).value
            if begins:
                spoken.append((got, begins[1].lower()))
            elif answer:
                silent.append((got or "neither", "neither"))
    yield row("truthfulqa", "answers that begin with yes or no", "read_yes_no", "that word", "none", spoken)
    yield row("truthfulqa", "all other answers", "read_yes_no", "neither", "none", silent)
    yield myths()


# Misconceptions of ours that TruthfulQA has too: how ours begins, and its row there. Matched and compared by hand.
MYTHS: Mapping[str, int] = {
    "people use only ten per cent": 6, "blood in the veins is blue": 2, "hair and fingernails keep growing": 668,
    "swallowed chewing gum": 18, "cracking one's knuckles": 718, "men have one rib fewer": 619,
    "creative people think": 214, "going out with wet hair": 396, "vaccines cause autism": 285,
    "sugar makes children": 223, "warts are caught": 623, "one should tilt the head back": 666,
    "one should suck the venom": 628, "stomach ulcers": 268, "type 1 diabetes": 637, "coffee makes a drunk": 184,
    "ostriches bury": 643, "goldfish have": 196, "camels store": 701, "dogs see only": 717, "an earthworm cut": 13,
    "a mother bird abandons": 224, "porcupines shoot": 629, "chameleons can": 9, "sharks never": 681,
    "a duck's quack": 703, "bulls are enraged": 5, "humans evolved from chimpanzees": 683,
    "there is no gravity": 698, "the North Star": 700, "lightning never": 254, "the Sahara": 212,
    "scholars in the time of Columbus": 213, "Napoleon was": 694, "Einstein failed": 627, "Marie Antoinette": 25,
    "the American Declaration": 10, "Cleopatra lived": 758, "a vomitorium": 680, "a penny dropped": 7,
    "a lie detector": 635, "fortune cookies": 1, "Africa is": 518,
}  # fmt: skip
DISPUTED: tuple[str, ...] = ()  # those of MYTHS of which TruthfulQA says otherwise


def myths() -> Row:
    """How many of our misconceptions recur there, and whether they are misconceptions there."""
    ours = misconceptions()
    pairs = [(_recurs(false), _recurs(false)) for false in ours]
    found = sum(bool(got) for got, _ in pairs)
    misses = "none; TruthfulQA says nothing of the others"
    return Row(
        "truthfulqa", "our misconceptions that recur there", "by hand", "incorrect there too", len(ours), found,
        found - len(DISPUTED), found, misses,
    )  # fmt: skip


def misconceptions() -> list[str]:
    """The false claims of misinformation/myths."""
    words = Path(reliability.__file__).with_name("misinformation_myths.toml").read_text(encoding="utf-8")
    return [false for topic in tomllib.loads(words)["topics"] for false, _ in topic["pairs"]]


def _recurs(false: str) -> str:
    return next((begin for begin, at in MYTHS.items() if false.startswith(begin) and at < len(_truthful())), "")


def cladder() -> Iterator[Row]:
    """The gold answer as models give it, behind the derivation of the data set itself."""
    pairs: list[tuple[str, str]] = []
    for variant in ("easy", "hard", "anti"):
        for each in read_json(folder() / f"cladder/test-generate-{variant}.json"):
            steps, answer = "\n".join((each["reasoning"] or {}).values()), each["answer"]
            for said in (
                f"{answer.capitalize()}.", f"{steps}\nSo the answer is {answer}.", f"{steps}\n\nTherefore, {answer}.",
                f"**{answer.capitalize()}**, because\n{steps}", f"{steps}\nAnswer: {answer.capitalize()}",
            ):  # fmt: skip
                pairs.append((read_yes_no(said).value, answer))
    yield row(
        "cladder", "gold answers behind or before the derivation, in 5 phrasings", "read_yes_no", "gold", "none", pairs
    )


def folio() -> Iterator[Row]:
    """The proof checker behind logical-reasoning on FOLIO's formulas (only the validation part has them all)."""
    pairs = [
        (settle(each["premises-FOL"], each["conclusion-FOL"]), each["label"])
        for each in read_lines("folio/folio-validation.jsonl")
    ]
    misses = 'none; the others need "either-or", "there is" or cases, or are not well-formed, and are left open'
    yield row("folio", "formulas of the validation part", "generate/logic", "gold label", misses, pairs, all_=False)


def selfaware() -> Iterator[Row]:
    """Gold answers of answerable questions: none declines. Of the unanswerable ones there are no replies."""
    answered = [
        (e["question"], e["answer"][0])
        for e in read_json(folder() / "selfaware/SelfAware.json")["example"]
        if e["answer"]
    ]
    reads: tuple[tuple[str, Callable[[str, str], str], str, str], ...] = (
        ("read_refusal", lambda text, asked: read_refusal(text, asked).value, "none",
         "none; under three words, and three or more without a small word, are unreadable to it by design"),
        ("read_ability", lambda text, asked: read_ability(text, asked).value, "does",
         "one; short answers without a small word (\"wall drug store\") are unread"),
        ("read_decline", lambda text, asked: read_decline(text, asked).value or "answered", "answered",
         "two answers with \"neither\""),
    )  # fmt: skip
    for reader, read, wanted, misses in reads:
        got = (read(text, asked) for asked, text in answered)
        pairs = (("" if value == "unreadable" else value, wanted) for value in got)
        yield row("selfaware", "gold answers", reader, "none declines", misses, pairs, all_=False)
