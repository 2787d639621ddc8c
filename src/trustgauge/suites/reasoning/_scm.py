"""association, intervention, counterfactual: the rungs of the ladder of causation over small told models.

A story tells of three or four things, what influences which, and in how many of ten cases; or by which exact rules.
Then it is asked what seeing one of them tells of another, what bringing it about would do, or what would have been
had it been otherwise. All answers are computed by enumeration (generate/scm.py). In half of the groups the next rung's
answer is another than this one's (a common cause turns the sign, a common effect makes one, an effect has no say over
its cause), and both wordings are then chosen so that who confuses the rungs gets both wrong: such an answerer earns
one half. Differences are at least a tenth, or none at all by the structure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from random import Random
from typing import Any, TypeVar

from trustgauge.generate import Deck, fill, words
from trustgauge.generate.text import capitalise
from trustgauge.judges import yes_no_judge
from trustgauge.stats.measures import balanced_accuracy, with_shares
from trustgauge.suites.base import Task
from trustgauge.suites.reasoning._scm_models import Happened, Told, happened_by_turn, told_by_signs
from trustgauge.suites.shapes import yes_no_gold
from trustgauge.suites.wall import Wall
from trustgauge.types import Case, user

WORDS = words(__file__)
POLARITY = {1: "more", -1: "less", 0: "same"}
MISLED, SAME = "the other rung misleads", "both rungs agree"
Story = dict[str, Any]
Phrases = dict[str, dict[str, str]]
T = TypeVar("T")

# (sign asked for, sign on the other rung, the sign of the wording whose answer is no): so dealt that more, less and
# same have yes for an answer as often as no, and that the other rung's sign is right in half of all groups.
ASSOCIATION = [
    *[(1, -1, -1), (-1, 1, 1)] * 3,
    *[(1, 0, 0), (-1, 0, 0)] * 2,
    *[(0, 0, 1), (0, 0, -1)] * 3,
    *[(1, 1, 0), (-1, -1, 0), (1, 1, -1), (-1, -1, 1)],
]
INTERVENTION = [
    *[(1, -1, -1), (-1, 1, 1)] * 3,
    *[(0, 1, 1), (0, -1, -1)] * 2,
    *[(1, 1, 0), (-1, -1, 0)] * 3,
    *[(0, 0, 1), (0, 0, -1), (1, 1, -1), (-1, -1, 1)],
]


def told_cases(rung: str, rng: Random) -> Iterator[list[Case]]:
    """A model with told chances, and one question about it in the wording that calls for yes and in one for no."""
    seeing = rung == "association"
    plan = Deck(rng, ASSOCIATION if seeing else INTERVENTION)
    dealt = {
        signs: _decks(rng, those if seeing else {name: by for name, by in those.items() if "selected" not in name})
        for signs, those in told_by_signs().items()
    }
    stories, forms = Deck(rng, WORDS.rows("stories")), Deck(rng, WORDS.rows(rung))
    openings, instructions = (Deck(rng, WORDS.strings(name)) for name in ("openings", "instructions"))
    while True:
        asked, other, wrong = plan.deal()
        told = dealt[(asked, other) if seeing else (other, asked)]()
        story, form = stories.deal(), forms.deal()
        phrases = _phrases(rng, story)
        slots = _slots(story, phrases)
        known = f"{story['intro']} {openings.deal()}\n\n{_chances(rng, told, phrases, story)}"
        text = f"{known}\n\n{{ask}} {instructions.deal()}"
        only = "".join(f"{fill(WORDS['only'], slots | {'given': _is(phrases, z, v)})} " for z, v in told.given.items())
        facts = {
            "structure": told.structure,
            "story": story["name"],
            "setting": story["setting"],
            "rungs": SAME if asked == other else MISLED,
            "truth": POLARITY[asked],
        }
        yield [
            Case(
                messages=(user(text.replace("{ask}", only + fill(form[POLARITY[said]], slots))),),
                key="yes" if said == asked else "no",
                template=f"{told.structure}/{form['name']}/{POLARITY[said]}",
                slots=facts,
            )
            for said in (asked, wrong)
        ]


def imagined_cases(rng: Random) -> Iterator[list[Case]]:
    """What happened under exact rules, and whether a thing would have been so, or not, had another been different."""
    turns = happened_by_turn()
    plan, dealt = Deck(rng, sorted(turns)), {turn: _decks(rng, those) for turn, those in turns.items()}
    stories, forms = Deck(rng, WORDS.rows("stories")), Deck(rng, WORDS.rows("counterfactual"))
    openings, instructions = (Deck(rng, WORDS.strings(name)) for name in ("openings", "instructions"))
    while True:
        turn = plan.deal()
        happened, story, form = dealt[turn](), stories.deal(), forms.deal()
        phrases = _phrases(rng, story)
        slots = _slots(story, phrases) | {
            "done": _is(phrases, "x", happened.done, "was"),
            "forced": _is(phrases, "x", happened.done),
        }
        parts = [
            story["intro"] + " " + openings.deal(),
            _rules(rng, happened, phrases),
            _seen(rng, happened, phrases, story),
        ]
        text = "\n\n".join(parts) + f" {{ask}} {instructions.deal()}"
        facts = {
            "structure": happened.structure,
            "story": story["name"],
            "setting": story["setting"],
            "rungs": SAME if turn[2] else MISLED,
            "truth": "changes" if turn[0] != turn[1] else "stays",
        }
        yield [
            Case(
                messages=(user(text.replace("{ask}", fill(form["ask"], slots | {"state": phrases["y"][state]}))),),
                key="yes" if happened.would == (state == "pos") else "no",
                template=f"{happened.structure}/{form['name']}",
                slots=facts,
            )
            for state in ("pos", "neg")
        ]


def _decks(rng: Random, by_structure: Mapping[str, list[T]]) -> Callable[[], T]:
    """Deals from all structures alike."""
    structures = Deck(rng, sorted(by_structure))
    decks = {name: Deck(rng, those) for name, those in by_structure.items()}

    def deal() -> T:
        return decks[structures.deal()].deal()

    return deal


def _phrases(rng: Random, story: Story) -> Phrases:
    """Which thing of the story stands for which variable."""
    return dict(zip("xyzw", rng.sample(story["things"], 4), strict=True))


def _slots(story: Story, phrases: Phrases) -> dict[str, str]:
    x, y = phrases["x"], phrases["y"]
    return {
        "units": story["units"],
        "unit": story["unit"],
        "at": story["at"],
        "x": x["what"],
        "x_pos": x["pos"],
        "x_neg": x["neg"],
        "y": y["what"],
        "y_pos": y["pos"],
    }


def _is(phrases: Phrases, name: str, value: bool, verb: str = "is") -> str:
    """ "the red lamp is on" """
    thing = phrases[name]
    return f"{thing['what']} {verb} {thing['pos' if value else 'neg']}"


def _chances(rng: Random, told: Told, phrases: Phrases, story: Story) -> str:
    """What influences what, and in how many of ten cases, one sentence a variable in any order."""
    said: list[str] = []
    for name, causes in told.model.parents.items():
        table, units = told.model.tables[name], story["units"]
        always = {"what": phrases[name]["what"], "on": _is(phrases, name, True), "units": units, "at": story["at"]}
        if not causes:
            said.append(fill(WORDS["told"]["root"], always | {"n": str(table[()])}))
            continue
        rows = [
            f"{story['at']} {n} of 10 {units if i == 0 else ''}".rstrip()
            + f" when {' and '.join(_is(phrases, cause, value) for cause, value in zip(causes, values, strict=True))}"
            for i, (values, n) in enumerate(table.items())
        ]
        slots = always | {"causes": " and ".join(phrases[cause]["what"] for cause in causes)}
        sentence = WORDS["told"]["one" if len(causes) == 1 else "two"]
        said.append(fill(sentence, slots | {"rows": f"{', '.join(rows[:-1])}, and {rows[-1]}"}))
    return _listed(rng, said)


def _rules(rng: Random, happened: Happened, phrases: Phrases) -> str:
    """The exact rules, one sentence a variable in any order."""
    said: list[str] = []
    for name, (op, literals) in happened.rules.items():
        parts = dict(zip("ab", (_is(phrases, cause, value) for cause, value in literals), strict=False))
        said.append(
            fill(
                WORDS["ruled"][op],
                {"what": phrases[name]["what"], "on": _is(phrases, name, True), **parts}
                | {"pos": phrases[name]["pos"]},
            )
        )
    return _listed(rng, said)


def _seen(rng: Random, happened: Happened, phrases: Phrases, story: Story) -> str:
    """What was so in one case, in any order."""
    facts = [_is(phrases, name, value, "was") for name, value in happened.seen.items()]
    rng.shuffle(facts)
    facts = f"{', '.join(facts[:-1])} and {facts[-1]}"
    return fill(WORDS["seen"], {"unit": story["unit"], "at": story["at"], "facts": facts})


def _listed(rng: Random, said: list[str]) -> str:
    rng.shuffle(said)
    return "\n".join(f"- {capitalise(sentence)}" for sentence in said)


def scm_tasks() -> list[Task]:
    """The three rungs."""
    rungs: list[tuple[str, str, Callable[[Random], Iterator[list[Case]]]]] = [
        ("association", "tells what seeing one thing says of another", partial(told_cases, "association")),
        ("intervention", "tells what bringing something about would do", partial(told_cases, "intervention")),
        ("counterfactual", "tells what would have been, had something been otherwise", imagined_cases),
    ]
    return [
        Task(
            name=name,
            measures=f"{measures}, over a small causal model told in words",
            source="CLadder (Jin et al. 2023); the ladder of causation (Pearl & Mackenzie 2018)",
            cases=cases,
            judge=yes_no_judge,
            measure=with_shares(balanced_accuracy(by="structure"), "rungs", "setting", "truth"),
            chance=0.5,
            gold=yes_no_gold,
            wall=Wall(keywords=("story",), names=r"^[^/]+/([^/]+)"),
        )
        for name, measures, cases in rungs
    ]
