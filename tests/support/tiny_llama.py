"""A small Llama-architecture model made on the spot: config, tokenizer with a chat template, weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trustgauge.types import Message, assistant, user

CHAT_TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ["<|begin|>", "<|end|>", "<|pad|>", "<|system|>", "<|user|>", "<|assistant|>"]
LINES = [
    "Read the passage and answer the question with the letter of the right option.",
    "Which of the two options does the passage support? A) the first one B) the second one",
    "Is this sentence true or false? Answer yes or no, and say how sure you are as a percentage.",
    "I am sorry, but I cannot help with that request. Here is what you can do instead.",
    "The museum opened in the spring, and its first keeper was a retired teacher from the north.",
    "Would the result have happened if the cause had been absent? Reply with one word only.",
]
CONTEXT = 2048


def build(
    folder: Path,
    *,
    template: str | None = CHAT_TEMPLATE,
    context: int = CONTEXT,
    taught: bool = False,
    lessons: Sequence[tuple[Sequence[Message], str]] = (),
) -> Path:
    """Saves the model to the folder and returns it: 2 layers, 64 wide, a byte-level vocabulary under 600.

    Weights are random by a fixed seed; a taught one has learnt to answer LESSONS, or the lessons: talks with replies.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = _tokenizer(template, [m.content for talk, _ in lessons for m in talk])
    torch.set_num_threads(1)  # faster for a model this small, above all where other tests keep the cores busy
    with torch.random.fork_rng():
        torch.manual_seed(7)
        config = LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=context,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            initializer_range=0.1,
        )
        model = LlamaForCausalLM(config)
        if taught or lessons:
            talks = lessons or [((user(asked),), reply) for asked, reply in LESSONS.items()]
            _teach(model, tokenizer, talks, steps=60 if taught else 120)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


LESSONS = {"Choose A or B.": "B", "Name a colour.": "red", "Count to three.": "one two three"}


def _tokenizer(template: str | None, more: Sequence[str] = ()) -> Any:
    """Trained on LINES; with more texts, which are then shorter in tokens, on these too."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=2000 if more else 600, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    core.train_from_iterator([*LINES, *more], trainer)
    begin, end, pad = SPECIAL[:3]
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token=begin,
        eos_token=end,
        pad_token=pad,
        chat_template=template,
        model_max_length=CONTEXT,
    )


def _teach(model: Any, tokenizer: Any, talks: Sequence[tuple[Sequence[Message], str]], steps: int) -> None:
    """Few lessons are learnt whole, of long ones the reply alone, which is what counts."""
    import torch

    rows = ["".join(f"<|{m.role}|>{m.content}<|end|>" for m in (*talk, assistant(reply))) for talk, reply in talks]
    batch = tokenizer(rows, padding=True, return_tensors="pt", add_special_tokens=False)
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    for row, ids in zip(labels, batch["input_ids"], strict=True):
        spoken = (ids == tokenizer.convert_tokens_to_ids("<|assistant|>")).nonzero()
        row[: int(spoken[-1]) + 1 if len(ids) > 500 else 0] = -100
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(steps):
        optimizer.zero_grad()
        model(**batch, labels=labels).loss.backward()
        optimizer.step()


def build_t5(folder: Path) -> Path:
    """Saves a small encoder-decoder with random weights and no chat template to the folder and returns it."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    tokenizer = _tokenizer(None)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        config = T5Config(
            vocab_size=len(tokenizer),
            d_model=32,
            d_kv=8,
            d_ff=64,
            num_layers=1,
            num_heads=4,
            decoder_start_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
        model = T5ForConditionalGeneration(config)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder
