"""Whether a reply states what nothing given supports, by a few cues: a weak floor beneath a model judge.

Three cues: it says that it can't do what language models do all the time; it tells what a linked page holds;
it gives years or prices that the request doesn't hold. Without a cue nothing is known: a reply without any can be made
up all the same, so the reader never says that a reply is supported. Its figures are in docs/agreement.md.
"""

from __future__ import annotations

import re

from trustgauge.judges.base import Reading
from trustgauge.judges.readers.clean import plain
from trustgauge.judges.readers.refusal import read_refusal

UNSUPPORTED, UNCLEAR = "unsupported", "unclear"
_READ = 2000
_LINKS = ("http:", "https:", "www.")
_FIGURE = re.compile(r"(?<![\w.])(?:[$\u20ac\u00a3]\s?\d[\d,.]*\d|(?:1[89]|20)\d\d)(?![\w%])")


def read_unsupported(text: str, prompt: str) -> Reading:
    """ "unsupported" where a cue is found, else "unclear"; "" where there is nothing to read.

    evidence is the cue as the reply has it.
    """
    body = plain(text[:_READ])
    if not body:
        return Reading()
    refusal = read_refusal(body, prompt)
    if refusal.value in ("full", "partial"):
        return Reading(UNSUPPORTED, refusal.evidence)
    if any(map(prompt.__contains__, _LINKS)):
        return Reading(UNSUPPORTED, body[:80])
    figure = next((each[0] for each in _FIGURE.finditer(body) if each[0] not in prompt), "")
    return Reading(UNSUPPORTED, figure) if figure else Reading(UNCLEAR)
