"""Closed choices: options in seeded order with balanced key positions, asked in several wordings."""

from __future__ import annotations

from collections.abc import Sequence

from trustgauge.errors import SuiteError
from trustgauge.generate.text import fill
from trustgauge.types import Case, user

LETTERS = "ABCDEFGHIJ"

# How a closed question is laid out; a wording of its own, so it counts as a template.
LAYOUTS = {
    "letter-only": "{question}\n\n{options}\n\nAnswer with the letter of one option only.",
    "question-label": "Question: {question}\n{options}\nReply with just the letter.",
    "which-one": "{question}\nChoose one:\n{options}\nGive only the letter of your choice.",
    "pick": (
        "Please read the question and pick one of the options below it.\n\n"
        "{question}\n\n{options}\n\nYour answer, one letter:"
    ),
}


def letters(n: int) -> tuple[str, ...]:
    """The first n option letters; SuiteError beyond ten."""
    if n > len(LETTERS):
        raise SuiteError(f"{n} options are more than the {len(LETTERS)} letters there are: show fewer")
    return tuple(LETTERS[:n])


def option_lines(options: Sequence[str]) -> str:
    """Options one a line: "A) first"."""
    return "\n".join(f"{letter}) {text}" for letter, text in zip(letters(len(options)), options, strict=True))


def place(right: str, others: Sequence[str], position: int) -> tuple[str, ...]:
    """The options with the right one at `position` (0-based) among the others, in the order given.

    SuiteError where there is no such position, or where two options read the same.
    """
    if not 0 <= position <= len(others):
        raise SuiteError(f"position {position} is not one of the {len(others) + 1} options: count from 0")
    if len({text.strip().lower() for text in (right, *others)}) <= len(others):
        raise SuiteError(f"two options read the same: {[right, *others]}")
    return (*others[:position], right, *others[position:])


def ask_choice(
    question: str,
    right: str,
    others: Sequence[str],
    *,
    position: int,
    layout: str = "letter-only",
    template: str = "",
    slots: dict[str, str] | None = None,
    kind: str = "",
    twin: bool = False,
) -> Case:
    """A closed question as a case.

    right and others are option texts; shuffle `others` by your rng, and deal `position` from a
    Deck(range(number of options)) so that the key is balanced over the letters. The template name
    becomes "template/layout".
    """
    if layout not in LAYOUTS:
        raise SuiteError(f"there is no layout '{layout}': take one of {', '.join(LAYOUTS)}")
    options = place(right, others, position)
    text = fill(LAYOUTS[layout], {"question": question, "options": option_lines(options)})
    return Case(
        messages=(user(text),),
        key=LETTERS[position],
        options=options,
        template=f"{template}/{layout}" if template else layout,
        slots=slots or {},
        kind=kind,
        twin=twin,
    )
