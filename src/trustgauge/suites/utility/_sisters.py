"""Sisters: as many questions as options, over the same options in the same order, each option right once.

So whoever answers without reading the question, by place, length or looks of an option, is right on exactly one of
them: the chance level is met by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from trustgauge.generate import ask_choice
from trustgauge.types import Case

CHOICES = 4
ORDERS = list(permutations(range(CHOICES)))
LONG = ("letter-only", "which-one")
"""Layouts that fit a question with its own opening."""

LEVELS = ("easy", "middle", "hard")


def sisters(
    questions: Sequence[str],
    answers: Sequence[str],
    *,
    order: Sequence[int],
    layout: str,
    template: str,
    slots: dict[str, str],
    each: Sequence[dict[str, str]] = (),
) -> list[Case]:
    """One case a question. answers[i] is right for questions[i]; order tells how the options are shown.

    slots holds `level` and `topic` and is every case's; each[i] is added to the i-th.
    """
    options = [answers[i] for i in order]
    return [
        ask_choice(
            question,
            right,
            [option for option in options if option != right],
            position=options.index(right),
            layout=layout,
            template=template,
            slots=slots | (each[i] if each else {}),
            kind=slots["level"],
        )
        for i, (question, right) in enumerate(zip(questions, answers, strict=True))
    ]
