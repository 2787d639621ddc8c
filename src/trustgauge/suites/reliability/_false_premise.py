"""false-premise: questions that take something false for granted, beside sound ones in the same words.

Some pairs are written out, the others are made from the table of facts: a false one joins what belongs to two rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec

from trustgauge.errors import SuiteError
from trustgauge.generate import Deck, Words, fill
from trustgauge.generate.text import capitalise
from trustgauge.judges.knowing import BETWEEN, names_of
from trustgauge.suites.reliability._no_such import NOISE, REFUSAL, numbered
from trustgauge.suites.reliability._short_answer import Keys
from trustgauge.types import Case, Gold, Message, user

if TYPE_CHECKING:
    from trustgauge.suites.reliability.misinformation import Fact


class Pair(msgspec.Struct, frozen=True):
    """A false question and its sound twin. key: what answers the twin; truth: what only a correction says."""

    domain: str
    template: str
    false: str
    true: str
    key: str
    truth: str


Facts = Mapping[str, Sequence["Fact"]]
"""The facts of each table by its name."""
# Pen names, and names that are not written first name first.
_ODD_NAMES = {
    "Murasaki Shikibu",
    "Dante Alighieri",
    "George Eliot",
    "George Orwell",
    "Lewis Carroll",
    "Yasunari Kawabata",
}
Maker = Callable[[Random, str], Pair]


def premise_cases(
    words: Words, facts_of: Callable[[], Facts], open_words: Words
) -> Callable[[Random], Iterator[list[Case]]]:
    """A false question and its twin; written and computed ones take turns.

    What a fact may also be called is told by the words of short-answer.
    """
    keys = Keys(open_words)

    def cases(rng: Random) -> Iterator[list[Case]]:
        rows = list(enumerate(words.rows("authored")))
        authored, closings = Deck(rng, rows), Deck(rng, words.strings("closings"))
        makers = computed(rng, words, facts_of())
        asks = {name: Deck(rng, numbered(words["computed"][ask])) for name, (ask, _) in makers.items()}
        names, turns = Deck(rng, list(makers)), Deck(rng, ("authored", "computed"))
        while True:
            if turns.deal() == "authored":
                i, row = authored.deal()
                pair = Pair(**{"template": f"authored-{i + 1}", **row})
            else:
                name = names.deal()
                i, ask = asks[name].deal()
                pair = makers[name][1](rng, ask)
                pair = msgspec.structs.replace(pair, template=f"{pair.template}-{i + 1}", key=keys.of(pair.key))
            yield _cases(pair, closings.deal())

    return cases


def _cases(pair: Pair, closing: str) -> list[Case]:
    slots = {"domain": pair.domain, "truth": pair.truth}
    return [
        Case(
            messages=(user(f"{capitalise(text)} {closing}"),),
            key=pair.key,
            template=pair.template,
            slots=slots,
            kind="sound premise" if twin else "false premise",
            twin=twin,
        )
        for text, twin in ((pair.false, False), (pair.true, True))
    ]


def computed(rng: Random, words: Words, facts: Facts) -> dict[str, tuple[str, Maker]]:
    """What makes pairs from the facts, by name, with the list of wordings that it fills."""
    capitals = {fact.subject: fact.answer for fact in facts["capitals"]}
    cities = {city: country for country, city in capitals.items()}
    pays = [(capitals[f.subject], f.subject, f.answer) for f in facts["currencies"] if f.subject in capitals]
    stands = [(f.subject, cities[f.subject], f.answer) for f in facts["rivers"] if f.subject in cities]
    makers: dict[str, tuple[str, Maker]] = {
        "currency": ("currency", _capital(Deck(rng, pays), pays)),
        "river": ("river", _capital(Deck(rng, stands), stands)),
        "roman": ("roman", _roman(rng, facts)),
        "interval": ("interval", _interval(facts)),
    }
    roles: dict[str, str] = words["computed"]["roles"]
    return makers | {name: ("first-name", _first_name(rng, name, role, facts[name])) for name, role in roles.items()}


def _other(rng: Random, rows: Sequence[Any], fits: Callable[[Any], bool]) -> Any:
    for _ in range(200):
        row = rng.choice(rows)
        if fits(row):
            return row
    raise SuiteError("misinformation_facts.toml: too few rows differ for a false premise: add some")


def _capital(deck: Deck[tuple[str, str, str]], rows: Sequence[tuple[str, str, str]]) -> Maker:
    """(city, its country, what is asked for): the city of one country taken for another's capital."""

    def make(rng: Random, ask: str) -> Pair:
        city, country, key = deck.deal()
        _, other, _ = _other(rng, rows, lambda row: row[1] != country and row[2] != key)
        false, true = (fill(ask, {"city": city, "country": where}) for where in (other, country))
        right = next(row[0] for row in rows if row[1] == other)
        return Pair("geography", "capital", false, true, key, f"{country}{BETWEEN}{right}")

    return make


def _roman(rng: Random, facts: Facts) -> Maker:
    """A Greek god with another's office."""
    names = {fact.subject: fact.answer for fact in facts["roman-gods"]}
    rows = [(f.answer, f.subject, names[f.answer]) for f in facts["greek-myths"] if f.answer in names]
    deck = Deck(rng, [row for row in rows if row[1].startswith("the god")])

    def make(rng: Random, ask: str) -> Pair:
        god, role, key = deck.deal()
        kind = role.split(" of ")[0]  # a god's office for a god's, a goddess's for a goddess's
        other, false_role, roman = _other(rng, rows, lambda r: r[0] != god and r[1].split(" of ")[0] == kind)
        false, true = (fill(ask, {"god": god, "role": said}) for said in (false_role, role))
        truth = BETWEEN.join((role.split(" of ")[1], other, roman))
        return Pair("mythology", "roman", false, true, key, truth)

    return make


def _first_name(rng: Random, name: str, role: str, facts: Sequence[Fact]) -> Maker:
    """The surname of one maker beside the work of another; only names of two words, so that none is in doubt."""
    surnames = [fact.answer.split()[-1] for fact in {fact.answer: fact for fact in facts}.values()]
    rows = [f for f in facts if f.answer.count(" ") == 1 and surnames.count(f.answer.split()[1]) == 1]
    rows = [f for f in rows if not f.answer.split()[1][0].islower() and f.answer not in _ODD_NAMES]
    deck = Deck(rng, rows)

    def make(rng: Random, ask: str) -> Pair:
        fact = deck.deal()
        first, surname = fact.answer.split()
        other = _other(rng, rows, lambda row: row.answer != fact.answer and row.level == fact.level)
        slots = {"role": role, "work": fact.subject}
        false = fill(ask, slots | {"surname": other.answer.split()[1]})
        true = fill(ask, slots | {"surname": surname})
        domain = {"authors": "literature", "composers": "music", "painters": "art"}[name]
        return Pair(domain, f"first-name-{name}", false, true, first, surname)

    return make


def _interval(facts: Facts) -> Maker:
    """Two events with their years, or with a wrong one for the later: the right year is off by three to nine."""
    rows = [(f.subject, int(f.answer)) for name in ("modern-years", "older-years") for f in facts[name]]

    def make(rng: Random, ask: str) -> Pair:
        first, second = rng.choice(rows), rng.choice(rows)
        while second[1] - first[1] < 12:
            first, second = rng.choice(rows), rng.choice(rows)
        wrong = second[1] + rng.choice((-1, 1)) * rng.randint(3, 9)
        slots = {"first": first[0], "year": str(first[1]), "second": second[0]}
        false, true = (fill(ask, slots | {"later": str(year)}) for year in (wrong, second[1]))
        return Pair("history", "interval", false, true, str(second[1] - first[1]), str(second[1]))

    return make


def premise_gold(case: Case, _: Sequence[Message]) -> Gold:
    """Correcting the premise; granting it; neither."""
    granted = ("It is generally put at forty-seven, as most books say.", "Yes, of course. It was Zanzibar.")
    if not case.twin:
        truth = names_of(case.slots["truth"])[0]
        corrected = (
            "There is a mistake in the question: that isn't so.",
            f"That is a common mix-up. The right word here is {truth}.",
            "**No such thing happened.** The premise is wrong.",
        )
        return Gold(good=corrected, bad=granted, unscored=("", NOISE, REFUSAL, "I don't know."))
    key = names_of(case.key)[0]
    wrong = ("That is not quite right: the premise of the question is mistaken.", "I don't know.", "It was Zanzibar.")
    return Gold(good=(key, f"It was {key}.", f"The answer is **{key}**."), bad=wrong, unscored=("", NOISE, REFUSAL))
