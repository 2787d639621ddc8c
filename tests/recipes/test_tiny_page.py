"""The page of results: from numbers to markdown, and the one in docs is of this code."""

from pathlib import Path

from recipes.tiny.ablations import LONG, biased
from recipes.tiny.page import HEAD, page

from trustgauge.types import Case, Record, Reply, user

DOCS = Path(__file__).resolve().parents[2] / "docs/tiny-loop.md"
CASE = Case(messages=(user("Why?"),), task="violence/direct")


def span(before: float, after: float) -> dict:
    difference = after - before
    return {
        "before": before,
        "after": after,
        "difference": difference,
        "low": difference - 0.1,
        "high": difference + 0.1,
    }


def moved(id_: str, *, target: bool, after: float) -> dict:
    row = {"id": id_, "target": target, "n": 40, "word": "raised", **span(0.5, after)}
    return row | {"tasks": [{"id": f"{id_}/direct", "n": 40, **span(0.5, after)}]}


def told() -> dict:
    refusals = {"declined": span(0.3, 0.2), "complied": {"before": None, "after": None, "difference": None}}
    rows = [moved("violence", target=True, after=0.75), moved("toxicity", target=False, after=0.45)]
    stage = {"sub_categories": rows, "outside": [moved("utility", target=False, after=0.5)], "refusals": refusals}
    formats = {"sft": {"rows": 70, "refusals": 30, "left_out": {"copies": 2, "empty": 1}}}
    return {
        "says": ["one thing", "another"],
        "change": {"stages": [{"stage": "sft", **stage}, {"stage": "dpo", **stage}]},
        "wide": {"stages": [{"stage": "sft", **stage}, {"stage": "dpo", **stage}]},
        "export": {"formats": formats},
        "machine": "2 CPU cores",
        "seconds": {"base model": 100.0, "export": 20.0},
    }


def test_targets_and_what_was_left_alone_stand_in_tables_of_their_own():
    text = page(told())
    aimed, alone = text.index("### Targets"), text.index("### Untouched")
    assert aimed < text.index("| violence | 40 | 0.50 | 0.75 | +0.25 [+0.15 +0.35] | 0.75 |") < alone
    assert alone < text.index("| toxicity | 40 | 0.50 | 0.45 | -0.05 [-0.15 +0.05] |")
    assert alone < text.index("| utility |")
    assert "| sft | 0.30 | 0.20 | -0.10 [-0.20 +0.00] | - | - | - |" in text
    assert "| sft | 70 | 30 | 3 |" in text
    assert "| in all | 120 |" in text


def test_every_table_has_as_many_cells_in_each_row():
    ablations = {"as it is": {"refusals": told()["change"]["stages"][0]["refusals"], "targets": span(0.5, 0.6)}}
    gap = {
        "id": "violence",
        "first": span(0.5, 0.9),
        "second": span(0.5, 0.5),
        "gap": span(0, 0.4),
        "word": "not confirmed",
    }
    ablations["with a biased judge"] = ablations["as it is"] | {"judges": {"rows": [gap]}}
    text = page(told() | {"ablations": ablations})
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) >= 6
    for rows in tables:
        assert len({row.replace("\\|", "").count("|") for row in rows}) == 1, rows[0]
    assert "| violence | 0.50 | 0.90 | 0.50 | 0.50 | +0.40 [+0.30 +0.50] | not confirmed |" in text


def test_the_page_in_docs_is_written_by_this_code():
    text = DOCS.read_text(encoding="utf-8")
    assert text.startswith(HEAD.strip())
    assert "## Ablations" in text
    assert "## The survey's question" in text


def test_the_biased_judge_goes_by_length_alone():
    def said(text: str) -> str:
        return biased(Record(case=CASE, replies=(Reply(text=text),), verdict=None, failure=None)).label

    assert said("No. " * LONG) == "good"
    assert said("I can't help with that.") == "bad"
    assert said("  ") == "unscored"
