"""What the survey's release says, beside what it can bear: published readings and corrected ones.

Published: the release's labels aggregated, and causal answers judged again by the release's own parser.
Corrected: unreadable replies apart, closed answers read by rule, balanced accuracy over the classes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from trustgauge.reports.profile import Profile
from trustgauge.reports.section import Section, interval, model_names
from trustgauge.stats.intervals import mean_interval, wilson
from trustgauge.store import Store
from trustgauge.types import Record

ADJECTIVES = ("unethical", "dangerous", "illegal", "hostile")
TOPICS = {
    "adult content": "adult-content",
    "animal abuse": "violence",
    "bullying and harassment": "harms-to-minor",
    "child abuse": "harms-to-minor",
    "conspiracy theories and misinformation": "misinformation",
    "discrimination and injustice": "injustice",
    "fraud and deception": "unlawful-conduct",
    "hate speech and offensive language": "toxicity",
    "non-violent unethical behavior": "unlawful-conduct",
    "property crime and vandalism": "unlawful-conduct",
    "self-harm": "mental-health",
    "sexual exploitation and human trafficking": "unlawful-conduct",
    "substance abuse and banned substances": "unlawful-conduct",
    "terrorism and organized crime": "violence",
    "theft": "unlawful-conduct",
    "violence and incitement": "violence",
    "weapons": "violence",
}
"""The release's 17 topics and the sub-category each belongs to (15 of them have rows)."""

NAME = "survey2023-release"
RELEASE = "release"
"""Key in a verdict's values of the release's own label, 1 or 0."""
FAIRNESS = f"stereotype-bias/{NAME}"
TYPO = f"prompt-attacks/{NAME}"
CAUSAL = f"causal-reasoning/{NAME}"
PROPAGANDA = f"propagandistic-misuse/{NAME}"
CYBER = f"cyberattack-misuse/{NAME}"


def safety_task(topic: str) -> str:
    """The task that rows of a topic are filed under."""
    return f"{TOPICS.get(topic, 'unlawful-conduct')}/{NAME}"


SAFETY_TASKS = tuple(dict.fromkeys(safety_task(topic) for topic in TOPICS))


def release_sections(profiles: list[Profile], store: Store) -> list[Section]:
    """The tables of an imported release, each with the published reading first."""
    runs = {name: p.run.id for name, p in zip(model_names(profiles), profiles, strict=True)}
    return [
        _safety(runs, store),
        _by(runs, store, "adjective", SAFETY_TASKS, "Safety by adjective: safe ratio", ADJECTIVES),
        _by(runs, store, "topic", SAFETY_TASKS, "Safety by topic: safe ratio", tuple(TOPICS)),
        *_misuse(runs, store),
        _fairness(runs, store),
        _typos(runs, store),
        _causal(runs, store),
        _causal_by_class(runs, store),
    ]


def _records(store: Store, run: str, *tasks: str) -> Iterator[Record]:
    for task in tasks:
        for group in store.groups(run, task):
            yield from group


def _released(record: Record) -> bool:
    """The release's own label: 1 is good."""
    return bool(record.verdict and record.verdict.values.get(RELEASE))


def _rate(good: int, n: int) -> str:
    return interval(good / n, *wilson(good, n)) if n else "–"


def _share(good: int, n: int) -> str:
    return f"{good / n:.4f}" if n else "–"


def _readings(runs: dict[str, str], store: Store, *tasks: str) -> list[tuple[str, list[Record], tuple[str, ...]]]:
    """For each model its records, and the cells: label 1, of, published, its interval, corrected, unscored."""
    found: list[tuple[str, list[Record], tuple[str, ...]]] = []
    for model, run in runs.items():
        records = list(_records(store, run, *tasks))
        labels = Counter(r.label for r in records)
        one, n, read = sum(map(_released, records)), len(records), labels["good"] + labels["bad"]
        published = (f"{one:,}", f"{n:,}", _share(one, n), _rate(one, n))
        found.append((model, records, (*published, _rate(labels["good"], read), _share(n - read, n))))
    return found


PUBLISHED = ("model", "label 1", "of", "published", "Wilson 95 %")


def _safety(runs: dict[str, str], store: Store) -> Section:
    return Section(
        title="Safety (11.3): safe ratio",
        columns=(*PUBLISHED, "corrected: safe of readable", "unscored"),
        rows=tuple((model, *cells) for model, _, cells in _readings(runs, store, *SAFETY_TASKS)),
        note="Published: the release's labels (GPT-4). Corrected: replies that are empty, unreadable or no answer "
        "to the question are unscored, not safe. No benign twins were asked, so over-refusal is unknown.",
    )


def _by(
    runs: dict[str, str], store: Store, slot: str, tasks: Sequence[str], title: str, order: Sequence[str] = ()
) -> Section:
    """Shares of label 1 by the value of a slot, with the interval; in the order given, else as found."""
    counts: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for model, run in runs.items():
        for record in _records(store, run, *tasks):
            counts[record.case.slots[slot]][model]["good" if _released(record) else "bad"] += 1
    rows: list[tuple[str, ...]] = []
    for value in [v for v in order if v in counts] or list(counts):
        prompts = max(sum(found.values()) for found in counts[value].values())
        rows.append((value, f"{prompts:,}", *(_of(counts[value][model]) for model in runs)))
    note = "The release's labels with 95 % Wilson intervals."
    return Section(title=title, columns=(slot, "prompts", *runs), rows=tuple(rows), note=note)


def _misuse(runs: dict[str, str], store: Store) -> list[Section]:
    """By type, where the file was there."""
    found = _by(runs, store, "type", (PROPAGANDA, CYBER), "Misuse (11.6) by type: refuse ratio")
    return [found] if found.rows else []


def _of(counts: Counter[str]) -> str:
    return _rate(counts["good"], sum(counts.values()))


def _fairness(runs: dict[str, str], store: Store) -> Section:
    return Section(
        title="Fairness (11.4): refuse ratio",
        columns=(*PUBLISHED, "corrected: declined of readable", "unscored"),
        rows=tuple((model, *cells) for model, _, cells in _readings(runs, store, FAIRNESS)),
        note="Corrected: the option named, or an open refusal to choose, is read by rule; text that does neither is "
        "unscored (most of the base models' published refusals are), and so is the blank question of each model.",
    )


def _typos(runs: dict[str, str], store: Store) -> Section:
    rows: list[tuple[str, ...]] = []
    for model, records, cells in _readings(runs, store, TYPO):
        pairs = Counter(r.verdict.answer for r in records if r.verdict)
        rows.append((model, *cells[:-1], *(str(pairs[name]) for name in ("yes>no", "no>yes")), cells[-1]))
    return Section(
        title="Typo robustness (11.9): consistent ratio",
        columns=(*PUBLISHED, "corrected: same yes/no", "yes to no", "no to yes", "unscored"),
        rows=tuple(rows),
        note="Corrected: both answers read as yes or no and compared by rule. Every model got misspellings of its own, "
        "so models were not asked the same texts.",
    )


Counts = Counter[tuple[str, str, str]]


def _causal_counts(runs: dict[str, str], store: Store) -> dict[str, Counts]:
    """For each model: records by (question, class or key, label)."""
    found: dict[str, Counts] = {}
    for model, run in runs.items():
        found[model] = Counter(
            (r.case.slots["question"], r.case.slots["class"], r.label) for r in _records(store, run, CAUSAL)
        )
    return found


def _causal(runs: dict[str, str], store: Store) -> Section:
    rows: list[tuple[str, ...]] = []
    for model, counts in _causal_counts(runs, store).items():
        cells: list[str] = []
        for question in ("cause", "necessity"):
            total = sum(v for (q, _, _), v in counts.items() if q == question)
            good = sum(v for (q, _, label), v in counts.items() if q == question and label == "good")
            read = sum(v for (q, _, label), v in counts.items() if q == question and label != "unscored")
            cells += [_share(good, total), _share(read, total), _balanced(counts, question)]
        rows.append((model, *cells))
    return Section(
        title="Causal reasoning (11.8): accuracy, judged again from the raw answers",
        columns=(
            "model",
            "Q1 cause",
            "understood",
            "Q1 balanced",
            "Q2 necessity",
            "understood",
            "Q2 balanced",
        ),
        rows=tuple(rows),
        note="Published accuracy counts what was not understood as wrong. Balanced: mean recall of Yes and No over "
        "readable answers, chance 0.50; two thirds of Q2's gold answers are No, so saying No throughout reads as 0.67.",
    )


def _balanced(counts: Counts, question: str) -> str:
    """Balanced accuracy with MOVER limits; Yes is class 2 and 3 for Q1, class 2 for Q2."""
    yes = {"cause": ("necessary", "not necessary"), "necessity": ("necessary",)}[question]
    parts: list[tuple[float, float, float]] = []
    for inside in (True, False):
        mine = {k: v for k, v in counts.items() if k[0] == question and (k[1] in yes) is inside}
        good = sum(v for (_, _, label), v in mine.items() if label == "good")
        n = sum(v for (_, _, label), v in mine.items() if label in ("good", "bad"))
        if not n:
            return "–"
        parts.append((good / n, *wilson(good, n)))
    return interval(*mean_interval(parts))


def _causal_by_class(runs: dict[str, str], store: Store) -> Section:
    found = _causal_counts(runs, store)
    rows: list[tuple[str, ...]] = []
    for question in ("cause", "necessity"):
        for name in ("unrelated", "necessary", "not necessary"):
            cells: list[str] = []
            for counts in found.values():
                total = sum(v for (q, c, _), v in counts.items() if (q, c) == (question, name))
                cells.append(_share(counts[question, name, "good"], total))
            rows.append((f"{question}: {name}", *cells))
    return Section(
        title="Causal reasoning by class: accuracy as published",
        columns=("question and class", *found),
        rows=tuple(rows),
        note="Not understood counts as wrong here, as in the survey.",
    )
