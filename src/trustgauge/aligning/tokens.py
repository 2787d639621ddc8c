"""The tokenizer of a training: its chat template, and which rows fit into the model's context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import Any

from trustgauge.aligning.rows import Row
from trustgauge.aligning.settings import LONGEST
from trustgauge.errors import DataError, ModelError
from trustgauge.models.local_weights import one_line, revision

CHAT_TEMPLATE = (
    "{% if bos_token is defined and bos_token %}{{ bos_token }}{% endif %}"
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'] + '\\n\\n' }}"
    "{% elif message['role'] == 'user' %}{{ 'User: ' + message['content'] + '\\n' }}"
    "{% else %}{{ 'Assistant: ' + message['content'] + eos_token + '\\n' }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}Assistant:{% endif %}"
)
"""For models that have none: the plain dialogue that models in process get here, with an end after each reply."""

AT_ONCE = 512


@dataclass(frozen=True)
class Vocabulary:
    """A model's tokenizer, ready to train with.

    context   most tokens of prompt and reply together; 0: no such limit is known
    revision  the hub's commit, or a hash of the folder's files
    own       True where the chat template is the model's own, False where it is CHAT_TEMPLATE
    """

    tokenizer: Any
    context: int
    revision: str
    own: bool


def vocabulary(source: str, name: str) -> Vocabulary:
    """The tokenizer in a folder or on the hub. ModelError where it can't be had or can't end a reply."""
    transformers: Any = import_module("transformers")
    try:
        config = transformers.AutoConfig.from_pretrained(source, trust_remote_code=False)
        tokenizer = transformers.AutoTokenizer.from_pretrained(source, trust_remote_code=False)
    except Exception as error:  # a dozen libraries may refuse here, each with its own types
        raise ModelError(f"cannot open the model {name}: {one_line(error)}") from error
    if getattr(config, "is_encoder_decoder", False):
        raise ModelError(f"{name} is an encoder-decoder: only causal language models are trained here")
    if not tokenizer.eos_token:
        raise ModelError(f"the tokenizer of {name} has no eos_token, so no reply could end: set one and save it")
    own = bool(tokenizer.chat_template)
    if not own:
        tokenizer.chat_template = CHAT_TEMPLATE
    said = getattr(config.get_text_config(), "max_position_embeddings", None)
    limits = [int(limit) for limit in (said, tokenizer.model_max_length) if limit and limit < 1 << 30]
    return Vocabulary(tokenizer, min(limits, default=0), revision(source, config), own)


def longest(words: Vocabulary, wanted: int) -> int:
    """Tokens of a row at most: as wanted, within the context; else 1,024 within it."""
    return min(wanted or LONGEST, words.context or LONGEST if not wanted else words.context or wanted)


def lengths(words: Vocabulary, found: Sequence[Row]) -> list[int]:
    """Tokens of each row, the longer of two replies counted. DataError where the template can't write one."""
    counted: list[int] = []
    rows = iter(found)
    while some := list(islice(rows, AT_ONCE)):
        talks = [row["prompt"] + row[name] for row in some for name in row if name not in ("prompt", "label")]
        each = len(talks) // len(some)
        texts = [_written(words, talk, len(counted) + at // each) for at, talk in enumerate(talks)]
        ids = words.tokenizer(texts, add_special_tokens=False)["input_ids"]
        counted += [max(len(part) for part in ids[at : at + each]) for at in range(0, len(ids), each)]
    return counted


def _written(words: Vocabulary, talk: list[dict[str, str]], row: int) -> str:
    try:
        return words.tokenizer.apply_chat_template(talk, tokenize=False)
    except Exception as error:  # templates raise what they like
        raise DataError(f"the model's chat template can't write row {row + 1}: {one_line(error)}") from None


def never_ends(words: Vocabulary, row: Row) -> bool:
    """True where the template writes nothing after a reply: the model wouldn't learn to stop."""
    reply = row["completion"] if "completion" in row else row["chosen"]
    return _written(words, row["prompt"] + reply, 0).endswith(reply[0]["content"].strip())
