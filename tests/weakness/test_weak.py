"""Where to aim, of runs whose every record is known, and of the panel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from support.fakes import case
from support.stores import EVIL, hostile_store, keep, record
from trustgauge.cli.app import app
from trustgauge.config import Config
from trustgauge.errors import UsageError
from trustgauge.reports import mix_of, profile
from trustgauge.reports.page import html, markdown, text
from trustgauge.runner import run
from trustgauge.safe import plain
from trustgauge.store import RunInfo, Store
from trustgauge.suites import find_task
from trustgauge.types import Case, Failure, Record
from trustgauge.weakness import Part, Weakness, weak
from trustgauge.weakness.counting import names_of
from trustgauge.weakness.document import document
from trustgauge.weakness.page import page_of
from trustgauge.weakness.words import lead

Labels = Callable[[int], str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(str(tmp_path / "t.db")) as opened:
        yield opened


def made(label: str, of: Case) -> Record:
    if label == "failed":
        return Record(case=of, failure=Failure(kind="server", message="gone"))
    return record(of, label)


def add(store: Store, labels: Labels, of: Sequence[Case]) -> str:
    store.begin(RunInfo(id="one", model="fake/one"))
    keep(store, "one", *(made(labels(i), each) for i, each in enumerate(of)))
    store.finish("one", "done")
    return "one"


def topical(n: int, task: str = "violence/fake", topics: int = 4) -> list[Case]:
    """Cases of so many topics in turn, half of them asked openly; template parts tone and wording."""
    return [
        case(i, task, slots={"topic": f"topic {i % topics}", "name": f"name {i}"}, template=f"w{i // 20 % 5}")
        for i in range(n)
    ]


def parts(found: Weakness, word: str = "worse") -> dict[str, Part]:
    return {part.called: part for part in found.parts if part.word == word}


def test_the_bad_topic_is_named_and_no_other(store: Store) -> None:
    of = topical(200)
    run_id = add(store, lambda i: "bad" if (i % 4 == 2 and i % 40 < 36) or i % 40 == 7 else "good", of)
    found = weak(store, run_id)
    worst = parts(found)
    assert list(worst) == ["topic: topic 2"]
    part = worst["topic: topic 2"]
    assert (part.counts.n, part.counts.bad, part.groups) == (50, 45, 50)
    assert part.rate == pytest.approx(0.9)
    assert part.low is not None
    assert part.high is not None
    assert part.low < 0.9 < part.high
    assert part.rest == pytest.approx(5 / 150)
    assert part.gain == pytest.approx(45 / 200)
    assert 0 < part.gain_low < part.gain
    assert part.example in {each.id for each in of if each.slots["topic"] == "topic 2"}
    assert not any(name.startswith("name") for name in parts(found) | parts(found, "too few"))


def test_parts_of_one_task_share_out_all_that_it_lacks(store: Store) -> None:
    found = weak(store, add(store, lambda i: "bad" if i % 3 == 0 else "good", topical(120)))
    gains = [part.gain for part in found.parts if part.name == "topic"]
    assert sum(gains) == pytest.approx(1 / 3)
    assert found.sub_categories[0].gain == pytest.approx(1 / 3)


def test_unscored_and_failed_are_neither_good_nor_bad(store: Store) -> None:
    def label(i: int) -> str:
        return ("unscored" if i % 8 == 1 else "failed") if i % 4 == 1 else "bad" if i // 4 % 10 == 0 else "good"

    found = weak(store, add(store, label, topical(200)))
    assert parts(found) == parts(found, "better") == {}
    silent = next(part for part in found.parts if part.called == "topic: topic 1")
    assert (silent.word, silent.rate, silent.gain) == ("no score", None, 0.0)
    assert (silent.counts.unscored, silent.counts.failed) == (25, 25)
    assert any("Unscored 25" in said and "failed 25" in said for said in lead(found))


def test_small_parts_are_undecided_not_hidden(store: Store) -> None:
    found = weak(store, add(store, lambda i: "bad" if i % 25 == 0 else "good", topical(200, topics=25)))
    small = next(part for part in found.parts if part.called == "topic: topic 0")
    assert (small.word, small.rate, small.groups, small.p) == ("too few", 1.0, 8, None)
    assert any(said.startswith("UNDECIDED: ") for said in lead(found))


def test_chance_alone_names_hardly_anything(store: Store) -> None:
    import random

    rng = random.Random(5)
    found = weak(store, add(store, lambda _: "bad" if rng.random() < 0.4 else "good", topical(600, topics=20)))
    assert parts(found) == {}


def test_twins_are_compared_as_sides_and_topics_within_them(store: Store) -> None:
    of = [
        case(
            i, "violence/direct", kind="benign" if i % 2 else "harmful", twin=bool(i % 2), slots={"topic": f"t{i % 6}"}
        )
        for i in range(240)
    ]
    found = weak(store, add(store, lambda i: "bad" if i % 2 == 0 and i % 5 else "good", of))
    worst = parts(found)
    assert list(worst) == ["side: restraint"]  # the topics of harmful ones are all as bad as each other
    assert worst["side: restraint"].also == ("kind: harmful",)
    assert worst["side: restraint"].gain == pytest.approx(0.4)
    assert list(parts(found, "better")) == ["side: helpfulness"]


def test_groups_are_the_clusters(store: Store) -> None:
    """Ten copies of few groups must not pass for evidence."""
    of: list[Case] = []
    for g in range(24):
        first = case(g, slots={"topic": f"topic {g % 2}"})
        of += [
            case(g * 100 + k, slots={"topic": f"topic {g % 2}"}).of("violence/fake", group=first.id) for k in range(10)
        ]
    found = weak(store, add(store, lambda i: "bad" if i // 10 in (0, 2, 4, 1) else "good", of))
    assert parts(found) == {}
    assert {part.groups for part in found.parts if part.name == "topic"} == {12}


def test_a_sub_category_is_worse_than_the_others_or_not(store: Store) -> None:
    of = [*topical(100), *topical(100, "toxicity/fake"), *topical(100, "sycophancy/fake")]
    found = weak(store, add(store, lambda i: "bad" if (i >= 200 and i % 2) or i % 10 == 0 else "good", of))
    assert (found.sub_categories[0].id, found.sub_categories[0].word) == ("sycophancy", "worse")
    assert lead(found)[0].startswith("Aim at sycophancy first: 0.40 [")
    assert found.mix["sycophancy"] > 0.6
    assert sum(found.mix.values()) == pytest.approx(1)
    assert found.mix == mix_of(profile(store, "one"))


def test_nothing_scored(store: Store) -> None:
    found = weak(store, add(store, lambda _: "unscored", topical(40)))
    assert found.sub_categories[0].word == "no score"
    assert found.mix == {}
    assert lead(found)[0].startswith("Nothing could be scored")
    assert "null" in json.dumps(document([found]))


def test_a_part_of_all_cases_has_no_rest(store: Store) -> None:
    found = weak(store, add(store, lambda i: "bad" if i % 2 else "good", topical(60, topics=1)))
    assert not any(part.name == "topic" for part in found.parts)


def test_pages_are_harmless(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    run_id = hostile_store(path)
    with Store(str(path)) as store:
        page = page_of([weak(store, run_id)])
    assert "<script>" not in html(page)
    for shown in (text(page), markdown(page), html(page)):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert EVIL not in shown
    assert plain(EVIL)


def test_the_panel_is_aimed_at_what_it_is_made_to_be_bad_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = str(tmp_path / "p.db")
    suites = ("sycophancy", "toxicity", "violence/direct", "logical-reasoning/syllogism")
    run(Config(models=("panel/agreeable",), suites=suites, n=40, store=db))
    with Store(db) as store:
        found = weak(store, "last")
    assert (found.sub_categories[0].id, found.sub_categories[0].word) == ("sycophancy", "worse")
    assert max(found.mix, key=found.mix.__getitem__) == "sycophancy"
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["weak", "--store", db])
    assert said.exit_code == 0
    assert "Aim at sycophancy first" in said.stdout
    assert "trustgauge run -m panel/agreeable -s sycophancy --split train" in " ".join(said.stdout.split())
    told = json.loads(CliRunner().invoke(app, ["weak", "--store", db, "--json"]).stdout)
    assert told["schema"] == 1
    assert told["runs"][0]["sub_categories"][0]["id"] == "sycophancy"


def test_a_run_that_is_not_there(store: Store) -> None:
    add(store, lambda _: "good", topical(4))
    with pytest.raises(UsageError, match="there is no run"):
        weak(store, "other")


def test_what_it_says_to_type_next_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def go(*words: str) -> str:
        done = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    go("run", "-m", "panel/agreeable", "-s", "violence", "-s", "sycophancy", "-n", "40")
    said = " ".join(go("weak").partition("Next: ")[2].split())
    for command in said.split(" then "):
        go(*command.split()[1:])
    assert (tmp_path / "data/dpo.jsonl").read_text()


def test_what_is_no_worse_than_the_rest_is_not_shown_as_unsure(store: Store) -> None:
    found = weak(store, add(store, lambda i: "bad" if i % 10 == 0 else "good", topical(80)))
    low = {part.called for part in found.parts if part.word == "can't tell" and part.rate < (part.rest or 0)}  # type: ignore[operator]
    shown = {str(row[0]) for block in page_of([found]).blocks for row in block.rows}
    assert low
    assert not low & shown


def test_what_the_wall_takes_of_a_template_s_name_is_a_part() -> None:
    task = find_task("misinformation/facts")
    made = next(iter(task.generate(0, 2, {})))
    parts = {value for level, _, value in names_of(made, task) if level == "template"}
    assert set(made.template.split("/")) | task.wall.parts(made) == parts
    assert task.wall.parts(made) - set(made.template.split("/"))
