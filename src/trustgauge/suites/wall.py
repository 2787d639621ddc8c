"""The wall between training and test: on which side of it a generated case lies.

A case is made of parts: the parts of its template's name, and what its keyword slots were filled with. Each part lies
on one side by a hash of its text, the same on every machine and in every task, and a group of cases only where all
parts of all of them do. A group with parts of both sides is on neither, and is used for neither. So who trains on the
one side meets no wording and no keyword of the other (docs/decisions/0014).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

from trustgauge.errors import UsageError
from trustgauge.types import Case

Side = Literal["train", "held-out"]
SIDES: tuple[Side, Side] = ("train", "held-out")

WRITTEN = "written"
"""The template of a case that a model wrote (docs/generate.md); its one part is its slot KEYWORD."""

KEYWORD = "keyword"
"""The slot of a written case that holds what it was written about."""

_MASK = int(
    "5271379f18a1cdd3ec3446772e06ef7704092f144007ac53d0a1fd29ed96f848"
    "f953b6374478e43ca8a1cb74ce58d14681928d6a5718e43ec1ef798c13d242d0",
    16,
)
"""The bits of a digest whose parity is the side: any mask is a fair wall, and this one splits every small vocabulary
well, so that each task has enough on both sides. Another mask is another wall, and needs new models."""

RELATION = r"^(.+)-(?:ask|back)-\d+(?:/(.+))?$"
"""Names such as "capitals-ask-2/pick": the relation, of all facts and wordings at once, and the layout."""

SOURCE = r"(sum-[a-z]+|[^/]+?)(?:-[a-z]+)?(?:-plain)?/([^/]+)$"
"""Names of items such as "capitals-map/pick": the source, of all its questions and wordings at once, and the layout."""


def source_of(template: str) -> str:
    """The source of an item with that template: "capitals" of "capitals-map"."""
    found = re.match(SOURCE, f"{template}/-")
    return found[1] if found else template


def side_named(word: str) -> Side | Literal[""]:
    """The side of that name, "" for none. Raises UsageError."""
    if word in ("train", "held-out", ""):
        return word
    raise UsageError(f"there is no side '{word}' of the wall between training and test: use train or held-out")


@lru_cache(maxsize=65536)
def part_side(text: str) -> Side:
    """The side of one part: a template's part, or what a keyword slot holds. Case and outer spaces don't count."""
    digest = blake2b(text.strip().casefold().encode()).digest()
    return SIDES[(int.from_bytes(digest) & _MASK).bit_count() & 1]


@dataclass(frozen=True, kw_only=True)
class Wall:
    """What of a task's cases is walled off.

    keywords  slots that hold what a case is about; None: every slot with a word in it
    names     what of a template's name is a part: all that this regular expression finds, by its groups where it
              has any; "/" parts it unless said otherwise
    arms      parts that all groups have, such as "plain" beside "polite": they belong to the design
    """

    keywords: tuple[str, ...] | None = None
    names: str = "[^/]+"
    arms: tuple[str, ...] = ()

    def parts(self, case: Case) -> set[str]:
        """The texts that decide the case's side: parts of its template's name, and keywords."""
        if case.template == WRITTEN:
            return {case.slots.get(KEYWORD, "")}
        return self._held(case) | {part for part in self.named(case) if part and part not in self.arms}

    def named(self, case: Case) -> Iterator[str]:
        """What of its template's name is a part, None or "" where a group of `names` found nothing."""
        for found in re.finditer(self.names, case.template):
            yield from found.groups() or (found[0],)

    def _held(self, case: Case) -> set[str]:
        if self.keywords is None:
            return {text for text in case.slots.values() if any(letter.isalpha() for letter in text)}
        held = {case.slots.get(name, "") for name in self.keywords}
        return {text for text in held if text and text not in self.arms}

    def side_of(self, cases: Iterable[Case]) -> Side | None:
        """The side of cases that belong together; None where they have parts of both."""
        sides: set[Side] = {part_side(part) for case in cases for part in self.parts(case)}
        return sides.pop() if len(sides) == 1 else None
