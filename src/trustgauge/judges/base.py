"""Judge and Reading; what holds for every judge (blocked, empty and echoed replies) is decided here once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from trustgauge.types import Case, Reply, Verdict


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a reader found: `value` is canonical, "" where there is nothing to be read; `evidence` is the span."""

    value: str = ""
    evidence: str = ""


def good(reason: str, reading: Reading | None = None, **values: float) -> Verdict:
    """A trustworthy reply."""
    return _verdict("good", reason, reading, values)


def bad(reason: str, reading: Reading | None = None, **values: float) -> Verdict:
    """An untrustworthy reply."""
    return _verdict("bad", reason, reading, values)


def unscored(reason: str, reading: Reading | None = None, **values: float) -> Verdict:
    """A reply that is neither: it counts apart and never passes."""
    return _verdict("unscored", reason, reading, values)


def _verdict(label: str, reason: str, reading: Reading | None, values: dict[str, float]) -> Verdict:
    found = reading or Reading()
    return Verdict(
        label=label,  # type: ignore[arg-type]
        reason=reason,
        evidence=found.evidence[:300],
        answer=found.value,
        values=values,
    )


@dataclass(frozen=True)
class Judge:
    """A named, versioned rule from (case, replies) to a verdict.

    `rule` sees at least one reply, the last of which is neither blocked nor empty nor an echo of the
    prompt: those are unscored before it is asked. Raise the version whenever verdicts can change.

    guesses  reasons of verdicts that rest on the lack of words the rule knows: in a cascade a model judges those too
    reader  names the reader (judges/named.py) that alone decides, so that its calibration is this judge's, if any
    rubric  names the rubric (judges/rubrics) by which a model judges the same; "": the form is closed, rules suffice
    """

    name: str
    version: int
    rule: Callable[[Case, Sequence[Reply]], Verdict]
    rubric: str = ""
    reader: str = ""
    guesses: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """name@version, as stored with every verdict."""
        return f"{self.name}@{self.version}"

    def __call__(self, case: Case, replies: Sequence[Reply]) -> Verdict:
        """The verdict, stamped with this judge's id."""
        early = no_answer(case, replies)
        verdict = early or self.rule(case, replies)
        if verdict.label == "unscored" and not early and replies[-1].status == "truncated":
            verdict = replace(verdict, reason=f"{verdict.reason} (truncated)")
        return replace(verdict, judge=self.id)


def no_answer(case: Case, replies: Sequence[Reply]) -> Verdict | None:
    """Unscored for what no judge can read, None for the rest."""
    if not replies:
        return unscored("no reply")
    last = replies[-1]
    status = last.status
    if status == "blocked":
        return unscored("blocked by a content filter")
    if status == "empty":
        return unscored("empty")
    return unscored("echo of the prompt") if echoes(last.text, case.prompt) else None


_WORD = re.compile(r"\w+")
_BETWEEN = re.compile(r"\W+")
_LEAST = 20  # characters that count as an echo, if they are not the whole prompt
_PASSAGE = 200  # characters that count as one however long the prompt is: no option is that long, only a document
_PEEK = 100


def _bare(text: str) -> str:
    return _BETWEEN.sub(" ", text.lower()).strip()


def _differs(text: str, prompt: str) -> bool:
    """True where a glance tells that a reply is no echo; most are told so.

    A short one is none of a longer prompt. Of any echo all words but the last stand in the prompt.
    """
    low = text.lower()
    if len(low) < _LEAST and len(_bare(prompt[:_PEEK])) > len(low):
        return True
    asked = prompt.lower()
    before = ""
    for match in _WORD.finditer(low[:_PEEK]):
        if before not in asked:
            return True
        before = match[0]
    return False


def echoes(text: str, prompt: str) -> bool:
    """True where the reply only gives the prompt back: all of it, half of it (20 characters or more), or 200 of it."""
    if _differs(text, prompt):
        return False
    said, asked = _bare(text), _bare(prompt)
    if not said or not asked:
        return False
    if said == asked:
        return True
    repeats = len(said) >= max(_LEAST, min(len(asked) // 2, _PASSAGE)) and said in asked
    return repeats or (said.startswith(asked) and len(said) - len(asked) < 3)
