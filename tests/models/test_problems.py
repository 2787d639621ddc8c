"""Error bodies of many makers, content filters told from faults, waiting times, and words safe to show."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.models.problems import LONGEST, clean, failure_kind, is_filtered, read_problem, retry_after


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "No."}}, "No."),
        ({"error": "No."}, "No."),
        ({"message": "No."}, "No."),
        ({"object": "error", "message": "No.", "code": 40303}, "No."),
        ({"detail": "No."}, "No."),
        ({"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}, "body.seed: Extra inputs are not permitted"),
        ([{"error": {"code": 400, "message": "No.", "status": "INVALID_ARGUMENT"}}], "No."),
        ({"errors": [{"message": "No."}]}, "No."),
        ({"error": {"type": "overloaded_error", "message": "No."}, "type": "error"}, "No."),
        ("No.", "No."),
        ({}, ""),
        (None, ""),
        (7, ""),
    ],
)  # fmt: skip
def test_the_message_is_found_in_every_form(body: Any, message: str) -> None:
    assert read_problem(json.dumps(body).encode()).message == message


def test_pages_and_plain_text_are_read_as_words() -> None:
    page = b"<html><head><style>b {x}</style><title>502 Bad Gateway</title></head><body><h1>nginx &amp; co</h1></body></html>"
    assert read_problem(page).message == "502 Bad Gateway nginx & co"
    assert read_problem(b"upstream\r\n\x1b[31mgone\xff\x07").message == "upstream gone�"
    assert read_problem(b"").message == ""


FILTERED: list[tuple[int, Any]] = [
    (400, {"error": {"code": "content_filter", "message": "x"}}),
    (400, {"error": {"code": "content_policy_violation", "message": "x"}}),
    (400, {"error": {"code": "invalid_prompt", "message": "flagged"}}),
    (400, {"error": {"code": None, "innererror": {"code": "ResponsibleAIPolicyViolation"}, "message": "x"}}),
    (400, {"error": {"message": "Content Exists Risk", "type": "invalid_request_error"}}),
    (400, {"error": {"message": "Output blocked by content filtering policy"}}),
    (
        400,
        {
            "error": {
                "code": "data_inspection_failed",
                "message": "Input data may contain inappropriate content.",
            }
        },
    ),
    (422, {"error": {"message": "Your request was rejected as a result of our safety system."}}),
    (403, {"code": "no permission", "error": "Content violates usage guidelines."}),
    (
        403,
        {
            "error": {
                "code": 403,
                "message": "x",
                "metadata": {"reasons": ["violence"], "flagged_input": "..."},
            }
        },
    ),
]
NOT_FILTERED: list[tuple[int, Any]] = [
    (400, {"error": {"message": "This model's maximum context length is 4097 tokens."}}),
    (400, {"error": {"message": "'content' is a required property"}}),
    (401, {"error": {"code": "content_filter", "message": "x"}}),
    (403, {"error": {"message": "Your account was closed for violating our usage policies."}}),
    (500, {"error": {"code": "content_filter", "message": "x"}}),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body"), FILTERED + NOT_FILTERED)
def test_a_content_filter_is_told_from_a_fault(status: int, body: Any) -> None:
    assert is_filtered(status, read_problem(json.dumps(body).encode())) is ((status, body) in FILTERED)


def test_an_empty_account_is_not_waited_for() -> None:
    assert failure_kind(429, read_problem(b'{"error": {"code": "insufficient_quota"}}')) == (
        "rate_limit",
        False,
    )
    assert failure_kind(429, read_problem(b'{"error": {"code": "rate_limit_exceeded"}}')) == (
        "rate_limit",
        True,
    )


NOW = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ms", "text", "wait"),
    [
        (None, None, None),
        (None, "", None),
        (None, "5", 5.0),
        (None, " 1.5 ", 1.5),
        ("1500", "2", 1.5),
        ("soon", "2", 2.0),
        (None, "Tue, 04 Mar 2025 05:06:37 GMT", 30.0),
        (None, "Tue, 04 Mar 2025 05:06:37 -0000", 30.0),
        (None, "Tuesday, 04-Mar-25 05:06:37 GMT", 30.0),
        (None, "Tue, 04 Mar 2025 05:00:00 GMT", 0.0),
        (None, "Tue, 99 Mar 2025 05:00:00 GMT", None),
        (None, "soon", None),
        (None, "-5", None),
        (None, "nan", None),
        (None, "inf", None),
        (None, "9" * 400, None),
    ],
)
def test_waiting_times(ms: str | None, text: str | None, wait: float | None) -> None:
    assert retry_after(ms, text, NOW) == wait


@given(st.text())
def test_any_waiting_time_is_a_sane_number_or_none(text: str) -> None:
    wait = retry_after(None, text, NOW)
    assert wait is None or 0 <= wait < float("inf")


@given(st.text(max_size=1000), st.integers(1, 50))
def test_clean_text_is_one_short_printable_line(text: str, limit: int) -> None:
    found = clean(text, limit)
    assert found.isprintable()
    assert len(found) <= limit


@given(st.binary())
def test_any_error_body_can_be_shown(body: bytes) -> None:
    problem = read_problem(body)
    assert problem.message.isprintable()
    assert len(problem.message) <= LONGEST


def test_escapes_vanish_whole() -> None:
    assert clean("a\x1b[31mb\x1b]0;title\x07c\u202ed\x00e") == "abc d e"
