"""Replies: whatever a server sends is a Reply or a Failure fit to be stored, and every judge has a verdict on it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from itertools import islice
from typing import Any, get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from fuzz import bounded
from fuzz.making import damaged, edited, json_values, raw_texts, spliced, texts
from trustgauge.generate.standin import standin_texts
from trustgauge.judges.base import Reading
from trustgauge.judges.declining import read_decline
from trustgauge.judges.named import READERS
from trustgauge.judges.readers import overlap, read_percents
from trustgauge.judges.readers.refusal_kind import refusal_sense
from trustgauge.models.http import Answer
from trustgauge.models.params import Params
from trustgauge.models.problems import failure_kind, is_filtered, problem_in, read_problem, retry_after
from trustgauge.models.providers import open_http
from trustgauge.store.rows import decode_reply, encode
from trustgauge.suites import Task, tasks
from trustgauge.types import Case, Failure, FailureKind, Finish, Label, Options, Outcome, Reply, Usage, Verdict

FORMS = {
    form: open_http(spec, Options(), env={"T_BASE_URL": "http://127.0.0.1:9/v1", "ANTHROPIC_API_KEY": "sk-made-up"})
    for form, spec in {
        "chat": "openai-api/t/m",
        "completions": "openai-api:completions/t/m",
        "messages": "anthropic/m",
    }.items()
}
COUNTED = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
TOKEN = {"token": "B", "logprob": -0.1, "top_logprobs": [{"token": "B", "logprob": -0.1}, {"token": "A"}]}
SAID = {"role": "assistant", "content": "B) Women\ud83d\ude00", "refusal": None, "reasoning_content": "Hm."}
ANSWERS: list[tuple[str, Any]] = [
    ("chat", {
        "id": "c-1", "model": "m", "usage": COUNTED,
        "choices": [{"message": SAID, "finish_reason": "stop", "logprobs": {"content": [TOKEN]}}],
    }),
    ("chat", {
        "id": "c-2", "model": "m", "usage": None,
        "choices": [{
            "message": {"content": [{"type": "text", "text": "No."}, {"type": "refusal", "refusal": "I can't."}]},
            "finish_reason": "length",
        }],
    }),
    ("completions", {
        "id": "c-3", "model": "m", "usage": COUNTED,
        "choices": [{
            "text": " Paris", "finish_reason": "content_filter",
            "logprobs": {"tokens": [" Paris"], "token_logprobs": [-0.5], "top_logprobs": [{" Paris": -0.5, "!": -9.0}]},
        }],
    }),
    ("messages", {
        "id": "m-1", "model": "m", "type": "message", "stop_reason": "end_turn",
        "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Yes."}],
        "usage": {"input_tokens": 5, "output_tokens": 2, "cache_read_input_tokens": 7, "cache_creation_input_tokens": 0},
    }),
]  # fmt: skip
REFUSALS: list[Any] = [
    {"error": {"message": "max_tokens is not supported, use max_completion_tokens", "code": "unsupported_parameter", "param": "max_tokens"}},
    {"error": {"message": "Filtered.", "code": "content_filter", "innererror": {"code": "ResponsibleAIPolicyViolation"}}},
    {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
    {"detail": [{"loc": ["body", "temperature"], "msg": "Extra inputs are not permitted"}]},
    [{"error": {"status": "RESOURCE_EXHAUSTED", "message": "Quota", "metadata": {"flagged_input": "x"}}}],
    {"error": "model 'm' not found", "message": None},
    "upstream gone",
]  # fmt: skip
PAGES = (
    b"", b"  ", b"<html><style>x</style><h1>502 &amp; so on</h1>", b"data: {}\n\ndata: [DONE]", b"\x1b[2J\x1b]8;;x",
)  # fmt: skip


@st.composite
def bodies(draw: DrawFn, document: Any) -> bytes:
    """Bytes that a server may send: mostly that answer with some of its places changed and some bytes damaged."""
    if draw(st.integers(0, 7)) == 0:
        return draw(st.one_of(st.binary(max_size=200), st.sampled_from(PAGES)))
    changed = draw(edited(document)) if isinstance(document, dict | list) else draw(json_values)
    text = json.dumps(changed, ensure_ascii=draw(st.booleans()))
    return draw(damaged(text.encode("utf-8", "surrogatepass")))


@st.composite
def answers(draw: DrawFn) -> tuple[str, bytes]:
    """A form of asking and what comes back: mostly an answer in that form, else one in another form or a refusal."""
    form, document = draw(st.sampled_from(ANSWERS))
    if draw(st.integers(0, 3)) == 0:
        form, document = draw(st.sampled_from(list(FORMS))), draw(st.sampled_from([*REFUSALS, document]))
    return form, draw(bodies(document))


def fit_to_keep(outcome: Outcome) -> None:
    """What holds for every outcome of a call."""
    assert isinstance(outcome, Reply | Failure)
    if isinstance(outcome, Failure):
        assert outcome.kind in get_args(FailureKind)
        assert outcome.message.isprintable() and outcome.message.strip()
        assert msgspec.json.decode(encode(outcome), type=Failure) == outcome
        return
    outcome.text.encode()
    assert outcome.finish in get_args(Finish)
    assert outcome.status in ("complete", "truncated", "blocked", "empty")
    for counted in (outcome.usage or Usage()).input_tokens, (outcome.usage or Usage()).output_tokens:
        assert type(counted) is int and 0 <= counted < 2**53
    for kept in (outcome.model, outcome.request_id):
        assert kept.isprintable() and len(kept) <= 128
    for token in outcome.logprobs or ():
        assert all(math.isfinite(number) for number in (token.logprob, *token.top.values()))
    assert decode_reply(encode(outcome)) == outcome


@bounded(500)
@given(answers())
def test_any_answer_is_a_reply_or_a_failure(answer: tuple[str, bytes]) -> None:
    form, body = answer
    fit_to_keep(FORMS[form]._read(Answer(200, body, 0.5, "")))


@bounded(400)
@given(st.sampled_from(list(FORMS)), st.integers(400, 600), st.sampled_from(REFUSALS).flatmap(bodies))
def test_any_refusal_is_a_failure_or_a_blocked_reply(form: str, status: int, body: bytes) -> None:
    problem = read_problem(body)
    for text in (problem.message, problem.param, *problem.codes):
        assert text.isprintable() and len(text) <= 300
    outcome = FORMS[form]._refused(Answer(status, body, 0.5, ""), problem)
    fit_to_keep(outcome)
    if is_filtered(status, problem):
        assert isinstance(outcome, Reply) and outcome.status == "blocked"
    else:
        assert isinstance(outcome, Failure)
        assert (outcome.kind, outcome.transient) == failure_kind(status, problem)


@bounded(200)
@given(st.lists(st.sampled_from(REFUSALS).flatmap(edited) | json_values, max_size=6), st.sampled_from((400, 422, 500)))
def test_what_a_server_will_not_take_is_learnt_once(said: list[Any], status: int) -> None:
    params = Params()
    for problem in map(problem_in, said):
        for _ in range(9):  # a server that goes on saying the same is asked so often and no more
            sent = params.named({"model": "m", "max_tokens": 5, "temperature": 0.0, "logprobs": True, "seed": 1})
            if not params.learn(sent, status, problem):
                break
        else:
            raise AssertionError("asked on and on")
    assert all(note.isprintable() for note in params.notes)


@bounded(300)
@given(
    *[st.one_of(st.none(), raw_texts, st.sampled_from(("0", "1e9", "Wed, 21 Oct 2099 07:28:00 GMT", "99999-99")))] * 2
)
def test_any_header_is_a_time_to_wait_or_none(milliseconds: str | None, seconds_or_date: str | None) -> None:
    wait = retry_after(milliseconds, seconds_or_date)
    assert wait is None or (math.isfinite(wait) and wait >= 0)


PIECES = (
    "A", "B)", "**C**", "\\boxed{", "}", "yes", "No", "not ", "answer: ", "The answer is ", "I can't ", "I'm sorry, but ", "help with that.",
    "42", "1,000.5", "-3/4", "7 x 10^", "99", "²", "٣", "1e400", "%", " percent", "confidence", "A: 70%", "\n", "<think>", "</think>", '"',
    "it depends", "as an AI", "\u202e", "\x00", " ", ".", "Men", "Women", "```", "(", "- ", "= ",
)  # fmt: skip


@bounded(500)
@given(spliced(PIECES, most=12), spliced(PIECES), st.lists(spliced(PIECES, most=2), max_size=10))
def test_every_reader_reads_any_text(text: str, prompt: str, options: list[str]) -> None:
    for name, (_, read) in READERS.items():
        found = read(text, prompt, options)
        assert isinstance(found, Reading), name
        (found.value + found.evidence).encode()
        if name in ("number", "percent") and found.value:
            assert not math.isnan(float(found.value))
        if name == "choice" and found.value:
            assert found.value in "ABCDEFGHIJ"[: len(options)]
    assert read_decline(text, prompt).value in ("", "declined")
    assert refusal_sense(text, prompt).value
    assert all(math.isfinite(share) for share in read_percents(text, "ABC").values())
    assert 0 <= overlap(text, prompt).rouge_l <= 1


@cache
def some_cases() -> dict[str, list[Case]]:
    """Sixteen cases of every task."""
    texts = standin_texts(0, n=2, sentences=40)
    return {id_: list(islice(task.generate(0, 16, texts), 16)) for id_, task in tasks().items()}


@st.composite
def told(draw: DrawFn, task: Task, case: Case) -> list[Reply]:
    """Replies to a case: put together from its key, its options, gold replies and anything else."""
    gold = task.gold(case, case.messages)
    known = (*gold.good, *gold.bad, *gold.unscored, *case.options, task.phrase(case, case.key), case.prompt, *PIECES)
    written: SearchStrategy[Reply] = st.builds(
        Reply, text=spliced(known, texts), finish=st.sampled_from(get_args(Finish)), latency_s=st.just(0.0)
    )
    return draw(st.lists(written, min_size=1, max_size=4))


@bounded(400)
@given(st.data())
def test_every_judge_has_a_verdict_on_any_replies(data: st.DataObject) -> None:
    task = tasks()[data.draw(st.sampled_from(sorted(tasks())))]
    case = data.draw(st.sampled_from(some_cases()[task.id]))
    replies = answered(task, case, data.draw(told(task, case)))
    verdict = task.judge(case, replies)
    assert verdict.label in get_args(Label)
    assert verdict.reason and verdict.judge == task.judge.id
    assert msgspec.json.decode(encode(verdict), type=Verdict) == verdict
    assert verdict == task.judge(case, replies)
    assert task.judge(case, []).label == "unscored"
    if replies[-1].status in ("blocked", "empty"):
        assert verdict.label == "unscored"


def answered(task: Task, case: Case, replies: Sequence[Reply]) -> list[Reply]:
    """The case's conversation, answered by the replies in turn for as long as it asks."""
    given: list[Reply] = []
    conversation = task.converse(case)
    try:
        ask = next(conversation)
        while len(given) < 200:
            assert ask.messages
            given.append(replies[len(given) % len(replies)])
            ask = conversation.send(given[-1])
    except StopIteration:
        return given
    raise AssertionError("asks on and on")
