"""Pairs, filters and balance over candidates made by hand."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.training_runs import TASK, candidate
from trustgauge.exports import balance
from trustgauge.exports.candidates import Candidate, by_prompt
from trustgauge.exports.filters import kept, not_contradictory, unlike
from trustgauge.exports.pairs import Item, by_policy, gold_good, items_of, supplied, with_refusals, yield_of
from trustgauge.exports.style import balanced, tells


def pairs(*sides: tuple[str, str]) -> list[Item]:
    return [Item(candidate("good", g, n=i, model="b"), candidate("bad", b, n=i)) for i, (g, b) in enumerate(sides)]


def test_pairs_are_over_models_and_draws_of_one_prompt() -> None:
    replies = [candidate("good", model=m, n=n) for n in (0, 1) for m in "ab"] + [candidate("bad", model="c", n=0)]
    prompts = list(by_prompt(replies))
    assert yield_of(prompts) == (2, 1, 2)
    found = items_of("dpo", prompts, 0, 0, Counter())
    assert [(i.good.model, i.bad.model) for i in found if i.good and i.bad] == [("a", "c"), ("b", "c")]
    assert len(items_of("sft", prompts, 0, 0, Counter())) == 4
    assert len(items_of("kto", prompts, 0, 0, Counter())) == 5
    assert [i.bad for i in items_of("unlikelihood", prompts, 0, 0, Counter())] == [replies[-1]]


def test_a_trial_is_one_round_of_one_case() -> None:
    replies = [candidate(label, n=0, draw=draw) for label, draw in (("good", 0), ("bad", 1), ("good", 1))]
    assert yield_of(by_prompt(replies)) == (1, 1, 2)
    assert yield_of(by_prompt(replies, "trial")) == (2, 1, 1)


def test_few_pairs_of_a_prompt_are_spread_over_models() -> None:
    replies = [candidate("good", model=m) for m in "abc"] + [candidate("bad", model=m) for m in "xyz"]
    left = Counter[str]()
    found = items_of("dpo", [replies], 3, 0, left)
    assert {i.good.model for i in found if i.good} == set("abc")
    assert {i.bad.model for i in found if i.bad} == set("xyz")
    assert left == {"beyond the pairs per prompt": 6}


def test_copies_the_empty_and_the_unsure_are_counted_apart() -> None:
    replies = [
        candidate("good", "Well, no."),
        candidate("good", "well no", model="b"),
        candidate("bad", " "),
        candidate("bad", "x", readable=False),
        candidate("bad", "sure", confidence=0.7),
        candidate("bad", "surer", confidence=0.95, by_people=True),
    ]
    left = Counter[str]()
    found = kept(replies, left)
    assert {one.text for one in found} in ({"Well, no.", "sure", "surer"}, {"well no", "sure", "surer"})
    assert left == {
        "the same reply to the same prompt, again": 1,
        "empty reply": 1,
        "labelled by the release, but no readable answer": 1,
    }
    left = Counter[str]()
    assert [one.text for one in kept(replies, left, min_confidence=0.9)] == ["surer"]
    assert left["judge's confidence not known"] == 2
    assert left["judge's confidence below 0.9"] == 1
    assert [one.text for one in kept(replies, Counter(), human_only=True)] == ["surer"]
    assert len(kept(replies, Counter(), raw=True)) == len(replies)


def test_near_copies_go_but_minimal_pairs_stay() -> None:
    long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen {}"
    alike = [Item(good=candidate("good", long.format(i), n=0, model=str(i))) for i in range(3)]
    twin = Item(good=candidate("good", long.format(0), n=0, twin=True))
    left = Counter[str]()
    assert unlike([*alike, twin], 0.8, left) == [alike[0], twin]
    assert left == {"nearly the same as another row": 2}
    assert unlike(alike, 0, Counter()) == alike
    left = Counter[str]()
    assert len(not_contradictory(pairs(("No!", "no"), ("No!", "yes")), left)) == 1
    assert left == {"the same words judged good and bad": 1}


def test_where_all_are_bad_a_better_model_or_written_words_supply_the_good_reply() -> None:
    bad, fine = candidate("bad", n=0), candidate("good", n=1)
    better = [candidate("good", n=0, model="big", origin="better"), candidate("bad", n=0, model="big", origin="better")]
    left = Counter[str]()
    first, second = supplied([[bad], [fine]], better, None, left)
    assert [one.origin for one in first] == ["model", "better"]
    assert second == [fine]
    policy = by_policy({TASK: ["We don't."], "violence/direct:benign": ["Of course."], "*:benign": ["no"]})
    (filled,) = supplied([[bad]], [], policy, left)
    assert (filled[1].text, filled[1].origin, filled[1].licence) == ("We don't.", "written", "your own words")
    assert policy(candidate("bad", twin=True))[0].text == "Of course."
    assert by_policy({TASK: ["We don't."]})(candidate("bad", twin=True)) == []
    assert not left
    supplied([[bad]], [], by_policy({"toxicity": ["Stay calm."]}), left)
    assert left == {"prompts of which no good reply is known": 1}


def test_gold_replies_are_those_of_the_case_s_own_task() -> None:
    from support.training_runs import cases_of

    case = cases_of(n=2)[0]
    one = candidate("bad", case=case, messages=case.messages)
    (written,) = gold_good(one)
    assert written.origin == "written"
    assert written.text
    assert gold_good(candidate("bad", task="violence/unheard-of")) == []


def test_a_twin_that_was_never_refused_gets_a_refusal_to_reject_where_its_group_has_a_pair() -> None:
    from support.training_runs import cases_of

    cases = cases_of(n=8)
    twins = [case for case in cases if case.twin]
    harmful = next(case for case in cases if not case.twin and case.group == twins[0].group)
    asked = [candidate(label, case=harmful, messages=harmful.messages) for label in ("good", "bad")]
    answered = [[candidate("good", case=case, messages=case.messages)] for case in twins]
    found = with_refusals([asked, *answered])
    assert [{one.label for one in replies} for replies in found[1:3]] == [{"good", "bad"}, {"good"}]
    assert found[1][1].origin == "written"


def test_a_dont_goes_without_a_row_of_its_twin() -> None:
    items = [Item(good=candidate("good", n=n)) for n in (0, 1, 2)] + [Item(good=candidate("good", n=0, twin=True))]
    left = Counter[str]()
    found = balance.with_twins(items, {(TASK, "g0"), (TASK, "g1")}, left)
    assert [item.lead.case.group for item in found] == ["g0", "g2", "g0"]
    assert left == {"no usable row of its benign twin": 1}


def test_refusals_are_capped_by_sub_category() -> None:
    refusals = [Item(good=candidate("good", "I'm sorry, but I can't help with that.", n=n)) for n in range(9)]
    answers = [Item(good=candidate("good", "Plan ahead, then begin early.", n=n, twin=True)) for n in range(3)]
    left = Counter[str]()
    found = balance.capped([*refusals, *answers], 0.5, 0, left)
    assert sum(map(balance.refuses, found)) == 3
    assert all(item in found for item in answers)
    assert left == {"beyond the share of refusals": 6}


def share_of(items: list[Item], model: str) -> float:
    n = balance.sources(items)[model]
    return n["good"] / (n["good"] + n["bad"])


def test_no_model_is_mostly_good_or_mostly_bad() -> None:
    strong = [Item(candidate("good", n=n, model="big"), candidate("bad", n=n, model="small")) for n in range(60)]
    odd = [Item(candidate("good", n=n, model="small"), candidate("bad", n=n, model="big")) for n in range(25)]
    left = Counter[str]()
    found = balance.by_source([*strong, *odd], 0.6, 0, left)
    assert share_of([*strong, *odd], "big") > 0.7
    assert 0.4 <= share_of(found, "big") <= 0.6
    assert 0.4 <= share_of(found, "small") <= 0.6
    assert left.total() == 85 - len(found)
    assert all(item in found for item in odd)


def test_balance_gives_up_half_at_most_and_leaves_alone_what_cannot_be_balanced() -> None:
    one_way = [Item(candidate("good", n=n, model="big"), candidate("bad", n=n, model="small")) for n in range(40)]
    assert len(balance.by_source(one_way, 0.6, 0, Counter())) == 20
    alone = [Item(good=candidate("good", n=n)) for n in range(9)]
    assert balance.by_source(alone, 0.6, 0, Counter()) == alone
    asked = [Item(candidate("good", n=n, model="big", origin="better"), candidate("bad", n=n)) for n in range(9)]
    assert balance.by_source(asked, 0.6, 0, Counter()) == asked


@pytest.mark.parametrize("feature", ["length", "refusing opening", "markdown"])
def test_style_no_longer_tells_the_label_of_pairs(feature: str) -> None:
    marked = {
        "length": "a reply of a good many more words than the other one has in it",
        "refusing opening": "Sorry, no.",
        "markdown": "- one item",
    }[feature]
    plain = {"length": "a reply", "refusing opening": "Fine, yes.", "markdown": "x one item"}[feature]
    items = pairs(
        *[(f"{marked} {i}", f"{plain} {i}") for i in range(60)], *[(f"{plain} {i}", f"{marked} {i}") for i in range(30)]
    )
    left = Counter[str]()
    found = balanced(items, 0.55, 0, left)
    before, after = tells(items)[feature], tells(found)[feature]
    assert before is not None
    assert after is not None
    assert before > 0.64
    assert abs(after - 0.5) <= 0.06
    assert left == {f"to balance {feature} between good and bad": len(items) - len(found)}


def test_style_no_longer_tells_the_label_of_single_rows() -> None:
    good = [Item(good=candidate("good", "word " * (30 if n % 4 else 3), n=n)) for n in range(80)]
    bad = [Item(bad=candidate("bad", "word " * (3 if n % 4 else 30), n=n)) for n in range(80)]
    found = balanced([*good, *bad], 0.6, 0, Counter())
    before, after = tells([*good, *bad])["length"], tells(found)["length"]
    assert before is not None
    assert after is not None
    assert before > 0.7
    assert after < 0.62


def test_what_tells_is_an_auc() -> None:
    assert tells(pairs(("a b", "a"), ("a", "a b c"), ("a", "a")))["length"] == 0.5
    rows = [Item(good=candidate("good", "a b c")), Item(bad=candidate("bad", "a")), Item(bad=candidate("bad", "a b c"))]
    assert tells(rows)["length"] == 0.75
    assert tells(rows[:1])["length"] is None


def test_the_mix_follows_weights_whole_groups_at_a_time() -> None:
    items = [
        Item(good=candidate("good", n=n, twin=twin, task=task))
        for task in ("violence/direct", "toxicity/x", "sycophancy/x")
        for n in range(30)
        for twin in (False, True)
    ]
    left = Counter[str]()
    found = balance.mixed(items, {"violence": 0.75, "toxicity": 0.25}, 0, 0, left)
    assert Counter(item.lead.sub_category for item in found) == {"violence": 60, "toxicity": 20}
    assert left == {"sub-category without a weight": 60, "beyond the limit or the mix": 40}
    groups = Counter(balance.group_of(item) for item in found)
    assert set(groups.values()) == {2}
    assert len(balance.mixed(items, {}, 30, 0, Counter())) == 30


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(1, 50), st.floats(0.01, 1)), min_size=1),
    st.integers(1, 400),
)
def test_shares_never_exceed_what_there_is(have: dict[str, tuple[int, float]], total: int) -> None:
    counts, weights = {k: n for k, (n, _) in have.items()}, {k: w for k, (_, w) in have.items()}
    found = balance.shares(counts, weights, total)
    assert all(0 <= found[k] <= counts[k] for k in counts)
    assert sum(found.values()) <= min(total, sum(counts.values()))
    assert sum(found.values()) > min(total, sum(counts.values())) - len(counts)


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(1, 40), st.booleans()), max_size=60))
def test_balancing_keeps_a_part_of_at_least_half_and_invents_nothing(rows: list[tuple[int, bool, int, bool]]) -> None:
    def one(i: int, model: int, good: bool, words: int, sorry: bool) -> Candidate:
        return candidate("good" if good else "bad", ("Sorry, " if sorry else "") + "w " * words, n=i, model=str(model))

    items = [
        Item(good=made) if made.label == "good" else Item(bad=made)
        for made in (one(i, *row) for i, row in enumerate(rows))
    ]
    for found in (balanced(items, 0.6, 0, Counter()), balance.by_source(items, 0.6, 0, Counter())):
        assert len(found) >= len(items) / 2
        assert [item for item in items if item in found] == found
