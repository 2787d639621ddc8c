"""The page of a study: the answers first, then tables and figures, each coefficient with its n and interval."""

from __future__ import annotations

from trustgauge.reports.page import Figure, Page
from trustgauge.reports.section import Section, first_few, interval
from trustgauge.studying.claims import Weighed
from trustgauge.studying.figures import figures
from trustgauge.studying.trends import Trend
from trustgauge.studying.whole import Study
from trustgauge.studying.words import lead, limits, p_words, share, signed, small

Block = Section | Figure
STRONGEST = 12


def page_of(study: Study) -> Page:
    """The page, the same for terminals, Markdown and HTML."""
    drawn = figures(study)
    blocks: list[Block] = [
        *_claims(study),
        *drawn.get("trend", []),
        *_trends(study),
        *_conventions(study),
        *drawn.get("trade", []),
        *_utility(study),
        *_sides(study),
        *drawn.get("rank", []),
        *_ranking(study),
        *drawn.get("map", []),
        *_map(study),
        _models(study),
        *_known_faults(study),
    ]
    foot = (
        f"{small(len(study.table.models))} Limits of rho, tau and differences say what other models might have shown; "
        f"those of scores and gains what other cases might have. p is two-sided, by permutation; * by random "
        f"arrangements, seed {study.seed}. Missing scores are left out, never counted as 0: {study.table.missing} here."
    )
    title = {"survey": "Study of the survey's release", "trustllm": "Study of TrustLLM's published tables", "": "Study"}
    return Page(
        title=f"{title[study.paper]}: {len(study.table.models)} models",
        lead=lead(study),
        blocks=tuple(blocks),
        foot=foot,
    )


def _claims(study: Study) -> list[Block]:
    if not study.claims:
        return []
    pairs = list(enumerate(study.claims, 1))
    rows = [
        (
            f"({at}) {w.claim.text}",
            w.verdict,
            _coefficient(w),
            limits(w.low, w.high) if w.value is not None else "–",
            str(w.n) if w.n else "–",
            p_words(w.p),
            "–" if w.holm is None else f"{w.holm:.3f}",
        )
        for at, w in pairs
    ]
    behind = [(f"({at})", w.claim.source, w.said, w.claim.note) for at, w in pairs]
    columns = ("claim", "do the numbers support it?", "coefficient", "95 %", "models", "p", "p (Holm)")
    note = (
        "Supported, contradicted: p < 0.05 on the claimed side, or on the other, for all claims at once by Holm; but "
        "not after correction: only alone. Not significant: chance may have made it, and its absence is not shown "
        "either; the coefficient and its limits say how strong it may be. Cannot be told: no outcome could have told."
    )
    if study.paper == "survey":
        note = (
            "For these models: other cases would have told the same of these six; whether it holds for others, p says, "
            "and so few can hardly tell. Gain: the last stage's mean less the first's, with limits over cases. p: of "
            "Jonckheere and Terpstra's test over models. Published: the release's labels."
        )
    if all(w.holm is None for w in study.claims):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return [
        Section(title="Claims, and whether the numbers support them", columns=columns, rows=tuple(rows), note=note),
        Section(
            title="Behind each claim", columns=("claim", "in the paper", "the numbers", "remark"), rows=tuple(behind)
        ),
    ]


def _coefficient(found: Weighed) -> str:
    if found.value is None:
        return "–"
    return f"{found.coefficient} {f'{found.value:.3f}' if found.coefficient == 'share' else signed(found.value)}"


def _trends(study: Study) -> list[Block]:
    told = [t for t in study.trends if t.stages]
    if not told:
        return []
    used = [stage for stage in study.facts.stages if any(s.name == stage for t in told for s in t.stages)]
    counted = any(study.table.n.get(t.measure.id) for t in told)
    rows = [(_name(t), t.shape, *_tests(t)) for t in told]
    stages = [(_name(t), *(_stage(t, s) for s in used), *([_cases(t, study)] if counted else [])) for t in told]
    columns = (
        "measure",
        "with more alignment",
        "gain, 95 % over cases" if counted else "gain",
        "tau, 95 % over models",
        "models",
        "p",
        "p (Holm)",
    )
    note = (
        "Gain: from the least aligned stage to the most, below. tau: Kendall's tau-b of stage and score; p: "
        "Jonckheere and Terpstra's, exact where small. Better: the last stage is above the first and nothing falls on "
        "the way; weak: less than a third of what was wrong is made good; falls hold for all pairs of stages at once."
    )
    return [
        Section(
            title="Does more alignment mean more trust, and where not?", columns=columns, rows=tuple(rows), note=note
        ),
        Section(
            title="Scores at each stage",
            columns=("measure", *used, *(("cases a model",) if counted else ())),
            rows=tuple(stages),
            note="Means over the models of a stage, least aligned first, 95 % over cases; in brackets how many models.",
        ),
    ]


def _conventions(study: Study) -> list[Block]:
    """The conventions that are ours, and which words move with them."""
    rows = tuple((c.convention, c.ours, c.other, "; ".join(c.changed) or "nothing changes") for c in study.conventions)
    if not rows:
        return []
    note = (
        "These conventions are ours, no paper's, and were settled with the survey's and TrustLLM's numbers in view. "
        "One at a time is changed here. Where a word moves, read the coefficient and its limits instead."
    )
    columns = ("convention", "ours", "were it", "then")
    return [Section(title="How far the words hang on our conventions", columns=columns, rows=rows, note=note)]


def _cases(found: Trend, study: Study) -> str:
    """Scored cases of each model, from the fewest to the most."""
    n = study.table.n.get(found.measure.id)
    if not n:
        return "–"
    return f"{min(n):,}" if min(n) == max(n) else f"{min(n):,} to {max(n):,}"


def _name(found: Trend) -> str:
    return found.measure.title + (" (lower is better)" if found.measure.up is False else "")


def _stage(found: Trend, stage: str) -> str:
    own = next((s for s in found.stages if s.name == stage), None)
    if own is None:
        return "–"
    shown = f"{own.mean:.3f}" if own.low is None else interval(own.mean, own.low, own.high)
    return f"{shown} ({len(own.models)})"


def _tests(found: Trend) -> tuple[str, ...]:
    value, low, high = found.gain or (None, None, None)
    gain = "–" if value is None else f"{value:+.3f}" + (f" {limits(low, high)}" if low is not None else "")
    tau = f"{found.tau.value:+.2f} {limits(found.tau.low, found.tau.high)}" if found.tau else "–"
    p = found.test.p if found.test else None
    return gain, tau, str(found.n), p_words(p), "–" if found.p is None else f"{found.p:.3f}"


def _utility(study: Study) -> list[Block]:
    if not study.utility:
        return []
    names = list(study.utility)
    each = {name: {a.y: a.rho for a in found} for name, (_, found) in study.utility.items()}
    rows: list[tuple[str, ...]] = []
    for measure in study.table.ranked:
        cells: list[str] = []
        for name in names:
            rho = each[name].get(measure.title)
            cells += (
                ["–"] * 3
                if rho is None
                else [f"{rho.value:+.2f} {limits(rho.low, rho.high)}", str(rho.n), p_words(rho.p)]
            )
        rows.append((measure.title, *cells))
    columns = (
        "measure, turned so that larger is better",
        *(c for n in names for c in (f"rho with {n}", "models", "p")),
    )
    chance = (
        f"Of {len(rows) * len(names)} tests {0.05 * len(rows) * len(names):.0f} would have p < 0.05 by chance alone."
    )
    return [Section(title="Does trust go with utility?", columns=columns, rows=tuple(rows), note=chance)]


def _sides(study: Study) -> list[Block]:
    if not study.refusal:
        return []
    association, found = study.refusal
    rows = tuple(
        (
            name,
            interval(*side.restraint),
            interval(*side.over_refusal),
            *(f"{k:,}" for k in side.n or ()),
            "yes" if on else "",
        )
        for (name, side), on in zip(
            [(m, s) for m, s in zip(study.table.models, study.table.sides, strict=True) if s], found.front, strict=True
        )
    )
    counted = ("n", "n of twins") if rows and len(rows[0]) > 4 else ()
    cases = f" Over cases, for these models: {limits(*association.cases)}." if association.cases else ""
    rho = association.rho
    said = (
        f"rho {signed(rho.value)} {limits(rho.low, rho.high)}, {rho.n} models, p {p_words(rho.p)}."
        if rho
        else "No rho."
    )
    columns = ("model", "restraint", "over-refusal", *counted, "on the front")
    title = "Is over-refusal the price of restraint?"
    return [Section(title=title, columns=columns, rows=rows, note=f"Over-refusal with restraint: {said}{cases}")]


def _ranking(study: Study) -> list[Block]:
    rows: list[tuple[str, ...]] = []
    for at, place in enumerate(study.ranking.places):
        best, worst = study.ranking.span(at)
        rows.append(
            (
                f"{place.place:g}",
                place.name,
                f"{place.mean_rank:.2f}",
                f"{place.low:g} to {place.high:g}",
                share(place.best),
                f"{best:g} to {worst:g}",
            )
        )
    moved = max(range(len(rows)), key=lambda i: study.ranking.span(i)[1] - study.ranking.span(i)[0], default=None)
    note = (
        f"Mean rank over {study.ranking.measures} measures of equal weight, ties averaged, missing left out. Places' "
        f"limits over {study.ranking.over}. Other conventions: {len(study.ranking.moves)} of them, one at a time "
        f"({_kinds(study)})."
    )
    if moved is not None:
        best, worst = study.ranking.span(moved)
        name = study.ranking.places[moved].name
        note += f" The one that moves most is {name}: {best:g} to {worst:g}." if best < worst else " None moves."
    columns = ("place", "model", "mean rank", "95 %", "first in", "under other conventions")
    note = f"{note} {_assumed(study)}"
    return [Section(title="Ranking, and how sure it is", columns=columns, rows=tuple(rows), note=note)]


def _assumed(study: Study) -> str:
    """What the limits of places and the shares of first places take for granted."""
    said = "First in: the share of draws with the lowest mean rank, among these models and by equal weights alone."
    if study.ranking.over.startswith("cases"):
        return said + " It has the intervals for right, and measures for independent of each other."
    return said + " It takes the measures for a random sample; where they go together it is surer than it should be."


def _kinds(study: Study) -> str:
    names = [name for name, _ in study.ranking.moves]
    kinds = [
        ("a direction turned", any(n.endswith("other way round") for n in names)),
        ("suspect columns left out", any("suspect" in n for n in names)),
        ("a group of measures left out", any(n.startswith("without ") for n in names)),
    ]
    return ", ".join(kind for kind, there in kinds if there) or "none"


def _map(study: Study) -> list[Block]:
    found = study.map
    titles = {m.id: m.title for m in found.measures}
    strongest = sorted(found.rho.items(), key=lambda item: (-abs(item[1].value), item[0]))[:STRONGEST]
    if not strongest:
        return []
    rows = tuple(
        (titles[a], titles[b], signed(rho.value), limits(rho.low, rho.high), str(rho.n), p_words(rho.p))
        for (a, b), rho in strongest
    )
    told, of, chance = found.told
    note = f"The {len(rows)} strongest of {len(found.rho)} pairs; {told} of {of} have p < 0.05, by chance {chance:.1f}."
    columns = ("measure", "with", "rho", "95 %", "models", "p")
    blocks: list[Block] = [Section(title="What goes with what", columns=columns, rows=rows, note=note)]
    groups = tuple((", ".join(titles[m] for m in names), f"{mean:.2f}") for names, mean in found.clusters)
    if groups:
        note = "Average linkage on 1 - |rho|, cut at 0.8; an equally weighted ranking counts each group several times."
        columns = ("measures that rank these models nearly alike", "mean |rho|")
        blocks.append(Section(title="Redundant measures", columns=columns, rows=groups, note=note))
    return blocks


def _models(study: Study) -> Section:
    rows: list[tuple[str, ...]] = []
    for model in study.table.models:
        facts = study.facts.of(model)
        openness = {True: "open", False: "proprietary", None: "–"}[facts.open]
        utility = ", ".join(f"{name} {value:g}" for name, value in facts.utility.items())
        size = "–" if facts.size is None else f"{facts.size:g}"
        rows.append(
            (
                model,
                facts.family or "–",
                size,
                facts.stage or "–",
                openness,
                facts.released or "–",
                utility or "–",
                facts.source or "–",
            )
        )
    columns = ("model", "family", "size, billions", "stage", "weights", "released", "utility", "source")
    note = f"Stages, from the least aligned: {', '.join(study.facts.stages)}. A dash: unknown; give yours with --facts."
    if study.facts.own:
        note += f" The facts name no model of this study in: {first_few(study.facts.own)}."
    return Section(title="What is known of the models", columns=columns, rows=tuple(rows), note=note)


def _known_faults(study: Study) -> list[Block]:
    rows = [(m.title, m.suspect) for m in study.table.measures if m.suspect]
    rows += [("not used", said) for said in study.table.left_out]
    if not rows:
        return []
    suspect = any(m.suspect for m in study.table.measures)
    note = "Suspect columns are ranked as published; how far places move without them stands in the ranking."
    note = note if suspect else ""
    return [Section(title="Known faults", columns=("column", "what is wrong"), rows=tuple(rows), note=note)]
