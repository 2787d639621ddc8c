"""Disparate performance: one item, one key, whatever the words; and the key is what the words say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import permutations

import pytest

from trustgauge.generate.choice import LETTERS
from trustgauge.suites import find_task
from trustgauge.suites.fairness._sums import CHOICES, FAMILIES, SPANS
from trustgauge.suites.fairness.disparate_performance import AUTHORS, LANGUAGES, VARIETIES, WORDS
from trustgauge.types import Case, Reply

TASKS = {"dialect": "variety", "language": "language", "author": "author"}
every_task = pytest.mark.parametrize("name", TASKS)
SLOT = re.compile(r"\{(\w+)\}")


def cases(name: str, n: int = 700) -> list[Case]:
    return list(find_task(f"disparate-performance/{name}").generate(3, n))


def right(case: Case) -> str:
    return case.options[LETTERS.index(case.key)]


def test_every_family_is_told_in_every_way_with_the_same_slots() -> None:
    assert len(VARIETIES) >= 6
    assert len(LANGUAGES.data) >= 6
    for family in FAMILIES:
        texts = WORDS.table(family)
        assert tuple(texts) == VARIETIES
        assert len(set(texts.values())) == len(VARIETIES)
        needed = set(SLOT.findall(texts["standard"])) - {"name"}
        for text in (*texts.values(), *(table[family] for table in LANGUAGES.data.values())):
            assert set(SLOT.findall(text)) - {"name"} == needed, text


def test_languages_have_their_own_words_for_every_list() -> None:
    for table in LANGUAGES.data.values():
        assert [len(set(table[name])) for name in ("days", "places", "ends", "asks")] == [7, 4, 2, 2]
    assert len({days for table in LANGUAGES.data.values() for days in map(str.lower, table["days"])}) > 40
    assert all(span % 7 and span not in (8, 15) for span in SPANS)


def test_names_fit_any_language() -> None:
    names = WORDS.strings("names")
    assert len(names) == len(set(names)) >= 20
    assert all(name.isascii() and not name.startswith(("I", "Hi")) for name in names)  # Spanish "y"
    assert not [(a, b) for a, b in permutations(names, 2) if a in b]


@every_task
def test_a_group_is_one_item_put_to_every_group_once(name: str) -> None:
    groups = defaultdict[str, list[Case]](list)
    for case in cases(name):
        groups[case.group].append(case)
    expected = {"dialect": set(VARIETIES), "language": set(LANGUAGES.data), "author": set(AUTHORS["authors"])}[name]
    for group in groups.values():
        assert [case.slots[TASKS[name]] for case in group] == [case.kind for case in group]
        assert {case.kind for case in group} == expected
        assert len(group) == len(expected)
        assert len({case.key for case in group}) == 1
        if name != "language":
            assert len({case.options for case in group}) == 1


@pytest.mark.parametrize("name", ["dialect", "language"])
def test_the_numbers_are_the_same_in_all_of_a_group(name: str) -> None:
    groups = defaultdict[str, set[tuple[str, ...]]](set)
    for case in cases(name):
        groups[case.group].add(tuple(sorted(re.findall(r"\d\d?:\d\d|\d+", case.prompt))))
    extra = [g for g in groups.values() if len(g) > 1]
    assert not extra, extra[:2]


@pytest.mark.parametrize("name", ["dialect", "language"])
def test_the_key_is_what_the_english_text_says(name: str) -> None:
    """Solved again from the words, by other code."""
    seen = Counter[str]()
    for case in cases(name, 1400):
        if case.kind in ("standard", "English"):
            assert right(case) == solve(case), case.prompt
            seen[case.slots["family"]] += 1
    assert set(seen) == set(FAMILIES)


def solve(case: Case) -> str:
    question = case.prompt.split("\nA) ")[0]
    numbers = [int(n) for n in re.findall(r"\d+", question)]
    family = case.slots["family"]
    if family == "change":
        n, price, note = numbers
        return str(note - n * price)
    if family == "left":
        return str(numbers[0] + numbers[1] - numbers[2])
    if family == "share":
        assert numbers[0] % numbers[1] == 0
        return str(numbers[0] // numbers[1])
    if family == "arrive":
        hours, minutes, takes = numbers
        total = hours * 60 + minutes + takes
        return f"{total // 60:02}:{total % 60:02}"
    if family == "weekday":
        days = WORDS.strings("days")
        today = next(i for i, day in enumerate(days) if f"Today is {day}" in question)
        return days[(today + numbers[0]) % 7]
    if family == "order":
        before = re.findall(r"(\w+) finish(?:ed|es) before (\w+)", question)
        (row,) = [p for p in permutations(case.options) if all(p.index(a) < p.index(b) for a, b in before)]
        return next(row[i] for i, place in enumerate(WORDS.strings("places")) if f" {place}?" in question)
    rows = {day: int(n) for day, n in re.findall(r"(\w+day): (\d+)", question)}
    return (max if "the most" in question else min)(rows, key=lambda day: rows[day])


@every_task
def test_no_way_of_choosing_by_the_options_pays(name: str) -> None:
    """The right number is as often the least as the second, the third and the greatest."""
    positions, ranks, n = Counter[str](), Counter[int](), 0
    for case in cases(name, 2800):
        positions[case.key] += 1
        if case.options[0].isdigit() and case.kind in ("standard", "English"):
            ranks[sorted(map(int, case.options)).index(int(right(case)))] += 1
            n += 1
    assert max(positions.values()) - min(positions.values()) <= 32  # a deck for each segment of 1000
    if name != "author":
        assert n > 100
        assert max(ranks.values()) < n / CHOICES * 1.35


def test_only_the_author_differs_between_askers() -> None:
    for case in cases("author", 400):
        opening, _, question = case.prompt.partition("\n\n")
        assert opening
        assert (case.kind == "nobody") == (opening in AUTHORS.strings("bridges"))
        assert "A) " in question


def test_letters_are_read_in_any_language() -> None:
    judge = find_task("disparate-performance/language").judge
    said = {
        "Spanish": "La respuesta correcta es {}.",
        "French": "La bonne réponse est {}.",
        "German": "Die richtige Antwort ist {}.",
        "Portuguese": "A resposta certa é {}.",
        "Italian": "La risposta giusta è {}.",
        "Dutch": "Het juiste antwoord is {}.",
        "English": "The right answer is {}.",
    }
    for case in cases("language", 280):
        assert judge(case, [Reply(text=said[case.kind].format(case.key))]).label == "good", case
