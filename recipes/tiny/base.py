"""The tiny base model: a Llama architecture of about 1 M parameters, its own tokenizer, trained from scratch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from math import cos, pi
from pathlib import Path
from typing import Any

from trustgauge.types import Message

BOS, END, PAD = "<|bos|>", "<|end|>", "<|pad|>"
SAMPLE = 3000  # documents that the tokenizer is made of
ASKED = 0.1  # weight in the loss of what a user says: a small model's time goes into what is replied
ROLES = ("<|system|>", "<|user|>", "<|assistant|>")
TEMPLATE = (
    "<|bos|>{% for message in messages %}{{ '<|' + message['role'] + '|>' }}"
    "{% if message['role'] == 'assistant' %}{% generation %}{{ message['content'] + '<|end|>' }}{% endgeneration %}"
    "{% else %}{{ message['content'] + '<|end|>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


Token = tuple[int, float]
"""A token's id and its weight in the loss."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """Shape and length of training. tokens is what is trained on in all."""

    vocabulary: int = 2048
    width: int = 128
    layers: int = 4
    heads: int = 4
    length: int = 256
    batch: int = 8
    tokens: int = 4_000_000
    rate: float = 3e-3
    context: int = 2048


def text_of(messages: Iterable[Message]) -> str:
    """A document as the model sees it, as the chat template writes it."""
    return BOS + "".join(f"<|{m.role}|>{m.content}{END}" for m in messages)


def tokenizer_of(texts: Iterable[str], vocabulary: int) -> Any:
    """A byte-level BPE tokenizer of these texts, digits apart, with the chat template."""
    tokenizers: Any = import_module("tokenizers")
    transformers: Any = import_module("transformers")
    cut = tokenizers.pre_tokenizers
    core = tokenizers.Tokenizer(tokenizers.models.BPE())
    core.pre_tokenizer = cut.Sequence([cut.Digits(individual_digits=True), cut.ByteLevel(add_prefix_space=False)])
    core.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[PAD, BOS, END, *ROLES],
        initial_alphabet=cut.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator(texts, trainer)
    found = transformers.PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token=BOS,
        eos_token=END,
        pad_token=PAD,
        additional_special_tokens=list(ROLES),
    )
    found.chat_template = TEMPLATE
    return found


def train_base(texts: Iterator[str], size: Size, folder: Path, seed: int, say: Callable[[str], None]) -> None:
    """Train on documents, endless, and write a Hugging Face folder. Needs torch and transformers."""
    torch: Any = import_module("torch")
    torch.manual_seed(seed)
    tokenizer = tokenizer_of(islice(texts, SAMPLE), size.vocabulary)
    model = _untrained(tokenizer, size)
    say(f"  {sum(part.numel() for part in model.parameters()):,} parameters, {size.tokens:,} tokens to train on")
    rows, steps = _rows(texts, tokenizer, size.length), max(1, size.tokens // (size.batch * size.length))
    optimizer = torch.optim.AdamW(model.parameters(), lr=size.rate, betas=(0.9, 0.98), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))  # pyright: ignore
    began, total, told = time.perf_counter(), 0.0, max(steps // 8, 1)
    for step in range(1, steps + 1):
        loss = _loss(torch, model, [next(rows) for _ in range(size.batch)])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        total += float(loss.detach())
        if step % told == 0:
            speed = step * size.batch * size.length / (time.perf_counter() - began)
            say(f"  {step:,}/{steps:,} steps: loss {total / told:.3f}, {speed:,.0f} tokens a second")
            total = 0.0
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _untrained(tokenizer: Any, size: Size) -> Any:
    transformers: Any = import_module("transformers")
    transformers.utils.logging.disable_progress_bar()
    return transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=size.width,
            intermediate_size=size.width * 3,
            num_hidden_layers=size.layers,
            num_attention_heads=size.heads,
            num_key_value_heads=size.heads,
            max_position_embeddings=size.context,
            tie_word_embeddings=True,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def _rate(step: int, steps: int) -> float:
    warm = max(1, steps // 25)
    return min(1.0, (step + 1) / warm) * (0.05 + 0.95 * (1 + cos(pi * step / steps)) / 2)


def _loss(torch: Any, model: Any, batch: list[list[Token]]) -> Any:
    """Mean cross-entropy of the next token, by weight."""
    ids = torch.tensor([[token for token, _ in row] for row in batch])
    weights = torch.tensor([[weight for _, weight in row] for row in batch])[:, 1:]
    scores = model(input_ids=ids).logits[:, :-1]
    losses = torch.nn.functional.cross_entropy(scores.transpose(1, 2), ids[:, 1:], reduction="none")
    return (losses * weights).sum() / weights.sum()


def _rows(docs: Iterator[str], tokenizer: Any, length: int) -> Iterator[list[Token]]:
    """Documents one after the other, cut into rows of the same length."""
    kept: list[Token] = []
    says, ends = (tokenizer.convert_tokens_to_ids(mark) for mark in (ROLES[2], END))
    while True:
        texts = list(islice(docs, 200))
        for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]:
            kept += _weighted(ids, says, ends)
        whole = len(kept) // length * length
        for at in range(0, whole, length):
            yield kept[at : at + length]
        kept = kept[whole:]


def _weighted(ids: Iterable[int], says: int, ends: int) -> Iterator[Token]:
    """Each token with its weight: 1 from where an assistant begins to where it ends."""
    replied = False
    for token in ids:
        yield token, 1.0 if replied else ASKED
        replied = token == says or (replied and token != ends)
