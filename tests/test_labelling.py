"""Which replies people are asked for, how far they agree, and what their labels say of a run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from support.fakes import case
from support.stores import blank_store, empty_store, measured_store, record
from support.tg import command_line
from trustgauge.errors import DataError, UsageError
from trustgauge.labelling import (
    Candidate,
    Position,
    Score,
    between_people,
    candidates,
    consensus,
    exported,
    in_random_part,
    labeller_name,
    narrowing,
    near_limit,
    queue,
    read_labels,
    records_at,
    score_of,
    tasks_to_label,
    with_judges,
)
from trustgauge.reports.corrected import CorrectedScore
from trustgauge.reports.profile import profile
from trustgauge.stats.intervals import wilson
from trustgauge.stats.measures import accuracy
from trustgauge.store import Label, Store
from trustgauge.types import Verdict


def one(place: int, label: str = "good", task: str = "violence/a", judges: dict[str, str] | None = None) -> Candidate:
    said = {name: Verdict(label=word, reason="x", judge=name) for name, word in (judges or {"j": label}).items()}  # type: ignore[arg-type]
    return Candidate(Position(task, place, 0), Verdict(label=label, reason="x", judge="j"), said)  # type: ignore[arg-type]


def said(place: int, label: str, who: str = "Ada", chosen: str = "random", task: str = "violence/a") -> Label:
    return Label(task=task, place=place, labeller=who, label=label, chosen=chosen, created=float(place + 1))


def test_the_random_part_is_half_and_knows_nothing_of_verdicts() -> None:
    places = range(20_000)
    inside = [in_random_part("run-1", Position("violence/a", p, 0)) for p in places]
    assert 9_700 < sum(inside) < 10_300
    twice = sum(a and b for a, b in pairwise(inside))
    assert 4_700 < twice < 5_300, "neighbours are independent"
    other = [in_random_part("run-2", Position("violence/a", p, 0)) for p in places]
    assert 9_700 < sum(a == b for a, b in zip(inside, other, strict=True)) < 10_300


def test_the_random_records_of_a_short_queue_are_a_fair_sample() -> None:
    """Over many runs: the share good among those asked for by chance is the run's, however the judges are split."""
    rng = Random(7)
    found = [
        one(p, "bad" if p % 5 == 0 else "good", judges={"j": "bad", "k": "good"} if p % 5 == 0 else None)
        for p in range(200)
    ]
    asked = good = 0
    for _ in range(300):
        asked_for = {w.at.place for w in queue(f"run-{rng.random()}", found, 40) if w.chosen == "random"}
        asked += len(asked_for)
        good += sum(p % 5 != 0 for p in asked_for)
    assert asked >= 300 * 20
    low, high = wilson(good, asked, z=4)
    assert low < 0.8 < high


def test_half_of_the_queue_at_least_is_random_and_the_rest_in_order_of_worth() -> None:
    kinds = {0: {"j": "good", "k": "bad"}, 1: {"j": "unscored"}}
    found = [one(p, "unscored" if p % 4 == 1 else "good", judges=kinds.get(p % 4)) for p in range(200)]
    asked = queue("r", found, 60)
    chosen = [w.chosen for w in asked]
    assert chosen[:4] == ["random", "disagree", "random", "disagree"]
    assert Counter(chosen)["random"] >= 30
    worth = [w.at.place % 4 for w in asked if w.chosen == "disagree"]
    assert worth == sorted(worth), "those that judges call both come before those left unclear"
    assert len({w.at for w in asked}) == len(asked) == 60
    for w in asked:
        assert (w.chosen == "random") == in_random_part("r", w.at)
    only = queue("r", [one(p) for p in range(200)], 500)
    assert {w.chosen for w in only} == {"random"}, "nothing is worth more: the rest of the other half is not asked for"


def test_the_queue_is_the_same_again_and_keeps_its_order_when_the_store_grows() -> None:
    small, large = ([one(p) for p in range(n)] for n in (100, 300))
    first, later = queue("r", small, 1000), queue("r", large, 1000)
    assert queue("r", list(reversed(small)), 1000) == first
    held = set(first)
    assert [w for w in later if w in held] == first
    assert queue("r", small, 1000, seed=1) != first
    assert {*queue("r", small, 1000, seed=1)} == held, "the seed changes the order, never the random part"


def test_tasks_take_turns() -> None:
    found = [one(p, task=task) for task in ("violence/a", "violence/b", "violence/c") for p in range(60)]
    assert Counter(w.at.task for w in queue("r", found, 30)) == {"violence/a": 10, "violence/b": 10, "violence/c": 10}


def test_replies_near_a_limit_come_early_the_bad_first() -> None:
    near = [one(p, "bad" if p % 20 == 0 else "good", "violence/near") for p in range(200)]
    far = [one(p, "bad" if p % 2 else "good", "violence/far") for p in range(200)]
    assert near_limit([*near, *far], 0.05) == {"violence/near"}
    asked = [w for w in queue("r", [*near, *far], 80, limit=0.05) if w.chosen == "limit"]
    assert asked
    assert {w.at.task for w in asked} == {"violence/near"}
    bad = [w.at.place % 20 == 0 for w in asked]
    assert bad == sorted(bad, reverse=True)
    assert bad[0]
    assert not [w for w in queue("r", [*near, *far], 80) if w.chosen == "limit"], "no limit was named"


def test_consensus_is_the_majority_of_those_who_are_sure() -> None:
    votes = [
        said(0, "good", "a"),
        said(0, "bad", "b"),
        said(1, "good", "a"),
        said(1, "unsure", "b"),
        said(2, "bad", "a"),
    ]
    found = consensus(votes)
    assert {at.place: label for at, label in found.items()} == {1: "good", 2: "bad"}


def test_agreement_of_people_and_with_judges_by_hand() -> None:
    ada = ["good", "good", "bad", "bad", "good", "unsure"]
    ben = ["good", "bad", "bad", "bad", "good", "good"]
    labels = [said(i, x, "Ada") for i, x in enumerate(ada)] + [said(i, x, "Ben") for i, x in enumerate(ben)]
    labels.append(said(9, "good", "Ben", chosen="disagree"))
    (pair,), alpha = between_people([*labels, said(9, "bad", "Ada", chosen="disagree")])
    assert (pair.first, pair.second, pair.share.hits, pair.share.n) == ("Ada", "Ben", 4, 5)
    assert pair.kappa == pytest.approx((0.8 - 0.48) / 0.52)
    assert alpha == pytest.approx(1 - 9 * 2 / (5 * 5 * 2))
    judged = [one(i, x) for i, x in enumerate(["good", "good", "bad", "good", "unscored", "good"])]
    (with_judge,) = with_judges(labels, judged)
    assert (with_judge.second, with_judge.share.hits, with_judge.share.n) == ("j", 3, 4)


def test_the_interval_narrows_with_random_labels_alone() -> None:
    found = [one(p, "good" if p % 10 else "bad") for p in range(400)]
    labels = [said(p, "good" if p % 10 else "bad") for p in range(60)]
    biased = [said(p, "bad", chosen="disagree") for p in range(100, 160)]
    score = scored(found)
    (task,) = narrowing([*labels, *biased, said(5000, "bad")], found, score)
    assert len(task.points) == 60
    assert (task.points[-1].hits, task.points[-1].n) == (54, 60)
    widths = [high - low for low, high in (share.interval for share in task.points)]
    assert widths[-1] < widths[29] < widths[9]
    assert task.judge.value == pytest.approx(0.9)
    assert task.corrected
    assert task.corrected.score == pytest.approx(0.9)
    assert task.corrected.low is not None and task.corrected.high is not None
    assert task.corrected.high - task.corrected.low < widths[-1], "a judge that is right makes it narrower still"
    (few,) = narrowing(labels[:5], found, score)
    assert few.corrected
    assert few.corrected.score is None
    assert "at least 10" in few.corrected.note


def scored(found: list[Candidate]) -> Callable[[str, list[Label]], CorrectedScore | None]:
    """Corrects the share of good by these candidates' verdicts, each in a group of its own."""
    groups = [[((c.at.place, c.at.draw), record(case(c.at.place), c.verdict.label))] for c in found]
    score = Score(groups, accuracy()([r for _, r in group] for group in groups))
    return lambda task, labels: score.corrected(labels)


def test_the_page_corrects_a_score_as_the_report_does(tmp_path: Path) -> None:
    """Also where a task has two sides of different sizes, and where its score is no share of good."""
    path = tmp_path / "t.db"
    (run,) = measured_store(path, "panel/over-cautious", suites=("misinformation", "sycophancy"), n=60)
    with Store(str(path)) as store:
        found = candidates(store, run, tasks_to_label(store, run, ["all"]))
        kept = [
            Label(
                task=c.at.task, place=c.at.place, labeller="Ada", label="bad" if c.at.place % 3 else "good", chosen=by
            )
            for c in found
            for by in ["random" if in_random_part(run, c.at) else "disagree"]
        ]
        store.judged.keep_labels(run, kept)
        page = {row.task: row.corrected for row in narrowing(
            store.judged.labels(run), found, lambda task, labels: score_of(store, run, task).corrected(labels)
        )}  # fmt: skip
        report = {
            task.task: task.corrected
            for sub in profile(store, run).sub_categories
            for task in sub.tasks
            if task.corrected
        }
        assert {task: (corrected,) for task, corrected in page.items()} == report
        scores = [corrected.score for corrected in page.values() if corrected]
        assert None in scores
        assert any(score is not None for score in scores)


def test_which_tasks_are_labelled(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    (run,) = measured_store(path, "panel/careful", suites=("violence", "causal-reasoning"), n=8)
    blank, empty = blank_store(path), empty_store(path)
    with Store(str(path)) as store:
        open_ones = tasks_to_label(store, run)
        assert open_ones
        assert all(task.startswith("violence/") for task in open_ones)
        assert len(tasks_to_label(store, run, ["all"])) > len(open_ones)
        assert {*open_ones} <= {*tasks_to_label(store, run, ["safety"])} == {*tasks_to_label(store, run, ["violence"])}
        assert all(t.startswith("causal-reasoning/") for t in tasks_to_label(store, run, ["reasoning"]))
        with pytest.raises(UsageError, match="holds no replies of 'sycophancy'"):
            tasks_to_label(store, run, ["violence", "sycophancy"])
        with pytest.raises(UsageError, match="holds no replies to label"):
            tasks_to_label(store, empty)
        with pytest.raises(UsageError, match=r"no open replies.*--suite"):
            tasks_to_label(store, blank)
        assert not candidates(store, blank, tasks_to_label(store, blank, ["violence"])), "empty replies can't be judged"


def test_labels_go_out_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    (run,) = measured_store(path, "panel/careful", suites=("violence",), n=8)
    with Store(str(path)) as store:
        found = candidates(store, run, tasks_to_label(store, run))
        at = found[0].at
        kept = Label(
            task=at.task, place=at.place, labeller="Ada", label="bad", chosen="disagree", note="é\u202e", created=5.5
        )
        store.judged.keep_labels(run, [kept])
        (line,) = exported(store, run)
        record = records_at(store, run, [at])[at]
        assert (line["prompt"], line["response"]) == (record.case.prompt, record.replies[-1].text)
        store.judged.drop_label(run, at.task, (at.place, at.draw), "Ada")
        text = json.dumps(line).encode()
        assert read_labels(store, run, [b"\xef\xbb\xbf" + text, b"", b" \r"], "f") == [kept]
        least = {"task": at.task, "place": at.place, "labeller": " B  c ", "label": "good"}
        twice = [json.dumps(least | {"label": word}).encode() for word in ("bad", "good")]
        (read,) = read_labels(store, run, twice, "f")
        assert read.label == "good", "the last one counts"
        outside = next(c.at for c in found if not in_random_part(run, c.at))
        assert (read.labeller, read.chosen, read.draw) == ("B c", "imported", 0)
        wrong = [
            ({"label": "fine"}, "label"),
            ({"place": 10**6}, "no such reply"),
            ({"place": "0"}, "place"),
            ({"run": "other-1"}, "of the run other-1"),
            ({"case": "0123"}, "no such reply"),
            ({"labeller": "  "}, "no labeller"),
            ({"chosen": "because"}, "because"),
            ({"place": outside.place, "task": outside.task, "chosen": "random"}, "not of the run's random part"),
        ]
        for change, words in wrong:
            with pytest.raises(DataError, match=f"f, line 2: .*{words}"):
                read_labels(store, run, [text, json.dumps(least | change).encode()], "f")
        for bad in (b"nonsense", b"\xff", b"[]", b"{", b'{"task": "\\ud800"}'):
            with pytest.raises(DataError, match="f, line 1: "):
                read_labels(store, run, [bad], "f")
        assert store.judged.labels(run) == []


def test_the_users_own_texts_are_not_exported(tmp_path: Path) -> None:
    from support.stores import PROTECTED, hostile_store

    path = tmp_path / "t.db"
    run = hostile_store(path)
    with Store(str(path)) as store:
        own = candidates(store, run, ["copyright-leakage/x"])
        assert own
        store.judged.keep_labels(
            run, [Label(task=c.at.task, place=c.at.place, labeller="Ada", label="good") for c in own]
        )
        lines = list(exported(store, run))
        assert len(lines) == len(own)
        assert PROTECTED not in json.dumps(lines)


def test_names_are_one_short_line() -> None:
    assert labeller_name("  Ada\n  Lovelace ") == "Ada Lovelace"
    assert labeller_name(" \t ") == ""
    assert len(labeller_name("x" * 200)) == 60
    assert "\u202e" not in labeller_name("a\u202eb")


def test_reports_of_imported_replies_have_the_figure_of_the_page(tmp_path: Path) -> None:
    rows = [{"id": i, "prompt": f"question {i}", "response": f"I can do {i}: first, take it."} for i in range(60)]
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done = command_line(tmp_path)("import", "jsonl", "own.jsonl", "--sub-category", "violence", "--model", "own/one")
    assert done.code == 0, done.err
    with Store(str(tmp_path / "trustgauge.db")) as store:
        run = store.run("last").id
        found = candidates(store, run, tasks_to_label(store, run, ["all"]))
        asked = [w.at for w in queue(run, found, 100) if w.chosen == "random"]
        store.judged.keep_labels(
            run, [Label(task=at.task, place=at.place, labeller="Ada", label="bad") for at in asked]
        )
        corrected = score_of(store, run, asked[0].task).corrected(store.judged.labels(run))
        (task,) = (task for sub in profile(store, run).sub_categories for task in sub.tasks)
        assert task.corrected == (corrected,)
        assert corrected
        assert corrected.score is not None
