"""What is held against each other, and what was found to leak."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["exact", "n-gram", "near-duplicate", "keyword", "template", "canary"]
KINDS: dict[Kind, str] = {
    "exact": "the same words, or all of them within the text",
    "n-gram": "most of its n-grams stand in the texts",
    "near-duplicate": "nearly the same words in the same order",
    "keyword": "a held-out keyword stands in the text",
    "template": "the fixed words of a held-out template stand in the text",
    "canary": "a string that only test data bears",
}
"""The kinds of leak, the surest first; a test text counts for the first that holds of it."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A text of a test: what must not be trained on.

    id    of its case, or where it stands in a file
    of    its task, or its file
    kind  what it is: a prompt, or a keyword or a template's fixed words on the held-out side
    """

    id: str
    of: str
    text: str
    kind: Literal["prompt", "keyword", "template", "canary"] = "prompt"


class Leak(msgspec.Struct, frozen=True, kw_only=True):
    """A test text that stands in the training data, or is like one there.

    likeness  share of its n-grams found, Jaccard likeness, or 1
    where     row and column of the training text, found the text there
    """

    kind: Kind
    likeness: float
    held: Held
    where: str
    found: str


class Leaks(msgspec.Struct, frozen=True, kw_only=True):
    """All that was found.

    files, rows, texts  what was read of the training data
    tested   how many test texts there are of each task or file
    short    test texts too short to tell anything, which were not compared
    leaks    the surest kind first, the most alike first in each
    exports  canaries of exports in the training data: what it was made from; no leak
    n        words to an n-gram; overlap and near: from what share, or likeness, on a text leaks
    """

    files: tuple[str, ...]
    rows: int
    texts: int
    against: tuple[str, ...]
    tested: dict[str, int]
    short: int
    leaks: tuple[Leak, ...]
    exports: tuple[str, ...]
    n: int
    overlap: float
    near: float

    @property
    def clean(self) -> bool:
        """True where nothing leaks."""
        return not self.leaks

    @property
    def compared(self) -> bool:
        """True where there was anything to compare: without it, clean says nothing."""
        return (self.texts > 0 and any(self.tested.values())) or not self.clean

    @property
    def by_kind(self) -> dict[str, int]:
        """How many test texts leak, by kind."""
        return {kind: n for kind in KINDS if (n := sum(leak.kind == kind for leak in self.leaks))}

    @property
    def by_source(self) -> dict[str, int]:
        """How many test texts leak, by task or file, the most first."""
        counts: dict[str, int] = {}
        for leak in self.leaks:
            counts[leak.held.of] = counts.get(leak.held.of, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
