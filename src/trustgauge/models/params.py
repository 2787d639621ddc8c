"""Parameters that a server will not take, learnt from its own refusals and left out from then on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from trustgauge.models.problems import Problem, is_filtered

_STATUS = frozenset({400, 403, 404, 422})
_BROKEN = frozenset({500, 501})  # with these some local servers answer a response_format that they do not know
_UNWANTED = re.compile(
    r"unsupported|not (?:be )?supported|(?:not|n't) support|unrecognized|unknown|unexpected|not permitted"
    r"|not allowed|not enabled|not available|deprecated|extra (?:inputs|fields)"
    r"|only 1(?:\.0)? is allowed|may only be set to 1\b",
    re.I,
)
_OTHER_NAME = {"max_tokens": "max_completion_tokens", "seed": "random_seed"}
_TOGETHER = {
    "logprobs": ("logprobs", "top_logprobs"),
    "top_logprobs": ("logprobs", "top_logprobs"),
    "tools": ("tools", "tool_choice"),
}
_FORM = {
    "response_format": re.compile(
        r"response[ _]?format|json[ _](?:schema|mode|object)|guided|structured|grammar|failed_generation", re.I
    ),
    "tools": re.compile(r"\btools?\b|\btool[ _](?:choice|use|call)|input_schema", re.I),
}
"""What asks for an answer in JSON, and how servers speak of it. Whatever they dislike of it, a wording, a keyword of
the schema, a limit, the question can be asked without."""
_OPTIONAL = frozenset({"temperature", "top_p", "seed", "random_seed", "logprobs", "top_logprobs", "max_tokens", "stop"})


class Params:
    """What one server takes: newer reasoning models, for one, refuse `max_tokens` and any temperature but 1.

    A parameter that a 400 calls unsupported is sent under its other name where it has one
    (`max_completion_tokens`, Mistral's `random_seed`) and else not at all. A value out of range is no such
    case, and a limit on length is never dropped: both stay failures. The wish for an answer in JSON is dropped at
    any complaint about it.
    """

    def __init__(self) -> None:
        self.rejected: set[str] = set()

    def named(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values to send: those that are not None, under names that the server has not rejected."""
        if not self.rejected:
            return {name: value for name, value in values.items() if value is not None}
        sent: dict[str, Any] = {}
        for name, value in values.items():
            wire = _OTHER_NAME.get(name, "") if name in self.rejected else name
            if value is not None and wire and wire not in self.rejected:
                sent[wire] = value
        return sent

    def learn(self, sent: Mapping[str, Any], status: int, problem: Problem) -> bool:
        """Whether the refusal names a parameter that was sent and can be left out or renamed: then try again.

        True at most once for each parameter of one request, so that trying again comes to an end.
        """
        if status not in _STATUS and not (status in _BROKEN and "response_format" in problem.message):
            return False
        unwanted = _UNWANTED.search(" ".join((problem.message, *problem.codes)))
        name = (self._blamed(sent, problem) if unwanted else "") or self._form_blamed(sent, problem)
        self.rejected.update(_TOGETHER.get(name, (name,) if name else ()))
        return bool(name)

    def forgo(self, sent: Mapping[str, Any], status: int, problem: Problem) -> bool:
        """Whether an answer in JSON was asked for, and something that goes unnamed isn't supported: then without it."""
        form = next((name for name in _FORM if name in sent), "")
        unsaid = status in (400, 422) and _UNWANTED.search(problem.message) and not is_filtered(status, problem)
        if not form or not unsaid:
            return False
        self.rejected.update(_TOGETHER.get(form, (form,)))
        return True

    @staticmethod
    def _blamed(sent: Mapping[str, Any], problem: Problem) -> str:
        """The parameter blamed: the one the server names apart, else the first one in its message."""
        candidates = [name for name in sent if name in _OPTIONAL]
        if problem.param in candidates:
            return problem.param
        places = ((re.search(rf"\b{name}\b", problem.message), name) for name in candidates)
        found = [(place.start(), name) for place, name in places if place]
        return min(found)[1] if found else ""

    @staticmethod
    def _form_blamed(sent: Mapping[str, Any], problem: Problem) -> str:
        """What asks for JSON, where it was sent and is what the server speaks of."""
        said = f"{problem.param} {problem.message}"
        return next((name for name, words in _FORM.items() if name in sent and words.search(said)), "")

    @property
    def notes(self) -> tuple[str, ...]:
        """What was learnt, one phrase each, for people: "temperature is not sent: the server rejects it"."""
        return tuple(
            f"{name} is sent as {other}: the server rejects it"
            if (other := _OTHER_NAME.get(name)) and other not in self.rejected
            else f"{name} is not sent: the server rejects it"
            for name in sorted(self.rejected)
        )
