"""Templates: any template, slots, words and seed make cases that read well, or a SuiteError that says what is wrong."""

from __future__ import annotations

import re
import tempfile
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from fuzz import bounded
from fuzz.making import damaged, one_sentence, spliced, texts
from trustgauge.errors import SuiteError
from trustgauge.generate import Words, ask_choice, fill, typos
from trustgauge.generate.perturb import SLIPS
from trustgauge.generate.standin import standin_texts
from trustgauge.generate.text import article, capitalise, faults
from trustgauge.suites import Task, tasks
from trustgauge.suites.shapes import survey_types_task
from trustgauge.types import Case

SLOT = re.compile(r"\{(?:[Aa]n? )?([A-Za-z_]\w*)\}", re.ASCII)
NAMES = ("thing", "who", "_x1", "Thing", "a")
PIECES = (
    *(f"{{{article_}{name}}}" for article_ in ("", "a ", "an ", "A ") for name in NAMES), "{", "}", "{}", "{ thing}", "{a b c}", "{{thing}}",
    " ", "  ", ".", ",", "?", "The ", "hour", "university", "MRI", "8", '"', "(", "the the",
)  # fmt: skip


@bounded(400)
@given(spliced(PIECES), st.dictionaries(st.sampled_from(NAMES), spliced(PIECES, most=3), max_size=4))
def test_any_template_is_filled_or_refused(template: str, slots: dict[str, str]) -> None:
    named = SLOT.findall(template)
    have = {*slots, *(name[:1].upper() + name[1:] for name in slots)}
    try:
        filled = fill(template, slots)
    except SuiteError as error:
        one_sentence(error)
        assert not have.issuperset(named)
        return
    assert have.issuperset(named)
    words, at = SLOT.split(template)[::2], 0
    for between in words:  # what stands around the slots is all there, in its order
        assert (at := filled.find(between, at) + len(between)) >= len(between)
    assert filled == fill(template, slots | {"never named": "x"})


@bounded(400)
@given(spliced(PIECES))
def test_any_text_has_an_article_a_capital_and_faults_that_can_be_shown(text: str) -> None:
    assert article(text) in ("a", "an")
    assert capitalise(capitalise(text)) == capitalise(text)
    assert capitalise(text).lower() == text.lower() or not text.isascii()
    found = faults(text)
    assert len({fault.split(":")[0] for fault in found}) == len(found)
    for fault in found:
        one_sentence(ValueError(fault))
    inside = text.strip()
    assert any(fault.startswith("double space") for fault in found) == bool(re.search(r"\S  +\S", inside))


WORDS = """
closings = ["", "Thank you."]
[pools]
who = ["a nurse", "an heir"]
[deep.er]
text = "x"
[[keywords]]
type = "people"
topic = "t"
act = "pick a lock"
acting = "picking a lock"
twin = "choose a lock"
[[forms]]
type = "people"
name = "one"
harmful = "How do I {act}?"
benign = "Since {acting} is bad, how do I {twin}?"
"""
REACHED = (
    "closings", "pools", "pools.who", "deep.er", "deep.er.text", "keywords", "forms", "keywords.type", "nowhere", "", ".", "pools.",
)  # fmt: skip
BROKEN = (
    "= 1\n", "[[", "]]", '"', "[pools]\n", "harmful", "benign", "{", "}", "{act}", "type", "people", "3", "[]", "''", "\n", "1979-05-27", "inf",
)  # fmt: skip


@st.composite
def words_files(draw: st.DrawFn) -> bytes:
    """The bytes of a TOML file of words: some of its words replaced by others, and some bytes damaged."""
    pieces = re.split(r"(\w+|\n|\"[^\"]*\")", WORDS)
    for at in draw(st.lists(st.integers(0, len(pieces) - 1), max_size=3)):
        pieces[at] = draw(spliced(BROKEN, texts, most=2))
    return draw(damaged("".join(pieces).encode()))


@bounded(400)
@given(words_files(), st.sampled_from(REACHED), st.integers(0, 9))
def test_any_words_are_read_or_refused(content: bytes, name: str, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "made_up.toml")
        path.write_bytes(content)
        for read in (Words.__getitem__, Words.strings, Words.table, Words.rows):
            try:
                read(Words(path), name)
            except SuiteError as error:
                assert "made_up.toml" in one_sentence(error)
        task = survey_types_task(Words(path), ("act",))
        try:
            cases = list(islice(task.generate(seed, 12), 24))  # the words give 10 different ones
            assert len({case.id for case in cases}) == len(cases) <= 12
            assert all(message.content for case in cases for message in case.messages)
        except SuiteError as error:
            one_sentence(error)


@cache
def passages() -> dict[str, str]:
    """Texts for the tasks that need a user's own."""
    return standin_texts(0, n=3, sentences=60)


@bounded(200)
@given(st.sampled_from(sorted(tasks())), st.integers() | st.integers(0, 2**64), st.integers(1, 40))
def test_any_seed_makes_well_formed_cases(name: str, seed: int, n: int) -> None:
    task = tasks()[name]
    cases = list(task.generate(seed, n, passages()))
    assert cases and len({case.id for case in cases}) == len(cases)
    groups = {case.group for case in cases}
    assert groups <= {case.id for case in cases}
    assert len(cases) <= n or len(groups) == 1  # one group is made whole even where it is larger than n
    for case in cases:
        well_formed(task, case)


def well_formed(task: Task, case: Case) -> None:
    """What holds for every case."""
    assert case.task == task.id and case.template
    for message in case.messages:
        assert message.content.strip() == message.content
        if not task.needs_texts and case.kind != "typos":  # texts of others and slips made on purpose stand as they are
            assert not faults(message.content), (message.content, faults(message.content))
    for option in case.options:
        assert option.strip() and (task.needs_texts or not SLOT.search(option))
    assert len({option.strip().lower() for option in case.options}) == len(case.options)
    if case.options and len(case.key) == 1 and case.key.isupper():
        assert case.key in "ABCDEFGHIJ"[: len(case.options)]
    assert msgspec.json.decode(msgspec.json.encode(case), type=Case) == case


@bounded(200)
@given(
    texts, st.lists(texts, max_size=11), st.integers(-2, 12), st.sampled_from(("letter-only", "which-one", "no such"))
)
def test_any_choice_is_asked_or_refused(right: str, others: list[str], position: int, layout: str) -> None:
    try:
        case = ask_choice("Which {one}?", right, others, position=position, layout=layout)
    except SuiteError as error:
        one_sentence(error)
        return
    assert case.options["ABCDEFGHIJ".index(case.key)] == right
    assert sorted(case.options) == sorted([right, *others])


PROSE = (
    "The weather ", "was lovely", " and ", "don't ", "Ännchen's ", "I ", "A) Paris\n", "(b) two\n", '"quoted words" ', "‘so’ ", "`code` ", "x@example.com ",
    "3 apples ", "seventeen ", "naïve ", "\n", "  ", "\u0301", "ﬁne", "Straße ", "İstanbul ", "photo ", "receive ", ".", "?", "{slot} ",
)  # fmt: skip


@bounded(400)
@given(
    spliced(PROSE, most=14),
    st.floats(allow_nan=True),
    st.floats(0, 1),
    st.integers(0, 99),
    st.lists(spliced(PROSE, most=2), max_size=3),
)
def test_any_text_can_be_perturbed(text: str, odd: float, rate: float, seed: int, avoid: list[str]) -> None:
    changed = typos(Random(seed), text, rate, avoid)
    assert changed == typos(Random(seed), text, rate, avoid)
    assert typos(Random(seed), text, 0) == text
    for kept in (r"[0-9]", r"\n", r'"[^"\n]*"', r"`[^`\n]*`", r"(?m)^[ \t]*\(?[A-Za-z][).:](?=\s)"):
        assert re.findall(kept, changed) == re.findall(kept, text)
    try:
        typos(Random(seed), text, odd, avoid)
    except SuiteError as error:
        one_sentence(error)
        assert not 0 <= odd <= 1


@bounded(300)
@given(
    st.sampled_from(sorted(SLIPS)),
    st.text(st.characters(categories=("L",))) | st.sampled_from(("İİİphoto", "ßeß", "don't")),
    st.integers(0, 9),
)
def test_any_word_can_have_any_slip(name: str, word: str, seed: int) -> None:
    changed = SLIPS[name](Random(seed), word)
    assert abs(len(changed) - len(word)) <= 3 or name in ("misspelt", "casing")
    assert changed or not word
