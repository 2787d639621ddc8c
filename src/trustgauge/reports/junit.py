"""The report as JUnit XML: a case for each assessed sub-category, which passes where it is surely above chance."""

from __future__ import annotations

from collections.abc import Sequence

from trustgauge.reports.junit_xml import Case, suites
from trustgauge.reports.profile import Profile, SubResult
from trustgauge.reports.section import interval, model_names, number


def junit_report(profiles: Sequence[Profile]) -> str:
    """A suite for each run, a case for each of its sub-categories.

    A sub-category fails where its 95 % interval is not above chance. It is an error where that can't be told:
    nothing scored, no interval, no chance level. So nothing passes by not answering.
    """
    named = zip(model_names(list(profiles)), profiles, strict=True)
    return suites([(name, [_case(sub.id, sub) for sub in found.assessed]) for name, found in named])


def _case(name: str, sub: SubResult) -> Case:
    c = sub.counts
    body = (
        f"{sub.title}: score {interval(sub.score, sub.low, sub.high)}, chance {number(sub.chance)}; "
        f"n {c.n}, good {c.good}, bad {c.bad}, unscored {c.unscored}, failed {c.failed}"
    )
    if sub.score is None:
        return Case(name=name, verdict="error", message=f"none of {c.n} cases could be scored", body=body)
    if sub.low is None or sub.chance is None:
        why = "too few independent cases for an interval" if sub.low is None else "no chance level is known"
        return Case(name=name, verdict="error", message=f"cannot be held against chance: {why}", body=body)
    said = f"{interval(sub.score, sub.low, sub.high)} is not above chance, {number(sub.chance)}"
    above = sub.low > sub.chance
    return Case(name=name, verdict="pass" if above else "failure", message="" if above else said, body=body)
