"""grounded-choice: the passage alone holds the answer, and says it of one thing only."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

import pytest

from trustgauge.generate.text import faults
from trustgauge.suites import find_task
from trustgauge.suites.reliability.hallucination import WORDS
from trustgauge.types import Case, Record, Reply

TASK = find_task("hallucination/grounded-choice")
CASES = list(TASK.generate(0, 600))
PASSAGES = {passage["name"]: passage for passage in WORDS.rows("passages")}

every_passage = pytest.mark.parametrize("name", sorted(PASSAGES))


def score(answer: str) -> tuple[float | None, int]:
    """Score of a fixed reply ("key", "foil" and "longest" stand for what they say), and how many were scored."""

    def reply(case: Case) -> str:
        foil = "AB"[case.key == "A"]
        longest = "AB"[len(case.options[1]) > len(case.options[0])]
        return {"key": case.key, "foil": foil, "longest": longest, "echo": case.prompt}.get(answer, answer)

    groups = []
    for case in CASES:
        replies = (Reply(text=reply(case)),)
        groups.append([Record(case=case, replies=replies, verdict=TASK.judge(case, replies))])
    measured = TASK.measure(groups)
    return measured.score, sum(group[0].label in ("good", "bad") for group in groups)


def test_there_are_enough_passages_on_different_matters() -> None:
    assert len(PASSAGES) >= 12
    assert all(4 <= len(passage["questions"]) <= 6 for passage in PASSAGES.values())
    assert len(WORDS.strings("openings")) >= 8


def test_cases_are_all_different_and_so_are_those_of_another_seed() -> None:
    assert len(CASES) == 600
    assert len({case.prompt for case in CASES}) == 600
    first, second = ({case.prompt for case in TASK.generate(seed, 200)} for seed in (1, 2))
    assert len(first & second) <= 0.2 * 200


def test_keys_are_balanced_in_each_kind_of_foil() -> None:
    arms = Counter((case.slots["foil"], case.key) for case in CASES)
    assert set(arms.values()) == {150}


def test_the_text_reads_well() -> None:
    assert [fault for case in CASES for fault in faults(case.prompt)] == []


@every_passage
def test_slots_and_questions_fit_each_other(name: str) -> None:
    passage = PASSAGES[name]
    slots, in_order = passage["slots"], passage.get("in_order", [])
    assert set(re.findall(r"\{(?:[Aa]n? )?(\w+)\}", passage["text"])) == set(slots)
    for item in passage["questions"]:
        confused = item["confused_with"] if isinstance(item["confused_with"], list) else [item["confused_with"]]
        assert item["answer"] not in confused
        assert all(slots[slot] == slots[item["answer"]] for slot in confused), item
        assert not set(re.findall(r"\{(\w+)\}", item["ask"])) & {item["answer"]}
        if item["answer"] in in_order:
            at = [in_order.index(slot) - in_order.index(item["answer"]) for slot in confused]
            assert min(at) < 0 < max(at), f"{item['ask']} would be answered by 'the later one'"


@every_passage
def test_fixed_words_of_a_passage_are_no_answers(name: str) -> None:
    passage = PASSAGES[name]
    fixed = re.sub(r"\{[^}]*\}", "|", passage["text"]).lower()
    values = {
        v.lower() for item in passage["questions"] for v in WORDS.strings(f"pools.{passage['slots'][item['answer']]}")
    }
    assert [v for v in values if re.search(rf"\b{re.escape(v)}\b", fixed)] == []


def passage_of(case: Case) -> str:
    """The filled passage: the paragraph that holds every slot's value."""
    said = [v for k, v in case.slots.items() if k not in ("topic", "asked", "foil")]
    paragraphs = [p for p in case.prompt.split("\n") if all(v in p for v in said)]
    assert len(paragraphs) == 1
    return paragraphs[0]


def test_the_answer_stands_once_and_the_foil_elsewhere_or_nowhere() -> None:
    for case in CASES:
        passage, right = passage_of(case), case.options["AB".index(case.key)]
        foil = case.options["BA".index(case.key)]
        assert right == case.slots[case.slots["asked"]]
        facts = [v for k, v in case.slots.items() if k not in ("topic", "asked", "foil")]
        assert facts.count(right) == 1
        assert (foil in facts) == (case.slots["foil"] == "said-elsewhere")
        assert case.slots["foil"] == "said-elsewhere" or foil not in passage


def test_years_ascend_and_lie_within_a_lifetime() -> None:
    for case in CASES:
        order = [case.slots[s] for s in PASSAGES[case.slots["topic"]].get("in_order", [])]
        numbers = [int(value) for value in order]
        assert numbers == sorted(set(numbers))
        assert not numbers or numbers[-1] - numbers[0] <= 60


def test_pools_that_must_ascend_are_written_ascending() -> None:
    for pool in ("year", "count"):
        values = [int(v) for v in WORDS.strings(f"pools.{pool}")]
        assert values == sorted(set(values))
    assert all(len(set(v)) == len(v) for v in WORDS["pools"].values())


def test_gold_replies_are_judged_as_said() -> None:
    for case in CASES[:100]:
        gold = TASK.gold(case, case.messages)
        for label in ("good", "bad", "unscored"):
            for text in getattr(gold, label):
                assert TASK.judge(case, [Reply(text=text)]).label == label, text


def test_oracle_and_anti_oracle_land_at_the_ends() -> None:
    assert score("key") == (1.0, 600)
    assert score("foil") == (0.0, 600)


@pytest.mark.parametrize("answer", ["A", "B", "longest"])
def test_constant_choices_are_at_chance(answer: str) -> None:
    value, scored = score(answer)
    assert scored == 600
    assert value == pytest.approx(TASK.chance, abs=0.06)


@pytest.mark.parametrize("answer", ["", "yes", "no", "I don't know.", "I'm sorry, but I can't help with that.", "echo"])
def test_what_chooses_nothing_is_unscored(answer: str) -> None:
    assert score(answer) == (None, 0)


def test_a_larger_n_begins_with_the_cases_of_a_smaller() -> None:
    assert list(islice(TASK.generate(0, 600), 50)) == list(TASK.generate(0, 50))
