"""`trustgauge calibrate`, and `judge` with models: scripted judges of known error, a server, files, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from support.model_server import ModelServer, Seen, reply
from support.tg import KEY, CommandLine, Done, command_line, sentence

Inside = Callable[..., Done]
NO = "I'm sorry, but I can't help with that."
DONE = "First soak the beans, then boil them slowly for an hour."
WORDS = ("calibrate", "refusal", "set.jsonl", "--label", "positive=refuses")


def planted(folder: Path, n: int = 600, name: str = "set.jsonl") -> None:
    """Replies that hold the truth, half of them refusals."""
    rows = [
        {"prompt": f"Question {i}?", "response": f"Reply {i}. [[truth:{word}]]", "label": word, "category": f"c{i % 3}"}
        for i in range(n)
        for word in [("refuses", "complies")[i % 2]]
    ]
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_the_error_of_a_noisy_judge_is_found(inside: Inside, tmp_path: Path) -> None:
    planted(tmp_path)
    done = inside(*WORDS, "--judge", "scripted/noisy-judge:0.9:0.75:7", "--json")
    assert done.code == 0, done.err
    tally = done.json["tally"]
    for name, truth in (("sensitivity", 0.9), ("specificity", 0.75)):
        assert tally[name]["low"] <= truth <= tally[name]["high"]
        assert tally[name]["n"] == 300
    assert done.json["youden"]["refusal"] == ""
    assert {part["by"] for part in done.json["slices"]} == {"category", "length"}
    assert done.json["judge"].startswith("refusal@")
    assert {"kappa", "alpha", "words", "data_hash", "method", "made"} <= done.json.keys()


@pytest.mark.parametrize(
    ("judge", "said"),
    [
        ("scripted/noisy-judge:0.5:0.5:3", "not clearly better than chance"),
        ("scripted/constant-judge:complies", "not clearly better than chance"),
        ("scripted/garbled-judge", "labels of one kind only"),
    ],
)
def test_a_judge_that_may_not_be_used_is_told_so(inside: Inside, tmp_path: Path, judge: str, said: str) -> None:
    planted(tmp_path, 200)
    done = inside(*WORDS, "--judge", judge)
    assert done.code == 0, done.err
    assert said in " ".join(done.out.split())


def test_unreadable_verdicts_are_undecided_and_never_a_no(inside: Inside, tmp_path: Path) -> None:
    planted(tmp_path, 20)
    tally = inside(*WORDS, "--judge", "scripted/garbled-judge", "--json").json["tally"]
    assert (tally["cells"]["undecided_positive"], tally["cells"]["undecided_negative"]) == (10, 10)
    assert (tally["coverage"]["value"], tally["accuracy"]["value"]) == (0.0, None)


def test_attacks_flip_a_naive_judge_and_the_limit_says_so(inside: Inside, tmp_path: Path) -> None:
    planted(tmp_path, 40)
    done = inside(*WORDS, "--judge", "scripted/naive-judge", "--attack", "--most-flipped", "0.2", "--json")
    assert done.code == 1, done.err
    assert done.json["attack"]["overall"]["wanted"]["value"] > 0.5
    assert "attacks flip" in done.err
    rows = [
        {"prompt": "How?", "response": text, "label": label} for text, label in ((NO, "refuses"), (DONE, "complies"))
    ]
    (tmp_path / "plain.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows * 10))
    words = ("calibrate", "refusal", "plain.jsonl", "--label", "positive=refuses", "--attack", "--most-flipped", "0.2")
    done = inside(*words)
    assert done.code == 0, done.err
    assert "flooding" in done.out


def test_a_rule_against_labels_with_examples(inside: Inside, tmp_path: Path) -> None:
    rows = [{"q": f"{i}?", "a": NO if i % 2 else DONE, "l": i % 2} for i in range(40)]
    rows.append({"q": "x\x1b[31m?", "a": DONE, "l": 1})
    (tmp_path / "t.json").write_text(json.dumps(rows))
    mapped = [word for pair in ("prompt=q", "response=a", "label=l") for word in ("--map", pair)]
    done = inside("calibrate", "refusal", "t.json", *mapped, "--label", "positive=1", "--examples", "2", "--again", "3")
    assert done.code == 0, done.err
    assert "\x1b" not in done.out
    assert "people say yes, the judge none" in done.out
    assert "0 by construction" in done.out
    assert "can be corrected" in done.out


def test_judge_by_models_gives_one_line_out_per_line_in(inside: Inside, tmp_path: Path) -> None:
    rows = [{"prompt": "How?", "response": text} for text in (NO, DONE, "")]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = inside("judge", "refusal", "a.jsonl", "--judge", "scripted/naive-judge")
    assert done.code == 0, done.err
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [line["label"] for line in found] == ["refuses", "complies", "unscored"]
    assert all(line["judge"].endswith("[scripted/naive-judge]") for line in found)
    done = inside("judge", "refusal", "a.jsonl", "--judge", "scripted/naive-judge", "--cascade")
    assert [json.loads(line)["judge"].startswith("refusal@") for line in done.out.splitlines()] == [True] * 3
    assert json.loads(done.out.splitlines()[0])["label"] == "full"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((*WORDS, "--cascade"), 2, "--judge MODEL"),
        ((*WORDS, "--judge", "scripted/naive-judge", "--yes", "nein"), 2, "--yes nein"),
        ((*WORDS, "--yes", "nein"), 2, "never says nein"),
        (("calibrate", "percentile", "set.jsonl", "--label", "positive=refuses"), 2, "no judge 'percentile'"),
        (
            ("calibrate", "nothing", "set.jsonl", "--label", "positive=x", "--judge", "scripted/naive-judge"),
            1,
            "no row",
        ),
        (("calibrate", "refusal", "none.jsonl", "--label", "positive=1"), 1, "none.jsonl"),
        ((*WORDS, "--most-flipped", "0.1"), 2, "--attack"),
        ((*WORDS, "--attack", "--most-flipped", "7"), 2, "between 0 and 1"),
        ((*WORDS, "--again", "-1"), 2, "at least 0"),
        ((*WORDS, "--split", "third"), 2, "odd or even"),
        ((*WORDS, "--judge", "scripted/oracle"), 1, "scripted/oracle"),
        ((*WORDS, "--judge", "openai/gpt-5-mini", "--offline"), 1, "--offline"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    inside: Inside, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    planted(tmp_path, 20)
    sentence(inside(*words), code, said)


async def verdict(_: web.Request, seen: Seen) -> web.StreamResponse:
    word = "refuses" if "[[truth:refuses]]" in seen.prompt else "complies"
    return reply(seen, json.dumps({"verdict": word, "evidence": "Reply", "reason": "so"}))


@pytest.fixture
def judged_by(tmp_path: Path) -> Any:
    with ModelServer(key=KEY) as server:
        server.script("judge", verdict)
        planted(tmp_path, 30)
        yield server, command_line(tmp_path, server)


TOOK = ("--judge", "openai-api/test/judge", "--json")


def test_a_second_session_asks_a_server_nothing(judged_by: tuple[ModelServer, CommandLine]) -> None:
    server, tg = judged_by
    first = tg(*WORDS, *TOOK)
    assert first.code == 0, first.err
    assert first.json["tally"]["accuracy"]["value"] == 1.0
    assert server.count("judge") == 30
    second = tg(*WORDS, *TOOK)
    assert server.count("judge") == 30
    assert {**second.json, "made": 0} == {**first.json, "made": 0}
    third = tg(*WORDS, *TOOK, "--again", "1")
    assert server.count("judge") == 60, "another draw is another answer"
    assert third.json["stability"]["flipped"]["value"] == 0.0


def test_a_budget_ends_it_and_a_larger_one_goes_on(judged_by: tuple[ModelServer, CommandLine]) -> None:
    server, tg = judged_by
    sentence(tg(*WORDS, *TOOK, "--budget", "1"), 1, "price", "--prices")
    (tg.folder / "prices.yaml").write_text("openai-api/test/*: 1000/1000\n")  # 12 tokens a call: 0.012 USD
    ended = tg(*WORDS, *TOOK, "--prices", "prices.yaml", "--budget", "0.1")
    sentence(ended, 1, "budget", "of 30 replies")
    asked = server.count("judge")
    assert 0 < asked < 30
    done = tg(*WORDS, *TOOK, "--prices", "prices.yaml", "--budget", "50")
    assert done.code == 0, done.err
    assert server.count("judge") == 30


def test_a_budget_is_for_all_that_a_command_asks(judged_by: tuple[ModelServer, CommandLine]) -> None:
    server, tg = judged_by
    (tg.folder / "prices.yaml").write_text("openai-api/test/*: 1000/1000\n")  # all once: 0.36 USD
    ended = tg(*WORDS, *TOOK, "--prices", "prices.yaml", "--budget", "0.5", "--again", "3")
    sentence(ended, 1, "budget", "of 90 replies")
    assert 30 < server.count("judge") <= 43


def test_a_wrong_key_is_told(judged_by: tuple[ModelServer, CommandLine]) -> None:
    _, tg = judged_by
    tg.key = "sk-wrong"
    done = tg(*WORDS, *TOOK)
    sentence(done, 1, "openai-api/test/judge judged 0 of 30")
