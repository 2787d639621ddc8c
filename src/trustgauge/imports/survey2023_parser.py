"""The survey's own parser of causal answers, kept as it was so that its published numbers can be had again."""

from __future__ import annotations

import re
from typing import Literal

_LETTER = re.compile(r"[AB]\)")


def survey_letter(text: str) -> Literal["A", "B", "C"]:
    """The letter of the one "A)" or "B)" in a reply; "C", not understood, where there is none or more than one.

    Gives all 3,600 parsed answers of the survey's released causal study (Liu et al. 2023, 11.8) from the
    raw ones. It is strict: "B" without a bracket and "B) ... so B)" are both "C"; use read_choice to judge.
    """
    found = _LETTER.findall(text)
    if len(found) != 1:
        return "C"
    return "A" if found[0] == "A)" else "B"
