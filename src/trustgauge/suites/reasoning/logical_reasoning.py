"""Logical reasoning: what follows, what is ruled out, and what is left open.

deduction gives facts and rules in made-up words and asks whether a statement is true, false or unknown.
syllogism gives two premises and a conclusion; it follows or does not. ordering and sets are small puzzles
whose clues leave one solution. Every key is computed (generate/logic.py), and cases come in groups that read
alike, with the same options in the same order, each of them right once, so that the looks tell nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations
from random import Random
from typing import Any

from trustgauge.generate import Deck, ask_choice, fill, words
from trustgauge.generate.choice import LAYOUTS
from trustgauge.generate.logic import (
    BREAKS,
    RULES,
    Clue,
    Puzzle,
    Statement,
    Syllogism,
    Theory,
    holdings,
    lookalikes,
    orders,
    theory,
    unsettled,
    validity,
)
from trustgauge.judges import choice_judge, yes_no_judge
from trustgauge.stats.measures import accuracy, balanced_accuracy, with_shares
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.shapes import choice_gold, yes_no_gold
from trustgauge.suites.wall import Wall
from trustgauge.types import Case, user

WORDS = words(__file__)
DEPTHS = (1, 2, 3, 4, 5, 6)
OPTIONS = 3
ORDERS = list(permutations(range(OPTIONS)))
NUMBERS = {3: "three", 4: "four", 5: "five"}


def deduction(rng: Random) -> Iterator[list[Case]]:
    """One theory asked about twice, true and false, and once more with a single break, unknown."""
    arms = Deck(rng, [(depth, positive) for depth in DEPTHS for positive in (True, False)])
    vocabularies, questions = Deck(rng, WORDS.rows("vocabularies")), Deck(rng, WORDS["deduction"]["questions"])
    openings, layouts = Deck(rng, WORDS.strings("deduction.openings")), Deck(rng, list(LAYOUTS))
    breaks, polarity = Deck(rng, BREAKS), Deck(rng, (True, False))
    option_orders = Deck(rng, list(permutations(("true", "false", "unknown"))))
    while True:
        vocabulary, (depth, positive), how = vocabularies.deal(), arms.deal(), breaks.deal()
        open_theory = whole = None
        while whole is None or open_theory is None:
            whole = theory(rng, rng.sample(vocabulary["words"], 14), depth, positive)
            open_theory = unsettled(rng, whole, how) or (unsettled(rng, whole, "start") if depth == 1 else None)
        told, question = _teller(rng, vocabulary), questions.deal()
        asks = [(whole, positive), (whole, not positive), (open_theory, polarity.deal())]
        opening, layout, shown = openings.deal(), layouts.deal(), option_orders.deal()
        group: list[Case] = []
        for each, said in asks:
            text, claim, things = told(each, said)
            held = each.truth
            key = held if said or held == "unknown" else {"true": "false", "false": "true"}[held]
            case = ask_choice(
                f"{opening}\n\n{text}\n\n{fill(question['ask'], {'claim': claim})}",
                question[key],
                [question[k] for k in shown if k != key],
                position=shown.index(key),
                layout=layout,
                template=f"{vocabulary['name']}/{question['name']}",
                slots={"truth": key, "depth": str(depth), "broken": each.broken, "claim": claim, "things": things},
                kind=key,
            )
            group.append(case)
        yield group


def _teller(rng: Random, vocabulary: dict[str, Any]) -> Callable[[Theory, bool], tuple[str, str, str]]:
    """Tells a theory and a claim always about the same things, in the same order and the same wordings."""
    x, y = rng.sample(WORDS.strings("deduction.things"), 2)
    order = rng.sample(range(RULES), RULES)
    facts_at = rng.sample(range(4), 4)
    styles = [rng.randrange(4) for _ in range(RULES)]
    facts_first = rng.random() < 0.5

    def told(of: Theory, said: bool) -> tuple[str, str, str]:
        facts = [
            fill(f"{vocabulary['fact']}.", {"x": who, "p": name})
            for who, held in zip((x, y), of.facts, strict=True)
            for name in held
        ]
        rules: list[str] = []
        for at in order:
            rule = of.rules[at]
            form = ("one" if len(rule.body) == 1 else "two") + ("" if rule.positive else "_not")
            slots = dict(zip("pq", rule.body, strict=False)) | {"r": rule.head}
            rules.append(fill(vocabulary[form][styles[at]], slots))
        parts = [[facts[i] for i in facts_at], rules]
        lines = [line for part in (parts if facts_first else reversed(parts)) for line in part]
        claim = fill(vocabulary["claim" if said else "claim_not"], {"x": x, "r": of.asked})
        return "\n".join(lines), claim, f"{x}, {y}"

    return told


def syllogism(rng: Random) -> Iterator[list[Case]]:
    """A conclusion that follows and one that does not, in the same words."""
    valid, twins = lookalikes()
    forms = Deck(rng, valid)
    kinds, styles = Deck(rng, ("arrangement", "arrangement", "conclusion")), Deck(rng, WORDS.rows("styles"))
    questions = Deck(rng, WORDS["syllogism"]["questions"])
    openings = {style["name"]: Deck(rng, style["openings"]) for style in WORDS.rows("styles")}
    instructions = Deck(rng, WORDS.strings("syllogism.instructions"))
    nouns = next(v["words"] for v in WORDS.rows("vocabularies") if v["name"] == "nouns")
    while True:
        sound, kind = forms.deal(), kinds.deal()
        kind = kind if twins[sound, kind] else "arrangement"
        pair = (sound, rng.choice(twins[sound, kind]))
        terms = dict(zip("SMP", rng.sample(nouns, 3), strict=True))
        style, question, swapped = styles.deal(), questions.deal(), rng.random() < 0.5
        around = (openings[style["name"]].deal(), instructions.deal())
        yield [_syllogism_case(each, kind, terms, style, question, swapped, around) for each in pair]


def _syllogism_case(
    each: Syllogism,
    kind: str,
    terms: Mapping[str, str],
    style: Mapping[str, str],
    question: Mapping[str, str],
    swapped: bool,
    around: tuple[str, str],
) -> Case:
    def said(statement: Statement) -> str:
        return fill(style[statement.form], {"s": terms[statement.subject], "p": terms[statement.predicate]})

    first, second = reversed(each.premises) if swapped else each.premises
    slots = {"first": f"{said(first)}.", "second": f"{said(second)}.", "conclusion": said(each.conclusion)}
    sound = bool(validity(each))
    return Case(
        messages=(user(f"{around[0]}\n\n{fill(question['ask'], slots)} {around[1]}"),),
        key="yes" if sound == (question["yes"] == "follows") else "no",
        template=f"{style['name']}/{question['name']}",
        slots={
            "form": "".join(each.moods) + "".join(each.conclusion[:1]),
            "figure": str(each.figure),
            "truth": "follows" if sound else f"does not follow ({kind})",
            **terms,
        },
        kind="follows" if sound else "does not follow",
    )


def ordering(rng: Random) -> Iterator[list[Case]]:
    """3 to 5 in a row, clues that leave one order, and three questions over the same options."""
    rows, sizes = Deck(rng, WORDS.rows("rows")), Deck(rng, (3, 4, 5))
    openings, layouts = Deck(rng, WORDS.strings("ordering.openings")), Deck(rng, list(LAYOUTS))
    option_orders = Deck(rng, ORDERS)
    while True:
        row, n = rows.deal(), sizes.deal()
        puzzle = orders(n)
        clues, asked = _posed(rng, puzzle, ("at", "not", "before", "next", "gap"), "at", lambda w: [_places(w)])
        names = rng.sample(row.get("names") or WORDS.strings("ordering.people"), n)
        lines = [_order_clue(row, clue, names) for clue in clues]
        intro = fill(row["intro"], {"number": NUMBERS[n], "all": _listed(names)})
        text = "\n".join([f"{openings.deal()} {intro}".strip(), *lines])
        questions = [fill(row["ask"], {"place": _place(row, clue.at[1], n)}) for clue in asked]
        answers = [names[clue.at[0]] for clue in asked]
        slots = {"size": str(n), "scene": row["name"]}
        yield _sisters(text, questions, answers, slots, layouts.deal(), option_orders.deal())


def _places(world: Sequence[int]) -> list[Clue]:
    return [Clue("at", (x, k)) for x, k in enumerate(world)]


def _order_clue(row: Mapping[str, str], clue: Clue, names: Sequence[str]) -> str:
    kind, (x, y) = clue
    if kind in ("at", "not"):
        return fill(row[kind], {"x": names[x], "place": _place(row, y, len(names))})
    return fill(row[kind], {"x": names[x], "y": names[y]})


def _place(row: Mapping[str, str], at: int, n: int) -> str:
    if at in (0, n - 1):
        return row["last" if at else "top"]
    return fill(row["middle"], {"nth": ("second", "third", "fourth")[at - 1]})


def _posed(
    rng: Random,
    puzzle: Puzzle,
    kinds: Sequence[str],
    plain: str,
    answers: Callable[[tuple[int, ...]], list[list[Clue]]],
) -> tuple[list[Clue], list[Clue]]:
    """Clues that leave one world, and three answers of one sort, none of which a single clue settles."""
    while True:
        world, clues = puzzle.pin_down(rng, kinds, plain)
        sorts = [[a for a in sort if not any(puzzle.settles(c, a) for c in clues)] for sort in answers(world)]
        if fit := [sort for sort in sorts if len(sort) >= OPTIONS]:
            return clues, rng.sample(rng.choice(fit), OPTIONS)


def _sisters(
    text: str,
    questions: Sequence[str],
    answers: Sequence[str],
    slots: dict[str, str],
    layout: str,
    order: Sequence[int],
) -> list[Case]:
    """All questions over the same options, their answers in this order: each option is right once."""
    options = [answers[i] for i in order]
    return [
        ask_choice(
            f"{text}\n\n{question}",
            right,
            [option for option in options if option != right],
            position=options.index(right),
            layout=layout,
            template=slots["scene"],
            slots=slots | {"question": question},
            kind=slots["scene"],
        )
        for question, right in zip(questions, answers, strict=True)
    ]


def sets(rng: Random) -> Iterator[list[Case]]:
    """3 or 4 people with two things each, clues that leave one solution, and three questions over the same options."""
    scenes, sizes = Deck(rng, WORDS.rows("sets")), Deck(rng, (3, 4))
    openings, layouts = Deck(rng, WORDS.strings("ordering.openings")), Deck(rng, list(LAYOUTS))
    option_orders = Deck(rng, ORDERS)
    while True:
        scene, n = scenes.deal(), sizes.deal()
        puzzle = holdings(n)
        kinds = ("has", "lacks", "either", "goes", "apart")
        clues, asked = _posed(rng, puzzle, kinds, "has", _answers)
        people = rng.sample(WORDS.strings("ordering.people"), n)
        things = [rng.sample(kind["values"], n) for kind in scene["kinds"]]
        lines = [_holding_clue(scene["kinds"], clue, people, things) for clue in clues]
        listed = [_listed(rng.sample(values, n)) for values in things]
        intro = fill(scene["intro"], {"all": _listed(people), "firsts": listed[0], "seconds": listed[1]})
        text = "\n".join([f"{openings.deal()} {intro}".strip(), *lines])
        who = asked[0].kind == "has" and rng.random() < 0.5
        told = [_holding_question(scene["kinds"], answer, people, things, who) for answer in asked]
        slots = {"size": str(n), "scene": scene["name"]}
        questions, answers = [t[0] for t in told], [t[1] for t in told]
        yield _sisters(text, questions, answers, slots, layouts.deal(), option_orders.deal())


def _answers(world: tuple[int, ...]) -> list[list[Clue]]:
    """What may be asked: who has which thing of either kind, and which things go together."""
    n = len(world) // 2
    each: list[list[Clue]] = [[Clue("has", (kind, p, world[kind * n + p])) for p in range(n)] for kind in (0, 1)]
    together = [Clue("goes", (world[p], world[n + p])) for p in range(n)]
    return [*each, together]


def _holding_clue(
    kinds: Sequence[Mapping[str, str]], clue: Clue, people: Sequence[str], things: Sequence[Sequence[str]]
) -> str:
    sort, at = clue
    if sort in ("goes", "apart"):
        first = fill(kinds[0]["has"], {"v": things[0][at[0]]})
        second = fill(kinds[1]["has" if sort == "goes" else "lacks"], {"v": things[1][at[1]]})
        return f"The person who {first} {second}."
    thing = {"v": things[at[0]][at[-1]]}
    if sort == "either":
        return f"Either {people[at[1]]} or {people[at[2]]} {fill(kinds[at[0]]['has'], thing)}."
    return f"{people[at[1]]} {fill(kinds[at[0]][sort], thing)}."


def _holding_question(
    kinds: Sequence[Mapping[str, str]],
    answer: Clue,
    people: Sequence[str],
    things: Sequence[Sequence[str]],
    who: bool,
) -> tuple[str, str]:
    """The question to which this is the answer, and the answer in words."""
    if answer.kind == "goes":
        first = fill(kinds[0]["has"], {"v": things[0][answer.at[0]]})
        return fill(kinds[1]["what"], {"who": f"the person who {first}"}), things[1][answer.at[1]]
    kind, person, thing = answer.at
    value = things[kind][thing]
    if who:
        return fill(kinds[kind]["who"], {"v": value}), people[person]
    return fill(kinds[kind]["what"], {"who": people[person]}), value


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


SUB = SubCategory(
    id="logical-reasoning",
    tasks=[
        Task(
            name="deduction",
            measures="tells what follows from facts and rules, what they rule out and what they leave open",
            source="after RuleTaker (Clark et al. 2020) and ProofWriter (Tafjord et al. 2021), with open world",
            cases=deduction,
            judge=choice_judge,
            measure=with_shares(accuracy(by="depth"), "truth"),
            chance=1 / 3,
            gold=choice_gold,
            wall=Wall(keywords=()),
        ),
        Task(
            name="syllogism",
            measures="tells a conclusion that follows from two premises from one that does not",
            source="the syllogistic figures; made-up terms against belief bias (Evans et al. 1983)",
            cases=syllogism,
            judge=yes_no_judge,
            measure=with_shares(balanced_accuracy(by="figure"), "truth"),
            chance=0.5,
            gold=yes_no_gold,
            wall=Wall(keywords=()),
        ),
        Task(
            name="ordering",
            measures="finds the one order of things in a row that all clues allow",
            source="after the logical deduction task of BIG-bench (Srivastava et al. 2022)",
            cases=ordering,
            judge=choice_judge,
            measure=with_shares(accuracy(by="size"), "scene"),
            chance=1 / 3,
            gold=choice_gold,
            wall=Wall(keywords=()),
        ),
        Task(
            name="sets",
            measures="finds who has what where the clues leave one solution",
            source="after the zebra puzzle; unique solutions by enumeration",
            cases=sets,
            judge=choice_judge,
            measure=with_shares(accuracy(by="size"), "scene"),
            chance=1 / 3,
            gold=choice_gold,
            wall=Wall(keywords=()),
        ),
    ],
)
