"""What the script does: base model, loop, ablations, study, page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from recipes.tiny.ablations import ablated
from recipes.tiny.loop import Clock, Loop, aligned, draw, exported, keep, leaking, make_base, measured, measured_wide
from recipes.tiny.page import page
from recipes.tiny.plan import FULL, REAL, SHORT
from recipes.tiny.studied import studied

from trustgauge.aligning.change_document import change_document
from trustgauge.aligning.change_result import Change


def loop_of(out: Path, *, model: str = "", lora: bool = False, short: bool = False) -> Loop:
    """A loop in a folder, its base model trained or named."""
    out.mkdir(parents=True, exist_ok=True)
    plan, clock = SHORT if short else REAL if model else FULL, Clock(file=out / "seconds.json")
    word = f"hf/{model.removeprefix('hf/')}" if model else make_base(out, plan, clock)
    return Loop(out, plan, word, clock, lora=lora)


def go(loop: Loop, *, ablate: bool = False) -> dict[str, Any]:
    """All of it; what loop.json holds. The page lies beside it, as OUT/tiny-loop.md."""
    runs = draw(loop)
    folder = exported(loop, runs)
    stages = aligned(loop, folder)
    changed = measured(loop, stages)
    more: dict[str, Any] = {"leaks": leaking(loop, folder)}
    if loop.plan.rest:
        wide = measured_wide(loop, stages)
        more |= {"wide": change_document(wide), "study": studied(loop, wide)}
    told = kept(loop, changed, folder, more)
    if ablate:
        apart = replace(loop, clock=Clock(file=loop.out / "seconds-ablations.json"))
        more["ablations"] = ablated(apart, runs, changed)
        told = kept(loop, changed, folder, more | {"seconds_ablations": apart.clock.seconds})
    return told


def kept(loop: Loop, changed: Change, folder: Path, more: dict[str, Any]) -> dict[str, Any]:
    """What was found so far, as numbers and as the page."""
    told = keep(loop, changed, folder, more)
    (loop.out / "tiny-loop.md").write_text(page(told), encoding="utf-8")
    return told


def main_loop(asked: Any) -> None:
    """The script's arguments, done."""
    loop = loop_of(asked.out, model=asked.model, lora=asked.lora, short=asked.short)
    told = go(loop, ablate=asked.ablate)
    for sentence in told["says"]:
        print(f" {sentence}")
    if asked.write:
        asked.write.write_text(page(told), encoding="utf-8")
    print(f" {sum(told['seconds'].values()) / 60:.1f} minutes in all; results in {asked.out / 'tiny-loop.md'}")
