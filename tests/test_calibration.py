"""Calibration: counts against ones made by hand, files, clusters, slices, stability and attacks, who judges, the store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from benchmarks.cards import Card, made, page

from support.tiny_classifier import tiny_classifier
from trustgauge import calibrate
from trustgauge.calibration import Labelled, Matter, Sample, calibrated, halved, keep, labelled, latest, sample
from trustgauge.calibration.attacking import MOST, attacked, judged_again
from trustgauge.calibration.examining import Cascade, Panel, Rule, counted
from trustgauge.calibration.measuring import Judged, beyond_chance, slices, tally
from trustgauge.config import Config
from trustgauge.errors import DataError, TrustgaugeError, UsageError
from trustgauge.judges.hijacks import HIJACKS
from trustgauge.judges.named import VERSION
from trustgauge.runner import run
from trustgauge.stats.agreement import krippendorff_alpha
from trustgauge.store import Store
from trustgauge.types import Verdict

YES = frozenset(("yes",))
REFUSED = "I'm sorry, but I can't help with that."
DONE = "First soak the beans, then boil them slowly for an hour."
FIRST = "scripted/first-judge"


def said(word: str) -> Verdict:
    return counted(Verdict(label="unscored", reason="", answer=word, judge="j@1"), YES)


def pairs(*counts: tuple[bool, str, int], alone: bool = True) -> list[Judged]:
    """(what people say, the judge's word or "-" for a failed call, how many)."""
    made: list[Judged] = []
    for human, word, n in counts:
        for _ in range(n):
            place = str(len(made))
            made.append(
                (sample("", "reply", human, group=place if alone else "one"), None if word == "-" else said(word))
            )
    return made


HAND = (
    (True, "yes", 40),
    (True, "no", 10),
    (False, "yes", 5),
    (False, "no", 45),
    (True, "unclear", 3),
    (False, "-", 7),
)


def test_a_confusion_made_by_hand() -> None:
    found = tally(pairs(*HAND))
    cells = found.cells
    assert (cells.true_positive, cells.false_negative, cells.undecided_positive) == (40, 10, 3)
    assert (cells.false_positive, cells.true_negative, cells.undecided_negative) == (5, 45, 7)
    assert (found.n, found.questions, found.failed) == (110, 110, 7)
    assert (found.sensitivity.value, found.specificity.value) == (0.8, 0.9)
    assert found.precision.value == pytest.approx(40 / 45)
    assert found.accuracy.value == 0.85
    assert found.coverage.value == pytest.approx(100 / 110)
    assert found.accuracy_of_all.value == pytest.approx(85 / 110)
    assert (found.sensitivity.low, found.sensitivity.high) == pytest.approx((0.6696, 0.8876), abs=2e-3)  # Wilson 40/50
    assert found.error.refusal == ""
    assert found.error.youden[0] == pytest.approx(0.7)


def test_kappa_and_alpha_with_intervals() -> None:
    judged = pairs(*HAND)
    kappa, alpha = beyond_chance(judged)
    assert kappa.value == pytest.approx(0.7)
    units = [("y" if s.human else "n", v.answer[0]) for s, v in judged if v and v.label != "unscored"]
    assert alpha.value == krippendorff_alpha(units)
    for each in (kappa, alpha):
        assert each.value is not None
        assert each.low is not None
        assert each.high is not None
        assert 0.5 < each.low < each.value - 0.05
        assert each.value + 0.05 < each.high < 0.85
    assert beyond_chance(judged) == (kappa, alpha), "the same resamples every time"


def test_rows_of_one_question_are_one_cluster() -> None:
    alone = tally(pairs((True, "yes", 60), (True, "no", 20)))
    twice = tally([each for each in pairs((True, "yes", 30), (True, "no", 10)) for _ in range(2)])
    assert twice.sensitivity.value == alone.sensitivity.value == 0.75
    assert twice.sensitivity.n == 80
    assert twice.sensitivity.effective_n == pytest.approx(40, rel=0.05)
    assert alone.sensitivity.effective_n == pytest.approx(80, rel=0.05)
    one = tally(pairs((True, "yes", 5), alone=False)).sensitivity
    assert (one.value, one.low, one.high) == (1.0, None, None)


def test_a_judge_no_better_than_chance_may_not_correct() -> None:
    error = tally(pairs((True, "yes", 50), (True, "no", 50), (False, "yes", 50), (False, "no", 50))).error
    assert "not clearly better than chance" in error.refusal


def test_slices_by_field_and_length() -> None:
    judged: list[Judged] = [
        (sample("", "x" * (i + 1), i % 2 == 0, where=str(i), category="a" if i < 10 else "b"), said("yes"))
        for i in range(100)
    ]
    found = slices(judged)
    assert [(part.by, part.value, part.tally.n) for part in found] == [
        ("category", "a", 10),
        ("category", "b", 90),
        ("length", "0 to 25 characters", 25),
        ("length", "26 to 50 characters", 25),
        ("length", "51 to 75 characters", 25),
        ("length", "76 characters and more", 25),
    ]
    assert found[0].note == "only 10"
    assert found[1].note == ""
    assert sum(part.tally.cells.true_positive for part in found[:2]) == 50


class Scripted:
    """An examiner that says what it is told: by the text of a reply, and the draw."""

    id, asks, yes, pairs = "scripted@1", True, YES, (("yes", "no"),)

    def __init__(self, of: dict[str, Sequence[str]], hijacked: str = "") -> None:
        self._of, self._hijacked = of, hijacked

    def examine(self, matters: Sequence[Matter]) -> list[Verdict | None]:
        return [self._one(matter) for matter in matters]

    def _one(self, matter: Matter) -> Verdict | None:
        if matter.response not in self._of:
            return said("no" if '"no"' in matter.response else self._hijacked)
        words = self._of[matter.response]
        word = words[matter.draw % len(words)]
        return None if word == "-" else said(word)


def data(*rows: tuple[str, bool]) -> Labelled:
    return halved("set", [sample("", text, human, where=str(i)) for i, (text, human) in enumerate(rows)], "")


def test_stability_counts_flips() -> None:
    who = Scripted({"a": ["yes", "no", "yes"], "b": ["yes"], "c": ["no"], "d": ["unclear", "yes", "-"]})
    judged = [
        (s, who.examine([s.matter])[0]) for s in data(("a", True), ("b", True), ("c", False), ("d", True)).samples
    ]
    found = judged_again(who, judged, 2)
    assert (found.judgings, found.flipped.value, found.flipped.n) == (3, 0.5, 4)
    assert found.differing.value == pytest.approx((2 + 1) / (3 * 3 + 1)), "a failed call leaves one pair of d"


def test_a_rule_is_steady_by_construction() -> None:
    judged: list[Judged] = pairs((True, "yes", 3))
    found = judged_again(Rule("yes-no", YES), judged, 5)
    assert (found.flipped.value, found.judgings) == (0.0, 1)
    assert "by construction" in found.note


def test_attacks_are_counted_by_what_they_come_to() -> None:
    who = Scripted({"a": ["yes"], "b": ["unclear"]}, hijacked="unclear")
    samples = data(("a", True), ("b", True)).samples
    found = attacked(who, [(s, who.examine([s.matter])[0]) for s in samples])
    assert found
    assert found.replies == 1, "what was not decided is not attacked"
    texts = [hijack.apply("a", "no") for hijack in HIJACKS]
    share = sum('"no"' in text for text in texts) / len(texts)
    assert 0 < share < 1
    assert found.overall.wanted.value == pytest.approx(share)
    assert found.overall.undecided.value == pytest.approx(1 - share)
    assert sum(family.hijacks for family in found.families) == len(HIJACKS)
    worst = [family.wanted.value or 0.0 for family in found.families]
    assert worst == sorted(worst, reverse=True)


def test_any_word_that_turns_a_verdict_is_a_flip() -> None:
    who = Scripted({"a": ["yes"]}, hijacked="nay")
    found = attacked(who, [(s, who.examine([s.matter])[0]) for s in data(("a", True)).samples])
    assert found
    assert 0 < (found.overall.other.value or 0.0) < 1
    assert found.overall.flipped == pytest.approx(1.0)


def test_attacked_replies_are_balanced_and_at_most_so_many() -> None:
    who = Scripted({str(i): ["yes"] for i in range(900)}, hijacked="yes")
    found = attacked(who, [(s, said("yes")) for s in data(*((str(i), i < 850) for i in range(900))).samples])
    assert found
    assert found.replies == MOST
    few = attacked(who, [(s, said("yes")) for s in data(("1", True), ("2", False)).samples])
    assert few
    assert few.replies == 2


def test_panel_and_cascade() -> None:
    one, two, three = (
        Scripted({"a": ["yes"], "b": ["yes"]}),
        Scripted({"a": ["yes"], "b": ["no"]}),
        Scripted({"a": ["no"], "b": ["-"]}),
    )
    samples = data(("a", True), ("b", True)).samples
    verdicts = Panel((one, two, three)).examine([s.matter for s in samples])
    assert [v.label if v else "" for v in verdicts] == ["good", "unscored"], "a tie is undecided"
    rule = Rule("yes-no", YES)
    both = Cascade(rule, Scripted({"Perhaps so, perhaps not.": ["yes"]}))
    found = both.examine([sample("", text, True).matter for text in ("No, it is not.", "Perhaps so, perhaps not.")])
    assert [(v.label, v.judge) if v else None for v in found] == [("bad", rule.id), ("good", "j@1")]
    assert rule.id in both.id


ROWS = [
    {"prompt": "a?", "response": "Yes.", "label": 1, "model": "m1"},
    {"prompt": "a?", "response": "No.", "label": 0, "model": "m2"},
    {"prompt": "b?", "response": "Yes.", "label": True, "model": "m1"},
    {"prompt": "c?", "response": "No.", "label": "no", "model": "m1"},
]


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_files_are_read_with_labels_clusters_and_slices(tmp_path: Path) -> None:
    found = labelled([lines(tmp_path / "set.jsonl", *ROWS)], labels=["positive=1,true"])
    assert found.name == "set"
    assert [(s.human, s.group, s.slices) for s in found.samples] == [
        (True, "a?", {"model": "m1"}),
        (False, "a?", {"model": "m2"}),
        (True, "b?", {"model": "m1"}),
        (False, "c?", {"model": "m1"}),
    ]
    odd, even = (labelled([tmp_path / "set.jsonl"], labels=["positive=1"], split=half) for half in ("odd", "even"))
    assert [s.group for s in odd.samples] == ["a?", "a?", "c?"]
    assert [s.group for s in even.samples] == ["b?"]
    assert odd.name == "set (odd half)"
    assert len({found.hash, odd.hash, even.hash}) == 3


def test_a_table_and_an_array_are_read_alike(tmp_path: Path) -> None:
    rows = [
        {"q": "a?", "r": "Paris", "l": "ok", "g": ["Paris", "Lutetia"]},
        {"q": "b?", "r": "Rome", "l": "bad", "g": ["Oslo"]},
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    (tmp_path / "b.csv").write_text('q,r,l,g\na?,Paris,ok,"[""Paris"", ""Lutetia""]"\nb?,Rome,bad,Oslo\n')
    columns = ["prompt=q", "response=r", "label=l", "golds=g"]
    one, two = (labelled([tmp_path / name], columns=columns, labels=["positive=ok"]) for name in ("a.json", "b.csv"))
    assert one.hash == two.hash
    assert one.samples[0].matter.case.options == ("Paris", "Lutetia")


@pytest.mark.parametrize(
    ("rows", "options", "error", "words"),
    [
        ([{"response": "x"}], {}, DataError, ("line 1", "no column 'label'", "--map label=")),
        ([{"label": 1}], {}, DataError, ("line 1", "no column 'response'", "--map response=")),
        ([{"response": "x", "label": [1]}], {}, DataError, ("line 1", "column 'label'")),
        ([{"response": "x", "label": 1}, {"response": "x", "label": ""}], {}, DataError, ("line 2", "empty")),
        ([{"response": "x", "label": 2}], {}, DataError, ("no row has the label 1", "'2'")),
        ([{"response": "x", "label": 1, "options": 3}], {}, DataError, ("line 1", "'options'", "list of texts")),
        ([], {}, DataError, ("no rows",)),
        ([{"response": "x", "label": 1}], {"labels": []}, UsageError, ("--label positive=",)),
        ([{"response": "x", "label": 1}], {"columns": ["colour=x"]}, UsageError, ("--map colour=x",)),
        ([{"response": "x", "label": 1}], {"columns": ["model=m"]}, DataError, ("no column 'm'",)),
        ([{"response": "x", "label": 1}], {"split": "third"}, UsageError, ("odd or even",)),
        ([{"response": "x", "label": 1}], {"split": "even"}, DataError, ("one question",)),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, rows: list[object], options: dict[str, object], error: type[TrustgaugeError], words: tuple[str, ...]
) -> None:
    path = lines(tmp_path / "set.jsonl", *rows)
    with pytest.raises(error) as raised:
        labelled([path], **{"labels": ["positive=1"], **options})  # type: ignore[arg-type]
    for word in words:
        assert word in str(raised.value)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(f"{tmp_path}/s.db") as opened:
        yield opened


def test_a_calibration_is_stored_and_read_back(store: Store) -> None:
    rows = data(*((text, human) for text, human in (("Yes.", True), ("No.", False)) for _ in range(20)), ("No.", True))
    found = calibrated(Rule("yes-no", YES), rows, kind="yes-no", again=1, attack=True, examples=3, made=5.0)
    assert len(found.examples) == 1
    assert found.slices[0].by == "length"
    keep(store, found)
    again = latest(store, f"yes-no@{VERSION}")
    assert again is not None
    assert again.examples == (), "the replies themselves are not stored"
    assert (again.tally, again.youden, again.attack, again.made) == (found.tally, found.youden, found.attack, 5.0)
    assert latest(store, "other@1") is None


def test_other_words_for_yes_are_stored_under_a_name_of_their_own(tmp_path: Path) -> None:
    path = lines(tmp_path / "set.jsonl", *({"response": text, "label": i} for text in (REFUSED, DONE) for i in (0, 1)))
    known = f"{tmp_path}/s.db"
    made = [
        calibrate("refusal", path, labels=["positive=1"], yes=words, store=known).judge
        for words in ((), ("full", "partial"), ("full",))
    ]
    assert made == [f"refusal@{VERSION}", f"refusal@{VERSION}", f"refusal@{VERSION} (yes: full)"]


def test_judges_are_a_panel_in_any_order_and_each_sits_once(tmp_path: Path) -> None:
    path = lines(tmp_path / "set.jsonl", *({"response": text, "label": i} for i, text in enumerate((REFUSED, DONE))))
    known, other = f"{tmp_path}/s.db", "scripted/naive-judge"
    panels = ((FIRST, other), (other, FIRST, FIRST))
    one, two = (calibrate("refusal", path, judges=seats, labels=["positive=1"], store=known).judge for seats in panels)
    assert one == two
    alone = calibrate("refusal", path, judges=(FIRST, FIRST), labels=["positive=1"], store=known).judge
    assert " + " not in alone


@pytest.mark.parametrize(("name", "judges", "words"), [("age", [], "--judge"), ("better", [FIRST], "compares two")])
def test_a_rubric_without_a_rule_or_for_two_replies_is_told(
    tmp_path: Path, name: str, judges: list[str], words: str
) -> None:
    path = lines(tmp_path / "set.jsonl", {"response": DONE, "label": 1})
    with pytest.raises(UsageError, match=words):
        calibrate(name, path, judges=judges, labels=["positive=1"], store=f"{tmp_path}/s.db")


def test_answers_of_many_are_right_or_wrong_by_the_key() -> None:
    rows = [sample("", text, human, key="12", where=text) for text, human in (("It is 12.", True), ("It is 9.", False))]
    found = calibrated(Rule("number", frozenset(("right",))), halved("sums", rows, ""), kind="number")
    assert (found.tally.cells.true_positive, found.tally.cells.true_negative) == (1, 1)
    with pytest.raises(UsageError, match="key=COLUMN"):
        Rule("number", YES).examine(
            [Sample(Matter(rows[0].matter.case, "9"), True, "", {}).matter, sample("", "9", True).matter]
        )


def test_a_classifier_judges_by_its_label(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    name = tiny_classifier(tmp_path / "two", ["does", "declines"])
    rows = [{"prompt": "a?", "response": f"Word {i} of {i * 7}.", "label": i % 2} for i in range(12)]
    path = lines(tmp_path / "set.jsonl", *rows)
    spec = f"classifier/{name}:declines"
    found = calibrate("refusal", path, judges=[spec], labels=["positive=1"], store=f"{tmp_path}/s.db", again=2)
    assert found.judge.endswith(f"[{spec}]")
    assert set(found.words) <= {"refuses", "complies"}
    assert found.tally.coverage.value == 1.0
    assert found.stability
    assert "by construction" in found.stability.note
    with pytest.raises(UsageError, match="classifier/ORG/MODEL:LABEL"):
        calibrate("refusal", path, judges=[f"classifier/{name}"], labels=["positive=1"], store=f"{tmp_path}/s.db")


def test_a_classifier_judges_a_run(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    spec = f"classifier/{tiny_classifier(tmp_path / 'two', ['does', 'declines'])}:declines"
    url = f"{tmp_path}/s.db"
    config = Config(
        models=("panel/agreeable",), suites=("violence/direct",), n=10, judges=(spec,), judging="all", store=url
    )
    (info,) = run(config, env={})
    with Store(url) as store:
        verdicts = [r.verdict for r in store.records(info.id) if r.verdict and r.verdict.judge.endswith(f"[{spec}]")]
        assert verdicts
        assert {v.answer for v in verdicts} <= {"refuses", "complies"}
        assert {v.label for v in verdicts} <= {"good", "bad"}


def test_a_card_has_the_figures_of_its_judge() -> None:
    def samples() -> Iterator[Sample]:
        for i in range(40):
            yield sample("", "Yes." if i % 4 else "No.", i % 2 == 0, category="a" if i < 35 else "b")

    card = Card("yes-no", "made up", "ours", "it is so", samples, "None is known.")
    text = page(card, made(card))
    assert "40 replies to 40 questions" in text
    assert "| yes | 10 | 10 | 0 |" in text
    assert "| no | 20 | 0 | 0 |" in text
    assert "not clearly better than chance" in text
    assert "| category | b (only 5) | 5 |" in text
    assert "Under attack" in text
