"""instructions: what to pick of a list, in which order, and how to write it down; all of it is checked by rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

import msgspec

from trustgauge.errors import SuiteError
from trustgauge.generate import Deck, Words, fill
from trustgauge.judges.instructed import FORMS, JSON_FORMS, SLOT, Demand, demand_of, written
from trustgauge.suites.utility._sisters import LEVELS
from trustgauge.types import Case, Gold, Groups, Message, user

PICKS = {
    "easy": ("first-alphabet", "every-second", "with-letter", "reverse", "by-length"),
    "middle": ("last-alphabet", "without-letter", "longest", "above", "by-length", "middle"),
    "hard": ("without-letter", "ending", "below", "above", "last-alphabet", "longest"),
}
SIZES = {"easy": (5, 6), "middle": (6, 8), "hard": (7, 9)}
TRIES = 1000
LINES = ("lines", "numbered", "dashes")
COMMON = "etaoinsrl"
"""Letters worth doing without."""


class Listed(NamedTuple):
    """The list as given, and how many points each has."""

    words: list[str]
    points: list[int]


class Picked(NamedTuple):
    """What is right, with the number or the letter that the instruction names."""

    words: list[str]
    n: str = ""
    letter: str = ""


def instruction_cases(words: Words) -> Callable[[Random], Iterator[list[Case]]]:
    """One list with its instructions; levels, forms and ways of picking take turns."""

    def cases(rng: Random) -> Iterator[list[Case]]:
        picks = {level: Deck(rng, PICKS[level]) for level in LEVELS}
        levels, topics = Deck(rng, LEVELS), Deck(rng, list(words["topics"]))
        forms, ways = Deck(rng, [*FORMS, *JSON_FORMS]), Deck(rng, list(words.table("written")))
        openings, last = Deck(rng, words.strings("openings")), Deck(rng, (True, True, False))
        while True:
            level, topic, opening = levels.deal(), topics.deal(), openings.deal()
            pick = picks[level].deal()
            given, picked = _picked(rng, words.strings(f"topics.{topic}"), pick, SIZES[level])
            shown = _shown(given, with_points=pick in ("above", "below"))
            asked = fill(words.table("pick")[pick], {"n": picked.n, "letter": picked.letter})
            if level == "hard" and last.deal():
                how, demand = _sentence(rng, words, given, picked)
            else:
                extras = {"easy": 0, "middle": 1, "hard": 2}[level]
                how, demand = _list(rng, words, given, picked, forms.deal(), ways.deal(), extras)
            text = " ".join([fill(opening, {"topic": topic, "words": shown}), asked, *how])
            slots = {"level": level, "topic": _topic(demand), SLOT: msgspec.json.encode(demand).decode()}
            yield [
                Case(
                    messages=(user(text),),
                    key=" ".join(demand.words),
                    template=f"{pick}/{demand.form}",
                    slots=slots,
                    kind=level,
                )
            ]

    return cases


def _shown(given: Listed, *, with_points: bool) -> str:
    if with_points:
        return ", ".join(f"{word} {points}" for word, points in zip(*given, strict=True))
    return ", ".join(given.words)


def _topic(demand: Demand) -> str:
    if demand.form == "sentence":
        return "sentence"
    if demand.form in JSON_FORMS:
        return "JSON"
    return "lines" if demand.form in LINES else "one line"


def _picked(rng: Random, pool: Sequence[str], pick: str, sizes: tuple[int, int]) -> tuple[Listed, Picked]:
    """A list, and what is right of it: at least two words, not just the list as it stands, no doubt about order."""
    for _ in range(TRIES):
        words = _drawn(rng, pool, rng.randint(*sizes), all_lengths=pick in ("by-length", "longest"))
        given = Listed(words, rng.sample(range(2, 60), len(words)))
        picked = pick_of(rng, pick, given)
        if len(picked.words) > 1 and picked.words != words:
            return given, picked
    raise SuiteError(f"utility_instructions.toml: '{pick}' hardly ever leaves two words or more of {pool[:3]}")


def _drawn(rng: Random, pool: Sequence[str], size: int, *, all_lengths: bool) -> list[str]:
    """That many words of the pool; or words of different lengths, as many as there are lengths at most."""
    if not all_lengths:
        return rng.sample(pool, size)
    by_length = defaultdict[int, list[str]](list)
    for word in pool:
        by_length[len(word)].append(word)
    return [rng.choice(by_length[length]) for length in rng.sample(list(by_length), min(size, len(by_length)))]


def pick_of(rng: Random, pick: str, given: Listed) -> Picked:
    """What the instruction picks of the list."""
    words, n = given.words, rng.randint(2, len(given.words) - 2)
    if pick in ("first-alphabet", "last-alphabet"):
        return Picked(sorted(words)[:n] if pick == "first-alphabet" else sorted(words)[-n:], str(n))
    if pick == "reverse":
        return Picked(words[-n:][::-1], str(n))
    if pick == "every-second":
        return Picked(words[1::2])
    if pick == "middle":
        return Picked(sorted(words[1:-1]))
    if pick in ("with-letter", "without-letter", "ending"):
        return _by_letter(rng, pick, words)
    if pick in ("above", "below"):
        return _by_points(rng, pick, given)
    by_length = sorted(words, key=len, reverse=pick == "longest")
    return Picked(by_length[:n], str(n)) if pick == "longest" else Picked(by_length)


def _by_letter(rng: Random, pick: str, words: Sequence[str]) -> Picked:
    if pick == "ending":
        letter = rng.choice(words)[-1]
        return Picked(sorted((w for w in words if w.endswith(letter)), reverse=True), letter=letter)
    letter = rng.choice(rng.choice(words))
    if pick == "with-letter":
        return Picked([w for w in words if letter in w], letter=letter)
    return Picked(sorted(w for w in words if letter not in w), letter=letter)


def _by_points(rng: Random, pick: str, given: Listed) -> Picked:
    points = dict(zip(*given, strict=True))
    n = rng.choice([p + 1 for p in given.points if p + 1 not in given.points] or [1])
    if pick == "above":
        return Picked(sorted((w for w in given.words if points[w] > n), key=lambda w: -points[w]), str(n))
    return Picked(sorted(w for w in given.words if points[w] < n), str(n))


WAYS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "capital": str.capitalize,
    "e-3": lambda word: word.replace("e", "3"),
    "backwards": lambda word: word[::-1],
}
"""How the words are to be written."""


def _list(
    rng: Random, words: Words, given: Listed, picked: Picked, form: str, way: str, extras: int
) -> tuple[list[str], Demand]:
    """The form, and of the other demands none, one or two."""
    how = [words.table("form")[form]]
    framed = rng.random() < 0.5 if extras == 1 else extras > 1
    framed = framed and form not in JSON_FORMS
    altered, told = picked.words, extras > 1 or (extras == 1 and not framed)
    if told:
        how.append(words.table("written")[way])
        altered = [WAYS[way](word) for word in picked.words]
    first = last = ""
    if framed:
        ends = (
            rng.choice((("first",), ("last",), ("first", "last"))) if extras > 1 else (rng.choice(("first", "last")),)
        )
        first = rng.choice(words.strings("first")) if "first" in ends else ""
        last = rng.choice(words.strings("last")) if "last" in ends else ""
        how += [fill(words.table("frame")[end], {"first": first, "last": last}) for end in ends]
    how.append(rng.choice(words.strings("closings")))
    others = [word for word in given.words if word not in altered]
    return how, Demand(words=tuple(altered), others=tuple(others), letters=told, form=form, first=first, last=last)


def _sentence(rng: Random, words: Words, given: Listed, picked: Picked) -> tuple[list[str], Demand]:
    """A sentence that holds the words, with three of five further demands."""
    texts = words.table("sentence")
    points = rng.sample(["size", "first", "last", "avoid", "marks"], 3)
    first = rng.choice(words.strings("first_words")) if "first" in points else ""
    last = rng.choice(words.strings("last_words")) if "last" in points else ""
    used = "".join([*picked.words, first, last]).lower()
    free = [letter for letter in COMMON if letter not in used]
    avoid = rng.choice(free) if "avoid" in points and free else ""
    demand = Demand(
        words=tuple(picked.words),
        others=tuple(word for word in given.words if word not in picked.words),
        form="sentence",
        first=first,
        last=last,
        size=len(picked.words) + rng.randint(4, 9) if "size" in points else 0,
        avoid=avoid,
        marks="!" if "marks" in points else "",
    )
    slots = {"size": str(demand.size), "first": first, "last": last, "avoid": avoid}
    asked = [fill(texts[point], slots) for point in sorted(points) if point != "avoid" or avoid]
    return [texts["base"], *asked, rng.choice(words.strings("sentence_closings"))], demand


def instruction_gold(fillers: Callable[[], Sequence[str]]) -> Callable[[Case, Sequence[Message]], Gold]:
    """Replies that fulfil all demands, miss one, or are none. fillers gives short words for the rest of a sentence."""

    def gold(case: Case, _: Sequence[Message]) -> Gold:
        demand = demand_of(case)
        turned = msgspec.structs.replace(demand, words=demand.words[::-1])
        short = msgspec.structs.replace(demand, words=demand.words[1:])
        if demand.form == "sentence":
            right = sentence_of(demand, fillers())
            wrong = (
                sentence_of(turned, fillers()),
                sentence_of(short, fillers()),
                f"{right}\nWhat do you think of it?",
            )
            good = (right,)
        else:
            right = written(demand)
            wrong = (written(turned), written(short), f"Sure, here you go:\n\n{right}", ", ".join(case_words(demand)))
            good = (right, f"```\n{right}\n```", f"{right}\n")
        return Gold(
            good=good,
            bad=wrong,
            unscored=("", "That is hard to say from here.", "I'm sorry, but I can't help with that."),
        )

    return gold


def case_words(demand: Demand) -> list[str]:
    """All words of the list but one of the right ones."""
    return [*demand.words[1:], *demand.others, "too"]


def sentence_of(demand: Demand, fillers: Sequence[str]) -> str:
    """A string of words that fulfils the demand; sense is not among what is checked."""
    usable = [word for word in fillers if not demand.avoid or demand.avoid not in word]
    free = demand.size - len(demand.words) - bool(demand.first) - bool(demand.last) if demand.size else 3
    between = [usable[i % len(usable)] for i in range(free)]
    words = [demand.first, *between, *demand.words, demand.last]
    text = " ".join(word for word in words if word)
    return f"{text[0].upper()}{text[1:]}{demand.marks or '.'}"


class Followed:
    """A tally: the mean share of the demands that scored replies fulfil, and the share of them that fail each."""

    def __init__(self) -> None:
        self._shares: list[float] = []

    def add(self, records: Groups) -> None:
        """One group."""
        self._shares += [
            record.verdict.values["followed"]
            for record in records
            if record.verdict and "followed" in record.verdict.values
        ]

    def metrics(self) -> Mapping[str, float | None]:
        """By "single instructions followed"."""
        shares = self._shares
        return {"single instructions followed": sum(shares) / len(shares) if shares else None}
