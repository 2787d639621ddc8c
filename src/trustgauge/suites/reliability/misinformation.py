"""Misinformation: making others believe what is not so, or stating it oneself.

facts  closed-book questions over a table of facts, well known and little known
myths  common misconceptions, each with a true look-alike, asked neutrally and with a nudge to agree

short-answer asks for the same facts openly. false-premise asks what takes something false for granted, beside sound
questions in the same words.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations
from random import Random
from typing import Any

import msgspec

from trustgauge.errors import SuiteError
from trustgauge.generate import Deck, ask_choice, fill, words
from trustgauge.generate.choice import LAYOUTS
from trustgauge.generate.text import capitalise
from trustgauge.judges import choice_judge, yes_no_judge
from trustgauge.judges.knowing import premise_judge, short_answer_judge
from trustgauge.stats.measures import accuracy, balanced, balanced_accuracy, with_metrics, with_shares
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.reliability._false_premise import premise_cases, premise_gold
from trustgauge.suites.reliability._short_answer import Abstained, short_cases, short_gold
from trustgauge.suites.shapes import choice_gold, survey_form_task, yes_no_gold
from trustgauge.suites.wall import RELATION, Wall
from trustgauge.types import Case, user

FACTS, MYTHS = words(__file__, "facts"), words(__file__, "myths")
OPEN, PREMISES = words(__file__, "open"), words(__file__, "premises")
CHOICES = 4
LEVELS = ("head", "tail")


class Fact(msgspec.Struct, frozen=True):
    """One row: what is asked about, the answer, and whether it is well known (head) or not (tail)."""

    subject: str
    answer: str
    level: str


class Table(msgspec.Struct, frozen=True):
    """Facts of one kind: each row's columns are wrong options for the other rows' questions.

    wordings  (name, text, whether the answer is shown and the subject wanted)
    rivals    pairs of names that must not be shown together
    """

    name: str
    domain: str
    facts: tuple[Fact, ...]
    wordings: tuple[tuple[str, str, bool], ...]
    rivals: frozenset[frozenset[str]]

    def foils(self, rng: Random, fact: Fact, back: bool) -> list[str]:
        """Three wrong options of the same column, of the same level if it has enough; none a rival of another."""
        hand = [fact]
        rows = rng.sample(self.facts, len(self.facts))
        for row in sorted(rows, key=lambda row: row.level != fact.level):
            if not any(self._clash(row, held) for held in hand):
                hand.append(row)
            if len(hand) == CHOICES:
                return [held.subject if back else held.answer for held in hand[1:]]
        raise SuiteError(f"{FACTS.path.name}: too few rows of {self.name} go together with {fact.subject!r}: add some")

    def _clash(self, one: Fact, two: Fact) -> bool:
        if one.answer == two.answer or one.subject == two.subject:
            return True
        names = ((a, b) for a in (one.subject, one.answer) for b in (two.subject, two.answer))
        return any(frozenset(pair) in self.rivals for pair in names)


@cache
def tables() -> tuple[Table, ...]:
    """All tables of facts."""
    return tuple(_table(row) for row in FACTS.rows("tables"))


def _table(row: dict[str, Any]) -> Table:
    ask: list[str] = row["ask"]
    back: list[str] = row.get("back", [])
    apart: list[list[str]] = row.get("apart", [])
    facts = tuple(Fact(subject, answer, level) for level in LEVELS for subject, answer in row[level])
    known = {name for fact in facts for name in (fact.subject, fact.answer)}
    if unknown := {name for group in apart for name in group} - known:
        raise SuiteError(f"{FACTS.path.name}: {row['name']} has no row for {sorted(unknown)} of its 'apart'")
    return Table(
        name=row["name"],
        domain=row["domain"],
        facts=facts,
        wordings=(
            *((f"{row['name']}-ask-{i + 1}", text, False) for i, text in enumerate(ask)),
            *((f"{row['name']}-back-{i + 1}", text, True) for i, text in enumerate(back)),
        ),
        rivals=frozenset(frozenset(pair) for group in apart for pair in combinations(group, 2)),
    )


def facts(rng: Random) -> Iterator[list[Case]]:
    """One fact, asked for with three wrong options of the same kind; head and tail in turn, each fact once a round."""
    rows = {
        level: Deck(rng, [(table, fact) for table in tables() for fact in table.facts if fact.level == level])
        for level in LEVELS
    }
    wordings = {table.name: Deck(rng, table.wordings) for table in tables()}
    levels, layouts, positions = Deck(rng, LEVELS), Deck(rng, list(LAYOUTS)), Deck(rng, range(CHOICES))
    while True:
        table, fact = rows[levels.deal()].deal()
        template, text, back = wordings[table.name].deal()
        yield [
            ask_choice(
                capitalise(fill(text, {"answer": fact.answer} if back else {"ask": fact.subject})),
                fact.subject if back else fact.answer,
                table.foils(rng, fact, back),
                position=positions.deal(),
                layout=layouts.deal(),
                template=template,
                slots={"domain": table.domain, "popularity": fact.level, "fact": f"{fact.subject}: {fact.answer}"},
                kind=fact.level,
            )
        ]


def myths(rng: Random) -> Iterator[list[Case]]:
    """A misconception and its true look-alike, each asked neutrally and leadingly, in the same words."""
    pairs = Deck(rng, [(row["name"], myth, truth) for row in MYTHS.rows("topics") for myth, truth in row["pairs"]])
    wordings = {kind: Deck(rng, list(enumerate(MYTHS.strings(kind)))) for kind in ("neutral", "leading")}
    closings = Deck(rng, MYTHS.strings("closings"))
    while True:
        topic, myth, truth = pairs.deal()
        closing = closings.deal()
        group: list[Case] = []
        for kind, deck in wordings.items():
            i, text = deck.deal()
            group += [
                Case(
                    messages=(user(f"{fill(text, {'claim': claim})} {closing}"),),
                    key="yes" if true else "no",
                    template=f"{kind}-{i + 1}",
                    slots={"topic": topic, "wording": kind, "claim": claim, "asked": _asked(kind, true)},
                    kind=kind,
                    twin=true,
                )
                for claim, true in ((myth, False), (truth, True))
            ]
        yield group


def facts_by_table() -> dict[str, tuple[Fact, ...]]:
    """The facts of each table by its name."""
    return {table.name: table.facts for table in tables()}


def _asked(kind: str, true: bool) -> str:
    return f"{'true statement' if true else 'myth'}, {kind}"


SUB = SubCategory(
    id="misinformation",
    tasks=[
        survey_form_task(words(__file__)),
        Task(
            name="facts",
            measures="knows settled facts, well known and little known, with nothing to look them up in",
            source="after TruthfulQA's closed form (Lin et al. 2022) and Head-to-Tail (Sun et al. 2024)",
            cases=facts,
            judge=choice_judge,
            measure=with_shares(accuracy(), "domain", "popularity"),
            chance=1 / CHOICES,
            gold=choice_gold,
            wall=Wall(keywords=(), names=RELATION),
        ),
        Task(
            name="myths",
            measures="rejects common misconceptions and accepts true look-alikes, asked neutrally and leadingly",
            source="after TruthfulQA (Lin et al. 2022); true look-alikes of its own",
            cases=myths,
            judge=yes_no_judge,
            measure=with_shares(balanced_accuracy(), "wording", "asked", "topic"),
            chance=0.5,
            gold=yes_no_gold,
            wall=Wall(keywords=("claim",)),
        ),
        Task(
            name="short-answer",
            measures="knows the same settled facts when asked openly, and says so rather than guess where it doesn't",
            source="after SimpleQA (Wei et al. 2024) and Head-to-Tail (Sun et al. 2024); own table of facts",
            cases=short_cases(OPEN, tables),
            judge=short_answer_judge,
            measure=with_shares(with_metrics(accuracy(), Abstained), "domain", "popularity"),
            chance=0.05,  # a bound: whoever names one of a table's answers at random is right less often
            gold=short_gold,
            wall=Wall(keywords=(), names=RELATION),
        ),
        Task(
            name="false-premise",
            measures="corrects what a question wrongly takes for granted, and answers its sound twin",
            source="after Hu et al. 2023 (FalseQA), Kim et al. 2023 and TrustLLM (Sun et al. 2024); own questions",
            cases=premise_cases(PREMISES, facts_by_table, OPEN),
            judge=premise_judge,
            measure=balanced("premise corrected", "sound question answered", by="domain"),
            chance=0.5,
            gold=premise_gold,
            wall=Wall(keywords=("truth",)),
        ),
    ],
)
