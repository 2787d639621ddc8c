"""Loading a model in process: tokenizer and weights, special tokens, context, revision."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from trustgauge.errors import ModelError

PIECES, PIECE_BYTES = 64, 1 << 16


@dataclass(frozen=True)
class Weights:
    """A loaded model, ready to write.

    settings  a GenerationConfig with the special tokens and nothing else
    context   tokens of prompt and reply together; 0: no such limit is known
    revision  the hub's commit, or a hash of the folder's files
    """

    tokenizer: Any
    model: Any
    settings: Any
    context: int
    revision: str


def load(transformers: Any, source: str, name: str, dtype: Any, device: str) -> Weights:
    """The model in a folder or on the hub; its own Python code is never run. ModelError where that fails."""
    if not sys.stderr.isatty():
        transformers.utils.logging.disable_progress_bar()
    try:
        config = transformers.AutoConfig.from_pretrained(source, trust_remote_code=False)
        tokenizer = transformers.AutoTokenizer.from_pretrained(source, trust_remote_code=False)
        kind = transformers.AutoModelForCausalLM
        if getattr(config, "is_encoder_decoder", False):
            kind = transformers.AutoModelForSeq2SeqLM
        model = kind.from_pretrained(source, dtype=dtype, trust_remote_code=False).to(device).eval()
    except Exception as error:  # a dozen libraries may refuse here, each with its own types
        raise ModelError(f"cannot open the model {name}: {one_line(error)}") from error
    # The model's own settings are replaced: its sampling defaults and penalties would be applied beside ours.
    settings = _only_ids(transformers, model.generation_config, tokenizer)
    model.generation_config = settings
    return Weights(tokenizer, model, settings, _context(config), revision(source, config))


def one_line(error: Exception, limit: int = 240) -> str:
    """An error's first paragraph on one line."""
    text = " ".join(str(error).strip().split("\n\n")[0].split()) or type(error).__name__
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _only_ids(transformers: Any, own: Any, tokenizer: Any) -> Any:
    said: Any = own.eos_token_id
    stops: list[int | None] = list(said) if isinstance(said, (list, tuple)) else [said]  # pyright: ignore
    ends = sorted({token for token in (*stops, tokenizer.eos_token_id) if token is not None})
    pads = (tokenizer.pad_token_id, own.pad_token_id, *ends, 0)
    return transformers.GenerationConfig(
        do_sample=False,
        eos_token_id=ends or None,
        pad_token_id=next(token for token in pads if token is not None),
        bos_token_id=own.bos_token_id,
        decoder_start_token_id=own.decoder_start_token_id,
    )


def _context(config: Any) -> int:
    if getattr(config, "is_encoder_decoder", False):
        return 0
    return int(getattr(config.get_text_config(), "max_position_embeddings", None) or 0)


def revision(source: str, config: Any) -> str:
    """The hub's commit, or a folder's hash: over the names and sizes of its files and 64 evenly spread pieces of each.

    Training changes every part of a weight file, so pieces are enough to tell; small files count whole.
    """
    folder, state = Path(source), blake2b(digest_size=8)
    if not folder.is_dir():
        return str(getattr(config, "_commit_hash", None) or "")
    for path in sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")):
        size = path.stat().st_size
        state.update(f"{path.name}:{size};".encode())
        with path.open("rb") as file:
            for at in range(0, size, max(size // PIECES, PIECE_BYTES)):
                file.seek(at)
                state.update(file.read(PIECE_BYTES))
    return state.hexdigest()
