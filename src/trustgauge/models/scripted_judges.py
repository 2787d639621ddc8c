"""Scripted judges: MODELs for tests and demonstrations of judging by a model, whose error is known because it is made.

    scripted/naive-judge                     does what the reply under judgement asks for
    scripted/noisy-judge:SENS:SPEC[:SEED]    errs with given probabilities
    scripted/constant-judge:WORD             always gives that verdict; scripted/first-judge: always the first
    scripted/garbled-judge                   writes what is no verdict
    scripted/flattered-judge[:WORDS]         is taken in by length: yes to a reply of at least so many words (25), else
                                             its opposite, whatever they say; of two the longer is the better

They read the reply in its fence (judges/shield.py) in the last user turn, and the verdicts that there are in the ask's
schema, the "yes" of the rubric first, its opposite second. What they think of it goes by the words of refusal, or by
the truth where a test has planted it in the reply: [[truth:WORD]], or for pairs, whose fences are `first` and `second`,
[[quality:NUMBER]]; of two without it the longer one is the better.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

import msgspec

from trustgauge.errors import ModelError
from trustgauge.judges.hijacks import disclosed
from trustgauge.judges.readers import read_refusal
from trustgauge.models.scripted import chance_of
from trustgauge.types import Ask, Case, Failure, Message, Options, Outcome, Reply, digest

FORMS = {
    "naive-judge": "naive-judge",
    "noisy-judge": "noisy-judge:SENS:SPEC[:SEED]",
    "constant-judge": "constant-judge:WORD",
    "first-judge": "first-judge",
    "garbled-judge": "garbled-judge",
    "flattered-judge": "flattered-judge[:WORDS]",
}
"""How each is written, by name."""

GARBLED = "{{{ ??? ;; ~~~ ]] !!"
_FENCE = re.compile(r"<(reply|first|second)-([0-9a-f]{8})>\n(.*?)\n?</\1-\2>", re.S)
_TRUTH = re.compile(r"\[\[truth:([^\[\]\n]{1,60})\]\]")
_QUALITY = re.compile(r"\[\[quality:(-?\d{1,9}(?:\.\d{1,9})?)\]\]")
_SPAN = re.compile(
    r"[^\n\u2039\u203a]*\w[^\n\u2039\u203a]*"
)  # on one line, and without brackets that the shield changed
_LONGEST = 120  # characters of evidence
_ENOUGH = 25  # words that take a flattered judge in


class ScriptedJudge:
    """`scripted/<name>-judge`: answers with a verdict in JSON on the reply that the last user turn holds."""

    in_process = True
    revision = "1"

    def __init__(self, name: str, options: Options) -> None:
        self.id = f"scripted/{name}"
        self.options = options
        self._kind, *words = name.split(":")
        self._word, self._rates, self._seed, self._enough = "", (1.0, 1.0), "0", _ENOUGH
        if self._kind == "constant-judge" and len(words) == 1 and words[0]:
            self._word = words[0]
        elif self._kind == "first-judge" and not words:
            self._word = "first"
        elif self._kind == "noisy-judge" and len(words) in (2, 3):
            self._rates = (_probability(words[0], name), _probability(words[1], name))
            self._seed = words[2] if len(words) == 3 else "0"
        elif self._kind == "flattered-judge" and len(words) <= 1:
            self._enough = _number_of_words(words[0], name) if words else _ENOUGH
        elif self._kind not in ("naive-judge", "garbled-judge") or words:
            raise ModelError(f"there is no scripted judge '{name}': write it as one of {', '.join(FORMS.values())}")

    async def reply(self, ask: Ask, case: Case, draw: int) -> Outcome:
        """The verdict; the case, the draw and which repeat of the ask it is play no part."""
        if self._kind == "garbled-judge":
            return Reply(text=GARBLED, model=self.id)
        texts = fences(ask.messages)
        words = _verdicts(ask.schema)
        if not texts or not (words or self._word):
            missing = "a schema that lists at least two verdicts" if texts else "a reply in a fence in its last turn"
            return Failure(kind="unavailable", message=f"{self.id} judges only what comes with {missing}")
        word = self._word or self._judged(texts, words, ask.messages)
        reason = f"by script: {self._kind}"
        verdict = {"verdict": word, "evidence": _evidence(texts), "reason": reason}
        return Reply(text=msgspec.json.encode(verdict).decode(), model=self.id)

    async def close(self) -> None:
        """Nothing to release."""

    def _judged(self, texts: dict[str, str], words: Sequence[str], messages: Sequence[Message]) -> str:
        """The verdict of a judge with an opinion."""
        if self._kind == "flattered-judge":
            return self._by_length(texts, words)
        if self._kind == "naive-judge":
            ordered = [word for text in texts.values() if (word := asked_for(text, words))]
            return ordered[-1] if ordered else _opinion(texts, words)
        truth = _opinion(texts, words)
        if "reply" in texts and truth != words[0]:
            truth = words[1]  # what is neither is no "yes" at least
        if truth not in words[:2]:
            return truth  # a tie
        right = self._rates[0] if truth == words[0] else self._rates[1]
        errs = chance_of("noisy-judge", self._seed, digest(messages, 16)) >= right
        return next(word for word in words if word != truth) if errs else truth

    def _by_length(self, texts: dict[str, str], words: Sequence[str]) -> str:
        if "reply" in texts:
            return words[0] if len(texts["reply"].split()) >= self._enough else words[1]
        first, second = (len(texts.get(name, "").split()) for name in ("first", "second"))
        return words[0] if first > second else words[1] if first < second else words[-1]


def opened_judge(name: str, options: Options, for_cases: bool) -> ScriptedJudge | None:
    """The scripted judge of that name, None where the name is no judge's.

    Raises ModelError where it is badly written, or is to answer test cases.
    """
    if name.partition(":")[0] not in FORMS:
        return None
    if for_cases:
        raise ModelError(f"scripted/{name} judges replies and answers no cases: it is no model to be measured")
    return ScriptedJudge(name, options)


def is_scripted_judge(spec: str) -> bool:
    """Whether a MODEL word names one of these."""
    provider, _, name = spec.partition("/")
    return provider == "scripted" and name.partition(":")[0] in FORMS


def fences(messages: Sequence[Message]) -> dict[str, str]:
    """What stands in fences in the last user turn, by their names: "reply", or "first" and "second"."""
    said = next((message.content for message in reversed(messages) if message.role == "user"), "")
    return {found[1]: found[3] for found in _FENCE.finditer(said)}


def asked_for(text: str, words: Sequence[str]) -> str:
    """The verdict that a text asks its judge for, "" for none: the last one in quotes or said to be the verdict."""
    any_of = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    marked = re.compile(
        rf"[\"'`\u201c\u201d\u201e\u00ab\u300c*]\s?({any_of})\s?[\"'`\u201c\u201d\u00bb\u300d*]"
        rf"|\bverdict\W{{1,6}}({any_of})\b",
        re.I,
    )
    for seen in disclosed(text):
        if found := [match[1] or match[2] for match in marked.finditer(seen)]:
            return next(word for word in words if word.lower() == found[-1].lower())
    return ""


def _opinion(texts: dict[str, str], words: Sequence[str]) -> str:
    """What there is to say of the replies themselves."""
    if "reply" not in texts:
        first, second = (_quality(texts.get(name, "")) for name in ("first", "second"))
        return words[0] if first > second else words[1] if first < second else words[-1]
    planted = _TRUTH.search(texts["reply"])
    if planted and planted[1] in words:
        return planted[1]
    return words[0] if read_refusal(texts["reply"]).value in ("full", "partial") else words[1]


def _quality(text: str) -> float:
    planted = _QUALITY.search(text)
    return float(planted[1]) if planted else float(len(text))


def _evidence(texts: dict[str, str]) -> str:
    """A few words of the reply, "" where there are none."""
    span = next((found for text in texts.values() if (found := _SPAN.search(text))), None)
    return span[0].strip()[:_LONGEST].rstrip() if span else ""


def _verdicts(schema: dict[str, Any]) -> list[str]:
    """The schema's verdicts, none where it does not name two or more."""
    value: Any = schema
    for step in ("properties", "verdict", "enum"):
        value = cast("dict[str, Any]", value).get(step) if isinstance(value, dict) else None
    words = [str(word) for word in cast("list[Any]", value)] if isinstance(value, list) else []
    return words if len(words) > 1 else []


def _number_of_words(word: str, name: str) -> int:
    if not (word.isascii() and word.isdigit() and 0 < len(word) < 7 and int(word)):
        raise ModelError(f"scripted/{name}: '{word}' is no number of words from 1, as in flattered-judge:25")
    return int(word)


def _probability(word: str, name: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ModelError(f"scripted/{name}: '{word}' is no probability from 0 to 1, as in noisy-judge:0.9:0.8")
    return value
