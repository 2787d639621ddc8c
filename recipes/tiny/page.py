"""The page of results: before and after, the price, the ablations, the study. From what loop.json holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Told = dict[str, Any]

HEAD = """# The tiny loop

The whole loop of trustgauge on a real base model, small enough for two CPU cores: measure, export, align, measure
again. This page is written by

```
python recipes/tiny_loop.py --out DIR --ablate --write docs/tiny-loop.md
```

(extras `local` and `align`). Without `--ablate` it is the loop alone; `--short` is the same chain in about a
minute, for CI; `--model ORG/NAME` takes any causal model of Hugging Face in place of the tiny base (with `--lora`
only an adapter is trained). `recipes/tiny_loop.ipynb` is the same as a notebook. Everything can be had step by step
on the command line:

```
trustgauge run -m hf/DIR/base -s TASK ... --split train --draws 2 --temperature 1
trustgauge export RUN ... --format sft --format dpo -o export
trustgauge align hf/DIR/base export --steps sft,dpo -o aligned
trustgauge run -m hf/DIR/base -m hf/aligned/sft -m hf/aligned/dpo -s TASK ... --split held-out
```

## What the base model is

A Llama architecture of about a million parameters with its own tokenizer, trained from scratch on dialogues of
generated cases. Four characters wrote them (`recipes/tiny/characters.py`): one careful, one that refuses whatever
sounds risky, one that goes along with everything, one that rambles. So the base is mixed: both good and bad replies
are likely.

What stands on either side of the wall:

- **Corpus and alignment data** are of training cases alone: no held-out template, and no held-out keyword, is in
  either. A real base model has met most words before; this one meets the held-out ones for the first time when it is
  measured.
- **Measured** is on held-out templates and keywords only, for base, SFT and DPO with the same cases, at temperature
  1.

So it can only learn what a text shows by how it is put, and the targets are tasks of that kind. In trials with other
targets a model of this size did not learn, on held-out words: harmful requests (`direct`, `survey-form`: what hurts
whom is knowledge of words), house rules (`policy`), an age said in passing (`age-signal`), what a chat cannot do
(`impossible`), opinions that facts should move (`mirrored-opinion`).
"""


def page(told: Told) -> str:
    """The page as markdown."""
    blocks = [HEAD.strip(), "## What came out", *(f"- {sentence}" for sentence in told["says"])]
    stages: list[Told] = told["change"]["stages"]
    blocks += ["### Targets", _AIMED, _table(_heads(stages), _rows(stages, target=True))]
    if any(len(row["tasks"]) > 1 for row in stages[-1]["sub_categories"]):
        blocks += ["By task:", _table(_heads(stages), _task_rows(stages))]
    blocks += ["### Over-refusal and harmful compliance", _table(_SIDES, _sides(stages))]
    if "wide" in told:
        wide: list[Told] = told["wide"]["stages"]
        blocks += ["### Untouched sub-categories and utility", _FEW, _table(_heads(wide), _rows(wide, target=False))]
    blocks += ["### What was exported", _exported(told["export"])]
    if "leaks" in told:
        blocks.append(_leaks(told["leaks"]))
    blocks += _ablations(told.get("ablations") or {})
    if told.get("study"):
        blocks += ["## The survey's question", _STUDY, *(f"- {sentence}" for sentence in told["study"]["lead"])]
        if told["study"]["claims"]:
            blocks.append(_table(("claim", "verdict", "n", "p"), _claims(told["study"]["claims"])))
    blocks += ["## What it took", _took(told)]
    return _spaced(blocks)


_AIMED = (
    "The tasks that training aimed at, on held-out templates and keywords, all stages on the same cases. Whoever knows "
    "nothing can have 0.50 on each of them by one constant answer; a score below that is of a model that is wrong, or "
    "cannot be read, on both sides."
)
_FEW = (
    'Every task of all 29, at few cases each: intervals are wide, and single rows say little. "Other tasks" are those '
    "of a targeted sub-category that nothing was trained on."
)
_STUDY = (
    "`trustgauge study` over base, SFT and DPO, at few cases of all 29 sub-categories: does alignment raise trust "
    "across the board, asked of models aligned here. With three models of one family nothing can be significant by "
    "ranks; the paired changes above are the test."
)
_SIDES = (
    "stage",
    "benign twins declined: before",
    "after",
    "change",
    "harmful complied with: before",
    "after",
    "change",
)


def _heads(stages: Sequence[Told]) -> tuple[str, ...]:
    return ("measure", "n", "base", *(f"{s['stage']} | change [95 %]" for s in stages), "finding")


def _spaced(blocks: Sequence[str]) -> str:
    """Blocks with an empty line between them, but for the points of a list."""
    lines: list[str] = []
    for block in blocks:
        if lines and not (block.startswith("- ") and lines[-1].startswith("- ")):
            lines.append("")
        lines.append(block)
    return "\n".join(lines) + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    names = "|".join(heads).count("|") + 1
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ["---"] * names, *rows))


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _change(span: Told) -> str:
    if span.get("difference") is None:
        return "-"
    ends = f" [{span['low']:+.2f} {span['high']:+.2f}]" if span.get("low") is not None else ""
    return f"{span['difference']:+.2f}{ends}"


def _row(each: Sequence[Told], finding: str) -> list[str]:
    cells = [each[-1]["id"], str(each[-1]["n"]), _share(each[0]["before"])]
    for one in each:
        cells += [_share(one["after"]), _change(one)]
    return [*cells, finding]


def _rows(stages: Sequence[Told], *, target: bool) -> Iterable[list[str]]:
    for found in stages[-1]["sub_categories"] + ([] if target else stages[-1]["outside"]):
        if found["target"] == target:
            yield _row([_same(stage, found["id"]) for stage in stages], found["word"])


def _same(stage: Told, id_: str) -> Told:
    return next(row for row in stage["sub_categories"] + stage["outside"] if row["id"] == id_)


def _task_rows(stages: Sequence[Told]) -> Iterable[list[str]]:
    for sub in stages[-1]["sub_categories"]:
        for task in sub["tasks"] if sub["target"] else ():
            each = [next(t for t in _same(stage, sub["id"])["tasks"] if t["id"] == task["id"]) for stage in stages]
            yield _row(each, "")


def _sides(stages: Sequence[Told]) -> Iterable[list[str]]:
    for stage in stages:
        cells = [stage["stage"]]
        for side in ("declined", "complied"):
            span = stage["refusals"][side]
            cells += [_share(span["before"]), _share(span["after"]), _change(span)]
        yield cells


def _leaks(found: bool) -> str:
    what = "some of them stand in it" if found else "nothing of them stands in it"
    return f"`trustgauge leaks` over the export, against held-out cases of all targets: {what}."


def _exported(export: Told) -> str:
    rows = [
        (name, str(made["rows"]), str(made["refusals"]), str(sum(made["left_out"].values())))
        for name, made in export["formats"].items()
    ]
    return _table(("format", "rows", "of these refusals", "left out by filters and balance"), rows)


def _ablations(found: Told) -> Iterable[str]:
    if not found:
        return
    yield "## Ablations"
    yield "The same replies, one part of the loop taken away each time; DPO against base on the same held-out cases."
    yield _table(
        ("loop", "benign twins declined: before", "after", "change", "harmful complied with: after", "targets: change"),
        [
            (
                name,
                _share(each["refusals"]["declined"]["before"]),
                _share(each["refusals"]["declined"]["after"]),
                _change(each["refusals"]["declined"]),
                _share(each["refusals"]["complied"]["after"]),
                _change(each["targets"]),
            )
            for name, each in found.items()
        ],
    )
    judged = next((each["judges"] for each in found.values() if each.get("judges")), None)
    if judged:
        yield (
            "The biased judge calls a reply good where it is long, whatever it says. It chose the training data; over "
            "the same held-out replies, its share of good and that of the rules, base to DPO:"
        )
        heads = ("sub-category", "biased judge: before", "after", "rules: before", "after", "gap of changes", "finding")
        yield _table(heads, [_gap(row) for row in judged["rows"]])


def _gap(row: Told) -> list[str]:
    first, second = row["first"], row["second"]
    shown = [_share(span[end]) for span in (first, second) for end in ("before", "after")]
    return [row["id"], *shown, _change(row["gap"]), row["word"]]


def _claims(claims: Sequence[Told]) -> Iterable[list[str]]:
    for claim in claims:
        p = claim.get("p_holm")
        yield [claim["claim"], claim["verdict"], str(claim["n"]), "-" if p is None else f"{p:.3f}"]


def _took(told: Told) -> str:
    tables = [_steps("step", told["seconds"])]
    if told.get("seconds_ablations"):
        tables.append(_steps("step of the ablations", told["seconds_ablations"]))
    return "\n\n".join([f"{told['machine']}.", *tables])


def _steps(head: str, seconds: dict[str, float]) -> str:
    rows = [(name, f"{taken:.0f}") for name, taken in seconds.items()]
    return _table((head, "seconds"), [*rows, ("in all", f"{sum(seconds.values()):.0f}")])
