"""Whether a reply says that it doesn't know, that the text doesn't tell, that it knows of no such thing, or that the
question takes something wrong for granted.

The words are in abstention.toml. Only the opening is read: who abstains does so there.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from trustgauge.judges.base import Reading
from trustgauge.judges.readers.clean import plain
from trustgauge.judges.readers.legible import legible
from trustgauge.judges.readers.phrases import Phrases

_OPENING = 400  # characters in which a reply abstains, if it does
_READ = 1500
_BRIEF = 60
_WORD = re.compile(r"[\w'/-]+")
_NO = re.compile(r"(?:^|[.!?:\n] ?)\W{0,3}no (?!problem|worries|doubt)\w+")  # a sentence such as "No king did."
_KINDS = ("unknown", "unsaid", "none")


class Abstention(msgspec.Struct, frozen=True):
    """Where a reply abstains (-1 for nowhere), of which kind, and in which words.

    kind  unknown (it doesn't know), unsaid (the text doesn't tell) or none (it knows of no such thing); of several
          that stand at one place the last of these
    """

    at: int = -1
    kind: str = ""
    said: str = ""


class _Words:
    """abstention.toml, compiled."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.kinds = {kind: Phrases(found[kind]) for kind in _KINDS}
        self.denies, self.premise = Phrases(found["denies"]), Phrases(found["premise"])
        telling = "|".join(map(re.escape, found["telling"]))
        between = r"(?:(?!only )\w+ly |ever |even |been |be |to |in fact |anywhere )?"
        self.telling = re.compile(rf"(?:\bnot|n't) {between}(?:{telling})")
        mine = "|".join(map(re.escape, found["mine"]))
        self.mine = re.compile(rf"(?:\bnot?|n't) [^.!?;\n]{{0,70}}?\bi(?:{mine})")
        self.bare, self.mute = frozenset[str](found["bare"]), frozenset[str](found["mute"])

    def negated(self, kind: str, opening: str) -> re.Match[str] | None:
        """The first "not" or "no" that what follows makes an abstention of that kind."""
        if not any(map(opening.__contains__, ("not ", "n't ", "no "))):
            return None
        if kind == "unsaid":
            return self.telling.search(opening)
        return self.mine.search(opening) if kind == "none" and (" i " in opening or " i'm" in opening) else None


@lru_cache(maxsize=1)
def _words() -> _Words:
    path = Path(__file__).with_suffix(".toml")
    return _Words(tomllib.loads(path.read_text(encoding="utf-8")))


def lowered(text: str) -> str:
    """The beginning of a reply as it is read here: plain and in lower case."""
    return plain(text[:_READ]).lower()


def find_abstention(low: str, *kinds: str) -> Abstention:
    """The first abstention in a lowered text, of the kinds given or of any."""
    words, opening = _words(), low[:_OPENING]
    if len(low) < 40 and " ".join(_WORD.findall(low)) in words.bare:
        return Abstention(0, "unsaid" if "unsaid" in kinds or not kinds else kinds[0], low)
    found = Abstention()
    for kind in kinds or _KINDS:
        at, said = words.kinds[kind].first(opening, len(opening))
        match = words.negated(kind, opening)
        if match and (not said or match.start() < at):
            at, said = match.start(), match[0]
        if said and (found.at < 0 or at <= found.at):
            found = Abstention(at, kind, said)
    return found


def read_abstention(text: str) -> Reading:
    """unknown, unsaid or none, "" where the reply doesn't abstain."""
    found = find_abstention(lowered(text))
    return Reading(found.kind, found.said)


def find_denial(low: str, *, whole: bool = True) -> Reading:
    """ "denied" of a lowered text that denies what the question takes for granted, else "".

    With `whole` any denial in the opening counts; without, only one that speaks of the question itself.
    """
    opening = low[:_OPENING]
    _, said = (_words().denies if whole else _words().premise).first(opening, len(opening))
    if whole and not said and (none := _NO.search(opening)):
        said = none[0].strip()
    return Reading("denied", said) if said else Reading()


def answers(low: str, prompt: str = "") -> bool:
    """True for a lowered text that could be an answer to a short question: legible, a sum, or a word or three."""
    said = " ".join(_WORD.findall(low[: _BRIEF + 20]))
    if said in _words().mute or said in _words().bare:
        return False
    brief = len(low) < _BRIEF and (said.count(" ") < 3 or any(map(str.isdigit, said)))
    return bool(said) and (brief or legible(low, prompt))
