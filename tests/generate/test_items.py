"""The bank of closed items: enough of them, fair to nobody who doesn't read, and with keys that can be recomputed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import islice, pairwise
from random import Random

import pytest

from trustgauge.errors import SuiteError
from trustgauge.generate import Item, closed_items, closed_pairs
from trustgauge.generate.items import CHOICES, WORDS, _rivals, _table, sources
from trustgauge.generate.text import faults

PAIRS = list(islice(closed_pairs(Random(0)), 20_000))
ITEMS = [item for pair in PAIRS for item in pair]
NUMBERS = [item for item in ITEMS if item.domain == "arithmetic"]


def options(item: Item) -> list[str]:
    return [item.right, *item.others]


def test_there_are_enough_of_them() -> None:
    assert len({item.question for item in ITEMS}) >= 3000
    assert len({(item.question, frozenset(options(item))) for item in ITEMS}) >= 20_000
    assert len({item.template for item in ITEMS}) >= 100
    facts = WORDS.rows("tables")
    assert sum(len(table["rows"]) for table in facts) >= 500
    assert len({table["domain"] for table in facts}) >= 14


def test_domains_take_their_share() -> None:
    shares = Counter(item.domain for item in ITEMS)
    assert max(shares.values()) <= 0.15 * len(ITEMS)
    assert min(shares.values()) >= 0.01 * len(ITEMS)


def test_options_are_four_and_different() -> None:
    for item in ITEMS:
        assert len({option.lower() for option in options(item)}) == CHOICES
        assert all(option == option.strip() and option for option in options(item))


def test_sisters_share_wording_and_options_and_differ_in_the_key() -> None:
    for first, second in PAIRS:
        assert set(options(first)) == set(options(second))
        assert first.right != second.right
        assert (first.template, first.domain) == (second.template, second.domain)


@pytest.mark.parametrize(
    "choose",
    [
        lambda shown: max(shown, key=len),
        lambda shown: min(shown, key=len),
        min,
        max,
        lambda shown: sorted(shown, key=len)[1],
        lambda shown: min(shown, key=lambda o: o.count(" ")),
    ],
)
def test_whoever_sees_only_the_options_is_at_chance(choose: Callable[[list[str]], str]) -> None:
    hits = sum(choose(sorted(options(item))) == item.right for item in ITEMS)
    assert abs(hits / len(ITEMS) - 1 / CHOICES) < 0.02


def test_words_of_the_question_do_not_give_the_key_away() -> None:
    """Choosing the option that shares most words with the question must not help much."""

    def shared(item: Item, option: str) -> int:
        return len(set(re.findall(r"\w+", option.lower())) & set(re.findall(r"\w+", item.question.lower())))

    hits = 0.0
    for item in ITEMS:
        best = max(shared(item, o) for o in options(item))
        tied = [o for o in options(item) if shared(item, o) == best]
        hits += (item.right in tied) / len(tied)
    assert hits / len(ITEMS) < 0.3


def test_the_same_seed_gives_the_same_items_and_another_mostly_new_ones() -> None:
    first, again, other = (list(islice(closed_items(Random(seed)), 200)) for seed in (1, 1, 2))
    assert first == again
    seen = {(item.question, frozenset(options(item))) for item in first}
    assert sum((i.question, frozenset(options(i))) in seen for i in other) <= 0.2 * len(other)


def test_questions_read_well() -> None:
    for item in ITEMS:
        assert faults(item.question) == []
        assert item.question[0].isupper()
        assert item.question.endswith("?")
        assert "{" not in item.question
        assert all(faults(option) == [] for option in options(item))


def test_wordings_that_carry_slips_have_words_to_carry_them() -> None:
    lengths = [len([w for w in re.findall(r"[A-Za-z]+", item.question) if len(w) >= 4]) for item in ITEMS]
    assert min(lengths) >= 3
    assert sum(lengths) / len(lengths) >= 8


def test_every_row_is_asked_and_shown() -> None:
    texts: dict[str, set[str]] = defaultdict(set)
    for item in ITEMS:
        texts[item.template.rsplit("-", 1)[0]] |= {*options(item), *item.slots.values()}
    for table in WORDS.rows("tables"):
        for left, right in table["rows"]:
            assert {left, right} <= texts[table["name"]], (table["name"], left)


@pytest.mark.parametrize("table", WORDS.rows("tables"), ids=lambda t: str(t["name"]))
def test_tables_hold_no_row_twice_and_options_never_fit_twice(table: dict[str, object]) -> None:
    rows = [(str(left), str(right)) for left, right in table["rows"]]  # type: ignore[attr-defined]
    assert len({left.lower() for left, _ in rows}) == len(rows)
    rights, rivals = dict(rows), _rivals(table)
    for first, second in islice(_table(table)(Random(3)), 400):
        shown = options(first)
        if shown[0] in rights and first.slots.get("answer"):
            lefts = shown
        else:
            back = defaultdict[str, list[str]](list)
            for left, right in rows:
                back[right].append(left)
            assert rights[first.slots["ask"]] == first.right
            assert rights[second.slots["ask"]] == second.right
            assert not any(first.slots["ask"] in back[other] for other in first.others)
            continue
        assert len({rights[left] for left in lefts}) == CHOICES
        assert rights[first.right] == first.slots["answer"]
        assert not any(frozenset((a, b)) in rivals for a in lefts for b in lefts if a != b)


@pytest.mark.parametrize("scale", WORDS.rows("scales"), ids=lambda s: str(s["name"]))
def test_scales_ask_for_their_ends(scale: dict[str, list[str]]) -> None:
    order = scale["items"]
    for pair in islice(sources()[str(scale["name"])](Random(1)), 60):
        for item in pair:
            places = [order.index(option) for option in options(item)]
            end = max if item.slots["end"] == "high" else min
            assert order.index(item.right) == end(places)
            wording = next(w for w in WORDS.rows("scales") if w["name"] == scale["name"])["wordings"]
            assert any(item.question[-30:] == str(w[item.slots["end"]])[-30:] for w in wording)


# The word problems once more, from the numbers as they stand in the text.
FORMULAS: dict[str, Callable[..., float]] = {
    "apples": lambda morning, afternoon: morning + afternoon,
    "marbles": lambda had, gave: had - gave,
    "boxes": lambda boxes, each: boxes * each,
    "tables": lambda guests, tables: guests / tables,
    "bus": lambda there, on, off: there + on - off,
    "tickets": lambda tickets, price, programme: tickets * price + programme,
    "pages": lambda pages, read: pages - read,
    "walk": lambda kilometres, days: kilometres * days,
    "shelves": lambda books, shelves: books / shelves,
    "savings": lambda euros, weeks, found: euros * weeks + found,
}


def test_every_sum_comes_out_as_computed_from_its_text() -> None:
    seen = Counter[str]()
    for item in NUMBERS:
        numbers = [int(n) for n in re.findall(r"-?\d+", item.question)]
        name = item.template.removeprefix("sum-")
        if item.template.startswith("series-"):
            steps = {b - a for a, b in pairwise(numbers)}
            assert len(steps) == 1
            assert int(item.right) == numbers[-1] + steps.pop()
            name = "series"
        elif item.template.startswith("compare-"):
            values = sorted(int(o) for o in options(item))
            high = re.search(r"largest|highest|last", item.question) is not None
            assert high != (re.search(r"smallest|lowest|first", item.question) is not None)
            assert int(item.right) == values[-1 if high else 0]
            name = "compare"
        else:
            assert float(item.right) == FORMULAS[name](*numbers)
        assert all(int(option) >= 0 or name == "series" for option in options(item))
        seen[name] += 1
    assert set(seen) == {*FORMULAS, "series", "compare"}


DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
MONTHS = "January February March April May June July August September October November December"


def roman(n: int) -> str:
    marks = [(40, "XL"), (50, "L"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
    if n >= 50:
        return "L" + roman(n - 50)
    for value, mark in marks:
        if value <= n and value != 50:
            return mark + roman(n - value)
    return ""


@pytest.mark.parametrize(("name", "cycle"), [("weekdays", DAYS), ("months", MONTHS)])
def test_days_and_months_follow_each_other(name: str, cycle: str) -> None:
    order = cycle.split()
    rows = {left: right for table in WORDS.rows("tables") if table["name"] == name for left, right in table["rows"]}
    assert rows == dict(zip(order, order[1:] + order[:1], strict=True))


def test_roman_numerals_are_right() -> None:
    rows = next(table["rows"] for table in WORDS.rows("tables") if table["name"] == "roman")
    assert [numeral for numeral, _ in rows] == [roman(int(number)) for _, number in rows]


def test_a_wrong_name_under_apart_is_named() -> None:
    with pytest.raises(SuiteError, match=r"t has no row for \['z'\]"):
        _rivals({"name": "t", "rows": [["x", "1"]], "apart": [["x", "z"]]})


def test_too_few_rows_that_go_together_are_named() -> None:
    table = {
        "name": "t",
        "domain": "d",
        "ask": {"q": "{ask}?"},
        "rows": [[c, c] for c in "abcd"],
        "apart": [["a", "b"]],
    }
    with pytest.raises(SuiteError, match="too few rows go together"):
        next(_table(table)(Random(0)))


def test_no_option_is_named_in_its_question() -> None:
    for item in (item for pair in PAIRS[:2000] for item in pair):
        for option in (item.right, *item.others):
            assert not re.search(rf"(?<!\w){re.escape(option)}(?!\w)", item.question, re.IGNORECASE), item
