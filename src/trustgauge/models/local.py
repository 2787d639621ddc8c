"""hf/<org/model or folder>: Hugging Face transformers in this process, on the GPU where there is one.

Needs the extra `local`, imported on use. How it answers:

- The tokenizer's chat template writes the prompt; without one, a lone user turn is sent as it stands and a
  longer talk as "User: ..." / "Assistant: ...".
- Temperature None or 0 takes the likeliest token each time; else it samples, within top_p. max_tokens is 256
  unless said otherwise. Of the model's own generation settings only the tokens that end a reply are used.
- A sampled reply is fixed by the seed (None counts as 0), the messages, the repeat and the draw, whatever
  else is being written beside it: the same things that make up its key in the store.
- What many coroutines ask is gathered and written in batches by one thread.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from trustgauge.errors import ModelError
from trustgauge.models.local_writer import Job, Writer
from trustgauge.types import Ask, Case, Failure, Options, Outcome, digest

PREFIX = "hf/"
MAX_TOKENS = 256
GATHER_S = 0.01  # time for mates to arrive before a first batch; later ones gather while a batch is written


class LocalModel:
    """A model in this process. `revision` is the hub's commit or a hash of the folder's files."""

    in_process = True

    def __init__(self, spec: str, options: Options, writer: Writer) -> None:
        self.id = spec
        self.options = options
        self.revision = writer.revision
        self._writer = writer
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="trustgauge-local")
        self._waiting: deque[tuple[Job, asyncio.Future[Outcome]]] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    async def reply(self, ask: Ask, case: Case, draw: int) -> Outcome:
        """A reply written in the next batch; latency_s is the time the batch took."""
        if self._closed:
            return Failure(kind="unavailable", message=f"{self.id} was closed")
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._job(ask, draw), future))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._write_batches())
        return await future

    async def close(self) -> None:
        """End what is being written and free the weights."""
        self._closed = True
        self._writer.stop()
        await asyncio.to_thread(self._thread.shutdown)
        self._writer.free()

    def _job(self, ask: Ask, draw: int) -> Job:
        said = self.options
        temperature = said.temperature if ask.temperature is None else ask.temperature
        return Job(
            messages=ask.messages,
            max_tokens=max(1, ask.max_tokens or said.max_tokens or MAX_TOKENS),
            temperature=temperature or 0.0,
            top_p=1.0 if said.top_p is None else said.top_p,
            logprobs=ask.logprobs,
            seed=int(digest((said.seed or 0, ask.messages, ask.repeat, draw)), 16),
        )

    async def _write_batches(self) -> None:
        """Batches for as long as anybody waits."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(GATHER_S)
        while self._waiting and not self._closed:
            size = min(self._writer.batch_size, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(size)]
            batch = [(job, future) for job, future in batch if not future.done()]  # the others were cancelled
            outcomes = await loop.run_in_executor(self._thread, self._writer.write, [job for job, _ in batch])
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                if not future.done():
                    future.set_result(outcome)
        for _, future in self._waiting:
            if not future.done():
                future.set_result(Failure(kind="unavailable", message=f"{self.id} was closed"))
        self._waiting.clear()


def open_local(spec: str, options: Options) -> LocalModel:
    """The model that a MODEL word names: hf/org/model, hf/<folder>, or an existing folder by its path.

    ModelError where it can't be opened; TrustgaugeError where the extra `local` is missing.
    """
    return LocalModel(spec, options, Writer(source(spec), spec))


def source(spec: str) -> str:
    """The folder, or the name on the hub, behind the word."""
    word = spec if Path(spec).is_dir() else spec.removeprefix(PREFIX)
    folder = Path(word).expanduser()
    if word and folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelError(f"the folder {word} holds no model: config.json is missing")
        return str(folder)
    if not word or folder.is_absolute() or word[0] in ".~" or word.count("/") > 1:
        raise ModelError(f"there is no model folder {word!r}: give its path, or org/model as on the Hugging Face hub")
    return word
