"""A tiny text-classification model with random weights."""

from __future__ import annotations

from pathlib import Path


def tiny_classifier(folder: Path, labels: list[str], *, seed: int = 3, **config: object) -> str:
    """Writes a model with these labels into the folder; returns its name."""
    import torch
    from transformers import LlamaConfig, LlamaForSequenceClassification

    from support.tiny_llama import _tokenizer  # pyright: ignore[reportPrivateUsage]

    tokenizer = _tokenizer(None)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LlamaForSequenceClassification(
            LlamaConfig(
                vocab_size=len(tokenizer),
                hidden_size=32,
                intermediate_size=64,
                num_hidden_layers=1,
                num_attention_heads=2,
                num_key_value_heads=2,
                max_position_embeddings=128,
                pad_token_id=tokenizer.pad_token_id,
                initializer_range=0.5,
                id2label=dict(enumerate(labels)),
                label2id={label: at for at, label in enumerate(labels)},
                **config,
            )
        )
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return str(folder)
