"""Which option a reply names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from trustgauge.judges.base import Reading
from trustgauge.judges.readers.clean import boxed, corrected, first_answer, last

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What marks an answer: "the answer is", "option", "I choose", "so".
_NOUN = (
    r"(?:answer|choice|option|solution|pick|response|selection)"
    r"(?: (?:here|then|to the question|would be|should be|must be|has to be|is|was)){0,3}"
    r"\s{0,4}(?:is|was|=|:|-|->|\u2192){0,4}"
)
_VERB = (
    r"i(?:'d| would|'ll| will| must| have to)? (?:choose|pick|select|go with|say|opt for|answer)|"
    r"i'm going with|i (?:chose|picked|selected)"
)
_THUS = r"(?:so|thus|therefore|hence|it is|it's|it must be|that leaves|leaving|leaves)[:,]?"
_FILLER = (
    r"[\s:]{0,6}(?:(?:definitely|probably|most likely|likely|clearly|indeed|still|then|option|choice|letter|"
    r"answer|is)[\s:]{1,6}){0,3}"
)
_CUE = rf"(?<!\w)(?i:(?:{_NOUN}|{_VERB}|{_THUS}){_FILLER})"
_CUE_SPAN = re.compile(rf"(?<!\w)(?i:(?:{_NOUN}|{_VERB}|{_THUS})(?P<filler>{_FILLER}))")
_OPENS = re.compile(r"[\"'(\s]{0,4}")
# What may follow a bare "A" that is no article.
_FOLLOWS = r"(?:because|since|is|was|would|seems?|looks|-|\u2014|\u2013)(?!\w)"
_JOIN = r"\s*(?:,\s*(?:or|and|nor)\b|,|/|&|or\b|nor\b|and\b)\s*"
# What rules an option out: words before it, or after it.
_NOT_BEFORE = (
    r"(?i:\b(?:not|neither|rather than|instead of|unlike|rule out|ruling out|eliminate|exclude|isn't|"
    r"aren't|than))\s+"
)
_NOT_AFTER = (
    r"\s+(?i:(?:is|are|was|were|can be|would be|seems?|looks?)\s+"
    r"(?:(?:also|both|clearly|definitely|just|simply)\s+){0,2}"
    r"(?:wrong|incorrect|false|not|ruled out|out\b|unlikely|implausible|impossible|irrelevant|excluded|"
    r"eliminated)|(?:is|are|ca|wo|does|do|would|could)n't\b|"
    r"(?:cannot|can not|does not|do not|makes? no)\b)"
)
_JSON = re.compile(
    r"[\"'](?:final[_ ]?)?(?:answer|choice|option|letter|label|selected|response)[\"']\s*:\s*"
    r"[\"']?([^\"'}\n,]{1,200})",
    re.I,
)
_NAMED_THINGS = "".join(
    f"(?<!{thing} )" for thing in ("vitamin", "hepatitis", "plan", "type", "group", "grade", "team")
)


@dataclass(frozen=True, slots=True)
class _Letters:
    """The expressions for the letters of so many options."""

    cue: re.Pattern[str]
    lead: re.Pattern[str]
    more: re.Pattern[str]
    label: re.Pattern[str]
    line: re.Pattern[str]
    bare: re.Pattern[str]
    pair: re.Pattern[str]
    denied: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Texts:
    """The expressions for the texts of one set of options; none where a reply holds none of them."""

    listed: re.Pattern[str] | None = None
    any: re.Pattern[str] | None = None
    letter_of: dict[str, str] = field(default_factory=dict[str, str])

    def match(self, body: str, at: int = 0) -> re.Match[str] | None:
        """An option's text that stands just there."""
        return self.any.match(body, at) if self.any else None


@dataclass(frozen=True, slots=True)
class _Found:
    """What to look for in one reply."""

    letters: _Letters
    texts: _Texts


def _key(text: str) -> str:
    """A text as it is compared: its words in lower case."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _loose(text: str) -> str:
    """An option's text as an expression that does not mind spacing and punctuation."""
    return r"\W{1,4}".join(re.escape(word) for word in re.findall(r"\w+", text)) or re.escape(text)


@lru_cache
def _letters(n: int) -> _Letters:
    upper = _ALPHABET[:n]
    both = upper + upper.lower()
    sure = "".join(c for c in upper if c not in "AI")  # never an article, never a pronoun
    certain = f"[{sure}]" if sure else "(?!)"
    alone = (
        rf"(?:[{upper}](?=\s*(?:$|[).,:;!?\"'\n\]/&+=])|\s+{_FOLLOWS}|\s+(?:and|or)\s+[{upper}]\b)"
        rf"|[{both}](?=\s*(?:$|[).,:;!?\"'\n\]]))|{certain}(?!\w|'\w))"
    )
    several = rf"\(?[{upper}]\)?(?:{_JOIN}\(?[{upper}]\)?(?!\w|'\w)){{0,9}}"
    return _Letters(
        cue=re.compile(rf"{_CUE}[\"'\[(]{{0,2}}(?P<letter>{alone})"),
        lead=re.compile(
            rf"[\s\"'\[(]{{0,4}}(?:(?i:option|choice|letter)\s+)?(?P<letter>[{both}](?=\s*(?:[).:\]](?!\w)|$))"
            rf"|[{upper}](?=\s*(?:[,;\u2026\u2014\u2013\n\"'/]|-\s|\.\.)|\s+{_FOLLOWS})|{certain}(?!\w|'\w))"
        ),
        more=re.compile(rf"[)\"'\]]{{0,2}}{_JOIN}\(?([{upper}])(?!\w|'\w)"),
        label=re.compile(
            rf"\((?P<inside>[{both}])\)|(?<![\w'])(?P<before>[{upper}])\)"
            rf"|(?i:option|choice)\s+(?P<named>[{both}])(?![\w'])"
        ),
        line=re.compile(rf"^\s{{0,9}}\(?([{upper}])[).:](?!\w)", re.M),
        bare=re.compile(rf"(?<![\w'.]){_NAMED_THINGS}({certain})(?![\w']|\.\w)"),
        pair=re.compile(rf"(?<![\w'])([{upper}]){_JOIN}([{upper}])(?![\w'])"),
        denied=re.compile(
            rf"{_NOT_BEFORE}(?:(?i:option|choice|answer)s?\s+)?{several}"
            rf"|(?:(?i:option|choice|answer)s?\s+)?(?<![\w']){several}{_NOT_AFTER}"
        ),
    )


_NO_TEXTS = _Texts()


@lru_cache(maxsize=256)
def _texts(options: tuple[str, ...]) -> _Texts:
    letter_of: dict[str, str] = {}
    for letter, text in zip(_ALPHABET, options, strict=False):
        if key := _key(text):
            letter_of.setdefault(key, letter)
    by_length = sorted((_loose(text) for text in options if _key(text)), key=len, reverse=True)
    rows = [rf"\(?{a}\s?[).:\]-]?\s*{_loose(text)}" for a, text in zip(_ALPHABET, options, strict=False)]
    return _Texts(
        listed=re.compile(r"[\s,;.\"'|-]{0,8}".join(rows), re.I) if len(rows) > 1 else None,
        any=re.compile(rf"(?<!\w)(?i:{'|'.join(by_length)})(?!\w)") if by_length else None,
        letter_of=letter_of,
    )


def _sought(options: tuple[str, ...], body: str) -> _Found:
    """Texts are compiled only for a reply that holds one: most name a letter, and options differ case by case."""
    said = _key(body)
    holds = any((key := _key(option)) and key in said for option in options)
    return _Found(_letters(len(options)), _texts(options) if holds else _NO_TEXTS)


def read_choice(text: str, options: Sequence[str]) -> Reading:
    r"""The letter of the option that the reply settles on, "" where it names none or several.

    A marked answer (\boxed, JSON, "the answer is ...") counts most, then how the reply begins, then the
    only option it names at all. What follows a correction ("no wait") counts before all that.
    """
    if not options:
        return Reading()
    body = first_answer(text)
    found = _sought(tuple(options[: len(_ALPHABET)]), body)
    for marked in (boxed(body), *(inner.strip() for inner in _JSON.findall(body)[-1:])):
        if marked and (letter := _settled(marked, found)):
            return Reading(letter, marked)
    if found.texts.listed:
        body = found.texts.listed.sub(" \n ", body)
    later = corrected(body)[:400]
    if later and (letter := _marked(later, found)):
        return Reading(letter, later[:80])
    letter = _settled(body, found)
    return Reading(letter, _around(body, letter)) if letter else Reading()


def _marked(body: str, found: _Found) -> str:
    """The one letter that a text is, marks as its answer, or begins with."""
    if same := found.texts.letter_of.get(_key(body)):
        return same
    body = found.letters.denied.sub(" ", body).strip()
    letters = _by_cue(body, found) or _by_lead(body, found)
    return letters if len(letters) == 1 else ""


def _settled(body: str, found: _Found) -> str:
    """The one letter that a text settles on."""
    if same := found.texts.letter_of.get(_key(body)):
        return same
    body = found.letters.denied.sub(" ", body).strip()
    for rule in (_by_first_line, _by_cue, _by_lead, _by_label, _by_text, _by_bare):
        if letters := rule(body, found):
            return letters if len(letters) == 1 else ""
    return ""


def _by_first_line(body: str, found: _Found) -> str:
    """A letter that makes up the first line, alone or with its option's text; what follows explains it."""
    line, _, rest = body.partition("\n")
    opening = found.letters.lead.match(line)
    if not rest or not opening or found.letters.line.search(rest):
        return ""
    letter = opening["letter"].upper()
    after = _key(line[opening.end() :])
    return letter if not after or found.texts.letter_of.get(after) == letter else ""


def _by_cue(body: str, found: _Found) -> str:
    """The last marked answer, by letter or by text; with what is joined to it by "or"."""
    letter, (at, text) = last(found.letters.cue.finditer(body)), _cued_text(body, found.texts)
    if text and (not letter or at > letter.start()):
        return found.texts.letter_of.get(_key(text), "")
    return _with_next(letter["letter"].upper(), body[letter.end() :], found) if letter else ""


def _cued_text(body: str, texts: _Texts) -> tuple[int, str]:
    """Where the last mark before an option's text stands, and that text; "" for none."""
    for mark in reversed(list(_CUE_SPAN.finditer(body))) if texts.any else ():
        for end in (mark.end(), mark.start("filler")):  # the text may begin with a word that fills elsewhere
            opened = _OPENS.match(body, end)
            text = texts.match(body, opened.end() if opened else end)
            if text:
                return mark.start(), text[0]
    return 0, ""


def _with_next(letter: str, rest: str, found: _Found) -> str:
    """A letter with another that is joined to it, or with "?" where another option's text follows it."""
    more = found.letters.more.match(rest)
    if more and more[1] != letter:
        return letter + more[1]
    gap = re.match(r"[\s).:\]\"'(-]{0,6}", rest)
    text = found.texts.match(rest, gap.end() if gap else 0)
    same = not text or found.texts.letter_of.get(_key(text[0]), letter) == letter
    return letter if same else letter + "?"


def _by_lead(body: str, found: _Found) -> str:
    """A letter or an option's text that opens the reply, unless the next lines begin with others."""
    if opening := found.letters.lead.match(body):
        letter, rest = opening["letter"].upper(), body[opening.end() :]
        if any(other != letter for other in found.letters.line.findall(rest)):
            return letter + "?"
        return _with_next(letter, rest, found)
    text = found.texts.match(body.lstrip(" \"'("))
    if text and re.match(r"\s{0,3}(?:$|[.,;:!\"')\n]|(?:because|since|is|was)\b)", text.string[text.end() :]):
        return found.texts.letter_of.get(_key(text[0]), "")
    return ""


def _by_label(body: str, found: _Found) -> str:
    """All letters written as labels: "(B)", "B)", "option B"."""
    return "".join(
        sorted({(m["inside"] or m["before"] or m["named"]).upper() for m in found.letters.label.finditer(body)})
    )


def _by_text(body: str, found: _Found) -> str:
    """All options whose text occurs."""
    return (
        "".join(sorted({found.texts.letter_of.get(_key(m[0]), "?") for m in found.texts.any.finditer(body)}))
        if found.texts.any
        else ""
    )


def _by_bare(body: str, found: _Found) -> str:
    """All letters that stand alone as capitals; A only beside another ("A or B"), I never."""
    pairs = {letter for m in found.letters.pair.finditer(body) for letter in m.groups()}
    return "".join(sorted(pairs | set(found.letters.bare.findall(body))))


def _around(body: str, letter: str) -> str:
    """The words about a letter's last standing alone, else the beginning."""
    at = last(re.finditer(rf"(?<!\w){letter}(?!\w)", body))
    middle = at.start() if at else 0
    return body[max(0, middle - 40) : middle + 60].strip()
