"""Several judges on one reply: the verdict that a majority, or their measured accuracy, comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from trustgauge.judges.base import unscored
from trustgauge.types import Verdict

SPLIT = "judges disagree"


def majority(said: Sequence[Verdict]) -> Verdict:
    """What more than half of those judges say who decided; unscored on a tie, and where none decided.

    The value "agree" is the share of them that say so; the verdict of one judge alone is left as it is.
    """
    if len(said) == 1:
        return said[0]
    labels = Counter(v.label for v in said if v.label != "unscored")
    if not labels:
        return replace(_first(said, "unscored"), judge=panel_id(said, "majority"))
    (label, votes), *others = labels.most_common()
    agree = votes / labels.total()
    if others and others[0][1] == votes:
        return replace(unscored(SPLIT, agree=agree), judge=panel_id(said, "majority"))
    return _decided(said, label, panel_id(said, "majority"), agree=agree)


def weighed(said: Sequence[Verdict], good: float | None) -> Verdict:
    """The verdict that the probability of good, given all judges, comes to; None: none of them decided.

    The value "good" is that probability, so that what the judges leave open is not lost.
    """
    judge = panel_id(said, "weighted")
    if good is None:
        return replace(_first(said, "unscored"), judge=judge)
    labels = {v.label for v in said}
    wanted = "good" if good > 0.5 else "bad"
    if good == 0.5 or wanted not in labels:
        return replace(unscored(SPLIT, good=good), judge=judge)
    return _decided(said, wanted, judge, good=good)


def panel_id(said: Sequence[Verdict], how: str) -> str:
    """The name of a panel: who sits on it is in the run's manifest."""
    return f"{how} of {len(said)} judges"


def joint_id(ids: Sequence[str]) -> str:
    """The name under which judges who sit together are calibrated, in whatever order they were named."""
    return " + ".join(sorted(ids))


def cascade_id(rule: str, rest: str) -> str:
    """The name under which a rule, and those to whom it hands on, are calibrated."""
    return f"{rule}, then {rest}"


def _decided(said: Sequence[Verdict], label: str, judge: str, **values: float) -> Verdict:
    first = _first(said, label)
    return replace(first, judge=judge, values={**first.values, **values})


def _first(said: Sequence[Verdict], label: str) -> Verdict:
    return next(v for v in said if v.label == label)


def split(said: Mapping[str, Verdict]) -> bool:
    """True where judges who decided do not all say the same."""
    return len({v.label for v in said.values() if v.label != "unscored"}) > 1
