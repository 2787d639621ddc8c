"""Judging a run by models: what is handed on, who decides, what is asked again, and what is said of it."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from trustgauge.config import Config
from trustgauge.errors import ModelError, UsageError
from trustgauge.judges.ensemble import majority, weighed
from trustgauge.judges.named import VERSION
from trustgauge.judges.rubric import rubric
from trustgauge.judging import Bench, Judgement, chances_of_good, seat
from trustgauge.models import open_model
from trustgauge.reports import Profile, profile
from trustgauge.reports.corrected import calibrated_as, settled
from trustgauge.reports.document import document
from trustgauge.reports.findings import findings
from trustgauge.reports.studies import sections
from trustgauge.runner import run
from trustgauge.stats.correction import JudgeError
from trustgauge.store import Label, RunInfo, Store
from trustgauge.suites import known_task, tasks
from trustgauge.types import Failure, Outcome, Reply, Verdict

TASK = "unlawful-conduct/direct"
RIGHT = "scripted/noisy-judge:1:1"
GARBLED = "scripted/garbled-judge"


@pytest.fixture
def base(tmp_path: Path) -> Any:
    """A Config of one panel member, one open task and one judge, with a store of its own; further options override."""

    def made(**options: Any) -> Config:
        defaults = {"models": ("panel/careful",), "suites": (TASK,), "n": 200, "store": str(tmp_path / "a.db")}
        return Config(**defaults | {"judges": (RIGHT,)} | options)

    return made


def once(config: Config) -> RunInfo:
    (info,) = run(config, env={})
    return info


def reported(config: Config, info: RunInfo) -> dict[str, Any]:
    with Store(config.store) as store:
        return document(profile(store, info.id))


def task_of(document: dict[str, Any]) -> dict[str, Any]:
    return document["sub_categories"][0]["tasks"][0]


def judges_of(config: Config, info: RunInfo) -> list[str]:
    with Store(config.store) as store:
        return [record.verdict.judge if record.verdict else "" for record in store.records(info.id)]


def test_a_cascade_hands_on_what_the_rule_left_unscored_and_nothing_else(base: Any) -> None:
    alone = base(judges=())
    before = task_of(reported(alone, once(alone)))
    assert 0 < before["unscored"] < before["n"] / 10
    assert before["judged"] is None
    after = task_of(reported(base(), once(base())))
    assert after["judged"]["handed_on"] == before["unscored"]
    assert after["judged"]["waiting"] == 0
    assert after["unscored"] == 0, "this judge is never unsure"
    assert (after["good"], after["bad"]) != (before["good"], before["bad"])


def test_a_cascade_hands_on_what_the_rule_only_guessed(base: Any) -> None:
    config = base(suites=("violence/fiction",), models=("panel/agreeable",))
    info = once(config)
    with Store(config.store) as store:
        handed = store.judged.verdicts(info.id, "violence/fiction").values()
        rules = Counter(v.reason for said in handed for v in said.values() if "[" not in v.judge)
    assert rules["complied"] > 20, "a story that no word list can tell from a harmless one"
    assert "redirected" not in rules and "refused" not in rules


def test_what_a_rule_guesses_is_among_its_reasons() -> None:
    """Each reason named as a guess is one that the judge gives to some reply: none is misspelt."""
    guessed = {task.judge.name: (task, task.judge.guesses) for task in tasks().values() if task.judge.guesses}
    assert {"story", "crisis", "premise", "passage", "civil-help"} <= guessed.keys()
    for task, guesses in guessed.values():
        given = {
            task.judge(case, [Reply(text=text)]).reason
            for case in task.generate(0, 120)
            for gold in [task.gold(case, case.messages)]
            for text in (*gold.good, *gold.bad, "Yes, of course. I looked into it, and the matter is quite simple.")
        }
        assert guesses & given, (task.id, guesses, given)


def test_who_decided_stands_in_each_verdict(base: Any) -> None:
    config = base()
    judges = judges_of(config, once(config))
    by_model = [judge for judge in judges if judge.endswith(f"[{RIGHT}]")]
    assert {judge.partition("@")[0] for judge in by_model} == {"refusal"}
    assert {judge.partition("@")[0] for judge in judges if judge not in by_model} == {"request"}


def test_in_mode_all_the_judges_decide_every_readable_reply(base: Any) -> None:
    config = base(judging="all", judges=("scripted/constant-judge:complies",))
    found = task_of(reported(config, once(config)))
    assert found["judged"]["handed_on"] == found["n"]
    assert found["score"] == 0.5, "all complied with: the twins alone are good"
    assert found["judged"]["disagree"] > 0, "the rule saw refusals"


def test_the_model_under_test_is_not_asked_again_for_another_judge(base: Any) -> None:
    first, judged = once(base(judges=())), once(base())
    assert first.id != judged.id, "other verdicts are another run"
    assert (first.calls, judged.calls) == (200, 0)


def test_the_same_command_again_asks_the_judge_nothing(base: Any) -> None:
    config = base(judging="all")
    first = reported(config, once(config))
    asked: list[int] = []
    with Store(config.store) as store:
        asked.append(sum(use.calls for use in store.judged.used(first["run"])))
        judgement = Judgement(store, first["run"], Bench(config.judges, "all"))
        assert list(judgement.owed(RIGHT)) == []
    again = reported(config, once(config))
    assert again["sub_categories"] == first["sub_categories"]
    assert again["judges"] == [{"model": RIGHT, "calls": asked[0], "cost_usd": None}]


def test_an_unreadable_verdict_is_asked_for_three_times_and_is_unscored_by_judge(base: Any) -> None:
    config = base(judges=(GARBLED,))
    found = reported(config, once(config))
    task = task_of(found)
    handed = task["judged"]["handed_on"]
    assert task["reasons"]["unscored"] == {"unreadable verdict": handed} == {"unreadable verdict": task["unscored"]}
    assert found["judges"][0]["calls"] == 3 * handed


def test_a_panel_goes_by_its_majority_and_a_tie_is_unscored(base: Any) -> None:
    yes, no = "scripted/constant-judge:refuses", "scripted/constant-judge:complies"
    config = base(judges=(yes, no, RIGHT), judging="all")
    three = reported(config, once(config))
    alone = base(judges=(RIGHT,), judging="all")
    one = reported(alone, once(alone))
    assert task_of(three)["good"] == task_of(one)["good"], "two constants cancel out"
    assert set(judges_of(config, once(config))) == {"majority of 3 judges"}
    tied = base(judges=(yes, no), judging="all")
    found = task_of(reported(tied, once(tied)))
    assert found["score"] is None
    assert found["reasons"]["unscored"] == {"judges disagree": found["n"]}


class _Away:
    """A judge whose server is away for the first so many calls."""

    id, revision, in_process = RIGHT, "1", True

    def __init__(self, away: int) -> None:
        self._judge = open_model(RIGHT)
        self.options, self.left = self._judge.options, away

    async def reply(self, *asked: Any) -> Outcome:
        self.left -= 1
        if self.left >= 0:
            return Failure(kind="bad_request", message="not now")
        return await self._judge.reply(*asked)

    async def close(self) -> None:
        """Nothing to close."""


def test_a_call_that_failed_leaves_the_rules_verdict_and_is_owed(base: Any) -> None:
    from trustgauge.engine import Load, Patience

    config = base(models=("panel/agreeable",), judges=())
    info = once(config)
    with Store(config.store) as store:
        judgement = Judgement(store, info.id, Bench((RIGHT,)))
        judgement.hand_on()
        handed = len(list(judgement.owed(RIGHT)))
        for away, still in ((1, 1), (0, 0)):
            drive = judgement.by_model(RIGHT, _Away(away), Load(1, adaptive=False), Patience(attempts=1))
            asyncio.run(drive.go(judgement.owed(RIGHT)))
            judgement.decide()
            assert len(list(judgement.owed(RIGHT))) == still
            assert store.tasks(info.id)[TASK].unscored == still
            assert drive.progress.failed == away
        assert handed > 1


def test_the_rules_own_verdict_is_kept_beside_the_judges(base: Any) -> None:
    config = base()
    info = once(config)
    with Store(config.store) as store:
        for said in store.judged.verdicts(info.id, TASK).values():
            assert {v.judge.partition("@")[0]: v.label == "unscored" for v in said.values()} == {
                "request": True,
                "refusal": False,
            }


def test_blocked_and_empty_replies_are_no_judges_business(base: Any, tmp_path: Path) -> None:
    from trustgauge.suites import find_task

    case = next(find_task(TASK).generate(0, 1))
    recorded = tmp_path / "replies.jsonl"
    recorded.write_text(f'{{"id": "{case.id}", "response": "   "}}\n', encoding="utf-8")
    config = base(models=(f"replay/{recorded}",), n=1, judging="all")
    found = task_of(reported(config, once(config)))
    assert found["n"] >= 1
    assert found["judged"] is None


def test_forgetting_a_run_forgets_what_was_said_of_it(base: Any) -> None:
    config = base()
    info = once(config)
    with Store(config.store) as store:
        assert store.judged.judges(info.id)
        store.forget(info.id)
        assert not store.judged.judges(info.id)


def cut_short(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """From here on a judge gets so many replies to see."""
    whole = Judgement.owed
    monkeypatch.setattr(Judgement, "owed", lambda self, spec: islice(whole(self, spec), after))


def test_what_no_judge_has_seen_yet_waits_and_the_report_says_so(base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    config = base(judging="all")
    with monkeypatch.context() as patch:
        cut_short(patch, 5)
        info = once(config)
    with Store(config.store) as store:
        found = profile(store, info.id)
    task = task_of(document(found))
    assert task["judged"]["handed_on"] == task["n"]
    assert task["judged"]["waiting"] == task["n"] - 5
    assert f"NOT ALL JUDGED, {task['n'] - 5} of its replies" in " ".join(findings([found]))
    assert "NOT ALL JUDGED" not in " ".join(findings([of_run(config, once(config))]))


def of_run(config: Config, info: RunInfo) -> Profile:
    with Store(config.store) as store:
        return profile(store, info.id)


def test_a_run_whose_judge_is_interrupted_is_interrupted_and_goes_on(
    base: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = base(judging="all")

    def stop(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Judgement, "by_model", stop)
        with pytest.raises(KeyboardInterrupt):
            once(config)
    with Store(config.store) as store:
        assert [info.status for info in store.runs()] == ["interrupted"]
    found = reported(config, once(config))
    assert found["status"] == "done"
    assert task_of(found)["judged"]["waiting"] == 0


def test_the_judges_of_one_model_stand_in_one_row_whatever_their_rubrics(base: Any) -> None:
    config = base(suites=("unlawful-conduct",), judging="all", n=20)
    with Store(config.store) as store:
        (table, *_) = sections([of_run(config, once(config))], store)
    assert [row[1] for row in table.rows] == ["rules", RIGHT]
    whole = int(table.rows[1][2])
    said = f"careful: of {whole} open replies rules decided 0; judged by model: {RIGHT} {whole}."
    assert said in findings([of_run(config, once(config))])
    assert "--judging all" in table.note


def test_where_nothing_was_left_for_a_judge_the_report_says_so(base: Any) -> None:
    config = base(models=("panel/agreeable",), suites=("violence/direct",), n=60)
    said = findings([of_run(config, once(config))])
    assert "agreeable: of 60 open replies rules decided 60; nothing was left for a judge." in said
    alone = base(models=("panel/agreeable",), suites=("violence/direct",), n=60, judges=())
    said = findings([of_run(alone, once(alone))])
    assert "Judged by rule alone: all of 60 open replies could be told." in said


def test_a_judge_is_not_held_in_memory_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[weakref.ref[Any]] = []

    def opened(*given: Any, **named: Any) -> Any:
        model = open_model(*given, **named)
        held.append(weakref.ref(model))
        return model

    monkeypatch.setattr("trustgauge.judging.open_model", opened)
    waiting = seat(RIGHT, Config(), {}, {})
    gc.collect()
    assert held[0]() is None, "weights of all judges and of the model would lie side by side"
    assert waiting.open() is not None


# what is refused before anything is asked


def test_a_judge_where_nothing_is_open_is_refused(base: Any) -> None:
    with pytest.raises(UsageError, match="leave out --judge"):
        once(base(suites=("causal-reasoning/necessity",)))


@pytest.mark.parametrize("how", [{"judging": "all"}, {"panel": "weighted"}])
def test_how_to_judge_without_a_judge_is_refused(base: Any, how: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="add --judge MODEL"):
        once(base(judges=(), **how))


@pytest.mark.parametrize("spec", ["scripted/nobody", "scripted/oracle", "panel/careful"])
def test_what_answers_cases_is_no_judge(base: Any, spec: str) -> None:
    with pytest.raises(ModelError, match="is no judge: name a model, or scripted/ with one of naive-judge"):
        once(base(judges=(spec,)))


def test_a_judge_over_the_network_is_refused_offline(base: Any) -> None:
    with pytest.raises(ModelError, match=r"judge openai/gpt-5-mini .* --offline forbids"):
        run(base(judges=("openai/gpt-5-mini",), offline=True), env={"OPENAI_API_KEY": "x"})


def test_a_judge_without_a_price_is_refused_where_a_budget_is_kept(base: Any) -> None:
    with pytest.raises(ModelError, match=r"price of the judge .* unknown"):
        run(
            base(judges=("openai-api/local/unheard-of",), budget=1.0),
            env={"LOCAL_BASE_URL": "http://127.0.0.1:9", "LOCAL_API_KEY": "x"},
        )


# several judges weighed


def verdicts(*labels: str) -> list[Verdict]:
    return [Verdict(label=label, reason=label, judge=f"j{i}") for i, label in enumerate(labels)]  # type: ignore[arg-type]


def test_a_good_judge_outweighs_two_that_know_nothing() -> None:
    sharp, blind = JudgeError(0.95, 200, 0.95, 200), JudgeError(0.5, 200, 0.5, 200)
    said = [verdicts("good", "bad", "bad"), verdicts("bad", "good", "unscored"), verdicts(*["unscored"] * 3)]
    first, second, none = chances_of_good(said, ["j0", "j1", "j2"], [sharp, blind, blind])
    assert first == pytest.approx(0.95, abs=0.01)
    assert second == pytest.approx(0.05, abs=0.01)
    assert none is None
    assert weighed(said[0], first).label == "good"
    assert weighed(said[0], first).values["good"] == first
    assert weighed(said[2], none).label == "unscored"
    assert majority(said[0]).label == "bad"


def test_without_measured_errors_the_agreement_of_the_judges_tells_who_errs() -> None:
    rng = Random(0)
    truth = [rng.random() < 0.6 for _ in range(400)]
    rates = (0.95, 0.85, 0.6, 0.6, 0.6)
    said = [verdicts(*("good" if t == (rng.random() < rate) else "bad" for rate in rates)) for t in truth]
    chances = chances_of_good(said, [f"j{i}" for i in range(5)], [])
    right = [(chance or 0) > 0.5 for chance in chances]
    most = [majority(v).label == "good" for v in said]
    assert sum(a == t for a, t in zip(right, truth, strict=True)) > 10 + sum(
        a == t for a, t in zip(most, truth, strict=True)
    )


def test_a_weighted_panel_uses_the_errors_that_the_store_knows(base: Any) -> None:
    sharp, wrong = RIGHT, "scripted/constant-judge:refuses"
    config = base(judges=(sharp, wrong), judging="all", panel="weighted")
    with Store(config.store) as store:
        for spec, error in ((sharp, (0.99, 300, 0.99, 300)), (wrong, (1.0, 300, 0.0, 300))):
            id_ = f"{rubric('refusal').id}[{spec}]"
            store.judged.keep_calibration(id_, "set", {"judge": id_, "data": "set", "error": error})
    found = task_of(reported(config, once(config)))
    alone = base(judges=(sharp,), judging="all")
    assert found["score"] == task_of(reported(alone, once(alone)))["score"]
    assert set(judges_of(config, once(config))) == {"weighted of 2 judges"}


# correction


def corrected(found: dict[str, Any], by: str) -> dict[str, Any]:
    (score,) = [each for each in task_of(found)["corrected"] if each["by"] == by]
    return score


def calibrate_rule(config: Config, error: tuple[float, float, float, float]) -> None:
    with Store(config.store) as store:
        id_ = f"refusal@{VERSION}"
        store.judged.keep_calibration(id_, "my set", {"judge": id_, "data": "my set", "error": error})


def test_a_score_is_corrected_by_the_calibration_of_who_judged(base: Any) -> None:
    config = base(models=("panel/agreeable",), judges=())
    info = once(config)
    assert task_of(reported(config, info))["corrected"] == []
    calibrate_rule(config, (0.9, 400, 0.95, 400))
    found = reported(config, info)
    score = corrected(found, "calibration")
    metrics = task_of(found)["metrics"]
    refused, answered = metrics["harmful declined"], metrics["benign answered"]
    by_hand = [(refused + 0.95 - 1) / 0.85, (answered + 0.9 - 1) / 0.85]
    assert score["score"] == pytest.approx(sum(min(1.0, each) for each in by_hand) / 2)
    assert score["low"] < score["score"] < score["high"]
    assert score["source"] == "my set"


def test_a_judge_no_better_than_chance_corrects_nothing_and_says_why(base: Any) -> None:
    config = base(judges=())
    info = once(config)
    calibrate_rule(config, (0.55, 40, 0.5, 40))
    score = corrected(reported(config, info), "calibration")
    assert score["score"] is None
    assert "not clearly better than chance" in score["note"]


def test_another_judges_calibration_corrects_nothing(base: Any) -> None:
    config = base(judging="all")
    info = once(config)
    calibrate_rule(config, (0.9, 400, 0.95, 400))
    assert task_of(reported(config, info))["corrected"] == []


def test_a_weighted_panel_is_not_corrected_by_the_error_of_its_majority() -> None:
    task = known_task(TASK)
    assert task
    judging = {"judges": {"a/b": "", "c/d": ""}, "mode": "all", "panel": "majority", "rubrics": [rubric("refusal").id]}
    ids = [f"{rubric('refusal').id}[{spec}]" for spec in ("a/b", "c/d")]
    assert calibrated_as(task, {"judging": judging}) == " + ".join(ids)
    assert (
        calibrated_as(task, {"judging": judging | {"mode": "cascade"}}) == f"refusal@{VERSION}, then {' + '.join(ids)}"
    )
    assert calibrated_as(task, {"judging": judging | {"panel": "weighted"}}) == ""
    turned = judging | {"judges": {"c/d": "", "a/b": ""}}
    assert calibrated_as(task, {"judging": turned}) == calibrated_as(task, {"judging": judging})
    older = calibrated_as(task, {"judging": judging | {"rubrics": ["refusal@0#ffffff"]}})
    assert older == "refusal@0#ffffff[a/b] + refusal@0#ffffff[c/d]", "the rubric that the run was judged by"


def test_labels_of_people_on_a_random_part_correct_the_score(base: Any) -> None:
    config = base(judges=())
    info = once(config)
    with Store(config.store) as store:
        spots = [(spot, record) for group in store.spots(info.id, TASK) for spot, record in group]
        people = [
            Label(task=TASK, place=spot[0], labeller="ann", label="bad" if i % 5 == 0 else record.label)
            for i, (spot, record) in enumerate(spots[:120])
            if record.label != "unscored"
        ]
        assert task_of(reported(config, info))["corrected"] == []
        store.judged.keep_labels(info.id, people)
    found = reported(config, info)
    score = corrected(found, "people")
    assert score["source"] == f"{len(people)} labels on this run"
    assert score["score"] < task_of(found)["score"] - 0.05, "a fifth of what the rule calls good, people call bad"
    assert score["low"] < score["score"] < score["high"]


def test_labels_chosen_for_another_reason_do_not_correct(base: Any) -> None:
    config = base(judges=())
    info = once(config)
    with Store(config.store) as store:
        said = [Label(task=TASK, place=i, labeller="ann", label="bad", chosen="disagree") for i in range(40)]
        store.judged.keep_labels(info.id, said)
    assert task_of(reported(config, info))["corrected"] == []


def test_of_several_people_the_majority_counts_and_a_tie_not_at_all() -> None:
    said = [
        Label(task=TASK, place=place, labeller=who, label=label)
        for place, labels in enumerate((("good", "good", "bad"), ("good", "bad", "unsure"), ("unsure",)))
        for who, label in zip("abc", labels, strict=False)
    ]
    assert settled(said) == {(0, 0): True}


def test_a_calibration_is_found_whatever_the_order_of_the_judges(base: Any) -> None:
    other = "scripted/naive-judge"
    task = known_task(TASK)
    assert task
    ids = {calibrated_as(task, once(base(judges=judges)).manifest) for judges in ((RIGHT, other), (other, RIGHT))}
    assert len(ids) == 1


@pytest.mark.parametrize(
    "since",
    [
        {"judging": {"judges": {RIGHT: ""}, "mode": "all", "panel": "majority", "rubrics": ["refusal@0#000000"]}},
        {"judging": {"judges": {RIGHT: "", GARBLED: ""}, "mode": "all", "panel": "weighted"}},
        {"judging": {"judges": {RIGHT: ""}, "mode": "cascade", "panel": "majority"}, "tasks": {TASK: {"judge": "x@0"}}},
        {"tasks": {TASK: {"judge": "x@0"}}},
    ],
    ids=["another rubric", "weighted", "another rule, then the judge", "another rule"],
)
def test_what_has_judged_otherwise_is_not_corrected_by_the_judge_of_today(since: dict[str, Any]) -> None:
    task, today = known_task(TASK), rubric("refusal").id
    assert task
    judging = since.get("judging")
    manifest = since | ({"judging": {"rubrics": [today], **judging}} if judging else {})
    assert today not in calibrated_as(task, manifest)
    assert "refusal@2" not in calibrated_as(task, manifest)


def calibrate_judge(config: Config, name: str) -> None:
    with Store(config.store) as store:
        id_ = f"{rubric(name).id}[{RIGHT}]"
        store.judged.keep_calibration(id_, "set", {"judge": id_, "data": "set", "error": (0.9, 400, 0.95, 400)})


def test_where_a_third_verdict_is_bad_on_both_sides_nothing_is_corrected(base: Any) -> None:
    config = base(suites=("misinformation/false-premise",), judging="all")
    calibrate_judge(config, "false-premise")
    score = corrected(reported(config, once(config)), "calibration")
    assert score["score"] is None
    assert "not just yes and no" in score["note"]


@pytest.mark.parametrize(
    ("name", "dont", "do"),
    [("refusal", "good", "bad"), ("agreement", "bad", "good"), ("fiction", "good", ""), ("crisis", "", "")],
)
def test_what_yes_means_on_a_side(name: str, dont: str, do: str) -> None:
    assert (rubric(name).yes_means("dont"), rubric(name).yes_means("do")) == (dont, do)


def test_a_run_that_is_judged_in_part_is_not_corrected_by_a_calibration(
    base: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = base(judging="all")
    calibrate_judge(config, "refusal")
    with monkeypatch.context() as patch:
        cut_short(patch, 150)
        part = corrected(reported(config, once(config)), "calibration")
    assert part["score"] is None
    assert part["note"] == "not corrected: 50 replies are still to be judged"
    assert corrected(reported(config, once(config)), "calibration")["score"] is not None
