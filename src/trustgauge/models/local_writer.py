"""Writer: weights and tokenizer on one device, writing a batch of replies at a time. Needs the extra `local`.

A batch mixes any settings: each row has its own temperature, top_p, length and stream of random numbers. As
each row draws from its own stream, its mates in a batch change a reply only where rounding does.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from importlib import import_module
from random import Random
from typing import Any

from jinja2 import TemplateError

from trustgauge.errors import missing_extra
from trustgauge.models.local_weights import load, one_line
from trustgauge.models.openai import as_prompt, fold_system
from trustgauge.types import Failure, FailureKind, Message, Outcome, Reply, TokenLogprob, Usage

# torch and transformers are Any throughout: checking types must not need the extra.
Tensor = Any
NO_ROOM = "out of memory", "allocate memory"


@dataclass(frozen=True)
class Job:
    """One reply to write: temperature 0 is greedy, logprobs the number of alternatives wanted a token."""

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float
    top_p: float
    logprobs: int
    seed: int


@dataclass(frozen=True)
class Row:
    """A job with its prompt's token ids and the number of tokens that may follow them."""

    job: Job
    ids: list[int]
    limit: int


SMALL = 50_000_000
"""Parameters of a model for which a step costs a CPU about the same whatever the batch."""


class Writer:
    """A language model in this process. `write` is for one thread at a time; `stop` may be called from any.

    source is a folder written by save_pretrained or a name on the Hugging Face hub. Weights go to the GPU in
    bfloat16 where there is one, else to the CPU in float32. batch_size is halved whenever memory runs out.
    """

    def __init__(self, source: str, name: str) -> None:
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        try:
            self._torch, transformers = import_module("torch"), import_module("transformers")
        except ImportError:
            raise missing_extra("a model in process", "local") from None
        gpu = bool(self._torch.cuda.is_available())
        self.device = "cuda" if gpu else "cpu"
        dtype = self._torch.bfloat16 if gpu else self._torch.float32
        weights = load(transformers, source, name, dtype, self.device)
        self._tokenizer, self._model = weights.tokenizer, weights.model
        small = self._model.num_parameters() < SMALL
        self.batch_size = 64 if gpu or small else 16
        self._settings, self._context = weights.settings, weights.context
        self._ends: frozenset[int] = frozenset(self._settings.eos_token_id or [])
        self.revision = weights.revision
        self._stopped = False

    def stop(self) -> None:
        """End what is being written at the next token; whatever is not finished becomes a Failure."""
        self._stopped = True

    def free(self) -> None:
        """Give the weights' memory back; nothing can be written any more."""
        self._stopped = True
        del self._model, self._tokenizer
        if self.device == "cuda":
            self._torch.cuda.empty_cache()

    def write(self, jobs: Sequence[Job]) -> list[Outcome]:
        """A reply or a failure for each job, in order. Raises nothing."""
        read = [self._read(job) for job in jobs]
        rows = [row for row in read if isinstance(row, Row)]
        written = iter([outcome for batch in self._batches(rows) for outcome in self._outcomes(batch)])
        return [next(written) if isinstance(row, Row) else row for row in read]

    def _read(self, job: Job) -> Row | Failure:
        """The job's prompt as token ids, or why it can't be answered."""
        try:
            ids = _encode(self._tokenizer, job.messages)
        except Exception as error:  # templates and tokenizers raise what they like
            return _failure("bad_request", f"the prompt can't be written for this model: {one_line(error)}")
        if not ids:
            return _failure("bad_request", "the prompt is empty")
        room = self._context - len(ids) if self._context else job.max_tokens
        if room < 1:
            why = f"{len(ids)} tokens leave no room for an answer within its {self._context}"
            return _failure("bad_request", f"the prompt is too long for this model: {why}")
        return Row(job, ids, min(job.max_tokens, room))

    def _batches(self, rows: list[Row]) -> list[list[Row]]:
        """All rows together, in their order, but alone those that mates would drag past the context's end."""
        steps = max((row.limit for row in rows), default=0)
        batches: list[list[Row]] = []
        together = False
        for row in rows:
            fits = not self._context or len(row.ids) + steps <= self._context
            if fits and together:
                batches[-1].append(row)
            else:
                batches.append([row])
            together = fits
        return batches

    def _outcomes(self, rows: list[Row]) -> list[Outcome]:
        """Replies to one batch, in halves where it doesn't fit into memory."""
        if self._stopped:
            return [_failure("unavailable", "the model was closed before it answered")] * len(rows)
        try:
            return self._generate(rows)
        except Exception as error:  # whatever a model's own code raises fails this batch, not the run
            if not isinstance(error, MemoryError) and not any(sign in str(error) for sign in NO_ROOM):
                return [_failure("server", f"the model failed: {one_line(error)}")] * len(rows)
        # Out of the except block, or the traceback would hold on to the batch's memory.
        if self.device == "cuda":
            self._torch.cuda.empty_cache()
        if len(rows) == 1:
            size = f"{len(rows[0].ids)} tokens and {rows[0].limit} to follow"
            return [_failure("unavailable", f"out of memory on {self.device} with a prompt of {size}")]
        half = len(rows) // 2
        self.batch_size = max(1, min(self.batch_size, half))
        return self._outcomes(rows[:half]) + self._outcomes(rows[half:])

    def _generate(self, rows: list[Row]) -> list[Outcome]:
        """Replies to one batch: padded on the left, tokens chosen by a Pen, each row cut at its own end."""
        torch, began = self._torch, time.perf_counter()
        width, pad = max(len(row.ids) for row in rows), self._settings.pad_token_id
        padded = [[pad] * (width - len(row.ids)) + row.ids for row in rows]
        shown = [[0] * (width - len(row.ids)) + [1] * len(row.ids) for row in rows]
        limits = torch.tensor([row.limit for row in rows], device=self.device)
        settings = copy(self._settings)
        settings.max_new_tokens = max(row.limit for row in rows)
        pen = Pen(torch, rows, self.device)

        def ended(*_: Tensor, **__: Any) -> Tensor:
            return (limits <= pen.steps) | self._stopped

        with torch.inference_mode():
            self._model.generate(
                input_ids=torch.tensor(padded, device=self.device),
                attention_mask=torch.tensor(shown, device=self.device),
                generation_config=settings,
                logits_processor=[pen],
                stopping_criteria=[ended],
            )
        latency = time.perf_counter() - began
        each = zip(rows, pen.tokens(), pen.noted, strict=True)
        return [self._outcome(row, tokens[: row.limit], noted, latency) for row, tokens, noted in each]

    def _outcome(self, row: Row, tokens: list[int], noted: list[dict[int, float]], latency: float) -> Outcome:
        end = next((i for i, token in enumerate(tokens) if token in self._ends), None)
        if end is None and len(tokens) < row.limit:
            return _failure("unavailable", "the model was closed before it had answered")
        kept = tokens[:end]
        text: str = self._tokenizer.decode(kept, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        cut = -1 if self._tokenizer.chat_template else _next_turn(row.job.messages, text)
        return Reply(
            text=text if cut < 0 else text[:cut],
            finish="length" if end is None and cut < 0 else "stop",
            usage=Usage(len(row.ids), len(kept) + (end is not None)),
            latency_s=latency,
            model=self.revision,
            logprobs=self._logprobs(kept, noted) if row.job.logprobs else None,
        )

    def _logprobs(self, tokens: list[int], noted: list[dict[int, float]]) -> tuple[TokenLogprob, ...]:
        """One entry a token of the reply; the token that ended it has none."""

        steps = zip(tokens, noted, strict=False)
        return tuple(TokenLogprob(self._shown(token), step[token], self._top(step)) for token, step in steps)

    def _top(self, step: dict[int, float]) -> dict[str, float]:
        """Alternatives by their text, likeliest first; of two tokens that read alike the likelier one."""
        top: dict[str, float] = {}
        for token in sorted(step, key=step.__getitem__, reverse=True):
            top.setdefault(self._shown(token), step[token])
        return top

    def _shown(self, token: int) -> str:
        """A token's text, with the space before it that SentencePiece drops when it decodes one alone."""
        text: str = self._tokenizer.decode([token], clean_up_tokenization_spaces=False)
        spaced = str(self._tokenizer.convert_ids_to_tokens(token)).startswith("\u2581")
        return f" {text}" if spaced and not text.startswith(" ") else text


class Pen:
    """Chooses each row's next token, as a logits processor that leaves `generate` no other choice.

    noted  for each row that wants log-probabilities, one dict a step: token id -> natural-log probability of
           the chosen token and the likeliest ones, as the model gave them (before temperature and top_p)
    """

    def __init__(self, torch: Any, rows: Sequence[Row], device: str) -> None:
        self._torch, self._rows, self._device = torch, rows, device
        self._streams = [Random(row.job.seed) for row in rows]
        hot = [row.job.temperature > 0 for row in rows]
        self._hot = torch.tensor(hot, device=device) if any(hot) else None
        self._heat = torch.tensor([[max(row.job.temperature, 1e-4)] for row in rows], device=device)
        self._nucleus = torch.tensor([[max(row.job.top_p, 1e-9)] for row in rows], device=device)
        self._cut = any(row.job.top_p < 1 for row in rows)
        self._alternatives = max(row.job.logprobs for row in rows)
        self._chosen: list[Tensor] = []
        self.noted: list[list[dict[int, float]]] = [[] for _ in rows]

    @property
    def steps(self) -> int:
        """Tokens chosen so far for every row."""
        return len(self._chosen)

    def tokens(self) -> list[list[int]]:
        """Everything chosen for each row, what came after its end included."""
        return self._torch.stack(self._chosen, 1).tolist()

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        logits = scores.float()
        chosen = logits.argmax(-1)
        if self._hot is not None:
            chosen = self._torch.where(self._hot, self._sampled(logits), chosen)
        if self._alternatives:
            self._note(logits.log_softmax(-1), chosen)
        self._chosen.append(chosen)
        return self._torch.full_like(scores, -self._torch.inf).scatter_(1, chosen[:, None], 0.0)

    def _sampled(self, logits: Tensor) -> Tensor:
        """One token a row by inverting the cumulative distribution at the row's own random number."""
        torch = self._torch
        shares, order = (logits / self._heat).softmax(-1), None
        if self._cut:
            shares, order = shares.sort(dim=-1, descending=True, stable=True)
            shares = shares.masked_fill(shares.cumsum(-1) - shares >= self._nucleus, 0.0)
        mass = shares.double().cumsum(-1)
        numbers = [[stream.random()] for stream in self._streams]
        at = torch.tensor(numbers, device=self._device, dtype=torch.float64) * mass[:, -1:]
        place = torch.searchsorted(mass, at, right=True).clamp(max=mass.shape[-1] - 1)
        return (place if order is None else order.gather(1, place))[:, 0]

    def _note(self, logprobs: Tensor, chosen: Tensor) -> None:
        count = min(self._alternatives, logprobs.shape[-1])
        values, ids = (part.tolist() for part in logprobs.topk(count, -1))
        own, picked = logprobs.gather(1, chosen[:, None])[:, 0].tolist(), chosen.tolist()
        for i, row in enumerate(self._rows):
            if row.job.logprobs:
                top = dict(zip(ids[i][: row.job.logprobs], values[i], strict=False))
                self.noted[i].append({**top, picked[i]: own[i]})


def _encode(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """Token ids by the chat template, which writes its own special tokens, or of the plain text."""
    if not tokenizer.chat_template:
        return tokenizer(as_prompt(messages))["input_ids"]
    try:
        text = _chat(tokenizer, messages)
    except TemplateError:
        if all(message.role != "system" for message in messages):
            raise
        text = _chat(tokenizer, fold_system(messages))  # some templates take no system turn
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def _chat(tokenizer: Any, messages: Sequence[Message]) -> str:
    turns = [{"role": message.role, "content": message.content} for message in messages]
    begun = bool(turns) and turns[-1]["role"] == "assistant"
    ending = {"continue_final_message": True} if begun else {"add_generation_prompt": True}
    return tokenizer.apply_chat_template(turns, tokenize=False, **ending)


def _next_turn(messages: Sequence[Message], text: str) -> int:
    """Where a base model goes on to write the user's next turn of a talk; -1 where it doesn't."""
    return text.find("\nUser:") if sum(message.role != "system" for message in messages) > 1 else -1


def _failure(kind: FailureKind, message: str) -> Failure:
    return Failure(kind=kind, message=message)
