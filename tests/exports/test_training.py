"""Training exports of whole stores: what is taken, what is refused, what is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import trustgauge
from support.stores import EVIL, PROTECTED, hostile_store, keep, record, verdict
from support.training_runs import careful, cases_of, keep_at, refusing, run_of, willing
from trustgauge.errors import DataError, UsageError
from trustgauge.exports.candidates import conversation
from trustgauge.exports.writing import Training
from trustgauge.store import Label, RunInfo, Store
from trustgauge.suites import find_task
from trustgauge.types import Case, Failure, Record, Reply, Verdict, assistant, user

MIXED = "stereotype-bias/agreement"


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def exported(path: Path, out: Path, format_: str | list[str] = "dpo", runs: Any = "s", **settings: Any) -> Training:
    made = trustgauge.export(runs, format_, out=out, store=str(path), **settings)
    assert isinstance(made, Training)
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A model that refuses everything and one that answers everything, over the same cases of the training side."""
    cases = cases_of(n=24)
    run_of(tmp_path / "s.db", "a", cases, refusing)
    run_of(tmp_path / "s.db", "b", cases, willing)
    return tmp_path / "s.db"


def test_every_format_has_its_shape_and_its_provenance(path: Path, tmp_path: Path) -> None:
    formats = ["sft", "dpo", "kto", "reward", "unlikelihood"]
    made = exported(path, tmp_path / "out", formats)
    assert list(made.formats) == formats
    found = {name: rows_of(tmp_path / f"out/{name}.jsonl") for name in formats}
    assert {name: len(rows) for name, rows in found.items()} == {name: f.rows for name, f in made.formats.items()}
    assert all(row["messages"][-1]["role"] == "assistant" for row in found["sft"])
    for row in found["dpo"]:
        assert row["prompt"][-1]["role"] == "user"
        assert [m["role"] for m in row["chosen"] + row["rejected"]] == ["assistant"] * 2
        assert {row["model"], row["rejected_model"]} == {"a", "b"}
        assert (row["model"] == "a") == (not row["twin"])
        assert (row["side"], row["origin"], row["task"]) == ("train", "model", "violence/direct")
        assert row["canary"] == made.canary
        assert row["licence"].startswith("prompt: Apache-2.0; reply: terms of ")
        assert all(
            isinstance(v, str | int | float | None) for k, v in row.items() if k not in ("prompt", "chosen", "rejected")
        )
    assert [row["chosen"] for row in found["reward"]] == [row["chosen"] for row in found["dpo"]]
    assert {row["label"] for row in found["kto"]} == {True, False}
    assert {row["label"] for row in found["unlikelihood"]} == {False}
    assert made.yields == {"prompts": 24, "mixed": 24, "pairs": 24}


def test_the_same_export_is_the_same_bytes_and_is_never_written_over(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = exported(path, out, ["dpo", "sft"])
    before = {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in out.iterdir()}
    assert set(before) == {"dpo.jsonl", "sft.jsonl", "card.md", "export.json"}
    again = exported(path, tmp_path / "other", ["sft", "dpo"])
    assert {f.name: f.read_bytes() for f in (tmp_path / "other").iterdir()} == {k: v for k, (_, v) in before.items()}
    assert again.content == first.content
    exported(path, out, ["dpo", "sft"])
    with pytest.raises(UsageError, match="is there already with other content"):
        exported(path, out, ["dpo", "sft"], limit=2)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == {k: v for k, (_, v) in before.items()}
    assert not [entry for entry in tmp_path.iterdir() if entry.name.startswith(".")]


def test_held_out_cases_are_refused_and_may_be_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    run_of(path, "a", cases_of(n=40, side=""), refusing)
    run_of(path, "b", cases_of(n=40, side=""), willing)
    with pytest.raises(
        UsageError, match=r"run-a \(as 1 more of these runs\) holds \d+ cases that are kept for testing"
    ):
        exported(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    run_of(path, "c", cases_of(n=8), careful, study="own")
    with pytest.raises(UsageError, match=r"run-a .*--train-only"):
        exported(path, tmp_path / "out", runs="own", better=["run-a"])
    made = exported(path, tmp_path / "out", "kto", train_only=True, runs=["s", "own"])
    assert made.left_out["kept for testing"] > 0
    assert {row["side"] for row in rows_of(tmp_path / "out/kto.jsonl")} == {"train"}


def test_twins_come_along_and_a_dont_never_goes_alone(tmp_path: Path) -> None:
    """The twins of half of the cases are unreadable: their "don't" halves go."""
    cases, path = cases_of(n=24), tmp_path / "s.db"
    lost = sorted({case.group for case in cases})[::2]

    def half(case: Case, draw: int) -> tuple[str, str]:
        return ("unscored", "...") if case.twin and case.group in lost else careful(case, draw)

    run_of(path, "a", cases, half)
    made = exported(path, tmp_path / "out", "sft")
    groups = {row["group"] for row in rows_of(tmp_path / "out/sft.jsonl")}
    assert not groups & set(lost)
    assert groups
    assert made.formats["sft"].left_out["no usable row of its benign twin"] == len(lost)
    without = exported(path, tmp_path / "bare", "sft", twins=False)
    assert not any(row["twin"] for row in rows_of(tmp_path / "bare/sft.jsonl"))
    assert "refuse too much" in without.warnings[0]


def test_where_all_are_bad_the_better_run_or_the_gold_reply_is_chosen(tmp_path: Path) -> None:
    path, cases = tmp_path / "s.db", cases_of(n=24)
    run_of(path, "weak", cases, willing, study="weak")
    run_of(path, "big", cases, careful, study="big")
    with pytest.raises(DataError, match=r"give no row for dpo.*--better RUN or --written gold"):
        exported(path, tmp_path / "none", runs="weak")
    exported(path, tmp_path / "better", runs="weak", better=("big",), style_share=1)
    for row in rows_of(tmp_path / "better/dpo.jsonl"):
        origins = (row["origin"], row["rejected_origin"])
        assert origins == (("model", "written") if row["twin"] else ("better", "model"))
    exported(path, tmp_path / "gold", runs="weak", written="gold", style_share=1)
    found = rows_of(tmp_path / "gold/dpo.jsonl")
    assert {row["origin"] for row in found if not row["twin"]} == {"written"}
    assert {row["twin"] for row in found} == {True, False}
    words = tmp_path / "words.yaml"
    words.write_text("violence:\n- That is nothing I do.\n- Not with my help.\n", encoding="utf-8")
    exported(path, tmp_path / "own", runs="weak", written=str(words), style_share=1, max_refusals=1)
    replies = {row["chosen"][0]["content"] for row in rows_of(tmp_path / "own/dpo.jsonl") if not row["twin"]}
    assert replies == {"That is nothing I do.", "Not with my help."}


def test_people_outvote_the_judge_and_can_be_all_that_counts(path: Path, tmp_path: Path) -> None:
    with Store(str(path)) as store:
        spots = [(spot, r.case.twin) for spot, r in store.replied("run-b", "violence/direct")]
        harmful = [spot for spot, twin in spots if not twin][:3]
        store.judged.keep_labels(
            "run-b",
            [Label(task="violence/direct", place=p, draw=d, labeller="x", label="good") for p, d in harmful],
        )
    made = exported(path, tmp_path / "out", "sft", human_only=True, twins=False, max_refusals=1)
    found = rows_of(tmp_path / "out/sft.jsonl")
    assert {(row["judge"], row["model"], row["confidence"]) for row in found} == {("people", "b", 1.0)}
    assert len(found) == 3
    assert made.left_out["not labelled by people"] == 45


def test_what_is_no_answer_is_counted_apart(tmp_path: Path) -> None:
    path, (first, *rest) = tmp_path / "s.db", cases_of(n=16)
    verdict = Verdict(label="unscored", reason="unreadable", judge="fake@1")
    good = Verdict(label="good", reason="fine", judge="fake@1")
    made = [
        Record(case=rest[0], failure=Failure(kind="timeout", message="x")),
        Record(case=rest[1], replies=(Reply(text="half of", finish="length"),), verdict=good),
        Record(case=rest[2], replies=(Reply(text="no", finish="content_filter"),), verdict=good),
        Record(case=rest[3], replies=(Reply(text=""),), verdict=good),
        Record(case=rest[4], replies=(Reply(text="mumble"),), verdict=verdict),
        Record(case=rest[5], replies=(Reply(text="a"), Reply(text="b")), verdict=good),
        Record(case=first, replies=(Reply(text="This is how."),), verdict=good),
    ]
    with Store(str(path)) as store:
        store.begin(RunInfo(id="r", model="m", study="s"))
        keep_at(store, "r", made, 1)
        store.finish("r", "done")
    found = exported(path, tmp_path / "out", "sft", twins=False) if not first.twin else None
    assert found
    assert found.left_out == {
        "asked by another version of its task": 1, "blocked reply": 1, "empty reply": 1, "the call failed": 1,
        "truncated reply": 1, "unscored: unreadable": 1,
    }  # fmt: skip
    assert found.read == found.usable + sum(found.left_out.values())


def test_of_several_turns_the_last_reply_is_trained_in_its_conversation() -> None:
    task = find_task("sycophancy/pushback")
    case = cases_of(task.id, 4, side="")[0]
    talk = task.talk(case, lambda ask: "A" if len(ask.messages) == 1 else "I stay with A.")
    assert len(talk) == 2
    found = conversation(task, Record(case=case, replies=tuple(reply for _, reply in talk)))
    assert isinstance(found, tuple)
    assert found[:-1] == (*case.messages, assistant("A"))
    assert found[-1].role == "user"
    twice = find_task("sycophancy/feedback")
    (asked, *_) = cases_of(twice.id, 4, side="")
    replies = tuple(reply for _, reply in twice.talk(asked, lambda ask: "7"))
    assert conversation(twice, Record(case=asked, replies=replies)) == "several replies judged as one"


def test_a_verdict_that_rests_on_an_earlier_reply_says_nothing_of_the_last(tmp_path: Path) -> None:
    """Four decisions by a rule: what is trained is the fourth, and it is right whether or not the third was."""
    task = find_task("distribution-shift/policy-change")
    path, cases = tmp_path / "s.db", cases_of(task.id, 24)

    def record_of(case: Case, wrong: int) -> Record:
        keys = iter(case.slots["keys"].split())
        said = [key if turn != wrong else {"yes": "no", "no": "yes"}[key] for turn, key in enumerate(keys)]
        replies = tuple(Reply(text=text) for text in said)
        return Record(case=case, replies=replies, verdict=task.judge.rule(case, replies))

    with Store(str(path)) as store:
        for run, wrong in (("right", -1), ("third", 2), ("fourth", 3)):
            store.begin(RunInfo(id=run, model=run, study="s"))
            keep_at(store, run, [record_of(case, wrong) for case in cases], 1)
            store.finish(run, "done")
    made = exported(path, tmp_path / "out", "kto", near=0, source_share=1, style_share=1)
    assert made.left_out == {"its verdict rests on an earlier reply of the conversation": len(cases)}
    assert {(row["model"], row["label"]) for row in rows_of(tmp_path / "out/kto.jsonl")} == {
        ("right", True), ("fourth", False)
    }  # fmt: skip


@pytest.mark.parametrize("status", ["interrupted", "done"])
def test_of_a_stopped_run_only_whole_groups_are_taken(tmp_path: Path, status: str) -> None:
    """One case was not asked: it could be of the pair before the gap or of that behind; and nobody knows what would
    have followed the last.
    """
    path, cases = tmp_path / "s.db", cases_of(n=16)
    assert [case.twin for case in cases] == [False, True] * 8
    found = [Record(case=case, replies=(Reply(text=careful(case)[1]),), verdict=verdict("good")) for case in cases]
    with Store(str(path)) as store:
        store.begin(RunInfo(id="r", model="m", study="s"))
        for place, each in enumerate(found):
            if place != 5:
                store.keep_record("r", each, [b"%d" % place], place)
                store.keep_reply(b"%d" % place, each.replies[0])
        store.finish("r", status)
    made = exported(path, tmp_path / "out", "sft", near=0)
    left = "its group was not asked whole: the run was stopped"
    assert made.left_out.get(left, 0) == (5 if status == "interrupted" else 0)
    groups = {row["group"] for row in rows_of(tmp_path / "out/sft.jsonl")}
    assert (cases[4].group in groups) == (status == "done")
    assert cases[2].group in groups
    assert cases[8].group in groups
    if status == "interrupted":  # a session's end tells how many there are of a task whose cases are all made
        with Store(str(path)) as store:
            store.amend("r", {"cases": {"violence/direct": 16}, "case_hashes": {"violence/direct": "x"}})
        assert exported(path, tmp_path / "known", "sft", near=0).left_out[left] == 3


def test_rows_begin_with_what_tells_a_reader_that_confidence_is_a_number(tmp_path: Path) -> None:
    """Else `datasets` takes a column that begins empty for one of nothing, and fails megabytes later."""
    path = tmp_path / "s.db"
    for model, answer in (("a", refusing), ("b", willing)):
        run_of(path, model, [*cases_of(n=8), *cases_of("stereotype-bias/forced-choice", 8)], answer)
    exported(path, tmp_path / "out", ["sft", "dpo"], written="gold", near=0, style_share=1, source_share=1)
    for name in ("sft", "dpo"):
        rows = rows_of(tmp_path / f"out/{name}.jsonl")
        assert None in [row["confidence"] for row in rows]
        assert rows[0]["confidence"] is not None
    assert None not in [row["rejected_confidence"] for row in rows[:1]]


def test_recorded_talks_are_outside_material_and_hostile_texts_stay_texts(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    hostile_store(path)
    with Store(str(path)) as store:
        talk = (user("Hello"), assistant("Hi"), user(EVIL))
        case = Case(messages=talk, task="toxicity/recorded")
        store.begin(RunInfo(id="o", model="m|`x`\n# y", study="s", manifest={"import": "jsonl"}))
        keep(store, "o", record(case.of(case.task, group="g"), "good", EVIL))
    exported(path, tmp_path / "out", ["sft", "kto"], runs=["s", "hostile-1"], near=0)
    rows = rows_of(tmp_path / "out/sft.jsonl")
    assert EVIL in [row["messages"][-1]["content"] for row in rows]
    assert {row["licence"] for row in rows} == {"unknown"}
    assert {row["side"] for row in rows} == {"train"}
    everything = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "out").iterdir())
    assert PROTECTED not in everything
    card = (tmp_path / "out/card.md").read_text(encoding="utf-8")
    assert "\x1b" not in everything
    assert "\n# y" not in card


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"colour": 1}, "takes no 'colour'"),
        ({"min_confidence": 2}, "--min-confidence is 2: it goes from 0 to 1"),
        ({"source_share": 0.2}, "--source-share is 0.2"),
        ({"limit": -1}, "--limit is -1"),
        ({"limit": "many"}, "an option of the export is wrong"),
        ({"mix": "some"}, "--mix some means nothing: use one of even, gaps"),
        ({"mix": "gaps", "weights": "w.yaml"}, "give one of them"),
        ({"suites": ("toxicity",)}, "hold nothing of 'toxicity'"),
        ({"better": ("run-a",)}, "only runs that are exported already"),
        ({"weights": "nowhere.yaml"}, "cannot be read"),
        ({"written": "nowhere.yaml"}, "cannot be read"),
        ({"min_confidence": 0.99}, "give no row"),
    ],
)
def test_what_is_wrong_is_said(path: Path, tmp_path: Path, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(trustgauge.TrustgaugeError, match=words):
        exported(path, tmp_path / "out", **settings)
    assert not (tmp_path / "out").exists()


def test_written_words_must_be_words(path: Path, tmp_path: Path) -> None:
    for content in ("violence: 7", "violence: []", "violence: ['']", "violence: {a: b}"):
        (tmp_path / "w.yaml").write_text(content, encoding="utf-8")
        with pytest.raises(trustgauge.TrustgaugeError, match="'violence' must have a text"):
            exported(path, tmp_path / "out", written=str(tmp_path / "w.yaml"))


def test_written_words_must_be_of_something(path: Path, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("violense:harmful: I won't.", encoding="utf-8")
    with pytest.raises(trustgauge.TrustgaugeError, match=r"'violense' is no task and no sub-category"):
        exported(path, tmp_path / "out", written=str(tmp_path / "w.yaml"))


def test_a_better_run_s_replies_pass_the_same_filters(tmp_path: Path) -> None:
    path, cases = tmp_path / "s.db", cases_of(n=24)
    run_of(path, "a", cases, willing)
    run_of(path, "b", cases, careful, study="better")
    with Store(str(path)) as store:
        said = [(spot, "good" if each.case.twin else "bad") for spot, each in store.replied("run-a", "violence/direct")]
        labels = [
            Label(task="violence/direct", place=place, draw=draw, labeller="x", label=label)
            for (place, draw), label in said
        ]
        store.judged.keep_labels("run-a", labels)
    made = exported(path, tmp_path / "out", "sft", human_only=True, better=["better"])
    assert "better" not in made.formats["sft"].origins


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"format_": "sft", "human_only": True}, r"Let people label replies"),
        ({"format_": "sft", "min_confidence": 0.9}, r"Calibrate the judge"),
        ({"runs": "later", "train_only": True}, r"kept for testing\. Measure with --split train"),
        ({"runs": "run-a"}, r"export several models' runs together"),
    ],
)
def test_what_to_do_about_no_row(path: Path, tmp_path: Path, settings: dict[str, Any], words: str) -> None:
    run_of(path, "h", cases_of(n=8, side="held-out"), willing, study="later")
    with pytest.raises(DataError, match=words):
        exported(path, tmp_path / "out", **settings)


def test_gaps_weigh_what_the_runs_are_worst_at(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    run_of(path, "a", [*cases_of(n=40), *cases_of("unlawful-conduct/jurisdiction", 40)], half_right)
    made = exported(path, tmp_path / "out", "kto", mix="gaps", style_share=1, near=0, max_refusals=1)
    assert made.weights["violence"] > made.weights["unlawful-conduct"] > 0
    rows = made.formats["kto"].by_sub_category
    assert rows["violence"] > 1.5 * rows["unlawful-conduct"]
    even = exported(path, tmp_path / "even", "kto", mix="even", style_share=1, near=0, max_refusals=1, limit=20)
    assert even.formats["kto"].rows <= 20
    assert len(set(even.formats["kto"].by_sub_category.values())) == 1


def half_right(case: Case, draw: int) -> tuple[str, str]:
    """Wrong on half of the one, on a sixth of the other."""
    wrong = int(case.id, 16) % (2 if case.task.startswith("violence") else 6) == 0
    label, text = careful(case, draw)
    return ("bad" if wrong else label), text


def test_trustllm_s_files_are_another_thing(path: Path) -> None:
    for given in ({"limit": 3}, {"format": ["trustllm", "sft"]}):
        with pytest.raises(UsageError, match="no training data"):
            trustgauge.export("s", **{"format": "trustllm", "store": str(path)} | given)  # type: ignore[arg-type]


def test_the_datasets_library_opens_the_folder(path: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="the folder is opened with the extra 'align'")
    exported(path, tmp_path / "hub", ["dpo", "kto"], to="hf")
    first = datasets.load_dataset(str(tmp_path / "hub"), split="train", cache_dir=str(tmp_path / "cache"))
    assert {"prompt", "chosen", "rejected"} <= set(first.column_names)
    assert len(first) == len(rows_of(tmp_path / "hub/dpo.jsonl"))
    second = datasets.load_dataset(str(tmp_path / "hub"), "kto", split="train", cache_dir=str(tmp_path / "cache"))
    assert {"prompt", "completion", "label"} <= set(second.column_names)
    head = (tmp_path / "hub/README.md").read_text(encoding="utf-8")
    for word in ("license: other", "config_name: dpo", "## Licence", "## Intended use", "## Limits", "canary"):
        assert word in head
