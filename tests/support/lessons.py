"""A small export to train on, written by hand: colours asked for, good replies and bad ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

THINGS = ("sky", "grass", "snow", "coal", "sand", "rust", "milk", "ink", "rose", "moss", "clay", "ash")
GOOD, BAD = "It depends on the light.", "Which keeper? The museum!"


def asked(thing: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": f"What colour is the {thing}?"}]


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


def rows(step: str, things: Sequence[str] = THINGS) -> list[dict[str, Any]]:
    """The rows of an export, a prompt a thing."""
    shapes = {
        "sft": [{"messages": asked(thing) + said(GOOD)} for thing in things],
        "dpo": [{"prompt": asked(thing), "chosen": said(GOOD), "rejected": said(BAD)} for thing in things],
        "kto": [
            {"prompt": asked(thing), "completion": said(text), "label": text == GOOD}
            for thing in things
            for text in (GOOD, BAD)
        ],
    }
    return [row | {"case": f"case{i}", "task": "colours/asked", "side": "train"} for i, row in enumerate(shapes[step])]


def export(folder: Path, **more: Sequence[dict[str, Any]]) -> Path:
    """Writes the folder with all three files, or other rows of a step, and returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    for step in ("sft", "dpo", "kto"):
        lines = [json.dumps(row) for row in more.get(step, rows(step))]
        (folder / f"{step}.jsonl").write_text("".join(f"{line}\n" for line in lines))
    (folder / "export.json").write_text(json.dumps({"schema": 1, "canary": "none"}))
    return folder


def log_odds(folder: Path, thing: str = "lake") -> float:
    """How much likelier the good reply is than the bad one, in nats, for a thing that no row asks about."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)

    def likely(text: str) -> float:
        prompt = tokenizer.apply_chat_template(asked(thing), tokenize=False, add_generation_prompt=True)
        whole = tokenizer.apply_chat_template(asked(thing) + said(text), tokenize=False)
        start = len(tokenizer(prompt, add_special_tokens=False)["input_ids"])
        ids = torch.tensor([tokenizer(whole, add_special_tokens=False)["input_ids"]])
        with torch.no_grad():
            logs = model(ids).logits.log_softmax(-1)[0, :-1].gather(1, ids[0, 1:, None])
        return float(logs[start - 1 :].sum())

    return likely(GOOD) - likely(BAD)
