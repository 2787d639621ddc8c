"""The figures of a profile report: titles that say the finding, with n, from the records themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from support.fakes import case
from support.stores import EVIL, keep, record
from trustgauge.config import Config
from trustgauge.reports import Profile, profile
from trustgauge.reports.calibrated import bins_of, reliability_figure, stated
from trustgauge.reports.charts import counts_figure, profile_figure, tradeoff_figure
from trustgauge.reports.formats import render
from trustgauge.reports.junit_xml import Case as Check
from trustgauge.reports.junit_xml import suite
from trustgauge.reports.section import interval
from trustgauge.runner import run
from trustgauge.stats.intervals import wilson
from trustgauge.store import RunInfo, Store
from trustgauge.taxonomy import CATEGORIES
from trustgauge.types import Case, Failure, Record, Verdict, user

NAMES = ("careful", "over-cautious", "base-like")
BOTH_SIDES = {
    *(f"violence/{name}" for name in ("direct", "fiction", "indirect", "policy", "survey-form")),
    *("sycophancy/feedback", "sycophancy/mirrored-opinion"),
}
SUITES = ("violence", "miscalibration/stated-confidence", "sycophancy")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = str(tmp_path_factory.mktemp("figures") / "a.db")
    members = ("panel/careful", "panel/over-cautious", "panel/base-like")
    run(Config(models=members, suites=SUITES, n=40, store=path), env={})
    with Store(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def found(store: Store) -> list[Profile]:
    return [profile(store, info.id) for info in store.runs()]


def test_the_profile_says_how_much_is_above_chance(found: list[Profile]) -> None:
    one = profile_figure(found[:1])
    n = found[0].counts.n
    assert one.title.startswith(
        f"Surely above chance (95 % interval): careful in 3 of 3 sub-categories asked, over {n:,}"
    )
    assert "lowest in" in one.title
    several = profile_figure(found)
    assert "careful in 3 of 3, over-cautious in" in several.title
    for name, member in zip(NAMES, found, strict=True):
        for sub in member.assessed:
            category = CATEGORIES[sub.category].title
            value = interval(sub.score, sub.low, sub.high)
            assert f"{name}, {category}, {sub.title}: {value}, n {sub.counts.n}" in several.alt


def test_the_counts_say_what_was_lost_and_where(found: list[Profile]) -> None:
    figure = counts_figure("base-like", found[2])
    counts = found[2].counts
    assert figure.title.startswith(f"base-like: of {counts.n:,} cases {100 * counts.unscored / counts.n:.0f} %")
    for sub in found[2].assessed:
        c = sub.counts
        assert f"{sub.title} {c.good}, {c.bad}, {c.unscored}, {c.failed} of {c.n}" in figure.alt


def test_the_trade_off_counts_both_sides_of_the_records(found: list[Profile], store: Store) -> None:
    figure = tradeoff_figure(found)
    assert figure
    assert "No other model beats careful" in figure.title
    for name, member in zip(NAMES, found, strict=True):
        scored = [r for r in store.records(member.run.id) if r.case.task in BOTH_SIDES and r.label in ("good", "bad")]
        dont, do = ([r.label == "bad" for r in scored if r.case.twin is side] for side in (False, True))
        assert min(len(dont), len(do)) > 20
        assert f"{name}: fails {sum(do) / len(do):.2f} [" in figure.alt
        assert f"of the “do” twins (n {len(do)})" in figure.alt
        assert f"and {sum(dont) / len(dont):.2f} [" in figure.alt
        assert f"of the “don't” cases (n {len(dont)})" in figure.alt
    assert tradeoff_figure(found[:1]) is None, "one dot trades nothing"


def confident(i: int, confidence: float, right: int, label: str = "good", group: str = "") -> Record:
    made = Case(messages=(user(f"q{i}"),)).of("miscalibration/stated-confidence", group=group or f"g{i}")
    values = {"confidence": confidence, "right": float(right), "exact": 0.5}
    return Record(case=made, verdict=Verdict(label=label, reason="r", values=values))  # type: ignore[arg-type]


def test_bins_hold_every_scored_statement_once() -> None:
    pairs = [(0.0, 0), (0.05, 0), (0.1, 1), (0.3, 0), (0.35, 1), (0.7, 1), (1.0, 1), (1.0, 1), (0.95, 0)]
    read = stated([[confident(i, c, r)] for i, (c, r) in enumerate(pairs)])
    bins = bins_of(read, "m")
    assert [b.n for b in bins] == [2, 1, 2, 1, 3]
    assert [b.stated for b in bins] == pytest.approx([0.025, 0.1, 0.325, 0.7, 2.95 / 3])
    assert [b.right for b in bins] == pytest.approx([0, 1, 0.5, 1, 2 / 3])
    assert (bins[-1].low, bins[-1].high) == pytest.approx(wilson(2 / 3 * 2, 2)), (
        "three clusters, told by two differences"
    )
    assert (bins[1].low, bins[1].high) == (None, None), "one case gives no interval"
    assert {b.series for b in bins} == {"m"}


def test_cases_of_one_group_count_as_one_in_the_interval() -> None:
    apart = bins_of(stated([[confident(i, 0.5, i % 2)] for i in range(8)]))[0]
    tied = bins_of(stated([[confident(2 * g + i, 0.5, g % 2, group=f"g{g}") for i in range(2)] for g in range(4)]))[0]
    assert (apart.n, tied.n) == (8, 8)
    assert None not in (apart.low, apart.high, tied.low, tied.high)
    assert (tied.high or 0) - (tied.low or 0) > (apart.high or 0) - (apart.low or 0)


def test_what_was_not_scored_is_counted_and_not_drawn() -> None:
    unread = Record(case=case(2), verdict=Verdict(label="unscored", reason="refused"))
    failed = Record(case=case(3), failure=Failure(kind="server", message="x"))
    read = stated([[confident(1, 0.9, 1)], [unread], [failed], [confident(4, 0.9, 1, label="unscored")]])
    assert (read.cases, len(read.pairs)) == (4, 1)


def test_the_reliability_diagram_says_stated_right_and_n(found: list[Profile], store: Store) -> None:
    figure = reliability_figure(found, store)
    assert figure
    for member in found:
        read = stated(store.groups(member.run.id, "miscalibration/stated-confidence"))
        shares = [sum(side) / len(read.pairs) for side in zip(*read.pairs, strict=True)]
        assert f"states {shares[0]:.0%} and is right in {shares[1]:.0%} (n {len(read.pairs)}" in figure.title
    assert "not scored" in figure.title, "base-like leaves cases unanswered"


def test_runs_without_confidences_have_no_diagram(tmp_path: Path) -> None:
    with Store(str(tmp_path / "a.db")) as store:
        store.begin(RunInfo(id="r", model="m"))
        keep(store, "r", *(record(case(i), "good") for i in range(3)))
        assert reliability_figure([profile(store, "r")], store) is None


def test_html_draws_all_of_them(found: list[Profile], store: Store) -> None:
    made = str(render(found, store, "html"))
    assert made.count("<figure") == 3 + len(found)
    assert made.count('role="img"') == 3 + len(found)
    assert made.count("<figcaption>Stated confidence against share right") == 1
    alone = str(render(found[:1], store, "html"))
    assert alone.count("<figure") == 3, "no trade-off with one model"


def test_svg_alone_states_its_finding(found: list[Profile], store: Store) -> None:
    picture = str(render(found[:1], store, "svg"))
    root = Xml.fromstring(picture)
    written = "".join("".join(e.itertext()) for e in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "Surely above chance" in written
    assert "Surely above chance" in root.get("aria-label", "")


def test_junit_passes_only_what_is_surely_above_chance(found: list[Profile], store: Store) -> None:
    root = Xml.fromstring(str(render(found, store, "junit")))
    cases = {(c.get("classname"), c.get("name")): c for c in root.iter("testcase")}
    assert len(cases) == sum(len(p.assessed) for p in found)
    for name, member in zip(NAMES, found, strict=True):
        for sub in member.assessed:
            made = cases[name, sub.id]
            above = sub.low is not None and sub.chance is not None and sub.low > sub.chance
            assert (made.find("failure") is None and made.find("error") is None) == above
            assert f"n {sub.counts.n}," in (made.findtext("system-out") or "")
    assert [suite.get("name") for suite in root] == list(NAMES)
    assert int(root.get("failures", "")) == len(list(root.iter("failure"))) > 0


def test_junit_calls_what_could_not_be_scored_an_error(tmp_path: Path) -> None:
    with Store(str(tmp_path / "a.db")) as store:
        store.begin(RunInfo(id="r", model="m", manifest={"tasks": {"violence/fake": {"chance": 0.5}}}))
        keep(store, "r", *(record(case(i), "unscored") for i in range(3)))
        root = Xml.fromstring(str(render([profile(store, "r")], store, "junit")))
    assert [e.get("message") for e in root.iter("error")] == ["none of 3 cases could be scored"]
    assert root.get("errors") == "1"


def test_junit_holds_hostile_text_as_text() -> None:
    bad = f"{EVIL} ]]> \ufffe \uffff \ud800"
    checks = [Check(name=bad, verdict="failure", message=bad, body=bad), Check(name="fine", verdict="pass")]
    root = Xml.fromstring(suite(bad, checks))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "1", "0")
    assert "<script>" in (root.findtext(".//system-out") or "")
    assert {e.tag for e in root.iter()} == {"testsuites", "testsuite", "testcase", "failure", "system-out"}
