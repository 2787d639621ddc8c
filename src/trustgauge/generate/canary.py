"""Canaries: strings that nobody writes by chance, put into test data and exports so that their copies can be found.

The idea is BIG-bench's (Srivastava et al. 2022): whoever gathers training data leaves out files with the string, and a
model that can go on writing it has seen such a file. A set of test cases bears CANARY, the same everywhere; an export
of training data bears one of its own, so that it can be told which export a corpus holds.
"""

from __future__ import annotations

import re
from hashlib import blake2b

CANARY = "trustgauge canary 6f1e0c52-7a94-4d0b-9b53-2d8f5f0f3c1a: data with this string must not be trained on"
"""In every file of this project's test cases."""

_HEX = "[0-9a-f]"
_TEST = re.compile(rf"canary(?:\s+guid)?[\s:=\"']{{1,4}}({_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}})", re.IGNORECASE)
_EXPORT = re.compile(rf"trustgauge-canary-{_HEX}{{32}}")


def canary_of(content_hash: str) -> str:
    """The canary of one export, from the hash of its content: "trustgauge-canary-" and 32 hexadecimal digits."""
    return f"trustgauge-canary-{blake2b(content_hash.encode(), digest_size=16).hexdigest()}"


def guids_in(text: str) -> list[str]:
    """The canaries of test data in a text, ours and others' ("canary GUID ..."), as their GUIDs in lower case."""
    return list(dict.fromkeys(guid.lower() for guid in _TEST.findall(text)))


def exports_in(text: str) -> list[str]:
    """The canaries of exports in a text."""
    return list(dict.fromkeys(_EXPORT.findall(text)))
