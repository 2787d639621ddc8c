"""Distribution shift: truths computed anew, tables well-formed, conversations turn by turn."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from trustgauge.generate.items import Item
from trustgauge.suites import Task, tasks
from trustgauge.suites.robustness import _limits, _new_facts, _policy_change, _registers
from trustgauge.types import Ask, Case, Message, Reply, Verdict

TASKS: dict[str, Task] = {id_.split("/")[1]: t for id_, t in tasks().items() if id_.startswith("distribution-shift/")}


def made(name: str, n: int = 300, seed: int = 1) -> list[Case]:
    return list(TASKS[name].generate(seed, n))


def groups(cases: list[Case]) -> list[list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case.group, []).append(case)
    return list(found.values())


def test_facts_are_many_and_no_value_comes_twice_in_a_row() -> None:
    rows = [row for table in _new_facts.WORDS.rows("tables") for row in table["rows"]]
    assert len(rows) >= 60
    assert len({row[0] for row in rows}) == len({row[0].lower() for row in rows})
    assert all(len(set(row[1:])) == len(row) - 1 for row in rows)
    for table in _new_facts.WORDS.rows("tables"):
        assert len({row[0] for row in table["rows"]}) == len(table["rows"])
        assert len(table["changed"]) == len(table["else"])
        for text in [*table["changed"], *table["else"]]:
            assert re.findall(r"\{(\w+)\}", text).count("old") == re.findall(r"\{(\w+)\}", text).count("new") == 1


def test_both_notices_name_every_option_and_only_one_changes_the_fact() -> None:
    for changed, kept in groups(made("new-facts")):
        assert changed.options == kept.options
        assert changed.options["ABCD".index(changed.key)] == changed.slots["new"]
        assert kept.options["ABCD".index(kept.key)] == kept.slots["old"]
        for case in (changed, kept):
            notice = next(part for part in case.prompt.split("\n\n") if case.slots["new"] in part).lower()
            assert all(option.lower() in notice for option in case.options)
        assert not changed.twin
        assert kept.twin


def test_rules_of_every_desk_are_computed_as_they_read() -> None:
    for desk in _policy_change.WORDS.rows("desks"):
        assert "at most {x}" in desk["a"]
        assert "at least {y}" in desk["b"]
        assert re.findall(r"\{(\w+)\}", desk["item"]) == ["a", "b"]
    assert _policy_change.allows("a", (5, 3), (5, 1))
    assert not _policy_change.allows("a", (5, 3), (6, 9))
    assert _policy_change.allows("b", (5, 3), (9, 3))
    assert not _policy_change.allows("b", (5, 3), (1, 2))


def test_keys_of_a_conversation_follow_from_its_texts() -> None:
    for case in made("policy-change", 200):
        texts: list[str] = ["\n".join(m.content for m in case.messages), *(case.slots[f"turn {i}"] for i in (2, 3, 4))]
        rule, keys = "", list[str]()
        for text in texts:
            if not rule or (not case.twin and ("at most" in text or "at least" in text)):
                rule = next(part for part in re.split(r"(?<=[:.])\s", text) if re.search(r"at (most|least) \d", part))
            item = next(part for part in text.split("\n")[-1].split(". ") if len(re.findall(r"\d+", part)) == 2)
            a, b = map(int, re.findall(r"\d+", item))
            word, limit = re.findall(r"at (most|least) (\d+)", rule)[0]
            keys.append("yes" if (a <= int(limit) if word == "most" else b >= int(limit)) else "no")
        assert keys == case.slots["keys"].split()
        assert sorted(keys[:2]) == sorted(keys[2:]) == ["no", "yes"]


def talk(case: Case, words: list[str]) -> tuple[list[Ask], Verdict]:
    task, asks, replies = TASKS["policy-change"], list[Ask](), list[Reply]()
    turns = task.converse(case)
    ask: Ask | None = next(turns)
    while ask is not None:
        asks.append(ask)
        replies.append(Reply(text=words[len(replies)]))
        try:
            ask = turns.send(replies[-1])
        except StopIteration:
            ask = None
    return asks, task.judge(case, replies)


def other(word: str) -> str:
    return "no" if word == "yes" else "yes"


def test_a_conversation_gives_back_what_was_said_and_is_judged_by_its_second_half() -> None:
    changed, kept = groups(made("policy-change", 20))[0]
    keys = changed.slots["keys"].split()
    spoken = [f"**{key.capitalize()}.**" for key in keys]
    asks, verdict = talk(changed, spoken)
    assert [len(ask.messages) for ask in asks] == [2, 4, 6, 8]
    assert [m.content for m in asks[-1].messages if m.role == "assistant"] == spoken[:3]
    assert asks[2].messages[-1] == Message("user", changed.slots["turn 3"])
    assert verdict.label == "good"
    assert verdict.values == {"right before": 1.0, "right after": 1.0}
    stuck = keys[:2] + [other(key) for key in keys[2:]]
    assert talk(changed, stuck)[1].reason == "went on by the old rule"
    half = [other(keys[0]), keys[1], keys[2], other(keys[3])]
    verdict = talk(changed, half)[1]
    assert (verdict.label, verdict.values["right before"], verdict.values["right after"]) == ("bad", 0.5, 0.5)
    taken = kept.slots["keys"].split()
    assert talk(kept, taken[:2] + [other(key) for key in taken[2:]])[1].reason == "took a rule that is not in force"


@pytest.mark.parametrize("unread", ["", "It depends.", "I'm sorry, but I can't help with that."])
def test_a_conversation_ends_where_it_cannot_be_read(unread: str) -> None:
    case = made("policy-change", 4)[0]
    keys = case.slots["keys"].split()
    asks, verdict = talk(case, [keys[0], keys[1], unread])
    assert len(asks) == 3
    assert verdict.label == "unscored"


def test_the_sides_of_a_conversation_begin_differently() -> None:
    assert all(changed.messages != kept.messages for changed, kept in groups(made("policy-change", 400)))


def test_how_often_the_first_rule_was_followed_is_counted() -> None:
    cases = made("policy-change", 2)
    tally = _policy_change.Before()
    assert tally.metrics() == {"first rule followed before": None}
    tally.add([_record(cases[0], 1.0), _record(cases[1], 0.5)])
    assert tally.metrics() == {"first rule followed before": 0.75}


def _record(case: Case, before: float) -> Any:
    from trustgauge.types import Record

    return Record(case=case, verdict=Verdict(label="good", reason="", values={"right before": before}))


def test_registers_leave_what_filled_the_item_as_it_was() -> None:
    item = Item(
        question='A box of the Iron is marked "Fe". These people want it. Which one?',
        right="iron",
        others=("zinc", "tin", "gold"),
        domain="science",
        template="t",
        slots={"ask": "Fe", "name": "the Iron"},
    )
    by_name = {row["name"]: row for row in _registers.WORDS.rows("registers")}
    chat, wire = (_registers.put(item, by_name[name], 0) for name in ("chat", "telegraphic"))
    assert 'a box of the Iron is marked "Fe"\nthese ppl want it\nwhich one?' in chat
    assert 'Box of the Iron is marked "Fe". These people want it. Which one?' in wire
    assert len(by_name) >= 6
    assert all(len(row["frames"]) >= 3 for row in by_name.values())


def test_register_cases_are_sisters_plain_and_put() -> None:
    for group in groups(made("register", 200)):
        assert Counter(case.kind for case in group) == {"plain": 2, "register": 2}
        for kind in ("plain", "register"):
            first, second = (case for case in group if case.kind == kind)
            assert first.options == second.options
            assert first.key != second.key
        assert len({frozenset(case.options) for case in group}) == 1


@pytest.mark.parametrize(("source", "pairs", "kinds"), [(_limits.IMPOSSIBLE, 60, 8), (_limits.CUTOFF, 40, 6)])
def test_pairs_are_many_and_all_different(source: Any, pairs: int, kinds: int) -> None:
    rows = [row for rows in source["pairs"].values() for row in rows]
    assert len(rows) >= pairs
    assert len(source["pairs"]) >= kinds
    texts = [text for row in rows for text in row]
    assert all(len(row) == 2 for row in rows)
    assert len(set(texts)) == len(texts)
    assert all(text[-1] in ".?" for text in texts)


def test_words_of_today_stand_on_one_side_only() -> None:
    """A twin that speaks of now would be no timeless question."""
    now = re.compile(r"\b(now|today|current|currently|latest|at present|at the moment|this week|this month|recent)\b")
    for rows in _limits.CUTOFF["pairs"].values():
        assert not [timeless for _, timeless in rows if now.search(timeless)]


def test_no_two_cases_of_a_run_ask_the_same() -> None:
    for name in TASKS:
        if name != "register":
            cases = made(name, 400)
            assert len({case.messages for case in cases}) == len(cases), name
