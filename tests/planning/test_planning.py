"""Planning: needs, costs and the command, from assumptions and from a run; nothing is sent."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import trustgauge
from trustgauge.config import Config
from trustgauge.errors import ConfigError, TrustgaugeError, UsageError
from trustgauge.models.panel import Panelist
from trustgauge.planning import Goal, Plan
from trustgauge.planning.costs import CLOSED_OUT, OPEN_OUT, known_of, task_cost, whole
from trustgauge.planning.document import document
from trustgauge.planning.needs import Known, discordance, gives, independent, needed
from trustgauge.planning.page import page_of
from trustgauge.reports.page import html, markdown, text
from trustgauge.runner import run
from trustgauge.stats import power
from trustgauge.stats.power import CLEAR, Blur
from trustgauge.store import Store
from trustgauge.suites import find_task

CLOSED, OPEN, TURNS = "hallucination/grounded-choice", "violence/direct", "cyberattack-misuse/incremental"


@pytest.fixture(autouse=True)
def _nothing_is_sent(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "measured" in request.fixturenames:
        return

    async def refuse(*_: Any) -> None:
        raise AssertionError("a plan sends nothing")

    monkeypatch.setattr(Panelist, "reply", refuse)


@pytest.fixture
def measured(tmp_path: Path) -> Config:
    config = Config(models=("panel/over-cautious",), suites=("violence",), n=80, store=str(tmp_path / "a.db"))
    run(config, env={})
    return config


# needs


def test_cases_are_inflated_and_shared_out() -> None:
    known = Known(deff=1.5, unscored=0.25)
    need = needed(100, known, [1.0, 0.5])
    assert need.n == 134, "100 x 1.5 / 0.75 are 200, over one and a half cases"
    assert need.cases == 268


@pytest.mark.parametrize(
    ("cases", "known", "shares", "why"),
    [
        (None, Known(), [1.0], "no number"),
        (10, Known(unscored=1.0), [1.0], "scored"),
        (10, Known(), [0.0], "none of its cases"),
    ],
)
def test_what_never_is_enough_says_why(cases: int | None, known: Known, shares: list[float], why: str) -> None:
    need = needed(cases, known, shares)
    assert (need.cases, need.n) == (None, None)
    assert why in need.why_not


def test_a_goal_is_one_thing() -> None:
    with pytest.raises(UsageError, match="one thing"):
        Goal(half_width=0.1, difference=0.1)
    with pytest.raises(UsageError, match="--bound"):
        Goal(true=0.1)
    with pytest.raises(UsageError, match="--power"):
        Goal(power=1.0)
    with pytest.raises(UsageError, match="-n"):
        Goal(n=0)


def test_each_goal_takes_what_the_formula_says() -> None:
    known = Known(rate=0.2)
    assert independent(Goal(), known, CLEAR) == power.for_half_width(0.05, 0.2)
    assert independent(Goal(bound=0.1), known, CLEAR) == power.for_bound(0.1, 0.025)
    assert independent(Goal(bound=0.1, true=0.01), known, CLEAR) == power.for_bound(0.1, 0.01)
    assert independent(Goal(difference=0.1), known, CLEAR) == power.for_paired(0.1, discordance(0.2, 0.1))
    assert discordance(0.2, 0.1) == pytest.approx(0.2 * 0.7 + 0.3 * 0.8), "more than with 0.1: 0.26"
    assert discordance(0.8, 0.1) == pytest.approx(discordance(0.2, 0.1))
    assert discordance(0.4, 0.7) == pytest.approx(0.6), "no rate is above 1"


def test_what_n_gives_is_the_inverse() -> None:
    goal, known = Goal(), Known(deff=1.3, unscored=0.1)
    need = needed(independent(goal, known, CLEAR), known, [1.0, 1.0])
    assert need.n is not None
    assert gives([need.n] * 2, [0.5, 0.5], goal, known, CLEAR).half_width == pytest.approx(0.05, abs=0.001)
    clean = gives([149, 149], [1.0, 0.0], goal, Known(), CLEAR)
    assert clean.shown == pytest.approx(0.02, abs=0.0001)
    nothing = gives([0, 10], [1.0, 1.0], goal, Known(), CLEAR)
    assert (nothing.half_width, nothing.difference) == (None, None)
    assert gives([99], [1.0], goal, Known(), Blur(1.0, 0.9)).shown is None


# costs


def test_a_closed_task_costs_a_call_a_case() -> None:
    cost = task_cost(find_task(CLOSED), 0)
    assert (cost.calls, cost.judged, cost.tokens_out) == (1.0, 0.0, CLOSED_OUT)
    assert (cost.dont, cost.do, cost.group) == (1.0, 0.0, 1.0)
    assert 50 < cost.tokens_in < 1000
    assert cost.plain


def test_a_task_with_turns_costs_as_many_calls_as_are_made() -> None:
    cost = task_cost(find_task(TURNS), 0)
    assert cost.calls > 1
    assert cost.tokens_in > task_cost(find_task(OPEN), 0).tokens_in
    assert cost.judged == 1.0


def test_a_limit_on_tokens_limits_the_estimate() -> None:
    assert task_cost(find_task(OPEN), 0).tokens_out == OPEN_OUT
    assert task_cost(find_task(OPEN), 0, 20).tokens_out == 20


def test_groups_of_one_have_no_design_effect() -> None:
    assert known_of([task_cost(find_task(CLOSED), 0)], "", None).deff == 1.0
    paraphrases = known_of([task_cost(find_task("inconsistency/paraphrase"), 0)], "", None)
    assert paraphrases.deff == pytest.approx(1.3)
    assert known_of([], "", None).deff == 1.0
    assert known_of([], "", 2.0).deff == 2.0


# plans


def made(**options: Any) -> Plan:
    return trustgauge.plan(**{"suites": ["violence"]} | options)


def test_the_command_asks_what_was_planned() -> None:
    plan = made(models=["openai/gpt-5-mini"], price="1/10", half_width=0.1, max_tokens=100, rpm=600)
    words = shlex.split(plan.command)
    assert words[:6] == ["trustgauge", "run", "-m", "openai/gpt-5-mini", "-s", "violence"]
    assert words[words.index("-n") + 1] == str(plan.n)
    (bill,) = plan.bills
    assert bill.usd == pytest.approx((bill.tokens_in * 1 + bill.tokens_out * 10) / 1e6)
    assert float(words[words.index("--budget") + 1]) == pytest.approx(1.5 * bill.usd, rel=0.1)
    assert bill.seconds == pytest.approx(bill.calls / 10)
    assert bill.calls == sum(place.calls for place in plan.places)


def test_an_unknown_price_is_unknown() -> None:
    plan = made(models=["openai-api/own/model"], n=10)
    assert plan.usd is None
    assert "--budget" not in plan.command
    assert document(plan)["cost_usd"] is None
    assert "unknown" in text(page_of(plan))


def test_judges_are_asked_about_open_tasks_only() -> None:
    plan = made(suites=[CLOSED, OPEN], judges=["scripted/noisy-judge:0.9:0.9"], models=["panel/careful"], n=10)
    calls = {place.sub_category: place.judge_calls for place in plan.places}
    assert calls == {"hallucination": 0, "violence": 10}
    assert [bill.judges for bill in plan.bills] == [False, True]
    assert "--judge scripted/noisy-judge:0.9:0.9" in plan.command


def test_draws_multiply_calls_and_not_cases() -> None:
    one, three = made(half_width=0.1), made(half_width=0.1, draws=3)
    assert three.n == one.n
    assert [p.calls for p in three.places] == [3 * p.calls for p in one.places]


def test_a_task_that_cannot_make_so_many_is_named() -> None:
    plan = made(n=30_000)
    assert "violence/direct" in {each.task for each in plan.short}
    assert all(each.makes < 30_000 for each in plan.short)
    assert "cannot make" in text(page_of(plan))
    assert made(n=50).short == ()


def test_a_judge_that_errs_takes_more() -> None:
    assert (made(half_width=0.1, judge_sens=0.8, judge_spec=0.9).n or 0) > (made(half_width=0.1).n or 0)
    with pytest.raises(UsageError, match="tells nothing"):
        made(judge_sens=0.5, judge_spec=0.5)
    with pytest.raises(UsageError, match="at least 1"):
        made(deff=0.5)
    for odd in (float("inf"), float("nan")):
        with pytest.raises(UsageError, match="a number"):
            made(deff=odd)


def test_what_a_run_shows_is_taken(measured: Config) -> None:
    plan = made(run="last", store=measured.store, models=["openai/gpt-5-mini"])
    (place,) = plan.places
    assert place.known.measured
    assert place.known.rate is not None
    assert 0 < place.known.rate < 0.5
    assert place.known.deff >= 1
    assert plan.source.startswith("panel-over-cautious")
    assert (place.need.n or 0) < (made().places[0].need.n or 0), "less spread than the worst case"


def test_what_each_rule_of_a_policy_takes(tmp_path: Path, measured: Config) -> None:
    path = tmp_path / "policy.yaml"
    rules = [
        {"what": "harmful", "of": "violence", "at_most": 0.1},
        {"what": "over-refusal", "of": "violence", "at_most": 0.01},
        {"what": "score", "of": "violence", "not_worse_than": "last", "by": 0.05},
        {"what": "scored", "of": "violence", "at_least": 300},
        {"what": "score", "of": "sycophancy", "at_least": 0.5},
    ]
    path.write_text(json.dumps({"rules": rules}))
    plan = made(suites=["all"], policy=path, run="last", store=measured.store)
    found = {rule.rule.partition(":")[0] + rule.wants: rule for rule in plan.rules}
    assert {place.sub_category for place in plan.places} == {"violence", "sycophancy"}
    assert found["over-refusalat most 0.01"].need.n is None, "it refuses more of them than that"
    assert "not under" in found["over-refusalat most 0.01"].need.why_not
    assert found["scoredat least 300"].need.n in range(60, 70)
    assert (found["scorenot worse than last by 0.05"].need.n or 0) > 10
    most = max([rule.need.n or 0 for rule in plan.rules])
    assert plan.n in range(most, most + 10), "up to whole groups"
    assert "No number of cases is enough" in text(page_of(plan))


def test_the_command_runs_the_tasks_of_the_policy_and_no_others(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    rules = [
        {"what": "harmful", "of": "violence/direct", "at_most": 0.1},
        {"what": "harmful", "of": "cyberattack-misuse", "at_most": 0.1},
    ]
    path.write_text(json.dumps({"rules": rules}))
    assert " -s violence/direct -s cyberattack-misuse -n " in made(suites=["all"], policy=path).command


def test_a_policy_on_other_tasks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(json.dumps({"rules": [{"what": "harmful", "of": "toxicity", "at_most": 0.1}]}))
    with pytest.raises(UsageError, match="no task of these suites"):
        made(policy=path)
    with pytest.raises(ConfigError):
        made(policy=tmp_path / "none.yaml")


@pytest.mark.parametrize("options", [{}, {"bound": 0.02}, {"difference": 0.1}, {"n": 8}])
def test_every_form_says_the_same(options: dict[str, Any]) -> None:
    plan = made(models=["panel/careful"], **options)
    page = page_of(plan)
    assert plan.command in text(page).replace("\n ", " ")
    assert plan.command in html(page)
    assert "# What it takes" in markdown(page)
    assert json.loads(json.dumps(document(plan)))["n"] == plan.n


def test_the_difference_that_n_gives_is_the_one_that_was_asked_for() -> None:
    for rate, difference in ((0.1, 0.05), (0.1, 0.1), (0.1, 0.15), (0.5, 0.1), (0.9, 0.2), (0.4, 0.7), (0.0, 0.1)):
        goal = Goal(difference=difference, rate=rate)
        n = independent(goal, Known(), CLEAR)
        assert n is not None
        found, fewer = (gives([cases], [1.0], goal, Known(), CLEAR).difference for cases in (n, n - 1))
        assert found is not None and fewer is not None
        assert found <= difference + 1e-9 < fewer, f"{rate} {difference}: {n} are enough, and one fewer is not"
    (place,) = made(difference=0.05, rate=0.1).places
    assert place.gives.difference == pytest.approx(0.05, abs=0.001)


def test_the_cases_asked_are_whole_groups_and_no_fewer_than_needed() -> None:
    """Of sisters four and four, 381 cases would be 376, and the half-width more than 5 %."""
    for suite in ("inconsistency", "toxicity", "violence"):
        plan = made(suites=[suite], deff=1.0)
        (place,) = plan.places
        assert plan.n is not None and place.need.n is not None
        assert place.need.n <= plan.n < place.need.n + 20
        assert sum(place.calls for place in plan.places) >= place.need.n
        assert place.gives.half_width is not None and place.gives.half_width <= 0.05
    task = find_task("inconsistency/paraphrase")
    size = len([c for c in task.generate(0, 50) if c.group == next(iter(task.generate(0, 50))).group])
    assert size > 1 and whole(task, 0, size * 5) == size * 5 and whole(task, 0, size * 4 + 1) == size * 5
    assert made(n=381).n == 381, "a number that was given is asked as it is"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("nosuch", "not of the form provider/name"),
        ("nosuch/model", "'nosuch' in the model 'nosuch/model' is no known provider"),
        ("panel/nosuch", "nosuch"),
        ("scripted/nosuch", "nosuch"),
    ],
)
def test_a_word_that_is_no_model_is_refused_as_a_run_refuses_it(word: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(TrustgaugeError, match=said) as planned:
        made(models=[word], n=10)
    with pytest.raises(TrustgaugeError) as ran:
        run(Config(models=(word,), suites=("violence",), n=10, store=str(tmp_path / "a.db")), env={})
    assert str(planned.value) == str(ran.value)
    made(models=["openai/gpt-5-mini", "hf/no/weights", "replay/none.jsonl"], n=10)  # no key, weights or file needed


def test_the_command_line(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "trustgauge",
        "plan",
        "-s",
        "violence",
        "-m",
        "panel/careful",
        "--half-width",
        "0.1",
    ]
    done = subprocess.run([*command, "--json"], cwd=tmp_path, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["n"] > 10
    assert found["cost_usd"] == 0
    assert list(tmp_path.iterdir()) == [], "no store, no report: nothing was run"
    wrong = subprocess.run([*command, "--bound", "0.1"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "one thing" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_stores_are_only_read(measured: Config) -> None:
    with Store(measured.store) as store:
        before = store.runs()
    made(run="last", store=measured.store)
    with Store(measured.store) as store:
        assert store.runs() == before
