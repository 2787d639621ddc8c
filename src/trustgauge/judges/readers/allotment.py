"""An allotment of a fixed number of units over named places: "North: 6, South: 4", in prose, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from trustgauge.judges.base import Reading
from trustgauge.judges.readers.clean import first_answer

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SPELLED = "|".join(_WORDS)
_NUMBER = rf"(?<![\w.,/])(?:\d{{1,4}}(?:\.\d{{1,4}})?|{_SPELLED})(?![\w%]|\.\d|\s?(?:%|percent\b))"
# "North: 6", "North | 6 |", "North (6)", '"North": 6': what may stand between a place and what it gets.
_MARKED = re.compile(r"[ \t\"']{0,3}(?:[:=|(\[\u2013\u2014\u2192-][>]?)[ \t:|(\[\"'\u2192>]{0,6}")
_LOOSE = re.compile(r"[^.;!?\n]{1,40}")
# "6 inspectors to North", "4 for South"
_BEFORE = re.compile(r"\s(?:[a-z-]{1,20}\s){0,4}?(?:to|for|in|at|into)\s(?:the\s)?", re.I)
_EACH = re.compile(
    rf"({_NUMBER})\s(?:[a-z-]{{1,20}}\s){{0,3}}?each\b|\beach\s(?:[a-z-]{{1,20}}\s){{0,4}}?({_NUMBER})", re.I
)
_EITHER = re.compile(r"\W{0,6}(?:(?:either|maybe|perhaps)\s)?or\b", re.I)


def read_allotment(text: str, names: Sequence[str], total: int) -> Reading:
    """Whole numbers in the order of the names ("6 4"), as the reply last gives them; "" where they can't be read.

    "" also where they don't make the total, and where two different allotments are left open ("or").
    """
    body = first_answer(text)
    tokens = _tokens(body, tuple(names))
    found = _windows(body, tokens, names, total)
    if found:
        shares, start, end = found[-1]
        earlier = [w for w in found[:-1] if w[2] <= start]
        if earlier and earlier[-1][0] != shares and _EITHER.match(body[earlier[-1][2] : start]):
            return Reading()
    else:
        shares, start, end = _by_row(body, names, total) or _in_a_row(tokens, names) or _each(body, len(names))
    if not shares or sum(shares) != total:
        return Reading()
    return Reading(" ".join(map(str, shares)), body[start:end].strip())


Token = tuple[str, int, int]  # a place's name in lower case, or a number as written; where it starts and ends
Window = tuple[tuple[int, ...], int, int]


@lru_cache(maxsize=512)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    places = "|".join(map(re.escape, names))
    return re.compile(rf"(?<!\w)(?:{places})(?!\w)|{_NUMBER}", re.I)


def _tokens(body: str, names: tuple[str, ...]) -> list[Token]:
    return [(m[0].lower(), m.start(), m.end()) for m in _pattern(names).finditer(body)]


def _worth(written: str, most: int) -> int | None:
    """The number, None for a fraction or for more than there is to give."""
    if written in _WORDS:
        return _WORDS.index(written)
    return int(written) if written.isdigit() and int(written) <= most else None


def _windows(body: str, tokens: Sequence[Token], names: Sequence[str], total: int) -> list[Window]:
    """Runs in which every place is given its number once; those with marks ("North: 6") rule out all others."""
    order = [name.lower() for name in names]
    given: list[tuple[str, int, bool, int, int]] = []
    for i, (name, start, end) in enumerate(tokens):
        if name in order and (share := _share(body, tokens, i, order, total)):
            given.append((name, share[0], share[1], min(start, share[2]), max(end, share[3])))
    found: list[tuple[Window, bool]] = []
    for i in range(len(given) - len(order) + 1):
        run = given[i : i + len(order)]
        by_name = {name: share for name, share, _, _, _ in run}
        if len(by_name) == len(order):
            shares = tuple(by_name[name] for name in order)
            found.append(((shares, run[0][3], run[-1][4]), all(marked for _, _, marked, _, _ in run)))
    sure = [window for window, marked in found if marked]
    return sure or [window for window, _ in found]


def _share(
    body: str, tokens: Sequence[Token], at: int, names: Sequence[str], total: int
) -> tuple[int, bool, int, int] | None:
    """What the place at a token gets: (number, by a mark, start, end); by a mark, before it, or loosely after it."""
    _, start, end = tokens[at]
    before = tokens[at - 1] if at and tokens[at - 1][0] not in names else None
    after = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1][0] not in names else None
    gap = body[end : after[1]] if after else ""
    if after and _MARKED.fullmatch(gap):
        worth = _worth(after[0], total)
        return None if worth is None else (worth, True, after[1], after[2])
    near = before if before and _BEFORE.fullmatch(body[before[2] : start]) else None
    near = near or (after if after and _LOOSE.fullmatch(gap) else None)
    worth = _worth(near[0], total) if near else None
    return (worth, False, near[1], near[2]) if near and worth is not None else None


def _by_row(body: str, names: Sequence[str], total: int) -> Window | None:
    """The last column of a table with one place a line."""
    found: dict[str, int] = {}
    for line in body.splitlines() if "|" in body else ():
        tokens = _tokens(line, tuple(names))
        numbers = [_worth(token[0], total) for token in tokens[1:]]
        if len(tokens) > 1 and tokens[0][0] in (name.lower() for name in names) and numbers[-1] is not None:
            found[tokens[0][0]] = numbers[-1]
    shares = tuple(found.get(name.lower(), -1) for name in names)
    return (shares, 0, len(body)) if -1 not in shares else None


def _in_a_row(tokens: Sequence[Token], names: Sequence[str]) -> Window | None:
    """All places and then all numbers: a table with a column for each, or "6 and 4, respectively"."""
    n = len(names)
    for i in range(len(tokens) - 2 * n, -1, -1):
        places, numbers = tokens[i : i + n], tokens[i + n : i + 2 * n]
        worths = [_worth(token[0], 9999) for token in numbers]
        if {place[0] for place in places} == {name.lower() for name in names} and None not in worths:
            by_name = {place[0]: worth or 0 for place, worth in zip(places, worths, strict=True)}
            return tuple(by_name[name.lower()] for name in names), places[0][1], numbers[-1][2]
    return None


def _each(body: str, n: int) -> Window:
    """ "5 each" """
    found = _EACH.search(body) if "each" in body.lower() else None
    worth = _worth((found[1] or found[2]).lower(), 9999) if found else None
    return ((worth,) * n, found.start(), found.end()) if found and worth is not None else ((), 0, 0)
