"""Whether a free reply gives one of the accepted answers to a short question: right, wrong, unclear.

By rules, in this order:
- an accepted form stands in the reply as it is (both brought to one form: case, accents, articles, numbers in words,
  ordinals, initials, some countries), and all of its places are not taken back ("not X", "X is wrong");
- a date agrees in all that both tell, the year at least; of several years all are there;
- of an accepted form with a number the number is there, or a rounding of it to two figures or more;
- of a person the last name is there, without another first name before it;
- of any other at least half of the words that the question doesn't hold are there, by their stems or misspelt;
  one word alone of a name does not count where it stands in another name ("Lesser Oss" for "Greater Oss").

"unclear" is a reply that says that it doesn't know, or that gives less than half of an answer. That all of a list
is named, or that an explanation means the same in other words, the rules can't tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from trustgauge.judges.base import Reading
from trustgauge.judges.readers.answer_words import Date, answer_words, dates, listed, stem
from trustgauge.judges.readers.clean import plain
from trustgauge.judges.readers.unknowing import read_unknowing

RIGHT, WRONG, UNCLEAR = "right", "wrong", "unclear"
_READ, _ASKED, _GIVEN = 1500, 3000, 300  # characters of a reply, of the question, of an accepted answer
_ENOUGH = 0.5  # of the words of an accepted form that the question doesn't hold
_HALF_NAME = 0.4  # what one word of somebody's or something's name counts, where the others differ
_WHOLE = 7  # letters of a form that is found in words run together too
_MISSPELT = 5  # letters of a word from which on a misspelling counts
_NEAR = 0.8  # similarity of a misspelt word
_SHORT = 16  # words of a reply that may do no more than offer a choice
_ROUNDED = 2  # figures
_EITHER = re.compile(r" (?:or|OR) ")
_ASIDE = re.compile(r"\([^()]*\)")
_BY_YEAR = re.compile(r"\b(?:what|which) year", re.I)
_BY_WHOM = re.compile(
    r"\b(?:who|whom|whose|which (?:actor|actress|singer|author|writer|president|player|artist|painter|composer|man"
    r"|woman|person|king|queen|poet|novelist|politician|footballer|scientist|comedian|director))\b",
    re.I,
)
_NAME = re.compile(r"[A-Z][\w'.-]*(?: [A-Z][\w'.-]*){1,4}")


class _Gold(NamedTuple):
    """One accepted form."""

    words: tuple[str, ...]
    new: tuple[str, ...]
    dates: tuple[Date, ...]
    person: tuple[str, ...]
    named: bool

    @property
    def numbers(self) -> list[str]:
        return [word for word in self.new if word[0].isdecimal()]


class _Said(NamedTuple):
    """A reply, plain, and its words: in order, and by their stems."""

    body: str
    words: list[str]
    stems: dict[str, str]


def read_gold_answer(text: str, prompt: str, golds: Sequence[str]) -> Reading:
    """ "right", "wrong" or "unclear" of a reply, against the accepted answers; "" where there is nothing to read.

    evidence is what was found of the answer, else the beginning of the reply.
    """
    accepted = _golds(tuple(golds), prompt[:_ASKED])
    body = plain(text[:_READ])
    words = answer_words(body) if body else []
    if not words or not accepted:
        return Reading()
    line = f" {' '.join(words)} "
    found, denied = _verbatim(accepted, line)
    if denied:
        return Reading(WRONG, found)
    if found:
        return Reading(UNCLEAR if _offered(found, accepted, line) else RIGHT, found)
    said = _Said(body, words, {stem(word): word for word in words})
    value, found = max((_loosely(gold, said, prompt[:_ASKED], line) for gold in accepted), key=lambda each: each[0])
    if value >= _ENOUGH:
        return Reading(RIGHT, found)
    if read_unknowing(body).value:
        return Reading(UNCLEAR, body[:80])
    return Reading(UNCLEAR, found) if value > 0 else Reading(WRONG, body[:80])


@lru_cache(maxsize=1024)
def _golds(golds: tuple[str, ...], prompt: str) -> tuple[_Gold, ...]:
    """The accepted forms as compared, the ones of the same words once."""
    asked = set(map(stem, answer_words(prompt)))
    found: dict[tuple[str, ...], _Gold] = {}
    of_person = bool(_BY_WHOM.search(prompt))
    for text in (part for gold in golds for part in _EITHER.split(gold[:_GIVEN])):
        words = tuple(answer_words(_ASIDE.sub(" ", text)) or answer_words(text))
        if words and words not in found:
            found[words] = _gold(text, words, asked, of_person)
    if " or " in prompt or prompt.count(",") > 1:  # the question may list what there is to choose from
        return tuple(found.values())
    added = [gold for gold in found.values() if any(stem(word) not in asked for word in gold.new)]
    return tuple(added or found.values())


def _gold(text: str, words: tuple[str, ...], asked: set[str], of_person: bool) -> _Gold:
    lists = listed()
    content = [word for word in words if word not in lists["stop"]] or list(words)
    new = [word for word in content if stem(word) not in asked] or content
    new = [word for word in new if word not in lists["kinds"]] or new
    rest = [word for word in content if word not in lists["dates"] and word not in lists["months"]]
    dated = dates(words) if all(word.isdecimal() for word in rest) else []
    person: list[str] = []
    if of_person and _NAME.fullmatch(_ASIDE.sub("", text).strip()) and not any(map(str.isdecimal, text)):
        person = [word for word in words if word not in lists["titles"] and len(word) > 1]
    return _Gold(
        words, tuple(new), tuple(dated), tuple(person) if len(person) > 1 else (), bool(_NAME.fullmatch(text.strip()))
    )


def _verbatim(accepted: Sequence[_Gold], line: str) -> tuple[str, bool]:
    """The first accepted form that stands in the reply, and whether all its places are taken back; "" for none."""
    denied = ""
    for gold in accepted:
        form = " ".join(gold.words)
        if f" {form} " in line:
            if not _denied(form, line):
                return form, False
            denied = form
    if denied:
        return denied, True
    run = line.replace(" ", "")
    for gold in accepted:
        form = "".join(gold.words)
        if len(form) >= _WHOLE and form in run:
            return form, False
    return "", False


def _denied(form: str, line: str) -> bool:
    """True where every place of a form has a denial right before or behind it."""
    lists = listed()
    if not any(f" {word} " in line for word in (*lists["denials"], *lists["refuted"])):
        return False
    place = re.compile(rf" {re.escape(form)}(?= )")
    return all(
        line[: at.start()].endswith(tuple(f" {word}" for word in lists["denials"]))
        or line[at.end() + 1 :].startswith(tuple(lists["refuted"]))
        for at in place.finditer(line)
    )


def _offered(form: str, accepted: Sequence[_Gold], line: str) -> bool:
    """True where a short reply leaves the choice between the form and one that is not accepted: "Paris or Rome"."""
    if " or " not in line or line.count(" ") > _SHORT:
        return False
    before, _, behind = line.partition(f" {form} ")
    forms = [" ".join(gold.words) for gold in accepted]
    if behind.startswith("or "):
        return not any(behind[3:].startswith(f"{other} ") for other in forms)
    return before.endswith(" or") and not any(before[:-3].endswith(f" {other}") for other in forms)


def _loosely(gold: _Gold, said: _Said, prompt: str, line: str) -> tuple[float, str]:
    """How much of an accepted form the reply has, 0 to 1, and what of it."""
    if gold.dates:
        return _dated(gold.dates, said, prompt)
    if gold.person:
        return _named(gold.person, said, line)
    if gold.numbers and not all(_counted(number, said) for number in gold.numbers):
        return 0.0, ""
    hits = [hit for word in gold.new if (hit := _heard(word, said))]
    hits += [number for number in gold.numbers if number not in said.stems]
    if len(hits) == 1 and len(gold.new) > 1 and gold.named and _another(gold.new, hits[0], said):
        return _HALF_NAME, hits[0]
    return len(hits) / len(gold.new), " ".join(hits)


def _another(name: Sequence[str], hit: str, said: _Said) -> bool:
    """True where the one word found of a name stands in another name: "Lesser Oss" for "Greater Oss"."""
    stop, words = listed()["stop"], said.words
    step = 1 if stem(name[0]) == stem(hit) else -1
    beside = [at + step for at, word in enumerate(words) if word == hit]
    return all(0 <= at < len(words) and words[at] not in stop for at in beside)


def _dated(wanted: Sequence[Date], said: _Said, prompt: str) -> tuple[float, str]:
    """The share of the dates that the reply has; a year that the question holds tells nothing."""
    told = [date for date in dates(said.words) if date.month or str(date.year) not in prompt]
    told += [Date(date.year) for date in wanted if date.year < 1000 and str(date.year) in said.stems]
    if _BY_YEAR.search(prompt):
        wanted, told = [Date(date.year) for date in wanted], [Date(date.year) for date in told]
    fitting = [next((date for date in told if date.fits(each)), None) for each in wanted]
    hits = [date for date in fitting if date]
    shown = " ".join("-".join(str(part) for part in date if part) for date in hits)
    return len(hits) / len(wanted), shown


def _named(person: Sequence[str], said: _Said, line: str) -> tuple[float, str]:
    """By the last name; not where it is taken back, or another first name stands before it and none of theirs."""
    last = _heard(person[-1], said)
    firsts = [hit for word in person[:-1] if (hit := _heard(word, said))]
    if last and _denied(last, line):
        return 0.0, ""
    if not last or (not firsts and _namesake(last, said.body, {word[0] for word in person[:-1]})):
        return _HALF_NAME * len([*firsts, *last.split()]) / len(person), " ".join([*firsts, last])
    return 1.0, " ".join([*firsts, last])


def _namesake(last: str, body: str, initials: set[str]) -> bool:
    """True where a capital word, no title and no initial of theirs, stands before all its places: "Emil Oss"."""
    lists = listed()
    places = re.findall(rf"([^\W\d_]*)\.?[ ]?\b(?i:{re.escape(last)})\b", body)
    others = [word for word in places if word[:1].isupper()]
    known = {*lists["titles"], *lists["stop"], "mr", "dr"}
    return bool(others) and len(others) == len(places) and not any(word.lower() in known | initials for word in others)


def _heard(word: str, said: _Said) -> str:
    """The word of the reply that is this word, by its stem or misspelt; "" for none."""
    base = stem(word)
    if base in said.stems:
        return said.stems[base]
    if len(word) < _MISSPELT or word[0].isdecimal():
        return ""
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import extractOne

    near = extractOne(word, said.words, scorer=Levenshtein.normalized_similarity, score_cutoff=_NEAR)
    return near[0] if near and near[0][0] == word[0] else ""


def _counted(number: str, said: _Said) -> bool:
    """True where the number or a rounding of it stands in the reply."""
    if number in said.stems:
        return True
    if ":" in number or number.count(".") > 1:
        return False
    return any(_rounds(float(number), word) for word in said.words if word[0].isdecimal())


def _rounds(number: float, said: str) -> bool:
    if ":" in said or said.count(".") > 1:
        return False
    if "." in said:
        said = said.rstrip("0").rstrip(".")
    figures = said.replace(".", "").strip("0") if "." not in said else said.replace(".", "").lstrip("0")
    if len(figures) < _ROUNDED:
        return False
    digits = len(said.partition(".")[2]) if "." in said else -(len(said) - len(said.rstrip("0")))
    return round(number, digits) == float(said)
