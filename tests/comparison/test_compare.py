"""Comparing runs: what is said of runs whose every record is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from support.fakes import case
from support.stores import keep, measured_store, record
from trustgauge import compare as compare_runs
from trustgauge.comparison import Comparison, Flip, Settings, compare
from trustgauge.comparison.document import document
from trustgauge.comparison.page import page_of
from trustgauge.comparison.words import lead
from trustgauge.config import Config
from trustgauge.errors import UsageError
from trustgauge.reports import profile
from trustgauge.reports.page import html, markdown, text
from trustgauge.runner import run
from trustgauge.store import RunInfo, Store
from trustgauge.types import Case, Failure, Record

FAKE = "violence/fake"
Labels = Callable[[int], str]


def cases(n: int, start: int = 0, **fields: object) -> list[Case]:
    return [case(i, FAKE, **fields) for i in range(start, start + n)]


def made(label: str, of: Case) -> Record:
    if label == "failed":
        return Record(case=of, failure=Failure(kind="server", message="gone"))
    return record(of, label, f"{label} reply", f"{label} reason")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(str(tmp_path / "t.db")) as opened:
        yield opened


def add(store: Store, id_: str, labels: Labels, of: Sequence[Case], study: str = "", **manifest: object) -> RunInfo:
    store.begin(RunInfo(id=id_, model=f"fake/{id_}", study=study, manifest=dict(manifest)))
    keep(store, id_, *(made(labels(i), each) for i, each in enumerate(of)))
    store.finish(id_, "done")
    return store.run(id_)


def good(i: int) -> str:
    return "good"


def half(i: int) -> str:
    return "good" if i % 2 else "bad"


def found_of(store: Store, *labels: Labels, n: int = 200, each: Callable[[Flip], None] | None = None) -> Comparison:
    infos = [add(store, f"r{i}", label, cases(n)) for i, label in enumerate(labels)]
    return compare(store, infos[0], infos[1:], Settings(resamples=1000), each)


def test_a_run_that_turned_better_and_one_that_turned_worse(store: Store) -> None:
    found = found_of(store, half, good, lambda i: "bad")
    better, worse = (pair.subs[0] for pair in found.pairs)
    assert (better.word, worse.word) == ("better", "worse")
    assert (better.gained, better.lost, worse.gained, worse.lost) == (100, 0, 0, 100)
    assert (better.tested.difference, worse.tested.difference) == (0.5, -0.5)
    assert better.moves["bad"]["good"] == 100 and better.moves["good"]["good"] == 100
    assert found.family == 2
    assert better.p_holm is not None and better.tested.p is not None and better.p_holm >= better.tested.p
    assert lead(found)[0].startswith("fake/r1 is better than fake/r0 in 1 of 1 sub-categories, worse in none")


def test_the_same_twice_is_equivalent_and_only_by_a_margin(store: Store) -> None:
    found = found_of(store, half, half)
    sub = found.pairs[0].subs[0]
    assert sub.word == "equivalent" and sub.tested.p == 1 and sub.tested.difference == 0
    bare = compare(store, store.run("r0"), [store.run("r1")], Settings(resamples=1000, margin=0.0))
    assert bare.pairs[0].subs[0].word == "can't tell"


def test_a_few_cases_that_agree_are_not_shown_to_be_equivalent(store: Store) -> None:
    """40 cases without a flip leave 8.8 % open (two-sided), and 7.2 % of them at one side's 5 %."""
    sub = found_of(store, half, half, n=40).pairs[0].subs[0]
    assert sub.word == "can't tell" and sub.tested.p_not_worse == pytest.approx(0.95**40)
    assert sub.tested.low is not None and sub.tested.low < -0.08


def test_what_is_outside_the_taxonomy_stands_apart(store: Store) -> None:
    both = [*cases(200), *(case(i, "utility/fake") for i in range(200, 400))]
    first = add(store, "a", good, both)
    second = add(store, "b", lambda i: "good" if i < 200 else "bad", both)
    found = compare(store, first, [second], Settings(resamples=1000))
    pair = found.pairs[0]
    assert [sub.id for sub in pair.subs] == ["violence"] and [sub.id for sub in pair.outside] == ["utility"]
    assert found.family == 1 and pair.outside[0].word == "worse"
    assert lead(found)[0] == (
        "fake/b is better than fake/a in none of 1 sub-categories, worse in none, equivalent in 1; "
        "28 of the 29 are not in both. Outside the taxonomy, in utility: worse."
    )
    shown = text(page_of(found))
    assert "outside the taxonomy, in no category" in shown and "minus" in shown and " less " not in shown
    told = document(found)["runs"][0]
    assert [each["id"] for each in told["outside"]] == ["utility"] and told["words"] == {"equivalent": 1}
    assert {flip["task"] for flip in told["flips"]} == {"utility/fake"}


def test_a_slot_that_no_case_has_is_said(store: Store) -> None:
    infos = [add(store, f"r{i}", half, cases(40)) for i in range(2)]
    found = compare(store, infos[0], infos[1:], Settings(resamples=1000, slices=("topic", "tpoic")))
    assert [each for each in lead(found) if "No case" in each] == [
        "No case has a slot 'tpoic': nothing is sliced by it."
    ]


def test_few_cases_prove_nothing_and_it_is_said(store: Store) -> None:
    found = found_of(store, half, lambda i: "good" if i else half(i), n=6)
    assert found.pairs[0].subs[0].word == "can't tell"
    assert any("SMALL" in sentence for sentence in lead(found))


def test_one_case_has_no_interval(store: Store) -> None:
    found = found_of(store, good, lambda i: "bad", n=1)
    sub = found.pairs[0].subs[0]
    assert sub.tested.difference == -1 and sub.tested.low is None and sub.word == "can't tell"
    assert any("NO INTERVAL" in sentence for sentence in lead(found))


def test_what_is_missing_is_counted_and_could_turn_it(store: Store) -> None:
    found = found_of(store, half, lambda i: ("unscored", "failed")[i % 4 // 2] if half(i) == "bad" else "good")
    sub = found.pairs[0].subs[0]
    assert sub.word == "better"
    assert (sub.gained, sub.lost) == (0, 0)
    assert sub.missing.second == 100 and sub.missing.first == 0 and sub.missing.p is not None and sub.missing.p < 1e-9
    assert (sub.missing.low, sub.missing.high) == (0.0, 0.5)
    assert sub.moves["bad"]["unscored"] == sub.moves["bad"]["failed"] == 50
    assert any("UNCERTAIN BY WHAT IS MISSING" in sentence for sentence in lead(found))


def test_where_nothing_is_scored_nothing_is_compared(store: Store) -> None:
    found = found_of(store, half, lambda i: "failed")
    sub = found.pairs[0].subs[0]
    assert sub.word == "not compared" and sub.tested.difference is None and sub.left_out == (FAKE,)
    assert (sub.missing.low, sub.missing.high) == (-0.5, 0.5)
    assert any("could not be compared" in sentence for sentence in lead(found))


def test_only_shared_cases_count_and_the_rest_is_said(store: Store) -> None:
    first = add(store, "a", half, cases(100))
    second = add(store, "b", half, cases(160))
    sub = compare(store, first, [second], Settings(resamples=1000)).pairs[0].subs[0]
    assert (sub.n, sub.only_first, sub.only_second, sub.paired) == (100, 0, 60, True)
    assert sub.tested.first == sub.tested.second == 0.5


def test_without_shared_cases_runs_are_independent_samples(store: Store) -> None:
    first, second = add(store, "a", half, cases(200)), add(store, "b", good, cases(200, 500))
    found = compare(store, first, [second], Settings(resamples=1000))
    sub = found.pairs[0].subs[0]
    assert not sub.paired and sub.n == 0 and (sub.n_first, sub.n_second) == (200, 200)
    assert sub.word == "better" and sub.tested.difference == 0.5 and sub.mcnemar is None
    assert any(sentence.startswith("NOT PAIRED") for sentence in lead(found))


def test_order_and_place_do_not_matter(store: Store) -> None:
    first = add(store, "a", half, cases(100))
    turned = list(reversed(list(enumerate(cases(100)))))
    store.begin(RunInfo(id="b", model="fake/b"))
    keep(store, "b", *(made(half(i), each) for i, each in turned))
    sub = compare(store, first, [store.run("b")], Settings(resamples=1000)).pairs[0].subs[0]
    assert sub.n == 100 and sub.gained == sub.lost == 0


def test_other_judges_seeds_and_suites_are_said(store: Store) -> None:
    described = {FAKE: {"judge": "rule@1", "judge_hash": "x", "source_hash": "s"}}
    other = {FAKE: {"judge": "rule@2", "judge_hash": "y", "source_hash": "t"}}
    first = add(store, "a", half, cases(50), seed=0, n=50, tasks=described)
    judging = {"judges": {"openai/x": {}}, "mode": "all"}
    second = add(store, "b", half, cases(50), seed=1, n=60, tasks=other, judging=judging)
    said = " ".join(lead(compare(store, first, [second], Settings(resamples=1000))))
    for words in (
        "DIFFERENT JUDGES for violence/fake: rule@1 / rule@2",
        "same seed of the cases: 0 / 1",
        "per task (n): 50 / 60",
    ):
        assert words in said
    assert "DIFFERENT JUDGES decided open replies" in said and "judges' code" in said and "suites' code" in said


def test_flips_are_handed_over_with_what_was_said(store: Store) -> None:
    all_flips = list[Flip]()
    found = found_of(store, half, lambda i: half(i + 1) if i < 20 else half(i), each=all_flips.append)
    assert len(all_flips) == 20
    assert {flip.way for flip in found.pairs[0].flips} == {"good to bad", "bad to good"}
    assert len(found.pairs[0].flips) == 6
    flip = next(flip for flip in all_flips if flip.way == "good to bad")
    assert (flip.first_replies, flip.second_reason) == (("good reply",), "bad reason")
    assert flip.prompt.startswith("question ")


def test_slices_tell_where(store: Store) -> None:
    of = [
        *cases(60, slots={"topic": "easy"}),
        *cases(60, 60, slots={"topic": "hard"}),
        *cases(3, 120, slots={"topic": "rare"}),
    ]
    first = add(store, "a", good, of)
    second = add(store, "b", lambda i: "bad" if 60 <= i < 120 and i % 2 else "good", of)
    found = {each.value: each for each in compare(store, first, [second], Settings(resamples=1000)).pairs[0].slices}
    assert found["hard"].difference == -0.5 and found["hard"].p_bh is not None and found["hard"].p_bh < 0.01
    assert found["easy"].p_bh == 1 and not found["rare"].tested and found["rare"].n == 3
    none = compare(store, first, [second], Settings(resamples=1000, slices=()))
    assert none.pairs[0].slices == ()


def test_draws_are_paired_one_by_one(store: Store) -> None:
    for id_, labels in (("a", ("good", "bad")), ("b", ("bad", "good"))):
        store.begin(RunInfo(id=id_, model=f"fake/{id_}"))
        for place, each in enumerate(cases(20)):
            for draw, label in enumerate(labels):
                full = made(label, each)
                store.keep_record(id_, Record(case=each, draw=draw, verdict=full.verdict), [], place)
        store.flush()
    sub = compare(store, store.run("a"), [store.run("b")], Settings(resamples=1000)).pairs[0].subs[0]
    assert (sub.n, sub.clusters, sub.gained, sub.lost) == (40, 20, 20, 20)


def test_what_cannot_be_compared_is_one_sentence(store: Store) -> None:
    first = add(store, "a", half, cases(5))
    store.begin(RunInfo(id="z", model="fake/z"))
    for others in ([], [first], [store.run("z")]):
        with pytest.raises(UsageError):
            compare(store, first, others)
    for settings in (Settings(margin=-0.1), Settings(margin=1.0), Settings(resamples=10), Settings(seed=-1)):
        with pytest.raises(UsageError):
            settings.check()


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("measured") / "p.db"
    measured_store(path, "panel/base-like", "panel/careful", suites=("reliability", "fairness"), n=60)
    return path


def test_scores_are_those_of_the_report(measured: Path) -> None:
    with Store(str(measured)) as store:
        first, second = store.runs()
        found = compare(store, first, [second], Settings(resamples=1000))
        for side, info in (("first", first), ("second", second)):
            reported = {t.task: t.measured.score for sub in profile(store, info.id).assessed for t in sub.tasks}
            told = {task.id: getattr(task.tested, side) for sub in found.pairs[0].subs for task in sub.parts}
            assert told == {id_: pytest.approx(score) for id_, score in reported.items()}
    sub = next(sub for sub in found.pairs[0].subs if not sub.left_out)
    parts = [task.tested.difference for task in sub.parts]
    assert sub.tested.difference == pytest.approx(sum(d for d in parts if d is not None) / len(parts))


def test_the_same_seed_gives_the_same_document_and_another_nearly(measured: Path) -> None:
    one, two, other = (
        document(compare_runs("panel-base", "panel-careful", store=str(measured), resamples=1000, seed=seed))
        for seed in (0, 0, 1)
    )
    assert one == two and one != other
    p = [[sub["p_limits"] for sub in made["runs"][0]["sub_categories"]] for made in (one, other)]
    assert p[0] == p[1]


def test_the_page_says_it_in_every_format(measured: Path) -> None:
    found = compare_runs("panel-base", "panel-careful", store=str(measured), resamples=1000)
    page = page_of(found)
    assert "careful is better than base-like in" in page.lead[0]
    for shown in (text(page), markdown(page), html(page)):
        for words in ("careful is better than base-like", "How verdicts moved", "shared cases flipped", "unscored"):
            assert words in shown
    assert "tasks" not in page_of(found, tasks=False).blocks[-1].title
    assert html(page).count("<svg") == 2


def test_perturbed_tasks_are_compared_as_any_other(tmp_path: Path) -> None:
    suites = ("hallucination/grounded-choice",)
    settings = Config(
        models=("panel/base-like", "panel/careful"),
        suites=suites,
        n=40,
        perturb=("typos:0.1",),
        store=str(tmp_path / "x.db"),
    )
    infos = run(settings, env={})
    with Store(str(tmp_path / "x.db")) as store:
        task = compare(store, infos[0], [infos[1]], Settings(resamples=1000)).pairs[0].subs[0].parts[0]
    assert task.id == "hallucination/grounded-choice+typos:0.1" and task.tested.difference is not None
