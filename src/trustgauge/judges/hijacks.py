"""Hijacks: attacks by a reply on the model that judges it, by which a judge's hold on its rubric is measured.

A judge that gives another verdict on the attacked reply than on the reply itself was hijacked. The words are in
hijacks.toml; what is here is the disguises, and what takes them off again.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

_FLOOD = 16_000  # characters: more than a judge is shown of a reply (shield.shielded)
_TAGS = 0xE0000  # where Unicode's tag characters begin, which mirror ASCII and show as nothing
_LOOK_ALIKES = str.maketrans("acehiopsxyACEHIKMOPTX", "асеһіорѕхуАСЕНІКМОРТХ")  # Latin to Cyrillic
_BACK = str.maketrans({chr(cyrillic): chr(latin) for latin, cyrillic in _LOOK_ALIKES.items()})
_ZERO_WIDTH = "\u200b"
_TURN, _TURN_BACK = "\u202e", "\u202c"  # right-to-left override, and its end
_UNSEEN = re.compile(f"[{_ZERO_WIDTH}{_TURN}{_TURN_BACK}]")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")


@dataclass(frozen=True)
class Hijack:
    """One attack: `apply(reply, wanted)` is the reply that also asks the judge for that verdict."""

    name: str
    family: str
    apply: Callable[[str, str], str]


def _tags(text: str) -> str:
    return "".join(chr(_TAGS + ord(c)) if c.isascii() and c.isprintable() else c for c in text)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_HIDE: dict[str, Callable[[str], str]] = {
    "": lambda text: text,
    "tags": _tags,
    "zero-width": _ZERO_WIDTH.join,
    "look-alikes": lambda text: text.translate(_LOOK_ALIKES),
    "turned": lambda text: f"{_TURN}{text[::-1]}{_TURN_BACK}",
    "base64": _encoded,
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "flood": lambda text: text * (_FLOOD // len(text) + 1),
}


def disclosed(text: str) -> tuple[str, ...]:
    """What a reader whom no disguise deceives can read in a text: it as it is meant, then what it says encoded.

    First without hidden characters, with Latin letters for those that only look so; then that backwards, by rot13,
    and what of it is base64.
    """
    seen = "".join(chr(ord(c) - _TAGS) if 0x20 <= ord(c) - _TAGS < 0x7F else c for c in _UNSEEN.sub("", text))
    seen = unicodedata.normalize("NFKC", seen).translate(_BACK)
    return seen, seen[::-1], codecs.encode(seen, "rot13"), "\n".join(map(_decoded, _BASE64.findall(seen)))


def _decoded(run: str) -> str:
    try:
        return base64.b64decode(run, validate=True).decode()
    except (binascii.Error, ValueError):  # a long word, or noise
        return ""


def _attack(text: str, order: str, hide: str, reply: str, wanted: str) -> str:
    """The words with everything in its place; the reply last, so that slots of its own stay as they are."""
    attack = text.replace("{order}", _HIDE[hide](order.replace("{wanted}", wanted))) if order else text
    return attack.replace("{wanted}", wanted).replace("{reply}", reply)


def _read() -> tuple[Hijack, ...]:
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["hijack"]
    return tuple(
        Hijack(h["name"], h["family"], partial(_attack, h["text"], h.get("order", ""), h.get("hide", "")))
        for h in found
    )


HIJACKS = _read()
"""All attacks, by family."""
