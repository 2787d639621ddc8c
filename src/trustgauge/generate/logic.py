"""Small logic: what follows from facts and rules, which syllogisms hold, which clues leave one solution.

Pure computation over short names and small numbers; the words come from the suites.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations, product
from random import Random
from typing import Literal, NamedTuple

Truth = Literal["true", "false", "unknown"]


class Rule(NamedTuple):
    """Whatever has every property of `body` has the property `head`, or lacks it where not positive."""

    body: tuple[str, ...]
    head: str
    positive: bool = True


def closure(facts: Iterable[str], rules: Sequence[Rule]) -> frozenset[str] | None:
    """All properties that one thing must have, by chaining forwards; None where the rules contradict that."""
    known = set(facts)
    growing = True
    while growing:
        new = {r.head for r in rules if r.positive and known.issuperset(r.body)} - known
        known |= new
        growing = bool(new)
    clash = any(not r.positive and r.head in known and known.issuperset(r.body) for r in rules)
    return None if clash else frozenset(known)


def truth(facts: Iterable[str], rules: Sequence[Rule], asked: str) -> Truth:
    """Whether the thing must have the property, must lack it, or may do either.

    Complete for such rules (they are Horn clauses): what must hold is found by chaining forwards, and what
    must not hold leads to a contradiction when it is added. ValueError where the facts contradict the rules.
    """
    given = frozenset(facts)
    known = closure(given, rules)
    if known is None:
        raise ValueError("the facts contradict the rules")
    if asked in known:
        return "true"
    return "false" if closure(given | {asked}, rules) is None else "unknown"


def steps(facts: Iterable[str], rules: Sequence[Rule], asked: str, positive: bool) -> int | None:
    """The depth of the shallowest proof that the thing has the property (or lacks it); None where there is none.

    A rule may be used in any direction: where all but one of its parts are settled, the last follows.
    """
    known: dict[tuple[str, bool], int] = {(name, True): 0 for name in facts}
    clauses = [[*((name, False) for name in rule.body), (rule.head, rule.positive)] for rule in rules]
    depth = 0
    while (asked, positive) not in known:
        depth += 1
        new: set[tuple[str, bool]] = set()
        for clause in clauses:
            open_parts = [(name, holds) for name, holds in clause if (name, not holds) not in known]
            if len(open_parts) == 1 and open_parts[0] not in known:
                new.add(open_parts[0])
        if not new:
            return None
        known |= dict.fromkeys(new, depth)
    return known[asked, positive]


RULES = 9  # in every theory, whatever the depth, so that length tells nothing
BREAKS = ("start", "side", "converse")


@dataclass(frozen=True)
class Theory:
    """Facts about two things, rules, and the statement asked about: the first thing has `asked`, or lacks it.

    The rules of the proof come first, in its order; how a broken theory was made is in `broken`.
    """

    facts: tuple[tuple[str, ...], tuple[str, ...]]
    rules: tuple[Rule, ...]
    asked: str
    positive: bool
    depth: int
    broken: str = ""

    @property
    def consistent(self) -> bool:
        """Whether no fact contradicts the rules."""
        return all(closure(facts, self.rules) is not None for facts in self.facts)

    @property
    def truth(self) -> str:
        """Of "the first thing has `asked`"."""
        return truth(self.facts[0], self.rules, self.asked)

    @property
    def sound(self) -> bool:
        """Whether what is asked follows at exactly this depth, and nothing contradicts it."""
        return self.consistent and steps(self.facts[0], self.rules, self.asked, self.positive) == self.depth


def theory(rng: Random, names: Sequence[str], depth: int, positive: bool) -> Theory:
    """A proof of that depth, rules to the contrary that look like its last but hold of the other thing, idle rules."""
    links, (side, start, middle, spare, *others) = names[: depth + 1], names[depth + 1 :]
    joined = rng.randrange(depth)
    rules = [
        Rule((links[i], side) if i == joined else (links[i],), links[i + 1], positive or i + 1 < depth)
        for i in range(depth)
    ]
    bodies = [(start,), (middle, spare)] if rng.random() < 1 / depth else [(start, spare), (middle,)]
    rules += [Rule(bodies[0], middle), Rule(bodies[1], links[-1], not positive)]
    made = Theory(((links[0], side), (start, spare)), tuple(rules), links[-1], positive, depth)
    pool, loose = [*links[:-1], side, middle, spare], [*others, *links[1:-1], spare, middle]
    while len(made.rules) < RULES:
        body = rng.sample([*pool, *others], rng.choice((1, 1, 2)))
        head = rng.choice(loose)
        rule = Rule(tuple(body), head, rng.random() < 0.7)
        same = any(set(r.body) == set(body) and r.head == head for r in made.rules)
        back = any(r.head in body and head in r.body for r in made.rules)
        longer = replace(made, rules=(*made.rules, rule))
        if head not in body and not same and not back and longer.sound:
            made = longer
    return made


def unsettled(rng: Random, whole: Theory, how: str) -> Theory | None:
    """The theory with one thing changed so that the statement is open, in that way; None where there is none."""
    (first, side), (start, spare) = whole.facts
    changed: list[Theory] = []
    if how == "start":
        changed = [replace(whole, facts=((spare, side), (start, first)))]
    elif how == "side":
        changed = [replace(whole, facts=((first, spare), (start, side)))]
    else:
        for i in range(whole.depth):
            rule = whole.rules[i]
            turned = Rule((rule.head, *rule.body[1:]), rule.body[0], rule.positive)
            changed.append(replace(whole, rules=(*whole.rules[:i], turned, *whole.rules[i + 1 :])))
    fit = [t for t in changed if t.consistent and t.truth == "unknown"]
    return replace(rng.choice(fit), broken=how) if fit else None


class Statement(NamedTuple):
    """A categorical statement: form A (all), E (no), I (some) or O (some are not), of two terms."""

    form: str
    subject: str
    predicate: str


TERMS = ("S", "M", "P")
FORMS = ("A", "E", "I", "O")
FIGURES = {
    1: (("M", "P"), ("S", "M")),
    2: (("P", "M"), ("S", "M")),
    3: (("M", "P"), ("M", "S")),
    4: (("P", "M"), ("M", "S")),
}


class Syllogism(NamedTuple):
    """Two premises, the one about P first, and a conclusion about S and P in either order."""

    figure: int
    moods: tuple[str, str]
    conclusion: Statement

    @property
    def premises(self) -> tuple[Statement, Statement]:
        """Both premises as statements."""
        first, second = FIGURES[self.figure]
        return Statement(self.moods[0], *first), Statement(self.moods[1], *second)


_KINDS = tuple(frozenset(t for t, has in zip(TERMS, row, strict=True) if has) for row in product((0, 1), repeat=3))


def _holds(statement: Statement, members: Sequence[frozenset[str]]) -> bool:
    both = any(statement.subject in m and statement.predicate in m for m in members)
    only = any(statement.subject in m and statement.predicate not in m for m in members)
    return {"A": not only, "E": not both, "I": both, "O": only}[statement.form]


def validity(syllogism: Syllogism) -> bool | None:
    """Whether the conclusion follows, tried in every world of things of 8 kinds, each kind present or absent.

    None where it follows only if there are things of all three terms: there logicians differ.
    """
    sound, sound_if_filled = _verdicts()[syllogism]
    return sound if sound == sound_if_filled else None


@cache
def _verdicts() -> dict[Syllogism, tuple[bool, bool]]:
    """For each syllogism whether it follows at all, and whether it does where no term is empty."""
    worlds = [[k for k, here in zip(_KINDS, row, strict=True) if here] for row in product((0, 1), repeat=len(_KINDS))]
    pairs = [(a, b) for a in TERMS for b in TERMS if a != b]
    where: dict[Statement, int] = {}
    for statement in (Statement(form, *pair) for form in FORMS for pair in pairs):
        where[statement] = sum(1 << i for i, world in enumerate(worlds) if _holds(statement, world))
    filled = sum(1 << i for i, world in enumerate(worlds) if all(any(t in kind for kind in world) for t in TERMS))
    found: dict[Syllogism, tuple[bool, bool]] = {}
    for syllogism in _all_syllogisms():
        first, second = syllogism.premises
        against = where[first] & where[second] & ~where[syllogism.conclusion]
        found[syllogism] = not against, not against & filled
    return found


def _all_syllogisms() -> list[Syllogism]:
    ends = (("S", "P"), ("P", "S"))
    return [
        Syllogism(figure, (first, second), Statement(form, *pair))
        for figure, first, second, form, pair in product(FIGURES, FORMS, FORMS, FORMS, ends)
    ]


def syllogisms() -> list[Syllogism]:
    """All 512: 4 figures, 16 pairs of premises, 8 conclusions."""
    return list(_verdicts())


@cache
def lookalikes() -> tuple[list[Syllogism], dict[tuple[Syllogism, str], list[Syllogism]]]:
    """All that hold (about S and P in that order), and for each those like it that don't.

    They have the same conclusion and premises of the same forms otherwise arranged ("arrangement"), or the
    same premises and another conclusion ("conclusion"; not all have such). Theirs is left open by the premises,
    neither following nor refuted, and that whether or not there are things of every term.
    """
    all_of = syllogisms()
    valid = [s for s in all_of if validity(s) and (s.conclusion.subject, s.conclusion.predicate) == ("S", "P")]
    denied = {"A": "O", "O": "A", "E": "I", "I": "E"}

    def refuted(s: Syllogism) -> bool | None:
        return validity(s._replace(conclusion=s.conclusion._replace(form=denied[s.conclusion.form])))

    open_ones = [s for s in all_of if validity(s) is False and refuted(s) is False]
    twins: dict[tuple[Syllogism, str], list[Syllogism]] = {}
    for sound in valid:
        moods = sorted(sound.moods)
        twins[sound, "arrangement"] = [
            s for s in open_ones if s.conclusion == sound.conclusion and sorted(s.moods) == moods
        ]
        twins[sound, "conclusion"] = [s for s in open_ones if (s.figure, s.moods) == (sound.figure, sound.moods)]
    return valid, twins


class Clue(NamedTuple):
    """A clue, or an answer: its kind, and what it is about, all by number."""

    kind: str
    at: tuple[int, ...]


@dataclass(frozen=True)
class Puzzle:
    """All worlds, and for each possible clue (an answer is one too) the set of worlds in which it is true, as bits."""

    size: int
    worlds: tuple[tuple[int, ...], ...]
    where: Mapping[Clue, int]

    def left(self, clues: Iterable[Clue]) -> list[tuple[int, ...]]:
        """The worlds in which all clues are true."""
        bits = self._meet(clues)
        return [world for i, world in enumerate(self.worlds) if bits >> i & 1]

    def settles(self, clue: Clue, answer: Clue) -> bool:
        """Whether the clue alone makes sure of the answer."""
        return not self.where[clue] & ~self.where[answer]

    def _meet(self, clues: Iterable[Clue]) -> int:
        bits = (1 << len(self.worlds)) - 1
        for clue in clues:
            bits &= self.where[clue]
        return bits

    def pin_down(self, rng: Random, kinds: Sequence[str], plain: str) -> tuple[tuple[int, ...], list[Clue]]:
        """A world and clues that leave no other, none of them idle; kinds of clue take turns by chance.

        At most one clue is of the kind `plain`, which just tells a part of the answer.
        """
        at = rng.randrange(len(self.worlds))
        by_kind = defaultdict[str, list[Clue]](list)
        for clue, bits in self.where.items():
            if clue.kind in kinds and bits >> at & 1:
                by_kind[clue.kind].append(clue)
        chosen: list[Clue] = []
        left = self._meet(())
        while left != 1 << at:
            kind = rng.choice([k for k in kinds if by_kind[k]])
            clue = by_kind[kind].pop(rng.randrange(len(by_kind[kind])))
            if left & self.where[clue] == left:
                continue
            left &= self.where[clue]
            chosen.append(clue)
            if kind == plain:
                by_kind[kind].clear()
        for clue in list(chosen):
            rest = [c for c in chosen if c != clue]
            if self._meet(rest) == 1 << at:
                chosen = rest
        return self.worlds[at], rng.sample(chosen, len(chosen))


@cache
def orders(n: int) -> Puzzle:
    """n things in a row; a world gives the place of each, from 0.

    Clues: at x k; not x k; before x y; next x y (y stands right behind x); gap x y (one thing between them).
    """
    check: dict[str, Callable[[Sequence[int], int, int], bool]] = {
        "at": lambda w, x, k: w[x] == k,
        "not": lambda w, x, k: w[x] != k,
        "before": lambda w, x, y: w[x] < w[y],
        "next": lambda w, x, y: w[y] - w[x] == 1,
        "gap": lambda w, x, y: x < y and abs(w[x] - w[y]) == 2,
    }
    worlds = tuple(permutations(range(n)))
    clues: dict[Clue, int] = {}
    for kind, test in check.items():
        for x, y in product(range(n), repeat=2):
            clues[Clue(kind, (x, y))] = sum(1 << i for i, world in enumerate(worlds) if test(world, x, y))
    return Puzzle(n, worlds, clues)


@cache
def holdings(n: int) -> Puzzle:
    """n people who each have one of n things of kind 0 and one of kind 1; a world lists both, kind 0 first.

    Clues: has kind person thing; lacks kind person thing; either kind person person thing; goes a b and
    apart a b (who has thing a of kind 0 has, or lacks, thing b of kind 1).
    """
    rows = tuple(permutations(range(n)))
    worlds = tuple((*a, *b) for a in rows for b in rows)
    tests: dict[Clue, Callable[[Sequence[int]], bool]] = {}
    for kind, person, thing in product(range(2), range(n), range(n)):
        at = kind * n + person
        tests[Clue("has", (kind, person, thing))] = lambda w, at=at, thing=thing: w[at] == thing
        tests[Clue("lacks", (kind, person, thing))] = lambda w, at=at, thing=thing: w[at] != thing
        for other in range(person + 1, n):
            to = kind * n + other
            either = Clue("either", (kind, person, other, thing))
            tests[either] = lambda w, at=at, to=to, thing=thing: thing in (w[at], w[to])
    for a, b in product(range(n), repeat=2):
        tests[Clue("goes", (a, b))] = lambda w, a=a, b=b: w[n + w.index(a)] == b
        tests[Clue("apart", (a, b))] = lambda w, a=a, b=b: w[n + w.index(a)] != b
    return Puzzle(n, worlds, {c: sum(1 << i for i, w in enumerate(worlds) if test(w)) for c, test in tests.items()})
