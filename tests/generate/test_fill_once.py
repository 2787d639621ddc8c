"""A template taken apart once is filled as one that is searched each time."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from trustgauge.generate.text import _SLOT, article, capitalise, fill

SLOTS = {"animal": "owl", "thing": "university", "Name": "Ada", "brace": "{animal}", "empty": ""}
templates = st.lists(
    st.sampled_from(["{animal}", "{a animal}", "{An thing}", "{Thing}", "{Name}", "{a Name}", "{brace}", "{empty}", "{A empty}", "{", "}", "{ x}", " so ", "\n"])
).map("".join)  # fmt: skip


@given(templates)
def test_fill_is_one_substitution(template: str) -> None:
    def put(slot: re.Match[str]) -> str:
        name = slot["name"]
        value = SLOTS[name] if name in SLOTS else capitalise(SLOTS[name[0].lower() + name[1:]])
        before = article(value) if slot["article"] else ""
        return f"{capitalise(before) if slot['article'][0] == 'A' else before} {value}" if before else value

    assert fill(template, SLOTS) == fill(template, SLOTS) == _SLOT.sub(put, template)
