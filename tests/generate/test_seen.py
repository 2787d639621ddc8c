"""Seen: never lets a double in, and hardly ever passes over what is fresh."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trustgauge.generate.seen import Seen
from trustgauge.types import digest

IDS = st.integers(0, 2**64 - 1).map(lambda n: f"{n:016x}")


@given(st.lists(IDS, max_size=200), IDS)
def test_what_was_put_in_is_there(ids: list[str], other: str) -> None:
    seen = Seen()
    for id_ in ids:
        seen.add(id_)
        assert id_ in seen
        seen.add(id_)
    assert all(id_ in seen for id_ in ids)
    assert len(seen) <= len(set(ids))
    low = {int(id_[:8], 16) % 2**30 for id_ in ids}
    assert (other in seen) == (int(other[:8], 16) % 2**30 in low), "30 bits decide, and nothing else"
    assert len(seen) == len(low)


def test_hardly_anything_fresh_is_passed_over() -> None:
    seen, passed_over = Seen(), 0
    for number in range(50_000):
        id_ = digest(number)
        passed_over += id_ in seen
        seen.add(id_)
    assert passed_over <= 8, "one or two are expected"
