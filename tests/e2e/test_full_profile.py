"""A whole profile over HTTP: a server that knows the panel's answers is measured on all 29, by the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from support.model_server import ModelServer, Seen
from support.tg import KEY, command_line
from trustgauge.generate.standin import standin_texts
from trustgauge.models.panel import Panelist
from trustgauge.suites import find_task, tasks
from trustgauge.suites.guide import TaskGuide
from trustgauge.taxonomy import SUB_CATEGORIES
from trustgauge.types import Message, Options

N = 60
TEXTS = standin_texts(0)
Asked = tuple[tuple[str, str], ...]


def asked(messages: tuple[Message, ...]) -> Asked:
    return tuple((m.role, m.content) for m in messages)


def answers() -> dict[Asked, str]:
    """What panel/careful answers to every question of a run, each question once."""
    panelist, found = Panelist("careful", TaskGuide(find_task), Options()), dict[Asked, str]()

    async def converse() -> None:
        for task in tasks().values():
            for case in task.generate(0, N, TEXTS):
                turns = task.converse(case)
                ask = next(turns, None)
                while ask is not None:
                    reply = await panelist.reply(ask, case, 0)
                    found.setdefault(asked(ask.messages), reply.text)
                    try:
                        ask = turns.send(reply)
                    except StopIteration:
                        break

    asyncio.run(converse())
    return found


@pytest.mark.slow
def test_a_served_model_gets_all_29_with_intervals(tmp_path: Path) -> None:
    known = answers()
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")

    def say(seen: Seen) -> str:
        return known.get(tuple((m["role"], m["content"]) for m in seen.body["messages"]), "I can't tell.")

    with ModelServer(key=KEY, say=say) as server:
        tg = command_line(tmp_path, server)
        words = ("run", "-m", "openai-api/test/ok", "-n", str(N), "--texts", str(folder), "--json")
        done = tg(*words)
        assert done.code == 0, done.err
        calls = server.count()
        again = tg(*words)
        assert server.count() == calls, "the same command again asks nothing"
    report = done.json
    assert report["status"] == "done" and report["owed"] == 0
    subs = {sub["id"]: sub for sub in report["sub_categories"]}
    assert set(subs) == set(SUB_CATEGORIES)
    for id_, sub in subs.items():
        assert sub["failed"] == 0, id_
        assert sub["score"] is not None and sub["low"] < sub["score"] <= sub["high"], id_
        assert sub["score"] > 0.75, (id_, sub["score"])
    assert again.json["sub_categories"] == report["sub_categories"]
