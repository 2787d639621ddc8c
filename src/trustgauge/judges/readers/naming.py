"""Whether a reply names something: a word or name in any of its accepted forms, whatever its case and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from trustgauge.judges.readers.clean import plain

_READ = 1500
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_APART = re.compile(r"[^\w]+")
SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ARTICLES = ("the ", "a ", "an ")
_MARKS = str.maketrans("", "", "'\u02bb`")


def folded(text: str) -> str:
    """The words of a text in lower case, without accents and apostrophes, a space at either end."""
    return fold(plain(text[:_READ]).lower())


def fold(body: str) -> str:
    """The same of a text that is plain and in lower case already."""
    body = _THOUSANDS.sub("", body) if "," in body else body
    body = body.translate(_MARKS)
    if not body.isascii():
        body = "".join(c for c in unicodedata.normalize("NFKD", body) if not unicodedata.combining(c))
    body = body.replace("\u0142", "l").replace("\u00df", "ss").replace("\u00f8", "o")
    return f" {_APART.sub(' ', body).strip()} "


@lru_cache(maxsize=8192)
def forms(name: str) -> tuple[str, ...]:
    """A name as it may stand in a folded text: without its article, in the singular and plural, numbers in words."""
    bare = folded(name).strip()
    for article in _ARTICLES:
        bare = bare.removeprefix(article)
    found = [bare]
    if bare.isdigit() and int(bare) < 100:
        found.append(_spelled(int(bare)))
    elif bare.endswith("ies"):
        found.append(f"{bare[:-3]}y")
    elif bare.endswith("s") and len(bare) > 3:
        found.append(bare[:-1])
    elif bare[-1:].isalpha() and len(bare) > 2:
        found += [f"{bare}s", f"{bare}es"]
    return tuple(f" {form} " for form in found)


def _spelled(number: int) -> str:
    if number < 20:
        return SMALL[number]
    return f"{TENS[number // 10 - 2]} {SMALL[number % 10]}".removesuffix(" zero")


def place_of(names: Iterable[str], said: str) -> int:
    """Where the first of these names stands in a folded text, -1 where none does."""
    found = [at for name in names for form in forms(name) if (at := said.find(form)) >= 0]
    return min(found, default=-1)
