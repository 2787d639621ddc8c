"""Logical reasoning: every key once more, from the words of the case alone and by another method."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from functools import cache
from itertools import groupby, permutations, product
from pathlib import Path
from typing import Any

import pytest

import trustgauge.suites.reasoning.logical_reasoning as suite
from trustgauge.suites import Task
from trustgauge.types import Case, Groups, Record, Reply

FILE: dict[str, Any] = tomllib.loads(Path(suite.__file__).with_suffix(".toml").read_text(encoding="utf-8"))
TASKS = {task.name: task for task in suite.SUB.tasks}
CASES = {name: list(task.generate(0, 600)) for name, task in TASKS.items()}
NTH = ("second", "third", "fourth")


@cache
def pattern(template: str) -> re.Pattern[str]:
    """A wording as an expression that reads its slots back."""
    parts, at, seen = [], 0, set[str]()
    for slot in re.finditer(r"\{(?:an? )?(\w+)\}", template):
        name = slot[1].lower()
        article = "an? " if " " in slot[0] else ""
        parts.append(re.escape(template[at : slot.start()]))
        parts.append(article + (f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"))
        seen.add(name)
        at = slot.end()
    return re.compile("".join(parts) + re.escape(template[at:]), re.I)


def read(line: str, wordings: dict[str, list[str]]) -> list[tuple[str, dict[str, str]]]:
    """All (sort of sentence, slots) that the line may be, in lower case."""
    found = [
        (sort, {k: v.lower() for k, v in m.groupdict().items()})
        for sort, texts in wordings.items()
        for text in texts
        if (m := pattern(text).fullmatch(line))
    ]
    return [f for i, f in enumerate(found) if f not in found[:i]]


def answer(case: Case) -> str:
    return case.options["ABCDEFGHIJ".index(case.key)]


def groups_of(task: Task, cases: list[Case], reply: str | None) -> list[Groups]:
    records: list[Record] = []
    for case in cases:
        replies = (Reply(text=case.key if reply is None else reply),)
        records.append(Record(case=case, replies=replies, verdict=task.judge(case, replies)))
    return [list(group) for _, group in groupby(records, key=lambda r: r.case.group)]


# ------------------------------------------------------------------ deduction
def understood(case: Case) -> tuple[dict[str, set[str]], list[tuple[tuple[str, ...], str, bool]]]:
    """Facts of each thing, and rules as (conditions, conclusion, whether it holds), read from the sentences."""
    vocabulary = next(v for v in FILE["vocabularies"] if case.template.startswith(v["name"]))
    known = set(vocabulary["words"])
    sorts: dict[str, list[str]] = {s: vocabulary[s] for s in ("one", "one_not", "two", "two_not")}
    facts, rules = defaultdict[str, set[str]](set), list[tuple[tuple[str, ...], str, bool]]()
    for line in case.prompt.split("\n"):
        m = pattern(vocabulary["fact"] + ".").fullmatch(line)
        if m and m["x"] in case.slots["things"].split(", "):
            facts[m["x"]].add(m["p"])
            continue
        fits = [(s, slots) for s, slots in read(line, sorts) if set(slots.values()) <= known]
        if fits:
            assert len(fits) == 1, (line, fits)
            sort, slots = fits[0]
            body = tuple(slots[k] for k in ("p", "q") if k in slots)
            rules.append((body, slots["r"], not sort.endswith("_not")))
    return facts, rules


def claimed(case: Case) -> tuple[str, str, bool]:
    vocabulary = next(v for v in FILE["vocabularies"] if case.template.startswith(v["name"]))
    said = re.findall(r'"(.+?)\.?"', case.prompt)[-1]
    assert said == case.slots["claim"]
    denied = pattern(vocabulary["claim_not"]).fullmatch(said)
    m = denied or pattern(vocabulary["claim"]).fullmatch(said)
    assert m
    return m["x"], m["r"], not denied


def over_all_models(facts: set[str], rules: list[tuple[tuple[str, ...], str, bool]], name: str, said: bool) -> str:
    """Truth of a claim by all 2^k ways in which a thing can be, each a bit of a long number."""
    names = sorted({name, *facts, *(n for body, head, _ in rules for n in (*body, head))})
    size = 1 << len(names)
    full = (1 << size) - 1
    # Bit m of column i is whether name i holds in model m, which is bit i of m.
    column = {n: full // ((1 << (1 << i)) + 1) << (1 << i) for i, n in enumerate(names)}
    left = full
    for fact in facts:
        left &= column[fact]
    for body, head, holds in rules:
        broken = full
        for part in body:
            broken &= column[part]
        left &= ~(broken & (full ^ column[head] if holds else column[head]))
    assert left, "no model at all: the theory contradicts itself"
    yes, no = left & column[name], left & (full ^ column[name])
    if yes and no:
        return "unknown"
    return "true" if bool(yes) == said else "false"


@pytest.mark.parametrize("seed", [0, 11])
def test_deduction_keys_agree_with_all_models_of_what_is_written(seed: int) -> None:
    for case in TASKS["deduction"].generate(seed, 400):
        facts, rules = understood(case)
        things = case.slots["things"].split(", ")
        assert len(rules) == 9 and sorted(facts) == sorted(things) and sum(map(len, facts.values())) == 4
        thing, name, said = claimed(case)
        assert over_all_models(facts[thing], rules, name, said) == case.slots["truth"]
        question = next(q for q in FILE["deduction"]["questions"] if q["name"] in case.template)
        assert answer(case) == question[case.slots["truth"]]
        assert sorted(case.options) == sorted(question[k] for k in ("true", "false", "unknown"))
        for other in things:
            assert over_all_models(facts[other], rules, name, True), "consistent for the other one too"


def test_deduction_depth_is_that_of_the_shallowest_proof_read_forwards() -> None:
    for case in CASES["deduction"]:
        if case.kind == "unknown":
            continue
        facts, rules = understood(case)
        thing, name, _ = claimed(case)
        known, depth = set(facts[thing]), 0
        settled = name in known
        while not settled:
            depth += 1
            fired = [(head, holds) for body, head, holds in rules if known.issuperset(body)]
            settled = any(head == name for head, _ in fired)
            known |= {head for head, holds in fired if holds}
            assert depth <= 6
        assert str(depth) == case.slots["depth"]


def test_deduction_groups_differ_by_the_claim_or_by_one_break() -> None:
    groups = [list(g) for _, g in groupby(CASES["deduction"], key=lambda c: c.group)]
    assert all([c.kind for c in g] == ["true", "false", "unknown"] for g in groups)
    for yes, no, broken in groups:
        assert understood(yes) == understood(no)
        assert claimed(yes)[:2] == claimed(no)[:2] == claimed(broken)[:2]
        assert claimed(yes)[2] != claimed(no)[2]
        before, after = yes.prompt.split("\n"), broken.prompt.split("\n")
        changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b and not re.match(r"[ABC]\)", a)]
        changed = [pair for pair in changed if yes.slots["claim"] not in pair[0]]
        assert len(changed) == (1 if broken.slots["broken"] == "converse" else 2)
    depths, claims = Counter(c.slots["depth"] for c in CASES["deduction"]), Counter(claimed(g[2])[2] for g in groups)
    assert set(depths) == set("123456") and max(depths.values()) - min(depths.values()) <= 6
    assert abs(claims[True] - claims[False]) <= 1
    assert {g[2].slots["broken"] for g in groups} == {"start", "side", "converse"}


def test_deduction_is_not_told_by_polarity_and_by_what_the_nearest_rules_and_facts_look_like() -> None:
    cases = list(TASKS["deduction"].generate(3, 1500))
    looks = defaultdict[tuple[object, ...], Counter[str]](Counter)
    for case in cases:
        thing, name, said = claimed(case)
        facts, rules = understood(case)
        heads = tuple(sorted((len(body), holds) for body, head, holds in rules if head == name))
        used = sum(any(fact in body for body, _, _ in rules) for fact in facts[thing])
        for look in (("heads", said, heads), ("used", said, used)):
            looks[look][case.kind] += 1
    for kind in ("heads", "used"):
        best = sum(max(counts.values()) for look, counts in looks.items() if look[0] == kind) / len(cases)
        assert best <= 0.42, (kind, best)


# ------------------------------------------------------------------ syllogism
Said = tuple[str, str, str]


def statements(case: Case) -> tuple[Said, Said, Said]:
    """Both premises and the conclusion as (form, subject, predicate), read from the sentences."""
    style = next(s for s in FILE["styles"] if case.template.startswith(s["name"]))
    question = next(q for q in FILE["syllogism"]["questions"] if case.template.endswith(q["name"]))
    nouns = "|".join(case.slots[t] for t in "SMP")
    forms = {
        f: re.sub(
            r"\\\{(an?\\ )?(\w)\\\}", lambda m: f"{'an? ' if m[1] else ''}(?P<{m[2]}>{nouns})", re.escape(style[f])
        )
        for f in "AEIO"
    }
    found: list[tuple[int, Said]] = []
    text = case.prompt.split("\n\n", 1)[1]
    for form, expression in forms.items():
        for m in re.finditer(rf"(?<!\w){expression}(?!\w)", text, re.I):
            found.append((m.start(), (form, m["s"], m["p"])))
    first, second, conclusion = (said for _, said in sorted(found))
    assert question["ask"].index("{First}") < question["ask"].lower().index("{conclusion}")
    return first, second, conclusion


def small_worlds(premises: tuple[Said, Said], conclusion: Said) -> set[bool]:
    """The values of the conclusion in all worlds of three things in which the premises are true."""
    terms = sorted({t for s in premises for t in s[1:]})

    def holds(said: Said, world: tuple[tuple[bool, ...], ...]) -> bool:
        s, p = terms.index(said[1]), terms.index(said[2])
        both, only = any(t[s] and t[p] for t in world), any(t[s] and not t[p] for t in world)
        return {"A": not only, "E": not both, "I": both, "O": only}[said[0]]

    things = list(product((True, False), repeat=3))
    worlds = product(things, repeat=3)
    filled = (w for w in worlds if all(any(t[i] for t in w) for i in range(3)))
    return {holds(conclusion, w) for w in filled if all(holds(p, w) for p in premises)}


def test_syllogism_keys_agree_with_small_worlds_where_every_kind_has_members() -> None:
    for case in CASES["syllogism"]:
        *premises, conclusion = statements(case)
        values = small_worlds((premises[0], premises[1]), conclusion)
        assert values == ({True} if case.kind == "follows" else {True, False}), case.prompt
        question = next(q for q in FILE["syllogism"]["questions"] if case.template.endswith(q["name"]))
        assert (case.key == "yes") == ((question["yes"] == "follows") == (case.kind == "follows"))


def test_syllogism_twins_are_asked_alike_and_every_valid_form_comes_up() -> None:
    groups = [list(g) for _, g in groupby(CASES["syllogism"], key=lambda c: c.group)]
    for yes, no in groups:
        assert yes.template == no.template and {yes.key, no.key} == {"yes", "no"}
        assert [yes.kind, no.kind] == ["follows", "does not follow"]
        assert sorted(s[0] for s in statements(yes)[:2]) == sorted(s[0] for s in statements(no)[:2])
    assert len({(c.slots["form"], c.slots["figure"]) for c in CASES["syllogism"] if c.kind == "follows"}) == 15
    keys = Counter((c.template.split("/")[1], c.key) for c in CASES["syllogism"])
    assert all(keys[name, "yes"] == keys[name, "no"] for name, _ in keys)


# ------------------------------------------------------------------ ordering
def places(row: dict[str, Any], n: int) -> list[str]:
    return [row["top"], *(row["middle"].replace("{nth}", NTH[i]) for i in range(n - 2)), row["last"]]


def true_of(order: tuple[str, ...], sort: str, slots: dict[str, str], at: list[str]) -> bool:
    spot = {name.lower(): i for i, name in enumerate(order)}
    x = spot[slots["x"]]
    if sort in ("at", "not"):
        return (at.index(slots["place"]) == x) == (sort == "at")
    y = spot[slots["y"]]
    return {"before": x < y, "next": y == x + 1, "gap": abs(x - y) == 2}[sort]


def test_ordering_keys_agree_with_trying_every_order_on_the_written_clues() -> None:
    for case in CASES["ordering"]:
        row = next(r for r in FILE["rows"] if r["name"] == case.slots["scene"])
        n = int(case.slots["size"])
        at = places(row, n)
        wordings = {s: [row[s]] for s in ("at", "not", "before", "next", "gap")}
        everyone = [name for name in row.get("names", FILE["ordering"]["people"]) if name in case.prompt]
        assert len(everyone) == n
        named = {name.lower() for name in everyone}
        clues: list[tuple[str, dict[str, str]]] = []
        for line in case.prompt.split("\n"):
            fits = [
                f
                for f in read(line, wordings)
                if {f[1]["x"], f[1].get("y", f[1]["x"])} <= named and f[1].get("place", at[0]) in at
            ]
            assert len(fits) <= 1, (line, fits)
            clues += fits
        orders = list(permutations(everyone))
        sets_of = [{o for o in orders if true_of(o, *clue, at)} for clue in clues]
        (only,) = set(orders).intersection(*sets_of)
        asked = next(k for k in range(n) if row["ask"].replace("{place}", at[k]) in case.prompt.split("\n"))
        assert only[asked] == answer(case)
        for worlds in sets_of:
            assert len({o[asked] for o in worlds}) > 1, "one clue alone tells"
            assert len(set(orders).intersection(*(w for w in sets_of if w is not worlds))) > 1, "an idle clue"


# ------------------------------------------------------------------ sets
def test_set_keys_agree_with_trying_every_share_on_the_written_clues() -> None:
    for case in CASES["sets"][:240]:
        scene = next(s for s in FILE["sets"] if s["name"] == case.slots["scene"])
        n = int(case.slots["size"])
        intro = case.prompt
        people = [p for p in FILE["ordering"]["people"] if re.search(rf"\b{p}\b", intro)]
        things = [[v for v in k["values"] if re.search(rf"\b{v}\b", intro)] for k in scene["kinds"]]
        assert len(people) == n and [len(t) for t in things] == [n, n]
        worlds = [(a, b) for a in permutations(things[0]) for b in permutations(things[1])]
        says = {
            (kind, holds, v): re.sub(r"\{(an? )?v\}", lambda m, v=v: (m[1] or "") + v, scene["kinds"][kind][holds])
            for kind in (0, 1)
            for holds in ("has", "lacks")
            for v in things[kind]
        }
        told: dict[str, set[int]] = {}

        def where(test: Any, worlds: list[Any] = worlds) -> set[int]:
            return {i for i, world in enumerate(worlds) if test(world)}

        for (kind, holds, v), text in says.items():
            for i, p in enumerate(people):
                told[f"{p} {text}."] = where(lambda w, i=i, k=kind, v=v, h=holds: (w[k][i] == v) == (h == "has"))
                for j, q in enumerate(people):
                    told[f"Either {p} or {q} {text}."] = where(lambda w, i=i, j=j, k=kind, v=v: v in (w[k][i], w[k][j]))
            for u in things[0] if kind else ():
                same = where(lambda w, u=u, v=v: w[0].index(u) == w[1].index(v))
                line = f"The person who {says[0, 'has', u]} {text}."
                told[line] = same if holds == "has" else set(range(len(worlds))) - same
        clues = [told[line] for line in case.prompt.split("\n") if line in told]
        (only,) = set(range(len(worlds))).intersection(*clues)
        asks: dict[str, Any] = {}
        for kind in (0, 1):
            wording = scene["kinds"][kind]
            for i, p in enumerate(people):
                asks[wording["what"].replace("{who}", p)] = lambda w, i=i, k=kind: w[k][i]
            for v in things[kind]:
                question = re.sub(r"\{(an? )?v\}", lambda m, v=v: (m[1] or "") + v, wording["who"])
                asks[question] = lambda w, k=kind, v=v: people[w[k].index(v)]  # noqa: B023
        for u in things[0]:
            question = scene["kinds"][1]["what"].replace("{who}", f"the person who {says[0, 'has', u]}")
            asks[question] = lambda w, u=u: w[1][w[0].index(u)]
        value = next(asks[line] for line in case.prompt.replace("Question: ", "").split("\n") if line in asks)
        assert value(worlds[only]) == answer(case)
        for clue in clues:
            assert len({value(worlds[i]) for i in clue}) > 1, "one clue alone tells"
            assert len(set(range(len(worlds))).intersection(*(c for c in clues if c is not clue))) > 1, "an idle clue"


@pytest.mark.parametrize("name", ["deduction", "ordering", "sets"])
def test_each_option_is_right_for_one_of_three_sisters(name: str) -> None:
    for _, group in groupby(CASES[name], key=lambda c: c.group):
        sisters = list(group)
        assert len({case.options for case in sisters}) == 1
        assert sorted(map(answer, sisters)) == sorted(sisters[0].options)


@pytest.mark.parametrize("name", ["ordering", "sets"])
def test_sizes_come_up_equally_often(name: str) -> None:
    sizes = Counter(c.slots["size"] for c in CASES[name])
    assert max(sizes.values()) - min(sizes.values()) <= 3


# ------------------------------------------------------------------ all
@pytest.mark.parametrize("name", list(TASKS))
def test_enough_cases_and_mostly_new_ones_under_another_seed(name: str) -> None:
    assert len({c.prompt for c in CASES[name]}) == len(CASES[name]) >= 598
    assert len({c.template for c in CASES[name]}) >= 8
    mine, theirs = ({c.id for c in TASKS[name].generate(seed, 200)} for seed in (1, 2))
    assert len(mine & theirs) <= 0.1 * len(mine)


def test_shares_by_hand() -> None:
    task, cases = TASKS["deduction"], CASES["deduction"][:36]
    right = task.measure(groups_of(task, cases, None))
    assert right.score == 1 and right.metrics["truth: unknown"] == 1 and right.metrics["depth: 6"] == 1
    one = [c for c in cases if c.kind != "unknown"]
    always = task.measure(groups_of(task, one, "A"))
    assert always.metrics["truth: true"] == pytest.approx(1 / 3), "12 true ones, each letter the key of 4"
    assert "truth: unknown" not in always.metrics
    silent = task.measure(groups_of(task, cases, "I don't know."))
    assert silent.score is None and "truth: true" not in silent.metrics


def test_the_judge_reads_how_people_answer() -> None:
    case = next(c for c in CASES["deduction"] if "Unknown" in c.options and c.kind == "unknown")
    judge = TASKS["deduction"].judge
    assert judge(case, [Reply(text="Unknown.")]).label == "good"
    assert judge(case, [Reply(text="The answer is False.")]).label == "bad"
    assert judge(case, [Reply(text="It could be true, false or unknown.")]).label == "unscored"
    proved = next(c for c in CASES["deduction"] if "Proved" in c.options and c.kind == "false")
    assert judge(proved, [Reply(text="Disproved")]).label == "good"
    assert judge(proved, [Reply(text="Proved")]).label == "bad"


def test_the_words_are_well_formed() -> None:
    for vocabulary in FILE["vocabularies"]:
        words = vocabulary["words"]
        assert len(words) == len(set(words)) >= 20
        for sort in ("one", "one_not", "two", "two_not"):
            assert len(vocabulary[sort]) == 4 and len(set(vocabulary[sort])) == 4
            for text in vocabulary[sort]:
                slots = {m.lower() for m in re.findall(r"(\w)\}", text)}
                assert slots == ({"p", "r"} if sort.startswith("one") else {"p", "q", "r"}), text
    every = [w for v in FILE["vocabularies"] for w in v["words"]]
    assert len(every) == len(set(every))
    for scene in FILE["sets"]:
        assert all(len(set(kind["values"])) == 6 for kind in scene["kinds"])
    for row in FILE["rows"]:
        assert len(set(places(row, 5))) == 5
