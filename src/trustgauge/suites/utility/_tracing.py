"""code-tracing: short Python programs and what they print, computed by the evaluator of _python.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, cast

from trustgauge.errors import SuiteError
from trustgauge.generate import Deck, Words, fill
from trustgauge.suites.utility._python import printed
from trustgauge.suites.utility._sisters import CHOICES, LEVELS, LONG, ORDERS, sisters
from trustgauge.types import Case

TRIES = 200
SETTINGS = 24
"""Settings of the varied slots tried for one program, before all its slots are drawn anew."""

LONGEST = 60
"""Characters of an output that is still a handy option."""


def tracing_cases(words: Words) -> Callable[[Random], Iterator[list[Case]]]:
    """One program in four settings with different outputs, which are the options of all four."""

    def cases(rng: Random) -> Iterator[list[Case]]:
        programs = {
            level: Deck(rng, [row for row in words.rows("programs") if row["level"] == level]) for level in LEVELS
        }
        asks = Deck(rng, list(enumerate(words.strings("asks"))))
        levels, layouts, orders = Deck(rng, LEVELS), Deck(rng, LONG), Deck(rng, ORDERS)
        while True:
            program = programs[levels.deal()].deal()
            (i, ask), settings = asks.deal(), four(rng, program, words["pools"])
            yield sisters(
                [f"{ask}\n\n```python\n{text}\n```" for text in settings.values()],
                list(settings),
                order=orders.deal(),
                layout=layouts.deal(),
                template=f"{program['name']}-{i + 1}",
                slots={"level": program["level"], "topic": program["topic"]},
            )

    return cases


def four(rng: Random, program: Mapping[str, Any], pools: Mapping[str, list[str]]) -> dict[str, str]:
    """Output -> program text: four settings of one program that differ in its `vary` slots and in what is printed."""
    for _ in range(TRIES):
        base = {slot: _drawn(rng, source, pools) for slot, source in program["slots"].items()}
        found: dict[str, str] = {}
        seen: set[str] = set()
        for _ in range(SETTINGS):
            varied = {slot: _drawn(rng, program["slots"][slot], pools) for slot in program["vary"]}
            text = _written(program, base | varied)
            if text in seen:
                continue
            seen.add(text)
            output = printed(text)
            if output and len(output) <= LONGEST:
                found.setdefault(output, text)
            if len(found) == CHOICES:
                return found
    raise SuiteError(f"the program {program['name']} hardly ever has {CHOICES} different outputs: vary more")


def _drawn(rng: Random, source: Any, pools: Mapping[str, list[str]]) -> Any:
    if isinstance(source, str):
        return rng.choice(source.split())
    if not isinstance(source, dict):
        return rng.randint(*source)
    return _listed(rng, cast("dict[str, Any]", source), pools)


def _listed(rng: Random, source: Mapping[str, Any], pools: Mapping[str, list[str]]) -> Any:
    """A list of numbers or words, or a word; what a dict is made of comes back as it is."""
    if "many" in source:
        low, high = source["of"]
        return rng.sample(range(low, high + 1), rng.randint(*source["many"]))
    if "word" in source:
        return rng.choice(pools[source["word"]])
    if "words" in source:
        return rng.sample(pools[source["of"]], source["words"])
    return source


def _written(program: Mapping[str, Any], slots: Mapping[str, Any]) -> str:
    """The program's text; a dict is put together here, of the lists that two other slots hold."""
    texts = {
        slot: str(dict(zip(slots[value["keys"]], slots[value["values"]], strict=True)))
        if isinstance(value, dict)
        else str(value)
        for slot, value in slots.items()
    }
    return fill(str(program["text"]).strip(), texts)
