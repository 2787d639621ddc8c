"""The same training as commands of TRL, for those who train elsewhere: a config and the rows, written a step."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import yaml

from trustgauge.aligning.quiet import quiet
from trustgauge.aligning.recipe import ADAPTER, arguments, precision
from trustgauge.aligning.settings import Settings
from trustgauge.aligning.tokens import CHAT_TEMPLATE, Vocabulary, vocabulary
from trustgauge.aligning.trainers import on_gpu
from trustgauge.aligning.training import Prepared, Say, prepare
from trustgauge.errors import TrustgaugeError
from trustgauge.models.local import source

MERGE = (
    "from peft import AutoPeftModelForCausalLM as M; from transformers import AutoTokenizer as T; "
    "M.from_pretrained({made}).merge_and_unload().save_pretrained({merged}); "
    "T.from_pretrained({made}).save_pretrained({merged})"
)


def commands(asked: Settings, say: Say) -> list[str]:
    """Lines for a shell, in their order; each step's config and rows are written to OUT/commands. Nothing trains."""
    lines: list[str] = []
    with quiet():
        gpu = on_gpu(asked.steps[0].device)
        start = source(asked.model)
        start = str(Path(start).resolve()) if Path(start).is_dir() else start
        words = vocabulary(start, asked.model)
        for ready in prepare(asked, words, say):
            folder = (asked.out / "commands" / ready.asked.step).resolve()
            config, start = _config(ready, words, start, folder, gpu=gpu), str(folder / "model")
            _write(ready, words, config, folder)
            lines.append(shlex.join(["trl", ready.asked.step, "--config", str(folder / "config.yaml")]))
            if ready.asked.lora:
                merged = str(folder / "merged")
                lines.append(
                    shlex.join(["python", "-c", MERGE.format(made=json.dumps(start), merged=json.dumps(merged))])
                )
                start = merged
    return lines


def _config(ready: Prepared, words: Vocabulary, start: str, folder: Path, *, gpu: bool) -> dict[str, Any]:
    given = {
        "model_name_or_path": start,
        "dtype": precision(ready.asked, gpu=gpu),
        "dataset_name": str(folder / "data"),
    }
    given |= arguments(ready.asked, ready.rows, folder / "model", longest=ready.longest, gpu=gpu)
    if not words.own and ready.asked.step == "sft":
        given["chat_template_path"] = str(folder / "chat_template.jinja")
    return given | (ADAPTER if ready.asked.lora else {})


def _write(ready: Prepared, words: Vocabulary, config: dict[str, Any], folder: Path) -> None:
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "data" / "train.jsonl").write_bytes(ready.content)
        (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False, width=1 << 20), encoding="utf-8")
        if not words.own:
            (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")
    except OSError as error:
        raise TrustgaugeError(f"{folder} cannot be written ({error.strerror}): name another --out") from None
