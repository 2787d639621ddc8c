"""The page of benchmarks.intervals: tables, and which interval to use when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.intervals import ALIKE, DESIGNS, DRAWS, METHODS, SIBLINGS, Found, Held, Setting

SPANS = ((2, 9), (10, 30), (31, 400))
ADVICE = """\
- **The default (Wilson at the effective n, MOVER over the arms)** is near its level from about ten clusters on, at
  every rate, and narrow. With fewer it can hold too little.
- **`--interval exact`** (Korn-Graubard) where being wrong costs: a bound for a gate, a rate near 0 or 1, fewer than
  ten clusters. It holds its level nearly everywhere, and is wider for it.
- **`--interval bootstrap`** (BCa at the tails of Student's t) as a check that assumes no binomial: close to its level
  from ten clusters on. Plain percentiles are too narrow with few clusters. Bootstrap-t holds there too, but is of no
  use near 0 and 1, where its width explodes: that is why BCa is the one in use.
- **`--interval robust`** for scores in the middle with many clusters, and with `--cluster template`, where it alone
  takes group and template together. Near 0 and 1 it is symmetric where the truth is not.
- **`--interval bayes`** for small n and rates well between 0 and 1, where sibling tasks are alike: much narrower. It
  pulls towards the siblings and away from 0 and 1: at rates of 0.01 and 0.99 its intervals held the truth in as few as
  {least} of samples of a task. What it pulls adds up in the means of many tasks. Never for a gate.
- With one cluster there is no interval by any method.
"""


def page(found: Found, runs: int) -> str:
    """Markdown."""
    least = min(each.share for (at, name), each in found.items() if name == "bayes" and at.rate in (0.01, 0.99))
    lines = [
        "<!-- Written by `python -m benchmarks.intervals --write`. -->",
        "",
        "# Which interval when?",
        "",
        f"{runs} simulated samples in each cell: the share of 95 % intervals that hold the true score, and their "
        "width.",
        "Cases come in clusters of one size whose rates vary (beta-binomial, intra-cluster correlation icc); with two",
        "arms each cluster has its cases in both, at the same rate, so the arms go together.",
        f"Bootstraps draw {DRAWS:,} times here (10,000 in reports). Siblings: {SIBLINGS} tasks whose rates lie around "
        f"this one's (a beta distribution that weighs {ALIKE:.0f} cases,",
        "around a middle which itself lies so around the true rate). Where all clusters are alike, bootstrap and "
        "robust limits are Wilson's.",
        f"A share of {runs} has a standard error of about {100 * (0.95 * 0.05 / runs) ** 0.5:.1f} points.",
        "",
        ADVICE.format(least=f"{least:.0%}"),
        "",
        "## By number of clusters",
        "",
        "Mean over all rates and designs: share that holds, the lowest share of any cell, mean width.",
        "",
        *_table(("clusters", *METHODS.values()), (_span(found, *span) for span in SPANS)),
    ]
    for design in DESIGNS:
        size, icc, arms = design
        plural = "two arms" if arms == 2 else "one arm"
        lines += [
            "",
            f"## Clusters of {size}, icc {icc:g}, {plural}",
            "",
            "Share that holds the truth / mean width.",
            "",
        ]
        here = sorted({at for at, _ in found if at[2:] == design})
        rows = ((f"{at.n}", f"{at.rate:g}", *(_cell(found[at, name]) for name in METHODS)) for at in here)
        lines += _table(("n", "rate", *METHODS.values()), rows)
    return "\n".join([*lines, ""])


def _span(found: Found, least: int, most: int) -> tuple[str, ...]:
    def of(name: str) -> str:
        held = [each for (at, method), each in found.items() if method == name and least <= _clusters(at) <= most]
        share, width = (sum(values) / len(held) for values in zip(*((h.share, h.width) for h in held), strict=True))
        return f"{share:.1%} (least {min(h.share for h in held):.0%}), {width:.2f}"

    return (f"{least} to {most}", *(of(name) for name in METHODS))


def _clusters(at: Setting) -> int:
    return at.clusters


def _cell(held: Held) -> str:
    return f"{held.share:.0%} / {held.width:.2f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    rule = "|" + "---:|" * len(head)
    return [f"| {' | '.join(head)} |", rule, *(f"| {' | '.join(row)} |" for row in rows)]
