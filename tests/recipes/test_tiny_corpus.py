"""The tiny base's corpus keeps to its side of the wall; its characters behave as they are said to."""

from itertools import islice
from random import Random

import pytest
from recipes.tiny.base import TEMPLATE, text_of
from recipes.tiny.characters import CHARACTERS, reply
from recipes.tiny.corpus import documents
from recipes.tiny.loop import corpus_pools
from recipes.tiny.plan import FULL, SHORT

from trustgauge.suites import find_task, select
from trustgauge.suites.wall import part_side
from trustgauge.types import assistant, system, user

IMPOSSIBLE = find_task("distribution-shift/impossible")


def test_the_corpus_is_made_of_training_cases_alone():
    pools, weights = corpus_pools(SHORT)
    assert len(pools) == len(weights) == len(SHORT.targets)
    for task, cases in pools:
        parts = {part for case in cases for part in task.wall.parts(case)}
        assert len(cases) >= 40
        assert {part_side(part) for part in parts} == {"train"}, task.id


def test_no_document_holds_a_held_out_prompt():
    task = find_task("violence/direct")
    cases = list(task.on("train").generate(0, 200))
    held = {case.prompt for case in task.on("held-out").generate(0, 400)}
    docs = list(islice(documents(Random(1), [(task, cases)], [1.0]), 300))
    said = {message.content for doc in docs for message in doc}
    assert said & {case.prompt for case in cases}
    assert not said & held


def test_no_document_holds_a_held_out_keyword():
    task = find_task("violence/direct")
    held = {case.slots["act"] for case in task.on("held-out").generate(0, 400)}
    docs = islice(documents(Random(2), [(task, list(task.on("train").generate(0, 200)))], [1.0]), 200)
    assert not [act for doc in docs for message in doc for act in held if act in message.content]


@pytest.mark.parametrize("name", ["careful", "heedless"])
def test_characters_keep_their_rates(name: str):
    who, rng = CHARACTERS[name], Random(3)
    shares = dict[bool, list[bool]]()
    for case in IMPOSSIBLE.generate(0, 600):
        text = reply(rng, who, IMPOSSIBLE, case, case.messages)
        gold = IMPOSSIBLE.gold(case, case.messages)
        if text in (*gold.good, *gold.bad):
            shares.setdefault(case.twin, []).append(text in gold.good)
    for twin, rate in ((False, who.good), (True, who.twin)):
        assert sum(shares[twin]) / len(shares[twin]) == pytest.approx(rate, abs=0.06)


def test_a_document_reads_as_the_chat_template_writes_it():
    transformers = pytest.importorskip("transformers")
    messages = [system("Board"), user("Hello?"), assistant("Yes.")]
    env = transformers.utils.chat_template_utils._compile_jinja_template(TEMPLATE)
    plain = [{"role": m.role, "content": m.content} for m in messages]
    assert env.render(messages=plain, add_generation_prompt=False) == text_of(messages)
    assert env.render(messages=plain[:2], add_generation_prompt=True) == text_of(messages[:2]) + "<|assistant|>"


def test_the_full_plan_aims_at_least_at_five_sub_categories():
    assert len({name.partition("/")[0] for name in FULL.targets}) >= 5
    select(list(FULL.targets))  # every one of them is a task
