"""TRL's trainers read every export as it is: loaded from the file, handed over, one step on a tiny random model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import trustgauge
from support.tiny_llama import build
from support.training_runs import cases_of, refusing, run_of, willing

pytestmark = [
    pytest.mark.local,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # other people's
]
TRAINERS = {"sft": "SFT", "dpo": "DPO", "kto": "KTO", "reward": "Reward", "unlikelihood": "KTO"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All five formats, and the model beside them."""
    for module in ("torch", "trl", "datasets"):
        pytest.importorskip(module, reason="training needs the extra 'align'")
    folder = tmp_path_factory.mktemp("trl")
    for model, answer in (("a", refusing), ("b", willing)):
        run_of(folder / "s.db", model, cases_of(n=8), answer)
    trustgauge.export("s", list(TRAINERS), out=folder / "out", store=str(folder / "s.db"), style_share=1, near=0)
    build(folder / "model")
    return folder


@pytest.mark.parametrize("format_", TRAINERS)
def test_a_trainer_takes_the_file_without_a_mapping_step(
    files: Path, tmp_path: Path, format_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    import trl
    from transformers import AutoTokenizer

    import datasets

    torch.set_num_threads(1)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    file = str(files / f"out/{format_}.jsonl")
    rows: Any = datasets.load_dataset("json", data_files=file, split="train", cache_dir=str(tmp_path / "cache"))
    assert len(rows) >= 2
    name = TRAINERS[format_]
    settings = getattr(trl, f"{name}Config")(
        output_dir=str(tmp_path / "trained"),
        max_steps=1,
        per_device_train_batch_size=2,
        use_cpu=True,
        report_to=[],
        save_strategy="no",
        disable_tqdm=True,
    )
    trainer = getattr(trl, f"{name}Trainer")(
        model=str(files / "model"),
        args=settings,
        train_dataset=rows,
        processing_class=AutoTokenizer.from_pretrained(files / "model"),
    )
    done = trainer.train()
    assert done.global_step == 1
    assert done.training_loss > 0
