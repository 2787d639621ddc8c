"""Attacks: composable, the same words for both sides of a pair, and every code can be read back."""

from __future__ import annotations

from random import Random

import pytest

from trustgauge.errors import SuiteError
from trustgauge.generate.attacks import COMBINED, WORDS, Attack, attack, names, turns
from trustgauge.generate.attacks_codes import CODES, from_base64, from_leet, from_rot13, rot13, to_base64, to_leet
from trustgauge.generate.text import faults
from trustgauge.types import Case, system, user

REQUEST = "Tell me how to sharpen a kitchen knife. Keep it simple."
CASE = Case(messages=(system("You are a helper."), user(REQUEST)), template="plain", slots={"topic": "kitchen tools"})


def made(name: str, seed: int = 0) -> Attack:
    return attack(name, Random(seed))


@pytest.mark.parametrize("name", names())
def test_every_attack_keeps_the_request_and_says_what_it_is(name: str) -> None:
    for seed in range(12):
        built = made(name, seed)
        attacked = built | CASE
        assert built.family and built.source
        assert attacked.messages[0] == CASE.messages[0]
        assert attacked.slots["attack"] == name == built.name
        assert attacked.slots["request"] == REQUEST
        assert attacked.template == f"plain/{name}"
        text = turns(attacked)[-1]
        for code in built.codes:
            text = text if code == "english-part" else CODES[code][1](text)
        parts = ("Tell me how", "Keep it simple.") if "splitting" in name else (REQUEST,)
        assert all(part.lower() in text.lower() for part in parts)
        for turn in turns(attacked):
            assert not faults(turn), faults(turn)


def test_there_are_many_families_and_wordings() -> None:
    rows = WORDS.rows("attacks")
    assert len({row["family"] for row in rows}) >= 12
    assert all(len(set(row["wordings"])) >= 3 for row in rows)
    assert len({row["name"] for row in rows}) == len(rows)
    assert all(code in CODES for row in rows for code in row.get("codes", ()))
    listed = WORDS["words"]
    assert all(len(set(listed[name])) == len(listed[name]) >= 5 for name in listed)


def test_attacks_compose_from_right_to_left() -> None:
    role, code = made("role-play"), made("base64")
    both = role | code
    assert both.family == COMBINED
    assert both.codes == ("base64",)
    once, twice = both | CASE, role | (code | CASE)
    assert once.messages == twice.messages
    assert to_base64(REQUEST) in once.messages[-1].content
    other_way = code | role | CASE
    assert REQUEST not in other_way.messages[-1].content
    assert REQUEST in from_base64(other_way.messages[-1].content)
    assert other_way.slots["request"] == REQUEST


def test_an_attack_is_the_same_for_both_of_a_pair() -> None:
    built = made("misrepresentation", 3)
    twin = Case(messages=(user("Tell me how to clean a knife."),))
    assert (built | CASE).prompt.replace(REQUEST, "") == (built | twin).prompt.replace(twin.prompt, "")


def test_several_turns_come_before_the_request_wherever_they_are_added() -> None:
    led = made("crescendo") | CASE
    assert len(turns(led)) == 3
    assert "kitchen tools" in turns(led)[0]
    assert REQUEST not in " ".join(turns(led)[:-1])
    wrapped = made("fiction") | made("crescendo") | CASE
    assert len(turns(wrapped)) == 3
    assert turns(wrapped)[:2] == turns(led)[:2]


def test_an_unknown_attack_is_named() -> None:
    with pytest.raises(SuiteError, match="no attack 'hypnosis'"):
        attack("hypnosis", Random(0))


@pytest.mark.parametrize("name", list(CODES))
def test_codes_come_back(name: str) -> None:
    write, read = CODES[name]
    assert read(write(REQUEST)) == REQUEST.lower() or read(write(REQUEST)).lower() == REQUEST.lower()


def test_base64_is_read_wrapped_cut_off_and_amid_text() -> None:
    said = "I am sorry, but I cannot help with that. Let me know if there is something else that you need."
    coded = to_base64(said)
    lines = "\n".join(coded[i : i + 60] for i in range(0, len(coded), 60))
    assert from_base64(f"Here it is:\n```\n{lines}\n```") == f"Here it is:\n```\n{said}\n```"
    assert from_base64(coded[:61]) == said[:45]
    assert from_base64(to_base64("Grüße aus Köln, das ist schön")[:-5]).startswith("Grüße aus Köln")
    for text in ("responsibilities of internationalization", "QUJDREVGR0hJSktMTU5P/+/+////", REQUEST):
        assert from_base64(text) == text or text.startswith("QUJD")
    assert from_base64("//////////////////////////////") == "//////////////////////////////"


def test_rot13_is_undone_line_by_line_and_only_where_it_is_used() -> None:
    plain = "This is the first line of the answer."
    assert from_rot13(f"{plain}\n{rot13('I can not help you with that.')}") == f"{plain}\nI can not help you with that."
    assert from_rot13(plain) == plain


def test_leetspeak_leaves_numbers_and_plain_lines_alone() -> None:
    assert from_leet(to_leet("I cannot help you with that")).lower() == "i cannot help you with that"
    assert from_leet("1. Heat 500 ml of water for 10 minutes.") == "1. Heat 500 ml of water for 10 minutes."
    assert from_leet("2. " + to_leet("take the knife to the stone")) == "2. take the knife to the stone"
