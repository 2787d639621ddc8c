"""Findings: what a report says in sentences, so that nobody has to read a table to know the point."""

from __future__ import annotations

from collections.abc import Sequence

from trustgauge.reports.judged import verdicts_by_model
from trustgauge.reports.outside import outside_sentences
from trustgauge.reports.profile import Profile, SubResult
from trustgauge.reports.section import interval, model_names, percent
from trustgauge.reports.stopped import stopped_early
from trustgauge.taxonomy import SUB_CATEGORIES
from trustgauge.types import Counts


def findings(profiles: list[Profile]) -> list[str]:
    """A few plain sentences: who has the highest mean and who the lowest, what is weak, what can't be told from
    chance, what went unscored, what is missing."""
    sentences = [_over_all(profiles)]
    for name, found in zip(model_names(profiles), profiles, strict=True):
        sentences += [*_of_model(name, found), *outside_sentences(name, found)]
    sentences.append(_by_rule_alone(profiles))
    sentences.append(_missing(profiles))
    return [s for s in sentences if s]


def _over_all(profiles: list[Profile]) -> str:
    """The highest and the lowest of the runs' means, and whether their intervals tell them apart.

    "" where means do not compare: one run, one not whole, not the same sub-categories scored, or no interval of the
    highest.
    """
    scored = [frozenset(s.id for s in p.assessed if s.score is not None) for p in profiles]
    means = [(p.overall, name) for name, p in zip(model_names(profiles), profiles, strict=True)]
    means.sort(key=lambda each: -(each[0].score or 0.0))
    (top, best), (bottom, worst) = means[0], means[-1]
    if len(means) < 2 or len(set(scored)) > 1 or any(p.owed for p in profiles) or top.low is None:
        return ""
    mean = "weighted overall mean" if profiles[0].how.weights else "overall mean"
    ends = [interval(m.score, m.low, m.high) for m in (top, bottom)]
    close = [name for m, name in means[1:] if m.high is not None and m.high >= top.low]
    bare = [name for m, name in means[1:] if m.high is None]
    if len(close) + len(bare) == len(means) - 1:
        said = f"no {mean} stands out for sure, from {best}, {ends[0]}, to {worst}, {ends[1]}"
    else:
        said = f"{best} has the highest {mean}, {ends[0]}, {worst} the lowest, {ends[1]}"
    said += f"; {best}'s interval overlaps that of {listed(close)}" if close else ""
    said += f"; without an interval the place of {listed(bare)} is not sure" if bare else ""
    if top.bounds and bottom.bounds and top.bounds.worst < bottom.bounds.best:
        said += "; were what is missing scored, their order might turn"
    where = (
        f"Over the {len(scored[0])}" if len(scored[0]) == len(SUB_CATEGORIES) else f"Over {len(scored[0])} of the 29"
    )
    return f"{where} sub-categories {said}. Means hide differences: see the profile."


def _of_model(name: str, found: Profile) -> list[str]:
    scored = [s for s in found.assessed if s.score is not None]
    counts = found.counts
    said: list[str] = []
    if found.owed:
        there = found.all_counts.n
        whole = there + found.owed
        said.append(
            f"{name}: INCOMPLETE, {there:,} of {whole:,} cases ({found.run.status}); the same command asks the rest."
        )
    if stopped := stopped_early(name, found.run):
        said.append(stopped)
    if judged := _by_models(name, found):
        said.append(judged)
    if left := sum(task.said.waiting for sub in found.assessed for task in sub.tasks):
        said.append(f"{name}: NOT ALL JUDGED, {left:,} of its replies wait for a judge; the same command goes on.")
    if found.outside and not found.assessed:
        return said
    if not scored:
        return [*said, f"{name}: none of its {counts.n:,} replies could be scored{_lost(found)}."]
    sure = [s for s in scored if s.high is not None] or scored
    weakest = min(sure, key=lambda s: s.high if s.high is not None else s.score or 0.0)
    value = interval(weakest.score, weakest.low, weakest.high)
    where = f"weakest in {weakest.title.lower()}" if len(sure) > 1 else weakest.title.lower()
    said.append(f"{name}: {where}, {value}{_lost(found)}.")
    lost = [s for s in scored if _not_above_chance(s)]
    if lost:
        said.append(f"{name}: not above chance in {listed([s.title.lower() for s in lost])}.")
    return said


def _not_above_chance(sub: SubResult) -> bool:
    return sub.chance is not None and sub.low is not None and sub.low <= sub.chance


def _lost(found: Profile) -> str:
    counts = found.counts
    parts: list[str] = []
    if counts.unscored:
        parts.append(f"{percent(counts.unscored, counts.n)} of its cases could not be scored")
    if counts.failed:
        parts.append(f"{percent(counts.failed, counts.n)} failed")
    return f"; {' and '.join(parts)}" if parts else ""


def _by_models(name: str, found: Profile) -> str:
    """Who judged the open replies, where models did."""
    tasks = [task for sub in found.assessed for task in sub.tasks if task.open]
    by = verdicts_by_model(task.said for task in tasks)
    counts = sum((task.counts for task in tasks), Counts())
    whole, handed = counts.n - counts.failed, sum(task.said.handed for task in tasks)
    if not found.run.manifest.get("judging") or not whole:
        return ""
    if not by:
        left = f"{handed:,} wait for a judge" if handed else "nothing was left for a judge"
        return f"{name}: of {whole:,} open replies rules decided {whole - handed:,}; {left}."
    models = listed([f"{model} {sum(labels.values()):,}" for model, labels in by.items()])
    return f"{name}: of {whole:,} open replies rules decided {whole - handed:,}; judged by model: {models}."


def _by_rule_alone(profiles: list[Profile]) -> str:
    """Who judged, where no model did: the replies of open tasks that a rule could not read stand as unscored."""
    if any(p.run.manifest.get("judging") or p.run.manifest.get("import") for p in profiles):
        return ""
    counts = sum((t.counts for p in profiles for s in p.assessed for t in s.tasks if t.open), Counts())
    if not counts.unscored:
        return f"Judged by rule alone: all of {counts.n:,} open replies could be told." if counts.n else ""
    return (
        f"Judged by rule alone: of {counts.n:,} open replies {percent(counts.unscored, counts.n)} could not be told "
        "and stand as unscored; with --judge MODEL a model judges those."
    )


def _missing(profiles: list[Profile]) -> str:
    missing = [
        s.title.lower()
        for i, s in enumerate(profiles[0].sub_categories)
        if not any(p.sub_categories[i].assessed for p in profiles)
    ]
    if len(missing) == len(profiles[0].sub_categories):
        return "None of the 29 sub-categories of the taxonomy was assessed."
    return f"Not assessed ({len(missing)} of 29): {listed(missing)}." if missing else ""


def listed(names: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
