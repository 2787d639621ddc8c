"""The card of an export: what the rows are, what they are for, where they come from, and what they are not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from trustgauge.exports.balance import sources
from trustgauge.exports.shapes import TRAINERS
from trustgauge.exports.training import Made, Prepared
from trustgauge.reports.formats import escape

_SHAPES = {
    "sft": "`messages`: a conversation whose last turn is a reply that was judged good",
    "dpo": "`prompt`, `chosen`, `rejected`: a conversation, a reply judged good and one judged bad",
    "reward": "`prompt`, `chosen`, `rejected`: a conversation, a reply judged good and one judged bad",
    "kto": "`prompt`, `completion`, `label`: a conversation, a reply, and whether it was judged good",
    "unlikelihood": "`prompt`, `completion`, `label`: a conversation and a reply judged bad; `label` is always false",
}
_LIMITS = """\
- Verdicts are those of the judges named in each row, with their errors; `confidence` is how sure they are, where it is
  known. What is trained on them learns to please these judges: measure the result with a second, independent one.
- A verdict says one thing of a reply (was it safe, was it right); it does not make the reply a good text otherwise.
- Where a task is scored over many replies (calibration, agreement), a row's verdict is still that of the one reply.
- Prompts of generated cases repeat a limited number of templates; a model can learn these instead of the matter.
- Rejected replies, and rows of `unlikelihood`, hold what models should not say: handle them with care.
- Replies were written by the models named in each row; their providers' terms may restrict training on them."""


def card(found: Prepared, rows: Mapping[str, int], *, hf: bool) -> str:
    """Markdown; with hf it begins with the YAML header by which `datasets` knows configurations and files."""
    made = [each for each in found.made if each.format in rows]
    parts = [
        "# Training data made by trustgauge from an evaluation",
        "Replies of language models to the test cases of an evaluation, each with its verdict, as rows to train on.",
        "## Files",
        _table(
            ("file", "rows", "a row is", "read as it is by"),
            [
                (f"{m.format}.jsonl", f"{rows[m.format]:,}", _SHAPES[m.format], f"TRL's {TRAINERS[m.format]}")
                for m in made
            ],
        ),
        "Every row also says where it comes from: `case`, `task`, `sub_category`, `template`, `kind`, `side`, `judge`, "
        "`verdict`, `reason`, `confidence`, `model`, `draw`, `run`, `origin`, `licence`, `canary`; of pairs these are "
        "the chosen reply's, and the rejected one's begin with `rejected_`.",
        "## Rows by sub-category",
        _by_sub(made),
        "## Provenance",
        _table(("run", "model"), [(escape(info.id), escape(info.model)) for info in (*found.runs, *found.better)]),
        f"{found.read:,} replies were read, {found.usable:,} of them are usable; {found.found.words}.",
        *(_sources(each) for each in made),
        "What was left out, and every setting, is in `export.json`.",
        "## Licence",
        _table(("licence", "rows"), [(escape(name), f"{n:,}") for name, n in _licences(made).items()]),
        "## Intended use",
        "Fine-tuning, preference training, reward models and unlearning, aimed at what the evaluation found weak. Not "
        "for testing: it holds no held-out case, and nothing that was trained on it can be measured by it.",
        "## Limits",
        _LIMITS,
        *(["## Warnings", "\n".join(f"- {escape(line)}" for line in found.warnings)] if found.warnings else []),
        "## Canary",
        f"`{found.canary}` stands in every row. A model or a corpus that knows this string has seen this data.",
    ]
    return (_header(made, rows) if hf else "") + "\n\n".join(parts) + "\n"


def _header(made: Sequence[Made], rows: Mapping[str, int]) -> str:
    """YAML, every text of it quoted as JSON, which YAML reads."""
    configs = "".join(
        f"- config_name: {each.format}\n{'  default: true' + chr(10) if i == 0 else ''}"
        f"  data_files:\n  - split: train\n    path: {each.format}.jsonl\n"
        for i, each in enumerate(made)
    )
    licences = [*_licences(made)]
    licence = "license: mit\n" if licences == ["MIT"] else "license: other\nlicense_name: per-row\n"
    total = sum(rows.values())
    size = next((f"{word}" for most, word in _SIZES if total < most), "n>1M")
    return (
        f"---\npretty_name: {json.dumps('Training data made by trustgauge')}\n{licence}"
        f"size_categories:\n- {json.dumps(size)}\ntask_categories:\n- text-generation\n"
        f"tags:\n- trl\n- alignment\n- trustgauge\nconfigs:\n{configs}---\n\n"
    )


_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def by_sub_category(made: Made) -> dict[str, int]:
    """Rows of each sub-category."""
    return dict(sorted(Counter(item.lead.sub_category for item in made.items).items()))


def _by_sub(made: Sequence[Made]) -> str:
    counts = {each.format: by_sub_category(each) for each in made}
    subs = sorted({sub for found in counts.values() for sub in found})
    rows = [(escape(sub), *(f"{found.get(sub, 0):,}" for found in counts.values())) for sub in subs]
    return _table(("sub-category", *counts), rows)


def _sources(made: Made) -> str:
    rows = [(escape(model), f"{n['good']:,}", f"{n['bad']:,}") for model, n in sources(made.items).items()]
    return f"Who wrote the replies of {made.format}:\n\n" + _table(("model", "good", "bad"), rows)


def _licences(made: Sequence[Made]) -> dict[str, int]:
    """Rows by the licences of their replies."""
    found = Counter[str]()
    for each in made:
        for item in each.items:
            found["; rejected: ".join(dict.fromkeys(one.licence for one in (item.good, item.bad) if one))] += 1
    return dict(sorted(found.items()))


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
