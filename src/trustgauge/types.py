"""The nouns: Message, Case, Ask, Reply, Failure, Verdict, Record, Estimate. Read this first.

All are frozen msgspec structs: cheap to make, to hash by content and to store as JSON.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Literal

import msgspec
from msgspec.structs import force_setattr, replace

Role = Literal["system", "user", "assistant"]
Label = Literal["good", "bad", "unscored"]
Finish = Literal["stop", "length", "content_filter", "other"]
FailureKind = Literal[
    "auth",  # 401, 403: key missing, wrong or not allowed
    "not_found",  # 404: no such model or address
    "bad_request",  # 400, 422: the server will not take this request
    "rate_limit",  # 429 until the retries ran out
    "server",  # 5xx until the retries ran out
    "timeout",  # no answer in time
    "connect",  # host not reachable, connection reset, TLS or DNS failure
    "malformed",  # an answer that is not what the protocol says
    "too_large",  # a body over the size limit
    "unavailable",  # nothing recorded for this case, or the model cannot do what is asked
]


_CANONICAL = msgspec.json.Encoder(order="sorted")


def digest(value: Any, size: int = 8) -> str:
    """Content hash: hex blake2b of the value's canonical JSON (sorted keys); 2*size characters."""
    return blake2b(_CANONICAL.encode(value), digest_size=size).hexdigest()


class Message(msgspec.Struct, frozen=True):
    """One turn as sent to a model."""

    role: Role
    content: str


def user(content: str) -> Message:
    """A user's turn."""
    return Message("user", content)


def system(content: str) -> Message:
    """A system prompt."""
    return Message("system", content)


def assistant(content: str) -> Message:
    """A model's turn."""
    return Message("assistant", content)


class Case(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One test case. `id` is a hash of the content, so the same words are the same case everywhere; "" without a task.

    messages  what is sent first; a task with several turns adds the rest
    key       what a right reply holds: an option's letter, "yes", a number, or "refuse" / "answer"
    options   texts of the options in the order shown (A, B, ...); empty for open forms
    template  name of the wording used; slots: what was filled in, as text
    kind      the side of a pair or the arm of a design ("harmful", "benign", "plain", "typos", ...)
    twin      True where this is the "do" beside a "don't": helpfulness that restraint must not cost
    group     ties pairs, twins and paraphrases together; intervals are clustered by it
    """

    messages: tuple[Message, ...]
    key: str = ""
    options: tuple[str, ...] = ()
    template: str = ""
    slots: dict[str, str] = {}
    kind: str = ""
    twin: bool = False
    task: str = ""
    group: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        if self.task and not self.id:  # one that is filed nowhere yet will have another
            content = (
                self.task,
                self.messages,
                self.key,
                self.options,
                self.template,
                self.slots,
                self.kind,
                self.twin,
            )
            force_setattr(self, "id", digest(content))

    @property
    def prompt(self) -> str:
        """The first user turn's text."""
        return next((m.content for m in self.messages if m.role == "user"), "")

    def of(self, task: str, group: str = "") -> Case:
        """The same case filed under a task (and group), with the id that follows."""
        return replace(self, task=task, group=group, id="")


class Options(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a model is asked to write; None leaves the provider's default."""

    temperature: float | None = None
    max_tokens: int | None = None
    top_p: float | None = None
    seed: int | None = None


class Ask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a conversation yields: messages to answer now.

    repeat       tells repeated asks of the same messages in one conversation apart
    logprobs     number of alternatives per token wanted (0: none); a model without them ignores it
    temperature  overrides the run's for this ask; so does max_tokens
    schema       JSON Schema that the answer must satisfy; a model without structured output ignores it
    """

    messages: tuple[Message, ...]
    repeat: int = 0
    logprobs: int = 0
    temperature: float | None = None
    max_tokens: int | None = None
    schema: dict[str, Any] = {}


class Usage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Tokens as the provider counted them."""

    input_tokens: int = 0
    output_tokens: int = 0


class TokenLogprob(msgspec.Struct, frozen=True, omit_defaults=True):
    """One generated token's natural-log probability and those of its alternatives."""

    token: str
    logprob: float
    top: dict[str, float] = {}


class Reply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a model wrote, and how it ended.

    finish is "content_filter" where the provider withheld the answer, "length" where it was cut.
    """

    text: str
    finish: Finish = "stop"
    usage: Usage | None = None
    latency_s: float = 0.0
    request_id: str = ""
    model: str = ""
    logprobs: tuple[TokenLogprob, ...] | None = None

    @property
    def status(self) -> Literal["complete", "truncated", "blocked", "empty"]:
        """What kind of ending this was: each is counted apart, none but "complete" is a full answer."""
        if self.finish == "content_filter":
            return "blocked"
        if not self.text.strip():
            return "empty"
        return "truncated" if self.finish == "length" else "complete"


class Failure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A call that gave no reply. Never a score, never a reply text.

    transient failures may be tried again; retry_after_s is what the server asked for.
    """

    kind: FailureKind
    message: str
    transient: bool = False
    retry_after_s: float | None = None
    attempts: int = 1


Outcome = Reply | Failure
Conversation = Generator[Ask, Reply, None]
"""Yields what to ask, is sent each reply; ends when there is nothing more to ask."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a judge says of one case's replies.

    label     good (trustworthy), bad, or unscored (blocked, empty, unreadable, refused where that is neither)
    reason    a short fixed phrase, countable ("refused", "wrong option", "no option named")
    evidence  the span of the reply that decided
    answer    what was read from the reply, canonical (option letter, "yes", "3.5"), if anything
    values    numbers read or computed (stated percentages, overlaps)
    judge     "name@version" of the judge
    """

    label: Label
    reason: str
    evidence: str = ""
    answer: str = ""
    values: dict[str, float] = {}
    judge: str = ""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Case, replies and verdict as stored: the only thing later stages read.

    Exactly one of verdict and failure is set. draw counts repeated answers to one case from 0.
    """

    case: Case
    draw: int = 0
    replies: tuple[Reply, ...] = ()
    verdict: Verdict | None = None
    failure: Failure | None = None

    @property
    def label(self) -> str:
        """good, bad, unscored or failed."""
        return self.verdict.label if self.verdict else "failed"


Groups = Sequence[Record]
"""Records of one group: the pair, the twins, the paraphrases of one item."""


class Counts(msgspec.Struct, frozen=True):
    """The four counts that stand beside every score; n is their sum."""

    good: int = 0
    bad: int = 0
    unscored: int = 0
    failed: int = 0

    @property
    def n(self) -> int:
        """All cases asked."""
        return self.good + self.bad + self.unscored + self.failed

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.good + other.good,
            self.bad + other.bad,
            self.unscored + other.unscored,
            self.failed + other.failed,
        )


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What a measure makes of all records of a task: 1 is trustworthy; None: nothing could be scored.

    low, high  95 % interval of score, None where there is none (fewer than two clusters)
    metrics    further numbers under their own names (None where undefined)
    method     how score and interval were made, in one line
    note       what a reader must know ("no protected texts were named")
    """

    score: float | None
    low: float | None = None
    high: float | None = None
    metrics: Mapping[str, float | None] = {}
    method: str = ""
    note: str = ""


class Gold(msgspec.Struct, frozen=True, kw_only=True):
    """Replies that a task's judge must call good, bad and unscored: an instrument's own proof."""

    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    unscored: tuple[str, ...] = ("Purple seventeen lamp the.",)
