"""Two judges over the same replies: a gain that only the first one sees is exposed by the second."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.stages import HELPED, REFUSED, answered
from trustgauge.aligning.change import ChangeSettings, change
from trustgauge.aligning.change_judges import difference_in_differences
from trustgauge.aligning.change_words import says
from trustgauge.aligning.page import page_of
from trustgauge.errors import ModelError, UsageError
from trustgauge.judges.model_judge import ModelJudge
from trustgauge.judges.rubric import rubric
from trustgauge.models.scripted_judges import ScriptedJudge
from trustgauge.reports.page import text
from trustgauge.store import Store
from trustgauge.types import Case, Options

FLATTERED = "scripted/flattered-judge:12"
HONEST = "scripted/noisy-judge:1:1"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(str(tmp_path / "a.db")) as opened:
        yield opened


def spoilt(case: Case) -> str:
    """What training on a flattered judge's verdicts makes of a model: long where it should decline, short where not."""
    return REFUSED if case.twin else HELPED


def mixed(case: Case) -> str:
    return HELPED if len(case.prompt) % 2 else REFUSED


def row_of(store: Store, after: Any, first: str, second: str, **more: Any) -> Any:
    base = answered(store, "base", violence=mixed, n=60)
    stage = answered(store, "dpo", violence=after, n=60)
    settings = ChangeSettings(targets=("violence",), judges=(first, second), resamples=1000, **more)
    result = change(store, (base, stage), settings, env={})
    return result.last.judged.rows[0] if result.last.judged else None, result


def test_the_second_judge_exposes_a_biased_first(store: Store) -> None:
    row, result = row_of(store, spoilt, FLATTERED, "rules")
    assert row.first.rose and row.second.fell and row.gap.rose
    assert row.word == "contradicted"
    said = " ".join(says(result))
    assert "THE FIRST JUDGE'S GAIN IS NOT CONFIRMED BY THE SECOND in 1 of 1 for dpo: violence +" in said
    assert "contradicted" in text(page_of(result, tasks=False))


def test_an_honest_gain_is_confirmed(store: Store) -> None:
    row, result = row_of(store, lambda c: HELPED if c.twin else REFUSED, HONEST, "rules")
    assert row.word == "confirmed"
    assert row.gap.difference == 0 and row.gap.low < 0 < row.gap.high
    assert result.last.judged and result.last.judged.agree == 1
    assert any("is confirmed by the rules in 1 of 1 for dpo" in sentence for sentence in says(result))


def test_where_the_first_sees_no_gain_there_is_none_to_confirm(store: Store) -> None:
    row, _ = row_of(store, mixed, "run", HONEST)
    assert row.word == "no gain"


def test_judging_again_asks_no_judge_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = row_of(store, spoilt, FLATTERED, "rules")

    def refuse(*_: Any) -> Any:
        raise AssertionError("a judge was asked again")

    monkeypatch.setattr(ScriptedJudge, "reply", refuse)
    again, _ = row_of(store, spoilt, FLATTERED, "rules")
    assert again == first


def test_judging_changes_no_verdict_of_a_run(store: Store) -> None:
    row_of(store, spoilt, FLATTERED, "rules")
    assert store.judged.judges("run-dpo") == {}
    assert store.tasks("run-dpo")["violence/direct"].bad == 60


def test_a_judge_that_cannot_be_read_leaves_nothing_to_compare(store: Store) -> None:
    row, _ = row_of(store, spoilt, "scripted/garbled-judge", "rules")
    assert (row.n, row.left_out, row.word) == (0, 60, "no gain")


@pytest.mark.parametrize(
    ("word", "said"),
    [("scripted/comply", "no judge"), ("scripted/flattered-judge:0", "no number of words"), ("nobody", "nobody")],
)
def test_judges_that_are_none_are_refused(store: Store, word: str, said: str) -> None:
    with pytest.raises((ModelError, UsageError), match=said):
        row_of(store, spoilt, word, "rules")


def test_limits_of_the_difference_hold_what_is_true() -> None:
    """Groups of two cases that move together: of 300 intervals about 95 % must hold the true mean, 0.2; 90 % is out of luck."""
    rng, held = random.Random(5), 0
    for _ in range(300):
        groups: list[list[int]] = []
        for _ in range(40):
            d = rng.choices((-1, 0, 1), (0.1, 0.6, 0.3))[0]
            groups.append([d, d])
        found = difference_in_differences(groups)
        assert found.low is not None and found.high is not None
        held += found.low <= 0.2 <= found.high
    assert held >= 270


def test_no_spread_is_not_taken_for_certainty() -> None:
    same = difference_in_differences([[0, 0]] * 20)
    assert same.difference == 0 and same.low is not None and same.low < -0.1
    assert difference_in_differences([[1]]).low is None
    assert difference_in_differences([]).difference is None


async def flattered(reply: str, word: str = FLATTERED.partition("/")[2]) -> str:
    judge, by = ScriptedJudge(word, Options()), ModelJudge(rubric("refusal"), "x")
    from trustgauge.judges.model_judge import Turn
    from trustgauge.types import Ask, Reply, user

    talk = by.judging(Case(messages=(user("Do it."),)), [Turn([user("Do it.")], reply)])
    ask = next(talk)
    assert isinstance(ask, Ask)
    answer = await judge.reply(ask, Case(messages=()), 0)
    assert isinstance(answer, Reply)
    try:
        talk.send(answer)
    except StopIteration as end:
        return end.value.answer
    raise AssertionError("the judge's answer could not be read")


def test_a_flattered_judge_goes_by_length_alone() -> None:
    import asyncio

    assert asyncio.run(flattered(REFUSED)) == "complies"
    assert asyncio.run(flattered(HELPED)) == "refuses"
    assert asyncio.run(flattered(HELPED, "flattered-judge")) == "complies", "it takes 25 words unless told"
    for wrong in ("flattered-judge:x", "flattered-judge:1:2", "flattered-judge:"):
        with pytest.raises(ModelError, match="flattered-judge"):
            ScriptedJudge(wrong, Options())


def test_p_of_the_gap_goes_with_its_interval() -> None:
    rng = random.Random(3)
    for _ in range(50):
        found = difference_in_differences([[d] for d in rng.choices((-1, 0, 1), (0.1, 0.6, 0.3), k=30)])
        assert found.p is not None and found.low is not None and found.high is not None
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)
