"""Likeness of two texts by a Hugging Face encoder: the cosine of their mean-pooled vectors.

Needs the extra `classifiers`, imported on use. The survey compares continuations by such a cosine (Liu et al. 2023,
11.6); pooling after Sentence-BERT (Reimers and Gurevych 2019). Any encoder will do, for instance
sentence-transformers/all-MiniLM-L6-v2.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from trustgauge.errors import missing_extra
from trustgauge.judges.classifier import open_kind

_LONGEST = 512  # tokens of a text that are read


class Embedder:
    """A loaded encoder; called with two texts it gives their cosine, -1 to 1, and 0 where one has no words.

    name   a folder, of which the last part is kept, or org/model on the Hugging Face hub
    local  True: nothing is fetched over the network

    ModelError where the model can't be opened.
    """

    def __init__(self, name: str, *, local: bool = False) -> None:
        try:
            self._torch, transformers = import_module("torch"), import_module("transformers")
        except ImportError:
            raise missing_extra(f"the encoder {name}", "classifiers") from None
        folder = Path(name).expanduser()
        self.source = str(folder) if folder.is_dir() else name
        self.name = folder.resolve().name if folder.is_dir() else name
        self._device = "cuda" if self._torch.cuda.is_available() else "cpu"
        opened = open_kind(transformers, "AutoModel", f"the encoder {name}", self.source, self._device, local=local)
        self._tokenizer, self._model = opened
        self.config = self._model.config
        self._vector = lru_cache(maxsize=4096)(self._embedded)

    def __call__(self, first: str, second: str) -> float:
        """The cosine of the two."""
        if not first.strip() or not second.strip():
            return 0.0
        return float(self._torch.dot(self._vector(first), self._vector(second)))

    def _embedded(self, text: str) -> Any:
        """The mean of the last layer's vectors over all tokens, of length 1."""
        given = self._tokenizer([text], truncation=True, max_length=_LONGEST, return_tensors="pt").to(self._device)
        with self._torch.inference_mode():
            hidden = self._model(**given).last_hidden_state[0].float()
        return self._torch.nn.functional.normalize(hidden.mean(dim=0), dim=0).cpu()
