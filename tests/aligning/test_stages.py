"""Before and after: what a stage changed on held-out cases, and what must not pass for a gain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from support.stages import HELPED, REFUSED, TASK, answered, labelled
from trustgauge.aligning import stages as stages_module
from trustgauge.aligning.change import ChangeSettings, change
from trustgauge.aligning.change_document import change_document
from trustgauge.aligning.change_result import Change
from trustgauge.aligning.change_words import says
from trustgauge.aligning.page import page_of
from trustgauge.aligning.proving import prove, targets_of
from trustgauge.aligning.stages import Measuring, StageRuns, check_stages, measure, place_of, stages_of, write_facts
from trustgauge.config import Config
from trustgauge.errors import ConfigError, TrustgaugeError, UsageError
from trustgauge.reports import profile
from trustgauge.reports.page import html, text
from trustgauge.runner import run
from trustgauge.store import RunInfo, Store
from trustgauge.studying.facts import load_facts
from trustgauge.studying.page import page_of as study_page
from trustgauge.studying.whole import study_runs
from trustgauge.taxonomy import SUB_CATEGORIES
from trustgauge.types import Case

FAST = {"resamples": 1000}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(str(tmp_path / "a.db")) as opened:
        yield opened


def right(case: Case) -> str:
    return HELPED if case.twin else REFUSED


def found(store: Store, *stages: StageRuns, targets: tuple[str, ...] = ("violence",), **more: Any) -> Change:
    return change(store, stages, ChangeSettings(targets=targets, **FAST | more), env={})


def one(result: Change, sub: str) -> Any:
    return next(moved for moved in result.last.subs if moved.id == sub)


def test_who_learns_to_decline_and_to_help_is_raised_in_the_target_alone(store: Store) -> None:
    base = answered(store, "base", violence=lambda c: HELPED, toxicity=lambda c: HELPED)
    sft = answered(
        store, "sft", violence=lambda c: right(c) if len(c.prompt) % 2 else HELPED, toxicity=lambda c: HELPED
    )
    dpo = answered(store, "dpo", violence=right, toxicity=lambda c: HELPED)
    result = found(store, base, sft, dpo)
    target, other = one(result, "violence"), one(result, "toxicity")
    assert (target.word, target.target, other.word, other.target) == ("raised", True, "not shown", False)
    assert (target.score.before, target.score.after) == (0.5, 1.0)
    assert other.score.difference == 0 and other.score.low < 0 < other.score.high
    assert 0 < result.stages[0].subs[0].score.difference < 0.5
    assert result.last.refusals.complied.fell
    assert result.last.refusals.declined.difference == 0
    assert result.last.tax_of == 1
    assert {plane.name: plane.places[0].dominated_by for plane in result.planes} == {
        "restraint and helpfulness": ("sft", "dpo")
    }
    assert says(result)[0].startswith("dpo against base: 1 of 1 targets raised (violence +0.50")
    assert any("UTILITY NOT MEASURED" in sentence for sentence in says(result))


def test_a_stone_shows_over_refusal_and_no_gain(store: Store) -> None:
    base = answered(store, "base", violence=lambda c: HELPED, toxicity=right)
    stone = answered(store, "stone", violence=lambda c: REFUSED, toxicity=lambda c: REFUSED)
    result = found(store, base, stone)
    assert one(result, "violence").word == "not shown"
    assert one(result, "toxicity").word == "lowered"
    assert result.last.refusals.declined.rose
    assert result.last.refusals.complied.fell
    said = " ".join(says(result))
    assert "0 of 1" in said or "none of 1 targets raised" in said
    assert "OVER-REFUSAL UP in stone: benign twins declined 0.00 → 1.00" in said
    assert "toxicity -0.50" in said


def test_a_model_against_itself_shows_nothing(store: Store, tmp_path: Path) -> None:
    config = Config(models=("panel/agreeable",), suites=(TASK,), n=40, split="held-out", store=store.url)
    (first,) = run(config, env={})
    (again,) = run(msgspec.structs.replace(config, fresh=True), env={})
    result = found(store, *(StageRuns(name=name, runs=(info,)) for name, info in (("a", first), ("b", again))))
    assert {moved.word for moved in result.last.subs} == {"not shown"}
    assert all(moved.score.difference == 0 and moved.score.low < 0 < moved.score.high for moved in result.last.subs)
    assert result.last.refusals.declined.difference == 0
    assert not any(moved.muter or moved.hollow for moved in result.last.every)


def test_another_draw_of_one_model_is_seldom_called_a_change(store: Store) -> None:
    """Ten models that are the base with other luck: at 5 % for each family, no more than two may show anything."""
    import random

    def lucky(seed: int) -> str:
        rng = random.Random(seed)
        return "".join(rng.choice("ggb") for _ in range(120))

    base = labelled(store, "base", lucky(0))
    others = [labelled(store, f"s{seed}", lucky(seed)) for seed in range(1, 11)]
    shown = [change(store, (base, other), ChangeSettings(**FAST), env={}).last.subs[0].word for other in others]
    assert shown.count("not shown") >= 8


def test_who_only_became_mute_is_not_better(store: Store) -> None:
    base = labelled(store, "base", "gb" * 80)
    mute = labelled(store, "mute", "gu" * 80)
    result = found(store, base, mute, targets=("made/one",))
    moved = one(result, "made")
    assert moved.score.difference == 0.5 and moved.score.low > 0, "by what can be scored it looks better"
    assert moved.whole.difference == 0
    assert (moved.word, moved.hollow, moved.muter) == ("not shown", True, True)
    said = " ".join(says(result))
    assert "NOT BETTER, ONLY LESS READABLE: mute rose in made" in said
    assert "MORE UNSCORED OR FAILED: in made mute left 50 % of the cases without a score, 0 % before" in said
    silent = labelled(store, "silent", "u" * 160)
    assert one(found(store, base, silent, targets=("made/one",)), "made").word == "not compared"


def test_who_became_readable_and_better_is_raised(store: Store) -> None:
    base = labelled(store, "base", "gbuu" * 40)
    after = labelled(store, "after", "gggb" * 40)
    moved = one(found(store, base, after, targets=("made/one",)), "made")
    assert (moved.word, moved.hollow, moved.muter) == ("raised", False, False)


def test_a_base_that_nobody_can_read_has_no_score_to_be_raised_and_what_is_good_now_is_told(store: Store) -> None:
    result = found(store, labelled(store, "base", "u" * 80), labelled(store, "after", "g" * 80), targets=("made/one",))
    assert one(result, "made").word == "not compared"
    first, second, *rest = says(result)
    assert "none of 1 targets raised, 1 not compared (made)" in first
    assert second.startswith("NO SCORE TO COMPARE in made: without one were 100 % of the cases in base, 0 % in after.")
    assert "Good among all cases moved: made +1.00" in second
    assert any("OVER-REFUSAL NOT KNOWN for after: no benign twins" in sentence for sentence in rest)
    assert "<svg" not in html(page_of(result)), "no chart without a number"


def test_no_tax_is_claimed_where_nothing_untouched_can_be_compared(store: Store) -> None:
    base, after = labelled(store, "base", "u" * 80), labelled(store, "after", "g" * 80)
    (tax,) = (sentence for sentence in says(found(store, base, after)) if "TAX" in sentence)
    assert tax.startswith("ALIGNMENT TAX NOT KNOWN for after: none of 1 untouched sub-categories can be compared")
    known = says(found(store, labelled(store, "b", "gb" * 40), labelled(store, "c", "gb" * 40)))
    assert any("of 1 untouched sub-categories none lowered, none raised, 1 not shown" in said for said in known)


def test_one_judge_alone_is_said(store: Store) -> None:
    base, after = labelled(store, "base", "gb" * 40), labelled(store, "after", "gg" * 40)
    assert any(sentence.startswith("ONE JUDGE ALONE") for sentence in says(found(store, base, after)))


def test_a_stage_without_a_case_names_n(store: Store) -> None:
    base = labelled(store, "base", "gb" * 40)
    info = store.begin(RunInfo(id="run-none", model="made/none", manifest={"split": "held-out"}))
    store.finish(info.id, "done")
    with pytest.raises(UsageError, match=r"'none' holds no case at all.*raise -n"):
        found(store, base, StageRuns(name="none", runs=(store.run("run-none"),)))


def test_targets_and_untouched_are_families_of_their_own(store: Store) -> None:
    base, after = labelled(store, "base", "gb" * 40), labelled(store, "after", "gb" * 33 + "gg" * 7)
    alone = one(found(store, base, after, targets=("made/one",)), "made")
    both = found(store, base, after, targets=("violence",))
    assert alone.p_adjusted == alone.score.p
    assert both.family == (0, 1) and both.unmeasured == ("violence",)
    assert any("TARGETS NOT MEASURED: of violence" in sentence for sentence in says(both))
    assert any(moved.target for moved in found(store, base, after, targets=()).last.subs), (
        "all are, where none is named"
    )


def test_stages_that_cannot_be_compared_are_refused(store: Store) -> None:
    base, after = labelled(store, "base", "gb" * 40), labelled(store, "after", "gg" * 40)
    seen = labelled(store, "seen", "gg" * 40, split="train")
    other = labelled(store, "other", "gg" * 40, task="made/two")
    with pytest.raises(UsageError, match="there are 1"):
        found(store, base)
    with pytest.raises(UsageError, match="'base' is there twice"):
        found(store, base, base)
    with pytest.raises(UsageError, match="run-base is named twice"):
        found(store, base, StageRuns(name="sft", runs=base.runs))
    with pytest.raises(UsageError, match=r"run-seen was not measured on held-out cases.*--split held-out"):
        found(store, base, seen)
    with pytest.raises(UsageError, match="no task in common"):
        found(store, base, other)
    with pytest.raises(UsageError, match="several models"):
        check_stages([base, StageRuns(name="x", runs=(*after.runs, *other.runs))])
    with pytest.raises(UsageError, match="in twos"):
        found(store, base, after, judges=("rules", "rules"))
    allowed = found(store, base, seen, anywhere=True)
    assert "NOT HELD OUT" in says(allowed)[1]


def test_stages_of_other_cases_are_refused(store: Store) -> None:
    base = answered(store, "base", violence=right, n=30)
    info = store.begin(RunInfo(id="run-else", model="made/else", manifest={"split": "held-out"}))
    case = Case(messages=(), key="refuse").of(TASK)
    from trustgauge.types import Record, Verdict

    store.keep_record(info.id, Record(case=case, verdict=Verdict(label="good", reason="made")), [], 0)
    store.finish(info.id, "done")
    with pytest.raises(UsageError, match="'base' and 'else' share too few cases of violence/direct"):
        found(store, base, StageRuns(name="else", runs=(store.run("run-else"),)))


def test_a_stage_measured_in_parts_is_read_from_the_first_run_that_has_a_task(store: Store) -> None:
    base = StageRuns(name="base", runs=(*labelled(store, "b1", "b" * 40).runs, *labelled(store, "b2", "g" * 40).runs))
    base = msgspec.structs.replace(base, runs=tuple(msgspec.structs.replace(r, model="made/b") for r in base.runs))
    after = labelled(store, "after", "g" * 40)
    assert one(found(store, base, after), "made").score.before == 0
    assert [s.name for s in stages_of(store, ["x=run-b1,run-b2", "y = run-after"])] == ["x", "y"]
    for wrong in ("run-b1", "=run-b1", "x=", "x=,"):
        with pytest.raises(UsageError, match="write NAME=RUN"):
            stages_of(store, [wrong])


def test_measuring_asks_the_targets_the_29_and_utility_on_held_out_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Config] = []

    def kept(config: Config, **_: Any) -> list[RunInfo]:
        asked.append(config)
        return [RunInfo(id=f"{spec}-{config.n}", model=spec, manifest={}) for spec in config.models]

    monkeypatch.setattr(stages_module, "run", kept)
    both = {"base": "hf/a", "sft": "hf/b"}
    made = measure(both, Measuring(targets=("violence",), n=100, rest=20, config=Config(seed=3)))
    assert [(c.suites, c.n, c.split, c.seed) for c in asked] == [
        (("violence",), 100, "held-out", 3),
        (("all", "utility"), 20, "held-out", 3),
    ]
    assert [(stage.name, [r.id for r in stage.runs]) for stage in made] == [
        ("base", ["hf/a-100", "hf/a-20"]),
        ("sft", ["hf/b-100", "hf/b-20"]),
    ]
    assert len(measure(both, Measuring(targets=("violence",), n=20, rest=0))[0].runs) == 1
    for wrong in ({"base": "hf/a"}, {"base": "hf/a", "sft": "hf/a"}):
        with pytest.raises(UsageError, match="at least two different"):
            measure(wrong, Measuring(targets=("violence",)))
    with pytest.raises(UsageError, match="name what training aimed at"):
        measure(both, Measuring(targets=()))


def test_measuring_again_asks_nothing(tmp_path: Path) -> None:
    settings = Measuring(targets=(TASK,), n=20, rest=0, config=Config(store=str(tmp_path / "a.db")))
    both = {"base": "panel/base-like", "dpo": "panel/careful"}
    first, again = measure(both, settings, env={}), measure(both, settings, env={})
    calls = [[info.calls for stage in each for info in stage.runs] for each in (first, again)]
    assert calls[0] == calls[1] != [0, 0]


def test_utility_is_told_beside_the_29(store: Store) -> None:
    config = Config(
        models=("panel/base-like", "panel/careful"), suites=(TASK, "utility/instructions"), n=20, store=store.url
    )
    stages = [StageRuns(name=n, runs=(info,)) for n, info in zip(("base", "dpo"), run(config, env={}), strict=True)]
    result = found(store, *stages, anywhere=True)
    assert [moved.id for moved in result.last.outside] == ["utility"]
    assert "trust and utility" in {plane.name for plane in result.planes}
    assert any(sentence.startswith("Utility of dpo: ") for sentence in says(result))


def test_the_facts_file_makes_a_study_of_the_stages(store: Store, tmp_path: Path) -> None:
    names = {"base": "panel/base-like", "sft": "panel/agreeable", "dpo": "panel/careful"}
    config = Config(models=tuple(names.values()), suites=(TASK,), n=30, split="held-out", store=store.url)
    stages = [StageRuns(name=name, runs=(info,)) for name, info in zip(names, run(config, env={}), strict=True)]
    path = tmp_path / "facts.yaml"
    runs = write_facts(stages, path)
    known = load_facts(path)
    assert known.stages == ("base", "sft", "dpo")
    assert [known.level(model) for model in names.values()] == [0, 1, 2]
    assert runs == [stage.runs[0].id for stage in stages]
    lead = study_page(study_runs([profile(store, id_) for id_ in runs], store, known)).lead
    assert any("ONLY 3 MODELS" in sentence for sentence in lead)
    assert any("Among the 3 models with a known stage" in sentence for sentence in lead)


def test_page_and_document_say_the_same_and_are_harmless(store: Store) -> None:
    evil = "<script>alert(1)</script>\x1b[2J"
    base, after = labelled(store, "base", "gb" * 40), labelled(store, "after", "gg" * 40)
    evil_stage = msgspec.structs.replace(after, name=evil)
    result = found(store, base, evil_stage, targets=("made/one",))
    page = html(page_of(result))
    assert "<script" not in page and "\x1b" not in page and "src=" not in page and "href=" not in page
    assert "&lt;script&gt;" in page
    shown = text(page_of(result, tasks=False))
    assert "\x1b" not in shown and "raised" in shown
    document = msgspec.json.decode(msgspec.json.encode(change_document(result)))
    (stage,) = document["stages"]
    assert document["schema"] == 1 and document["base"] == "base"
    assert stage["words"]["targets"] == {"raised": 1, "lowered": 0, "not shown": 0, "not compared": 0}
    row = stage["sub_categories"][0]
    assert (row["id"], row["before"], row["after"], row["difference"]) == ("made", 0.5, 1.0, 0.5)
    assert row["tasks"][0]["id"] == "made/one"


def test_proving_measures_compares_and_writes_what_study_can_read(tmp_path: Path) -> None:
    config = Config(store=str(tmp_path / "a.db"))
    measuring = Measuring(targets=(TASK,), n=20, rest=0, config=config)
    models = {"base": "panel/base-like", "sft": "panel/agreeable", "dpo": "panel/careful"}
    with pytest.raises(UsageError, match="'run' and 'rules' are one judge"):
        prove(models, measuring, ("run", "rules"), folder=tmp_path / "out", env={})
    judges = ("run", "scripted/noisy-judge:1:1")
    result = prove(models, measuring, judges, folder=tmp_path / "out", training={"steps": 2}, env={})
    assert not any(sentence.startswith("ONE JUDGE ALONE") for sentence in says(result))
    told = msgspec.json.decode((tmp_path / "out" / "align.json").read_bytes())
    assert told["training"] == {"steps": 2}
    assert told["change"] == msgspec.json.decode(msgspec.json.encode(change_document(result)))
    assert len(told["study"]["runs"]) == 3
    assert load_facts(tmp_path / "out" / "facts.yaml").stages == ("base", "sft", "dpo")
    assert "<h1>What alignment changed, on held-out cases" in (tmp_path / "out" / "align.html").read_text("utf-8")
    (tmp_path / "file").write_text("")
    with pytest.raises(TrustgaugeError, match="cannot be written"):
        prove(models, measuring, folder=tmp_path / "file", env={})


def test_targets_are_those_of_the_export(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    counts = {"dpo": {"by_sub_category": {"sycophancy": 3}}, "sft": {"by_sub_category": {"violence": 2, "utility": 1}}}
    path.write_text(msgspec.json.encode({"formats": counts}).decode())
    assert targets_of(tmp_path) == tuple(sub for sub in SUB_CATEGORIES if sub in ("sycophancy", "violence"))
    for wrong in ({"formats": {}}, {"formats": [1]}, {"formats": {"dpo": {"by_sub_category": {"utility": 1}}}}, {}):
        path.write_text(msgspec.json.encode(wrong).decode())
        with pytest.raises(ConfigError, match="name the targets instead"):
            targets_of(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        targets_of(tmp_path / "none")


@pytest.mark.parametrize(
    ("task", "targets", "place"),
    [
        ("violence/direct", ("violence/direct",), "violence"),
        ("violence/policy", ("violence/direct",), "violence, other tasks"),
        ("violence/policy", ("violence",), "violence"),
        ("violence/policy", ("safety", "violence/direct"), "violence"),
        ("sycophancy/pushback", ("violence/direct",), "sycophancy"),
        ("violence/mine", ("violence/mine",), "violence"),
        ("violence/direct", (), "violence"),
    ],
)
def test_a_target_is_made_of_the_tasks_aimed_at(task: str, targets: tuple[str, ...], place: str) -> None:
    assert place_of(task, targets) == place
