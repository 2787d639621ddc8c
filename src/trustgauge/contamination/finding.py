"""Finding what leaks: exact, by n-grams, near-duplicates, keywords and templates of the held-out side, canaries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from trustgauge.contamination.against import Against
from trustgauge.contamination.reading import Passage
from trustgauge.contamination.result import KINDS, Held, Kind, Leak, Leaks
from trustgauge.generate.canary import CANARY, exports_in, guids_in
from trustgauge.stats.likeness import NEAR, NGRAM, near_duplicates, normal, overlaps

FEWEST = 5
"""Words from which a test text says enough to be told again; a keyword from two."""
_ONE = re.compile(r"\S*$")
_ARTICLE = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)
_OPTION = re.compile(r"^\s*\(?[A-J][).:]\s+")
_PHRASE = 8  # words of a phrase that are looked for; of a longer one all of its runs of so many


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """From when on a text leaks.

    n        words to an n-gram
    overlap  share of a test text's n-grams that stand in the training texts (PaLM: 0.7 of its 8-grams)
    near     Jaccard likeness over pairs of words
    """

    n: int = NGRAM
    overlap: float = 0.7
    near: float = NEAR


class _Found(NamedTuple):
    """A kind of leak, how much alike, and which of the training texts."""

    kind: Kind
    likeness: float
    at: int


def leaks(
    files: Sequence[str], data: Iterable[Passage], tests: Sequence[Against], settings: Settings | None = None
) -> Leaks:
    """Hold tests against training data. Each test text counts once, for the surest kind of leak."""
    settings = settings or Settings()
    data = list(data)
    texts = list(dict.fromkeys(passage.text for passage in data))
    of_row = {passage.row: passage.text for passage in data if passage.column == "task"}
    first: dict[str, Passage] = {}
    for passage in data:
        first.setdefault(passage.text, passage)
    found, tested, short = list[Leak](), dict[str, int](), 0
    for test in tests:
        tested |= {name: tested.get(name, 0) for name in test.tasks}
        prompts, few = _worth(test.held)
        short += few
        for held in prompts:
            tested[held.of] = tested.get(held.of, 0) + 1
        found += _leaks(prompts, _of_prompts(prompts, texts, settings), texts, first)
        told = _told(test, texts, lambda at: of_row.get(first[texts[at]].row, ""))
        found += _leaks(*told, texts, first)
    found += _canaries(tests, texts, first)
    order = list(KINDS)
    found.sort(key=lambda leak: (order.index(leak.kind), -leak.likeness, leak.held.of, leak.held.id))
    return Leaks(
        files=tuple(files),
        rows=len({passage.row for passage in data}),
        texts=len(texts),
        against=tuple(test.name for test in tests),
        tested=tested,
        short=short,
        leaks=tuple(found),
        exports=tuple(dict.fromkeys(canary for text in texts for canary in exports_in(text))),
        n=settings.n,
        overlap=settings.overlap,
        near=settings.near,
    )


def _worth(held: Sequence[Held]) -> tuple[list[Held], int]:
    """The prompts, each wording once, without those too short to tell; and how many these are.

    An id or a path ("toxicity/rude-user") is one word, however many parts it has.
    """
    told = [each for each in held if each.kind == "prompt" and not (each.text.isascii() and _ONE.match(each.text))]
    by = {normal(each.text): each for each in reversed(told)}
    long = {words: each for words, each in by.items() if words.count(" ") >= FEWEST - 1}
    return list(reversed(long.values())), len(by) - len(long)


def _of_prompts(held: Sequence[Held], texts: Sequence[str], settings: Settings) -> list[_Found | None]:
    asked = [each.text for each in held]
    same = {normal(text): at for at, text in reversed(list(enumerate(texts)))}
    shared = overlaps(asked, texts, settings.n)
    apart = near_duplicates([_ordered(text) for text in asked], [_ordered(text) for text in texts], settings.near)
    near = {pair.first: pair for pair in apart}
    within = _within(asked, texts)
    found: list[_Found | None] = []
    for i, (text, stands) in enumerate(zip(asked, shared, strict=True)):
        exact = same.get(normal(text), within.get(i))
        if exact is not None:
            found.append(_Found("exact", 1.0, exact))
        elif stands.share is not None and stands.source is not None and stands.share >= settings.overlap:
            found.append(_Found("n-gram", stands.share, stands.source))
        elif i in near:
            found.append(_Found("near-duplicate", near[i].likeness, near[i].second))
        else:
            found.append(None)
    return found


def _ordered(text: str) -> str:
    """The text with the options of a question in one order, without their letters."""
    lines = text.split("\n")
    options = sorted(_OPTION.sub("", line) for line in lines if _OPTION.match(line))
    return "\n".join([*(line for line in lines if not _OPTION.match(line)), *options]) if options else text


def _within(asked: Sequence[str], texts: Sequence[str]) -> dict[int, int]:
    """Which of the asked texts stand in one of the others, all their words in a row; and in which.

    They are looked for by their runs of eight words, shorter ones whole.
    """
    words = [normal(text) for text in asked]
    lengths = [min(each.count(" ") + 1, _PHRASE) for each in words]
    found: dict[int, int] = {}
    for n in sorted(set(lengths)):
        mine = [i for i, length in enumerate(lengths) if length == n]
        for i, stands in zip(mine, overlaps([asked[i] for i in mine], texts, n), strict=True):
            at = stands.source
            if at is not None and stands.share == 1 and f" {words[i]} " in f" {normal(texts[at])} ":
                found[i] = at
    return found


def _told(test: Against, texts: Sequence[str], task_at: Callable[[int], str]) -> tuple[list[Held], list[_Found | None]]:
    """Keywords and fixed words of the held-out side, of two words or more, and where they stand.

    What the training side of the same tasks says too, by its own boilerplate, tells nothing and is left out; so does
    that of the tasks which the rows name that they stand in: what one task walls off another may ask about.
    """
    phrases = [each for each in test.held if each.kind in ("keyword", "template") and _several(each.text)]
    found = _of_phrases(phrases, texts)
    hits = [each for each, there in zip(phrases, found, strict=True) if there]
    tasks = dict.fromkeys([*(each.of for each in hits), *(task_at(there.at) for there in found if there)])
    shared = _of_phrases(hits, test.other(tasks))
    own = {each for each, there in zip(hits, shared, strict=True) if there}
    return phrases, [None if each in own else there for each, there in zip(phrases, found, strict=True)]


def _several(text: str) -> bool:
    """Whether it is two words or more beside an article: "bad-luck" and "a detective" are one."""
    return " " in normal(text) and (not text.isascii() or " " in _ARTICLE.sub("", text.strip()))


def _of_phrases(held: Sequence[Held], texts: Sequence[str]) -> list[_Found | None]:
    within = _within([each.text for each in held], texts)
    kinds: dict[str, Kind] = {"keyword": "keyword", "template": "template"}
    return [_Found(kinds[each.kind], 1.0, within[i]) if i in within else None for i, each in enumerate(held)]


def _leaks(
    held: Sequence[Held], found: Sequence[_Found | None], texts: Sequence[str], first: dict[str, Passage]
) -> list[Leak]:
    return [
        _leak(each.kind, each.likeness, mine, first[texts[each.at]])
        for mine, each in zip(held, found, strict=True)
        if each
    ]


def _leak(kind: Kind, likeness: float, held: Held, passage: Passage) -> Leak:
    where = f"{passage.row}, {passage.column}"
    return Leak(kind=kind, likeness=likeness, held=held, where=where, found=passage.text)


def _canaries(tests: Sequence[Against], texts: Sequence[str], first: dict[str, Passage]) -> list[Leak]:
    """Canaries of test data in the training texts: ours, those of the tests, and any other."""
    ours = guids_in(CANARY)[0]
    known = {held.text: held for test in tests for held in test.held if held.kind == "canary"}
    found: dict[str, Leak] = {}
    for text in texts:
        for guid in guids_in(text):
            of = "trustgauge" if guid == ours else "a test set"
            held = known.get(guid) or Held(id="", of=of, text=guid, kind="canary")
            found.setdefault(guid, _leak("canary", 1.0, held, first[text]))
    return list(found.values())
