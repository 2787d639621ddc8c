"""Tables and sentences on how sure a report is: what is missing, what intervals are made of, whose weights count."""

from __future__ import annotations

from trustgauge.reports.profile import CategoryResult, Profile, SubResult
from trustgauge.reports.section import Section, interval, model_names, number, percent
from trustgauge.stats.components import Components, mean_of_components
from trustgauge.stats.intervals import Z95
from trustgauge.stats.missing import Bounds

SHOWN = 0.05
"""Distance of worst and best from which a sub-category has a row: below it a reader loses nothing."""


NOT_FOR = (
    "Shrunk scores are for few cases at rates well between 0 and 1: near 0 and 1 they lie too far in, in means of many "
    "tasks the more so, and their intervals may miss the truth there. Decide nothing by them that needs a bound."
)


def uncertainty_sections(profiles: list[Profile]) -> list[Section]:
    """Those of the three tables that these runs have something for."""
    found = (_weights(profiles), _bounds(profiles), _components(profiles))
    return [section for section in found if section]


def how_words(profiles: list[Profile]) -> str:
    """How intervals were made where a reader chose so; "" for each measure's own."""
    how = profiles[0].how
    if how.interval == "wilson" and how.cluster == "group":
        return ""
    words = {"exact": "Korn-Graubard exact", "bootstrap": "cluster bootstrap (BCa)", "robust": "cluster-robust t"}
    words |= {"bayes": "posterior quantiles, and scores are posterior means, shrunk towards sibling tasks"}
    kind = words.get(how.interval, "Wilson at the effective n")
    said = f"Intervals: {kind}; clustered by {how.cluster}. JSON and the task tables say how each was made."
    return f"{said} {NOT_FOR}" if how.interval == "bayes" else said


def mean_cell(mean: CategoryResult) -> str:
    """ "0.91 [.88 .93] · 27 of 29": a mean with the number of sub-categories that it is of; "" without a score."""
    return f"{interval(mean.score, mean.low, mean.high)} · {mean.scored} of {mean.of}" if mean.score is not None else ""


def between(bounds: Bounds | None) -> str:
    """ "0.81 to 0.93": worst to best; "" where nothing is missing or nothing was asked."""
    return f"{bounds.worst:.2f} to {bounds.best:.2f}" if bounds and bounds.best - bounds.worst > 1e-9 else ""


def _weights(profiles: list[Profile]) -> Section | None:
    weights = profiles[0].how.weights
    if not weights:
        return None
    subs = profiles[0].sub_categories
    whole = sum(sub.weight or 0.0 for sub in subs)
    named = [(i, sub) for i, sub in enumerate(subs) if sub.weight]
    rows = [
        (sub.title, f"{100 * (sub.weight or 0.0) / whole:.1f} %", *(_score(p.sub_categories[i]) for p in profiles))
        for i, sub in named
    ]
    lost = [
        sum(p.sub_categories[i].weight or 0.0 for i, _ in named if p.sub_categories[i].score is None) for p in profiles
    ]
    said = [
        f"{name} has no score for {100 * part / whole:.0f} % of the weight: "
        + ("the rest stands in for it." if part < whole * (1 - 1e-9) else "there is no mean.")
        for name, part in zip(model_names(profiles), lost, strict=True)
        if part
    ]
    parted = dict.fromkeys(name.partition("/")[0] for name in weights.by_name if "/" in name)
    tasks = [f"Of {', '.join(parted)} only the tasks that are named count."] if parted else []
    out = f"The other {len(subs) - len(named)} sub-categories have weight 0: they are in the profile and in no mean."
    return Section(
        title=f"Weights of the means{f', by {weights.source}' if weights.source else ''}",
        columns=("", "weight", *model_names(profiles)),
        rows=tuple(rows),
        note=" ".join(([out] if len(named) < len(subs) else []) + tasks + said),
    )


def _score(sub: SubResult) -> str:
    return interval(sub.score, sub.low, sub.high)


def _bounds(profiles: list[Profile]) -> Section | None:
    """Worst and best case, where they lie apart."""
    rows: list[tuple[str, ...]] = []
    close = 0
    for i, sub in enumerate(profiles[0].sub_categories):
        cells = [between(p.sub_categories[i].bounds) for p in profiles]
        if max(_apart(p.sub_categories[i].bounds) for p in profiles) >= SHOWN:
            rows.append((sub.title, *(cell or "–" for cell in cells)))
        else:
            close += any(cells)
    if not rows:
        return None
    rows.append(("Overall", *(between(p.overall.bounds) or "–" for p in profiles)))
    rest = f" {close} more lie less than {SHOWN} apart." if close else ""
    return Section(
        title="If all that could not be scored were bad, or good",
        columns=("", *model_names(profiles)),
        rows=tuple(rows),
        note="Worst and best case of the score, nothing assumed of what is missing (Manski 1989); "
        "JSON has the interval of the true score between (Imbens & Manski 2004)." + rest,
    )


def _apart(bounds: Bounds | None) -> float:
    return bounds.best - bounds.worst if bounds else 0.0


def _components(profiles: list[Profile]) -> Section | None:
    """A row for each sub-category of one run, or for each of several runs over all of its own."""
    rows = _one_run(profiles[0]) if len(profiles) == 1 else _several_runs(profiles)
    if not rows:
        return None
    judged = any(row[3] != "–" for row in rows)
    columns = ("", "from cases", "from draws", "from judges", "half-width", "twice the draws", "twice the cases")
    kept = [i for i in range(len(columns)) if judged or columns[i] != "from judges"]
    return Section(
        title="What the intervals are made of",
        columns=tuple(columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in rows),
        note="Why a score is not sure: other cases could have been asked (cases), and the model answers the same case "
        "differently from draw to draw (draws)" + (", and judges differ (judges)" if judged else "") + ". Shares of "
        "the score's variance, rough with few cases (nested analysis of variance). Half-width: of the 95 % interval "
        "as it is, and about as it would be with twice the draws of each case, or twice the cases. "
        + ("" if len(profiles) == 1 else "A row is a run's mean over its sub-categories. ")
        + "Sub-categories with a task that is no mean of rates are left out.",
    )


def _one_run(found: Profile) -> list[tuple[str, ...]]:
    return [
        (sub.title, *_shares(parts), *_half_widths((sub.high - sub.low) / 2, parts))
        for sub in found.assessed
        if (parts := sub.components) and sub.low is not None and sub.high is not None
    ]


def _several_runs(profiles: list[Profile]) -> list[tuple[str, ...]]:
    """Of the mean of the sub-categories whose tasks are all means of rates; its half-width by its variance."""
    named = zip(model_names(profiles), profiles, strict=True)
    parts = [
        (name, [(c, 1.0 if s.weight is None else s.weight) for s in p.assessed if (c := s.components)])
        for name, p in named
    ]
    means = [(name, mean_of_components([c for c, w in of if w], [w for _, w in of if w])) for name, of in parts]
    return [(name, *_shares(mean), *_half_widths(Z95 * mean.whole**0.5, mean)) for name, mean in means if mean]


def _shares(found: Components) -> tuple[str, str, str]:
    if found.shares is None:
        return "–", "–", "–"
    cases, draws, judges = found.shares
    return _percent(cases), _percent(draws), "–" if judges is None else _percent(judges)


def _percent(share: float) -> str:
    return percent(round(1000 * share), 1000)


def _half_widths(half: float, found: Components) -> tuple[str, str, str]:
    gains = found.error_with(draws=2), found.error_with(cases=2)
    return number(half, 3), number(half * gains[0], 3), number(half * gains[1], 3)
