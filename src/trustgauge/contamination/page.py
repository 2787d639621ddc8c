"""The page of a check for leaks: sentences, counts, and the worst examples side by side."""

from __future__ import annotations

from collections.abc import Iterator

from trustgauge.contamination.result import KINDS, Leak, Leaks
from trustgauge.judges.readers.overlap import overlap
from trustgauge.reports.page import Page
from trustgauge.reports.section import Section, first_few, percent
from trustgauge.safe import plain

_SHOWN = 160  # characters of a text in a table


def page_of(found: Leaks, most: int = 8) -> Page:
    """What leaks, kind by kind, with so many examples of each."""
    blocks = [_counts(found), *_examples(found, most)] if found.leaks else []
    foot = (
        f"n-gram: at least {found.overlap:.0%} of a test text's {found.n}-grams stand in the training texts; "
        f"near-duplicate: Jaccard likeness of at least {found.near:g} over pairs of words. Words are compared without "
        "case and punctuation. Paraphrases and translations are not found."
    )
    return Page(title="Leaks between training and test", lead=tuple(lead(found)), blocks=tuple(blocks), foot=foot)


def lead(found: Leaks) -> Iterator[str]:
    """The sentences: whether anything leaks, what, and what was compared with what."""
    tested = sum(found.tested.values())
    data = f"{found.rows:,} rows of {first_few(found.files, 3)} ({found.texts:,} different texts)"
    if not found.texts:
        yield f"NOTHING KNOWN: there is no text in {first_few(found.files, 3)}."
    elif not tested and found.clean:
        yield f"NOTHING KNOWN: {first_few(found.against)} gave no text long enough to be compared."
    elif found.clean:
        yield f"Nothing leaks: none of {tested:,} test texts of {first_few(found.against)} stands in {data}."
    else:
        texts = "test text stands" if len(found.leaks) == 1 else "test texts stand"
        said = ", ".join(f"{n:,} {kind}" for kind, n in found.by_kind.items())
        yield f"LEAKS: {len(found.leaks):,} {texts} in the training data, or nearly so: {said}."
        yield f"Held against {data}: {tested:,} test texts of {first_few(found.against)}."
        yield f"From: {first_few([f'{name} {n:,}' for name, n in found.by_source.items()])}."
    if tested and (none := [name for name, n in found.tested.items() if not n]):
        yield f"No cases to compare on that side, so nothing is known: {first_few(none)}."
    if found.short:
        yield f"Not compared: {found.short:,} test texts of fewer than five words."
    if found.exports:
        yield f"The training data bears the canary of {first_few(found.exports, 3)}: an export of trustgauge."


def _counts(found: Leaks) -> Section:
    tested = sum(found.tested.values())
    prompts = ("exact", "n-gram", "near-duplicate")
    rows = tuple(
        (kind, f"{n:,}", percent(n, tested) if kind in prompts else "–", KINDS[kind])  # type: ignore[index]
        for kind, n in found.by_kind.items()
    )
    return Section(title="By kind", columns=("kind", "test texts", "of them", "what it means"), rows=rows)


def _examples(found: Leaks, most: int) -> Iterator[Section]:
    for kind in found.by_kind:
        mine = [leak for leak in found.leaks if leak.kind == kind]
        rows = tuple(
            (plain(leak.held.text, _SHOWN), beside(leak), f"{leak.likeness:.2f}", _place(leak), plain(leak.where, 120))
            for leak in mine[:most]
        )
        left = f"{len(mine) - most:,} more: --json has all." if len(mine) > most else ""
        columns = ("of the test", "in the training data", "alike", "test", "where")
        yield Section(title=f"{kind}: {KINDS[kind]}", columns=columns, rows=rows, note=left)  # type: ignore[index]


def _place(leak: Leak) -> str:
    id_ = "" if leak.held.id.startswith(leak.held.of) else leak.held.of
    return plain(" ".join(part for part in (id_, leak.held.id) if part), 120)


def beside(leak: Leak) -> str:
    """The training text as shown beside a test text: itself, or of a long one what both have in common."""
    text = leak.found
    if len(text) > _SHOWN:
        common = overlap(text, leak.held.text, runs_only=True).evidence
        text = f"… {common} …" if common else text
    return plain(text, _SHOWN)
