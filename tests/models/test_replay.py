"""Recorded replies: every way to be found, and every way a file can be wrong."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.errors import DataError, ModelError
from trustgauge.models.replay import Index, open_replay
from trustgauge.types import (
    Ask,
    Case,
    Failure,
    Message,
    Options,
    Outcome,
    Reply,
    Usage,
    assistant,
    system,
    user,
)

CASE = Case(messages=(user("Is water wet?"),), key="yes")


def write(folder: Path, *rows: dict[str, Any] | str) -> Path:
    path = folder / "answers.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def ask(path: Path, *messages: Message, case: Case = CASE, draw: int = 0, repeat: int = 0) -> Outcome:
    async def once() -> Outcome:
        model = open_replay(f"replay/{path}", Options())
        try:
            return await model.reply(Ask(messages=messages or case.messages, repeat=repeat), case, draw)
        finally:
            await model.close()

    return asyncio.run(once())


def text(outcome: Outcome) -> str:
    assert isinstance(outcome, Reply), outcome
    return outcome.text


@pytest.mark.parametrize(
    "row",
    [
        {"id": CASE.id, "response": "Yes."},
        {"case": CASE.id, "reply": "Yes."},
        {"prompt": "Is water wet?", "text": "Yes."},
        {"messages": [{"role": "user", "content": "Is water wet?"}], "response": "Yes."},
        {"id": 17, "prompt": "Is water wet?", "response": "Yes.", "note": {"of": "somebody else's file"}},
    ],
)
def test_a_reply_is_found_by_id_by_prompt_and_by_messages(tmp_path: Path, row: dict[str, Any]) -> None:
    other = {"prompt": "Is fire hot?", "response": "No."}
    assert text(ask(write(tmp_path, other, row, other))) == "Yes."


def test_the_id_comes_before_messages_and_those_before_the_prompt(tmp_path: Path) -> None:
    by_prompt = {"prompt": "Is water wet?", "response": "by prompt"}
    by_messages = {"messages": [{"role": "user", "content": "Is water wet?"}], "response": "by messages"}
    by_id = {"id": CASE.id, "response": "by id"}
    assert text(ask(write(tmp_path, by_prompt, by_messages, by_id))) == "by id"
    assert text(ask(write(tmp_path, by_prompt, by_messages))) == "by messages"


def test_rows_for_the_same_words_are_draws_in_order_and_repeats_take_the_next(tmp_path: Path) -> None:
    path = write(tmp_path, *({"prompt": "Is water wet?", "response": f"answer {i}"} for i in range(3)))
    assert [text(ask(path, draw=i)) for i in range(3)] == ["answer 0", "answer 1", "answer 2"]
    assert text(ask(path, repeat=2)) == "answer 2"
    beyond = ask(path, draw=3)
    assert isinstance(beyond, Failure)
    assert "no more than 3 of the replies" in beyond.message


def test_a_stated_draw_wins_over_the_order(tmp_path: Path) -> None:
    path = write(tmp_path, *({"id": CASE.id, "response": f"draw {i}", "draw": i} for i in (1, 0)))
    assert [text(ask(path, draw=i)) for i in range(2)] == ["draw 0", "draw 1"]


def test_several_turns_are_told_apart_by_turn_or_by_messages(tmp_path: Path) -> None:
    talk = (*CASE.messages, assistant("Yes."), user("Are you sure?"))
    first = {"id": CASE.id, "response": "Yes."}
    by_turn = {"id": CASE.id, "turn": 1, "response": "Quite sure."}
    by_messages = {
        "messages": [{"role": m.role, "content": m.content} for m in talk],
        "id": CASE.id,
        "response": "Very sure.",
    }
    assert text(ask(write(tmp_path, first, by_turn), *talk)) == "Quite sure."
    assert text(ask(write(tmp_path, first, by_messages), *talk)) == "Very sure."
    missing = ask(write(tmp_path, first), *talk)
    assert isinstance(missing, Failure)
    assert "turn 1" in missing.message


def test_a_prompt_is_the_last_user_turn_whatever_the_system_prompt(tmp_path: Path) -> None:
    path = write(tmp_path, {"prompt": "Is water wet?", "response": "Yes."})
    assert text(ask(path, system("Be brief."), user("Is water wet?"))) == "Yes."


def test_everything_recorded_comes_back(tmp_path: Path) -> None:
    row = {
        "id": CASE.id,
        "response": "Ja – sí, да ✓",
        "finish": "length",
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
        "model": "somebody/model-1",
        "latency_s": 0.5,
        "logprobs": [{"token": "Ja", "logprob": -0.1, "top": {"Ja": -0.1, "Nein": -2.5}}],
    }
    reply = ask(write(tmp_path, row))
    assert isinstance(reply, Reply)
    assert reply.text == "Ja – sí, да ✓"
    assert reply.status == "truncated"
    assert reply.usage == Usage(7, 3)
    assert (reply.model, reply.latency_s) == ("somebody/model-1", 0.5)
    assert reply.logprobs is not None
    assert reply.logprobs[0].top == {"Ja": -0.1, "Nein": -2.5}


def test_a_withheld_reply_has_no_text_and_an_unknown_ending_is_other(tmp_path: Path) -> None:
    withheld = ask(write(tmp_path, {"id": CASE.id, "response": None, "finish": "content_filter"}))
    assert isinstance(withheld, Reply)
    assert withheld.status == "blocked"
    ended = ask(write(tmp_path, {"id": CASE.id, "response": "x", "finish": "tool_calls"}))
    assert isinstance(ended, Reply)
    assert ended.finish == "other"


def test_nothing_recorded_is_a_failure_that_names_the_case(tmp_path: Path) -> None:
    outcome = ask(write(tmp_path, {"prompt": "Is fire hot?", "response": "Yes."}), draw=2)
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.transient) == ("unavailable", False)
    assert CASE.id in outcome.message
    assert "draw 2" in outcome.message
    assert "Is water wet?" in outcome.message


def test_blank_lines_carriage_returns_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    rows = [json.dumps({"prompt": f"q{i}", "response": f"a{i}"}) for i in range(3)]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n\r\n".join(rows).encode() + b"\n\n")
    assert [text(ask(path, user(f"q{i}"))) for i in range(3)] == ["a0", "a1", "a2"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{not json", "not a recorded reply"),
        ("[1, 2]", "not a recorded reply"),
        ('{"prompt": 5, "response": "x"}', "$.prompt"),
        ('{"messages": [{"role": "tool", "content": ""}], "response": "x"}', "role"),
        ('{"response": "x"}', "nothing says what was asked"),
        ('{"prompt": "q"}', "give its text as 'response'"),
        ('{"prompt": "q", "response": null}', "give its text as 'response'"),
        ('{"prompt": "q", "response": "x", "draw": -1}', "count from 0"),
    ],
)
def test_a_bad_row_names_file_and_line(tmp_path: Path, line: str, said: str) -> None:
    path = write(tmp_path, {"prompt": "q", "response": "a"}, "", line)
    with pytest.raises(DataError) as caught:
        open_replay(f"replay/{path}", Options())
    assert f"{path}, line 3" in str(caught.value)
    assert said in str(caught.value)


def test_invalid_utf8_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b'{"prompt": "q", "response": "a"}\n{"prompt": "q", "response": "\xff\xfe"}\n')
    with pytest.raises(DataError, match="line 2"):
        open_replay(f"replay/{path}", Options())


def test_a_file_that_is_empty_missing_or_a_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no replies"):
        open_replay(f"replay/{write(tmp_path)}", Options())
    with pytest.raises(ModelError, match="no such file"):
        open_replay(f"replay/{tmp_path / 'none.jsonl'}", Options())
    with pytest.raises(ModelError, match="directory"):
        open_replay(f"replay/{tmp_path}", Options())


def test_the_revision_follows_the_content(tmp_path: Path) -> None:
    async def revision(path: Path) -> str:
        model = open_replay(f"replay/{path}", Options())
        await model.close()
        return model.revision

    first = asyncio.run(revision(write(tmp_path, {"prompt": "q", "response": "a"})))
    same = asyncio.run(revision(write(tmp_path, {"prompt": "q", "response": "a"})))
    other = asyncio.run(revision(write(tmp_path, {"prompt": "q", "response": "b"})))
    assert first == same != other


def test_a_closed_model_and_a_changed_file_are_failures(tmp_path: Path) -> None:
    path = write(tmp_path, {"prompt": "Is water wet?", "response": "Yes."})

    async def talk() -> tuple[Outcome, Outcome]:
        model = open_replay(f"replay/{path}", Options())
        path.write_text("gone")
        changed = await model.reply(Ask(messages=CASE.messages), CASE, 0)
        await model.close()
        return changed, await model.reply(Ask(messages=CASE.messages), CASE, 0)

    changed, closed = asyncio.run(talk())
    assert isinstance(changed, Failure)
    assert changed.kind == "malformed"
    assert isinstance(closed, Failure)
    assert closed.kind == "unavailable"


@given(st.lists(st.tuples(st.integers(0, 3), st.one_of(st.just(-1), st.integers(5, 7))), max_size=30))
def test_the_index_agrees_with_a_plain_search(rows: list[tuple[int, int]]) -> None:
    """Rows without a draw are numbered among all rows of their key; the first of equal draws is taken."""
    keys = [bytes([key] * 8) for key in range(5)]
    index = Index((keys[key], draw, offset) for offset, (key, draw) in enumerate(rows))
    for key in range(5):
        of_key = [(offset, draw) for offset, (k, draw) in enumerate(rows) if k == key]
        drawn = [(offset, draw if draw >= 0 else nth) for nth, (offset, draw) in enumerate(of_key)]
        assert index.count(keys[key]) == len(of_key)
        for wanted in range(9):
            expected = next((offset for offset, draw in drawn if draw == wanted), None)
            assert index.find(keys[key], wanted) == expected
