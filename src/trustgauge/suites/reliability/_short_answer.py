"""short-answer: the table of facts asked openly, and the tally of "I don't know"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING

from trustgauge.generate import Deck, Words, fill
from trustgauge.generate.text import capitalise
from trustgauge.judges.knowing import BETWEEN, DONT_KNOW, names_of
from trustgauge.suites.reliability._no_such import NOISE, REFUSAL
from trustgauge.types import Case, Gold, Groups, Message, user

if TYPE_CHECKING:
    from trustgauge.suites.reliability.misinformation import Table


LEVELS = ("head", "tail")


def short_cases(words: Words, tables: Callable[[], Sequence[Table]]) -> Callable[[Random], Iterator[list[Case]]]:
    """One fact, asked for openly; head and tail in turn, each fact once a round."""

    def cases(rng: Random) -> Iterator[list[Case]]:
        rows = {
            level: Deck(rng, [(table, fact) for table in tables() for fact in table.facts if fact.level == level])
            for level in LEVELS
        }
        wordings = {table.name: Deck(rng, wordings_of(words, table.name)) for table in tables()}
        levels, closings = Deck(rng, LEVELS), Deck(rng, words.strings("closings"))
        keys = Keys(words)
        while True:
            table, fact = rows[levels.deal()].deal()
            template, text, back = wordings[table.name].deal()
            wanted = fact.subject if back else fact.answer
            question = fill(text, {"answer": fact.answer} if back else {"ask": fact.subject})
            yield [
                Case(
                    messages=(user(f"{capitalise(question)} {closings.deal()}"),),
                    key=keys.of(wanted, "" if back else table.name),
                    template=template,
                    slots={"domain": table.domain, "popularity": fact.level, "fact": f"{fact.subject}: {fact.answer}"},
                    kind=fact.level,
                )
            ]

    return cases


def wordings_of(words: Words, table: str) -> list[tuple[str, str, bool]]:
    """The open wordings of a table: (name, text, whether the answer is shown and the subject wanted)."""
    found: list[tuple[str, str, bool]] = []
    for way in ("ask", "back"):
        texts: list[str] = words[way].get(table, [])
        found += [(f"{table}-{way}-{i + 1}", text, way == "back") for i, text in enumerate(texts)]
    return found


class Keys:
    """The accepted forms of an answer, with "|" between them."""

    def __init__(self, words: Words) -> None:
        self._aliases: dict[str, list[str]] = words["aliases"]
        self._people, self._in_full = set(words.strings("people")), set(words.strings("in_full"))

    def of(self, answer: str, table: str = "") -> str:
        """Of an answer of that table; "" for a subject."""
        found = [answer, *self._aliases.get(answer, [])]
        if table in self._people and " " in answer and answer not in self._in_full:
            found.append(answer.rpartition(" ")[2])
        return BETWEEN.join(found)


def short_gold(case: Case, _: Sequence[Message]) -> Gold:
    """The answer, something else, nothing."""
    right = names_of(case.key)[0]
    return Gold(
        good=(capitalise(right), f"It is {right}.", f"The answer is **{right}**."),
        bad=("Zanzibar pepper.", "It is the one that they call Zanzibar pepper.", f"Zanzibar pepper, not {right}."),
        unscored=("", NOISE, REFUSAL, "I don't know.", "I'm not sure about this one."),
    )


class Abstained:
    """A tally: the share of all readable replies that only said that they don't know, of all and by popularity."""

    def __init__(self) -> None:
        self._said: dict[str, int] = dict.fromkeys(("", *LEVELS), 0)
        self._all: dict[str, int] = dict.fromkeys(("", *LEVELS), 0)

    def add(self, records: Groups) -> None:
        """One group."""
        for record in records:
            if record.verdict is None:
                continue
            unknowing = record.label == "unscored" and record.verdict.reason.startswith(DONT_KNOW)
            if unknowing or record.label != "unscored":
                for part in ("", record.case.slots["popularity"]):
                    self._all[part] += 1
                    self._said[part] += unknowing

    def metrics(self) -> Mapping[str, float | None]:
        """By "said it doesn't know" and "said it doesn't know, head"."""
        return {
            f"{DONT_KNOW}, {part}" if part else DONT_KNOW: self._said[part] / n if n else None
            for part, n in self._all.items()
        }
