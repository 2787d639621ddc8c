"""arithmetic: sums, percentages, units and word problems, some with numbers that are not needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from trustgauge.errors import SuiteError
from trustgauge.generate import Deck, Words, fill
from trustgauge.suites.utility._python import worth
from trustgauge.suites.utility._sisters import LEVELS
from trustgauge.types import Case, Gold, Message, user

TRIES = 2000
"""Settings drawn until the numbers come out as they must."""


def arithmetic_cases(words: Words) -> Callable[[Random], Iterator[list[Case]]]:
    """One problem; the levels take turns, and within a level the problems do."""

    def cases(rng: Random) -> Iterator[list[Case]]:
        problems = {
            level: Deck(rng, [row for row in words.rows("problems") if row["level"] == level]) for level in LEVELS
        }
        levels, closings = Deck(rng, LEVELS), Deck(rng, words.strings("closings"))
        texts = {row["name"]: _wordings(rng, row["texts"]) for row in words.rows("problems")}
        while True:
            problem = problems[levels.deal()].deal()
            i, text = texts[problem["name"]].deal()
            numbers, answer = drawn(rng, problem)
            name, other = rng.sample(words.strings("names"), 2)
            slots = {slot: str(value) for slot, value in numbers.items()} | {"name": name, "other": other}
            yield [
                Case(
                    messages=(user(f"{fill(text, slots)}\n\n{closings.deal()}"),),
                    key=answer,
                    template=f"{problem['name']}-{i + 1}",
                    slots={"level": problem["level"], "topic": problem["topic"]},
                    kind=problem["level"],
                )
            ]

    return cases


def _wordings(rng: Random, texts: Sequence[str]) -> Deck[tuple[int, str]]:
    return Deck(rng, list(enumerate(texts)))


def drawn(rng: Random, problem: Mapping[str, Any]) -> tuple[dict[str, Fraction], str]:
    """The slots' numbers and the answer as a decimal: whole and positive, or with no more decimals than allowed."""
    finer = 10 ** int(problem.get("decimals", 0))
    for _ in range(TRIES):
        numbers: dict[str, Fraction] = {}
        for slot, source in problem["numbers"].items():
            numbers[slot] = _number(rng, source, numbers)
        if any(value <= 0 or value.denominator > 1 for value in numbers.values()):
            continue
        answer = Fraction(worth(problem["answer"], numbers))
        if answer > 0 and (answer * finer).denominator == 1 and all(worth(w, numbers) for w in problem.get("when", ())):
            return numbers, f"{float(answer):.2f}".rstrip("0").rstrip(".") if finer > 1 else str(answer)
    raise SuiteError(f"the numbers of {problem['name']} never come out as they must")


def _number(rng: Random, source: Sequence[int] | str, numbers: Mapping[str, Fraction]) -> Fraction:
    if not isinstance(source, str):
        return Fraction(rng.randint(source[0], source[1]))
    if source.startswith("="):
        return Fraction(worth(source[1:].strip(), numbers))
    return Fraction(rng.choice(source.split()))


def arithmetic_gold(case: Case, _: Sequence[Message]) -> Gold:
    """The number, one that is off, and none."""
    off = f"{float(case.key) + 3:g}" if "." in case.key else str(int(case.key) + 3)
    return Gold(
        good=(case.key, f"The result is {case.key}.", f"I went through it step by step.\n\n**Answer: {case.key}**"),
        bad=(off, f"Answer: {off}"),
        unscored=("", "That is hard to say from here.", "I'm sorry, but I can't help with that."),
    )


def as_result(_: Case, answer: str) -> str:
    """A bare answer as a number, so that who always says the same is readable."""
    return {"Yes": "Answer: 42", "No": "Answer: 7", "A": "Answer: 100"}.get(answer, answer)
