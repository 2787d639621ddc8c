"""Runs: what is asked once is not asked again, what a manifest holds, and what is refused before anything is asked."""

from __future__ import annotations

import asyncio
import json
import signal
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from trustgauge.config import Config
from trustgauge.errors import ConfigError, DataError, ModelError, TrustgaugeError, UsageError
from trustgauge.manifest import judge_hash, source_hash
from trustgauge.reports import profile
from trustgauge.reports.document import document
from trustgauge.runner import run
from trustgauge.store import RunInfo, Store
from trustgauge.suites import find_task, select, tasks
from trustgauge.types import Case

TASK = "hallucination/grounded-choice"
KEY = "sk-secret-0123456789abcdef"


@pytest.fixture
def base(tmp_path: Path) -> Any:
    """A Config of one scripted model and one task with a store of its own; further options override."""

    def made(**options: Any) -> Config:
        defaults = {"models": ("panel/careful",), "suites": (TASK,), "n": 8, "store": str(tmp_path / "a.db")}
        return Config(**defaults | options)

    return made


def once(config: Config, **env: str) -> RunInfo:
    (info,) = run(config, env=env)
    return info


def labels(config: Config, info: RunInfo) -> dict[str, str]:
    with Store(config.store) as store:
        return {record.case.id: record.label for record in store.records(info.id)}


def report(config: Config, info: RunInfo) -> dict[str, Any]:
    with Store(config.store) as store:
        return document(profile(store, info.id))


# resuming


def test_the_same_config_is_the_same_run_and_asks_nothing(base: Any) -> None:
    first, again = once(base()), once(base())
    assert again.id == first.id
    assert again.calls == first.calls == 8
    assert again.status == "done"
    with Store(base().store) as store:
        assert len(store.runs()) == 1


def test_fresh_is_a_run_of_its_own_and_asks_everything(base: Any) -> None:
    first = once(base())
    fresh = once(base(fresh=True))
    assert fresh.id != first.id
    assert fresh.calls == 8
    assert once(base(fresh=True)).id != fresh.id
    assert once(base()).calls == first.calls


@pytest.mark.parametrize("task", list(tasks()))
def test_a_larger_n_asks_only_what_is_new(base: Any, task: str) -> None:
    small = once(base(suites=(task,), n=12))
    asked_alone = once(base(suites=(task,), n=24, store=base().store + "2"))
    large = once(base(suites=(task,), n=24))
    assert large.id != small.id
    kept, whole = labels(base(), small), labels(base(), large)
    assert kept.items() <= whole.items(), "the same cases, the same verdicts"
    assert len(whole) > len(kept)
    assert large.calls + small.calls <= asked_alone.calls


@pytest.mark.parametrize(
    "changed", [{"seed": 1}, {"temperature": 0.5}, {"draws": 2}, {"n": 9}, {"max_tokens": 7}, {"top_p": 0.5}]
)
def test_what_changes_the_answers_is_another_run(base: Any, changed: dict[str, Any]) -> None:
    assert once(base()).id != once(base(**changed)).id


@pytest.mark.parametrize("changed", [{"concurrency": 3}, {"study": "nightly"}, {"attempts": 2}, {"timeout_s": 9.0}])
def test_what_does_not_change_the_answers_is_the_same_run(base: Any, changed: dict[str, Any]) -> None:
    first, again = once(base()), once(base(**changed))
    assert (again.id, again.calls) == (first.id, first.calls)


def test_draws_ask_each_case_as_often(base: Any) -> None:
    config = base(draws=3)
    info = once(config)
    assert info.calls == 24
    with Store(config.store) as store:
        assert sorted({record.draw for record in store.records(info.id)}) == [0, 1, 2]


def test_models_share_no_answers(base: Any) -> None:
    first, second = run(base(models=("scripted/yes", "scripted/no")), env={})
    assert first.calls == second.calls == 8


def test_no_model_is_the_whole_panel(base: Any) -> None:
    found = run(base(models=(), n=2), env={})
    assert [info.model for info in found] == [
        "panel/careful",
        "panel/over-cautious",
        "panel/agreeable",
        "panel/base-like",
    ]


# the manifest


def test_a_manifest_holds_what_makes_a_run_the_same_again(base: Any) -> None:
    import platform

    import trustgauge

    config = base(seed=3, temperature=0.5, suites=("hallucination", "miscalibration"))
    manifest = once(config).manifest
    assert manifest["trustgauge"] == trustgauge.__version__
    assert manifest["python"] == platform.python_version()
    assert manifest["options"] == {"temperature": 0.5}
    assert (manifest["seed"], manifest["n"], manifest["draws"]) == (3, 8, 1)
    assert manifest["suites"] == ["hallucination", "miscalibration"]
    chosen = select(["hallucination", "miscalibration"])
    assert list(manifest["tasks"]) == [task.id for task in chosen]
    for task in chosen:
        hashes = {"judge_hash": judge_hash(task), "source_hash": source_hash(task)}
        assert manifest["tasks"][task.id] == {"judge": task.judge.id, "chance": task.chance} | hashes
        ids = [case.id for case in task.generate(3, 8)]
        assert manifest["cases"][task.id] == len(ids)
        assert manifest["case_hashes"][task.id] == blake2b("".join(ids).encode(), digest_size=8).hexdigest()


def test_a_tasks_sources_are_told_apart() -> None:
    chosen = list(tasks().values())
    of_sub = {(task.sub_category, source_hash(task)) for task in chosen}
    assert len(of_sub) == len({task.sub_category for task in chosen}) == len({hashed for _, hashed in of_sub})


def test_no_key_gets_into_manifest_or_store(base: Any, tmp_path: Path) -> None:
    config = base(models=("openai-api/test/m",), attempts=1, timeout_s=2.0, n=2)
    info = once(config, TEST_API_KEY=KEY, TEST_BASE_URL="http://127.0.0.1:9/v1")
    assert KEY not in str(info)
    for path in tmp_path.iterdir():
        assert KEY.encode() not in path.read_bytes()
    assert report(config, info)["sub_categories"][0]["failed"] == 2


# protected texts


def test_the_users_texts_are_asked_about_and_hashed_not_kept_in_the_manifest(base: Any, tmp_path: Path) -> None:
    from trustgauge.generate.standin import standin_texts

    folder = tmp_path / "mine"
    folder.mkdir()
    (text,) = standin_texts(5, n=1).values()
    (folder / "novel.txt").write_text("\ufeff" + text, encoding="utf-8")
    (folder / "novel.md").write_text(text[::-1], encoding="utf-8")
    (folder / "notes.pdf").write_bytes(b"\xff")
    (folder / "more.txt").mkdir()
    config = base(suites=("copyright-leakage",), texts=str(folder), n=12)
    info = once(config)
    assert sorted(info.manifest["texts"]) == ["novel.md", "novel.txt"], "one name each, whatever the ending"
    assert text[:40] not in json.dumps(info.manifest)
    with Store(config.store) as store:
        own = [r.case for r in store.records(info.id) if r.case.kind == "protected"]
    assert own
    (folder / "novel.txt").write_text(text.upper(), encoding="utf-8")
    assert once(config).id != info.id, "other texts, another run"


@pytest.mark.parametrize("what", ["none", "a file", "empty", "not utf-8", "only a folder"])
def test_texts_that_cannot_be_read_are_a_sentence(base: Any, tmp_path: Path, what: str) -> None:
    folder = tmp_path / "mine"
    if what == "a file":
        folder.write_text("x")
    elif what != "none":
        folder.mkdir()
    if what == "not utf-8":
        (folder / "a.txt").write_bytes(b"\xff\xfe")
    if what == "only a folder":
        (folder / "a.txt").mkdir()
    with pytest.raises(ConfigError, match=r"texts: .*mine"):
        run(base(suites=("copyright-leakage",), texts=str(folder)), env={})


def test_texts_too_short_to_be_cut_are_a_sentence(base: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Too short.")
    with pytest.raises(DataError, match="at least 20 words"):
        run(base(suites=("copyright-leakage",), texts=str(tmp_path)), env={})


# refused before anything is asked


@pytest.mark.parametrize(
    ("change", "env", "error", "said"),
    [
        ({"models": ("openai/gpt-none",), "offline": True}, {"OPENAI_API_KEY": KEY}, ModelError, "--offline"),
        ({"models": ("openai/gpt-none",)}, {}, ModelError, "OPENAI_API_KEY"),
        ({"models": ("nonsense",)}, {}, ModelError, "provider/name"),
        ({"suites": ("nonsense",)}, {}, UsageError, "no suite"),
    ],
)
def test_what_cannot_run_is_refused_and_leaves_no_run(
    base: Any, change: dict[str, Any], env: dict[str, str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        run(base(**change), env=env)
    with Store(base().store) as store:
        assert store.runs() == []


def test_offline_leaves_models_of_this_machine_alone(base: Any) -> None:
    config = base(models=("openai-api/test/m",), offline=True, attempts=1, timeout_s=2.0, n=2)
    info = once(config, TEST_API_KEY=KEY, TEST_BASE_URL="http://127.0.0.1:9/v1")
    assert info.status in ("done", "halted")
    assert once(base(offline=True)).status == "done"


# replayed answers: cases out, replies in


def answered(path: Path, config: Config, say: Any, **more: Any) -> list[Case]:
    """Answers the cases that `trustgauge cases` would print, as anyone could outside; writes them to the file."""
    cases = list(find_task(config.suites[0]).generate(config.seed, config.n))
    rows = [{"id": case.id, "response": say(i, case)} | more for i, case in enumerate(cases)]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return cases


def test_answers_recorded_elsewhere_get_the_labels_they_deserve(base: Any, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    config = base(models=(f"replay/{path}",), n=12)
    task = find_task(TASK)
    kinds = ("good", "bad", "unscored")

    def say(i: int, case: Case) -> str:
        return getattr(task.gold(case, case.messages), kinds[i % 3])[0]

    cases = answered(path, config, say)
    info = once(config)
    assert labels(config, info) == {case.id: kinds[i % 3] for i, case in enumerate(cases)}
    (sub,) = report(config, info)["sub_categories"]
    assert (sub["good"], sub["bad"], sub["unscored"], sub["failed"], sub["score"]) == (4, 4, 4, 0, 0.5)


def test_cases_without_a_recorded_answer_fail_and_do_when_it_is_there(base: Any, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    config = base(models=(f"replay/{path}",))
    cases = answered(path, config, lambda i, case: f"Answer: {case.key}")
    whole = path.read_text()
    path.write_text("\n".join(whole.splitlines()[:5]))
    part = once(config)
    assert sorted(labels(config, part).values()) == ["failed"] * 3 + ["good"] * 5
    reasons = report(config, part)["sub_categories"][0]["tasks"][0]["reasons"]
    assert reasons["failed"] == {"unavailable": 3}
    path.write_text(whole)
    assert labels(config, once(config)) == {case.id: "good" for case in cases}


# cost


def test_cost_is_null_unless_price_and_tokens_are_known(base: Any, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    config = base(models=(f"replay/{path}",))
    answered(path, config, lambda i, case: case.key)
    assert report(config, once(config))["cost_usd"] is None
    priced = base(models=(f"replay/{path}",), price="2/10", seed=0, n=7)
    assert report(priced, once(priced))["cost_usd"] is None, "the replies count no tokens"


def test_cost_is_tokens_times_price(base: Any, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    config = base(models=(f"replay/{path}",), price="2/10")
    answered(path, config, lambda i, case: case.key, usage={"input_tokens": 1000, "output_tokens": 50})
    found = report(config, once(config))
    assert found["cost_usd"] == pytest.approx(8 * (1000 * 2 + 50 * 10) / 1e6)


def test_a_price_named_later_is_the_price(base: Any, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    config = base(models=(f"replay/{path}",))
    answered(path, config, lambda i, case: case.key, usage={"input_tokens": 1000, "output_tokens": 50})
    first = once(config)
    assert report(config, first)["cost_usd"] is None
    priced = base(models=config.models, price="2/10")
    again = once(priced)
    assert again.id == first.id
    assert report(priced, again)["cost_usd"] == pytest.approx(0.02)


def test_the_words_that_chose_the_tasks_do_not_make_another_run(base: Any) -> None:
    names = tuple(task.id for task in select(["hallucination"]))
    first, second = once(base(suites=("hallucination",))), once(base(suites=names))
    assert (first.id, first.calls) == (second.id, second.calls)


def test_it_runs_inside_a_running_loop(base: Any) -> None:
    """As in a notebook."""

    async def cell() -> Any:
        return run(base(suites=("hallucination/grounded-choice",)), env={})

    (info,) = asyncio.run(cell())
    assert (info.status, info.calls) == ("done", 8)


def test_a_missing_key_of_the_second_model_is_said_before_the_first_is_asked(base: Any) -> None:
    config = base(models=("scripted/yes", "openai/gpt-x"), suites=("hallucination",))
    with pytest.raises(TrustgaugeError, match="OPENAI_API_KEY"):
        run(config, env={})
    assert not Path(config.store).exists()


def test_a_run_leaves_the_signals_as_they_were(tmp_path: Path) -> None:
    """uvloop leaves its handler there: SIGTERM would end nothing afterwards."""
    before = [signal.getsignal(which) for which in (signal.SIGINT, signal.SIGTERM)]
    run(Config(models=("scripted/oracle",), suites=("violence/direct",), n=4, store=str(tmp_path / "s.db")), env={})
    assert [signal.getsignal(which) for which in (signal.SIGINT, signal.SIGTERM)] == before
