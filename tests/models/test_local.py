"""A model in process: what it writes, how batches stay out of each other's way, and how it fails."""

from __future__ import annotations

import asyncio
import json
import math
import sys
from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from support.tiny_llama import LESSONS, build, build_t5
from trustgauge.errors import ModelError, TrustgaugeError
from trustgauge.models.local import LocalModel, open_local
from trustgauge.models.local_writer import Job, Pen, Row
from trustgauge.types import Ask, Case, Failure, Message, Options, Outcome, Reply, assistant, system, user

CASE = Case(messages=(user("Choose A or B."),))
PROMPTS = ("Name a number.", "Is it so? " * 40, "Why?", "Tell me of the museum and its first keeper.")


def local(test: Callable[..., None]) -> Callable[..., None]:
    """Marks a test that needs torch and transformers."""
    there = all(find_spec(name) for name in ("torch", "transformers"))
    skip = pytest.mark.skipif(not there, reason="needs torch and transformers: pip install 'trustgauge[local]'")
    return pytest.mark.local(skip(test))


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("models") / "taught", taught=True)


@pytest.fixture(scope="module")
def rambling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights, no chat template, a context of 64 tokens."""
    return build(tmp_path_factory.mktemp("models") / "rambling", template=None, context=64)


def answers(model: LocalModel, *asks: Ask, draw: int = 0) -> list[Outcome]:
    """Everything asked at once, then closed."""

    async def talk() -> list[Outcome]:
        try:
            return await asyncio.gather(*(model.reply(ask, CASE, draw) for ask in asks))
        finally:
            await model.close()

    return asyncio.run(talk())


def asking(*messages: Message, **how: Any) -> Ask:
    return Ask(messages=messages, **how)


def replied(outcome: Outcome) -> Reply:
    assert isinstance(outcome, Reply), outcome
    return outcome


@local
def test_it_answers_through_its_chat_template_and_stops(taught: Path) -> None:
    model = open_local(f"hf/{taught}", Options())
    assert (model.id, model.in_process) == (f"hf/{taught}", True)
    for outcome, lesson in zip(answers(model, *(asking(user(q)) for q in LESSONS)), LESSONS.values(), strict=True):
        reply = replied(outcome)
        assert (reply.text, reply.finish, reply.model) == (lesson, "stop", model.revision)


@local
def test_a_folder_is_a_model_word_of_its_own(taught: Path) -> None:
    assert replied(answers(open_local(str(taught), Options()), asking(user("Choose A or B.")))[0]).text == "B"


@local
def test_length_and_usage_are_counted_in_tokens(taught: Path) -> None:
    short, whole = map(
        replied,
        answers(
            open_local(f"hf/{taught}", Options(max_tokens=2)),
            asking(user("Count to three.")),
            asking(user("Count to three."), max_tokens=50, logprobs=1),
        ),
    )
    assert short.finish == "length"
    assert short.usage is not None
    assert short.usage.output_tokens == 2
    assert whole.finish == "stop"
    assert whole.usage is not None
    assert whole.logprobs is not None
    assert whole.usage.output_tokens == len(whole.logprobs) + 1  # the token that ends it has no text
    assert whole.usage.input_tokens == short.usage.input_tokens > 5


@local
def test_log_probabilities_belong_to_the_text(taught: Path) -> None:
    asks = (asking(user("Count to three."), logprobs=3), asking(user("Count to three.")))
    noted, plain = map(replied, answers(open_local(f"hf/{taught}", Options()), *asks))
    assert plain.logprobs is None
    assert noted.logprobs is not None
    assert "".join(step.token for step in noted.logprobs) == noted.text == plain.text
    for step in noted.logprobs:
        assert step.top[step.token] == step.logprob == max(step.top.values())
        assert len(step.top) == 3
        assert list(step.top.values()) == sorted(step.top.values(), reverse=True)
        assert math.fsum(map(math.exp, step.top.values())) <= 1 + 1e-6


@local
def test_a_sampled_reply_does_not_depend_on_its_batch_mates(rambling: Path) -> None:
    options = Options(temperature=1.0, max_tokens=12, seed=3)
    asks = [asking(user(prompt), repeat=i) for prompt in PROMPTS if len(prompt) < 60 for i in range(5)]
    together = answers(open_local(f"hf/{rambling}", options), *asks, asking(user("x"), temperature=0.0))
    alone = [answers(open_local(f"hf/{rambling}", options), ask)[0] for ask in asks]
    assert [replied(o).text for o in together[:-1]] == [replied(o).text for o in alone]


@local
def test_seed_draw_and_repeat_change_a_sampled_reply_and_nothing_else_does(rambling: Path) -> None:
    def text(seed: int | None = None, draw: int = 0, repeat: int = 0, temperature: float | None = 1.0) -> str:
        model = open_local(f"hf/{rambling}", Options(seed=seed, temperature=temperature, max_tokens=12))
        return replied(answers(model, asking(user("Why?"), repeat=repeat), draw=draw)[0]).text

    assert text() == text() == text(seed=0)
    assert len({text(), text(seed=1), text(draw=1), text(repeat=1)}) == 4
    assert text(temperature=None) == text(temperature=0.0) == text(temperature=None, seed=5, draw=2)


@local
def test_sampling_follows_temperature_and_top_p() -> None:
    """Frequencies over 4,000 rows against the softmax; a greedy row among them takes the likeliest."""
    import torch

    logits = torch.tensor([2.0, 1.0, 0.0, -1.0])
    n = 4000

    def drawn(temperature: float, top_p: float) -> Counter[int]:
        job = [Job((), 1, temperature, top_p, 0, seed) for seed in range(n)]
        greedy = Job((), 1, 0.0, 1.0, 0, 0)
        pen = Pen(torch, [Row(j, [0], 1) for j in (*job, greedy)], "cpu")
        forced = pen(torch.zeros(n + 1, 1), logits.expand(n + 1, -1))
        tokens = [row[0] for row in pen.tokens()]
        assert forced.argmax(-1).tolist() == tokens
        assert tokens.pop() == 0
        return Counter(tokens)

    for temperature in (0.5, 1.0, 2.0):
        shares = (logits / temperature).softmax(-1).tolist()
        counts = drawn(temperature, 1.0)
        for token, share in enumerate(shares):
            assert abs(counts[token] - n * share) < 4 * math.sqrt(n * share * (1 - share)) + 1
    assert drawn(1.0, 0.7).keys() == {0, 1}  # shares 0.64, 0.24, 0.09, 0.03
    assert drawn(1.0, 0.5).keys() == drawn(1.0, 0.0).keys() == drawn(1e-30, 1.0).keys() == {0}


@local
def test_without_a_template_a_lone_turn_stands_as_it_is_and_a_talk_becomes_a_script(rambling: Path) -> None:
    model = open_local(f"hf/{rambling}", Options(max_tokens=1))
    tokens = model._writer._tokenizer  # pyright: ignore
    alone, talk = answers(model, asking(user("Why?")), asking(user("Why?"), assistant("So."), user("So?")))
    for outcome, written in ((alone, "Why?"), (talk, "User: Why?\nAssistant: So.\nUser: So?\nAssistant:")):
        usage = replied(outcome).usage
        assert usage is not None
        assert usage.input_tokens == len(tokens(written)["input_ids"])


@local
def test_a_template_that_refuses_the_system_role_gets_its_words_in_the_user_turn(tmp_path: Path) -> None:
    refusing = (
        "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('System role not supported') }}"
        "{% endif %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}<|assistant|>"
    )
    model = open_local(f"hf/{build(tmp_path / 'm', template=refusing)}", Options(max_tokens=1))
    told, folded = answers(model, asking(system("Be brief."), user("Why?")), asking(user("Be brief.\n\nWhy?")))
    assert replied(told).usage == replied(folded).usage


@local
def test_a_template_that_fails_is_a_bad_request(tmp_path: Path) -> None:
    fussy = "{{ raise_exception('roles must alternate') }}"
    model = open_local(f"hf/{build(tmp_path / 'm', template=fussy)}", Options(max_tokens=1))
    (outcome,) = answers(model, asking(user("Why?")))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "bad_request"
    assert "roles must alternate" in outcome.message


@local
def test_a_prompt_beyond_the_context_fails_alone_and_a_near_one_is_cut(rambling: Path) -> None:
    model = open_local(f"hf/{rambling}", Options(max_tokens=40, temperature=1.0))
    long, near, short = answers(
        model,
        asking(user("why " * 200)),
        asking(user("a b c d e f g h i j k l m n o p q r s t u v w")),
        asking(user("Why?")),
    )
    assert isinstance(long, Failure)
    assert (long.kind, long.transient) == ("bad_request", False)
    assert "within its 64" in long.message
    usage = replied(near).usage
    assert usage is not None
    assert usage.input_tokens + usage.output_tokens == 64
    assert replied(near).finish == "length"
    assert replied(short).usage is not None


@local
def test_out_of_memory_halves_the_batch_and_goes_on(taught: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = open_local(f"hf/{taught}", Options(max_tokens=4))
    writer = model._writer  # pyright: ignore
    generate, sizes = writer._model.generate, []  # pyright: ignore

    def small_memory(**given: Any) -> Any:
        sizes.append(len(given["input_ids"]))
        if len(given["input_ids"]) > 2 or given["input_ids"].shape[1] > 60:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return generate(**given)

    monkeypatch.setattr(writer._model, "generate", small_memory)  # pyright: ignore
    *fine, huge = answers(model, *[asking(user("Choose A or B."))] * 7, asking(user("why " * 100)))
    assert [replied(o).text for o in fine] == ["B"] * 7
    assert isinstance(huge, Failure)
    assert (huge.kind, huge.transient) == ("unavailable", False)
    assert "out of memory" in huge.message
    assert sizes[0] == 8
    assert writer.batch_size == 1


@local
def test_an_error_in_the_model_fails_its_batch_and_not_the_run(taught: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = open_local(f"hf/{taught}", Options())

    def broken(**_: Any) -> None:
        raise IndexError("index out of range in self")

    monkeypatch.setattr(model._writer._model, "generate", broken)  # pyright: ignore
    for outcome in answers(model, asking(user("Why?")), asking(user("So?"))):
        assert isinstance(outcome, Failure)
        assert outcome.kind == "server"
        assert "index out of range" in outcome.message


@local
def test_closing_ends_what_is_being_written_and_refuses_the_rest(rambling: Path) -> None:
    model = open_local(f"hf/{rambling}", Options(max_tokens=10_000))

    async def talk() -> list[Outcome]:
        model._writer._context = 0  # pyright: ignore  # nothing else would end it
        tasks = [asyncio.create_task(model.reply(asking(user("Why?")), CASE, draw)) for draw in range(40)]
        await asyncio.sleep(0.2)
        tasks[0].cancel()
        await model.close()
        given_up, *others = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(given_up, asyncio.CancelledError)
        return [*others, await model.reply(asking(user("Why?")), CASE, 0)]  # pyright: ignore

    for outcome in asyncio.run(talk()):
        assert isinstance(outcome, Failure)
        assert outcome.kind == "unavailable"


@local
def test_a_model_serves_one_event_loop_after_another(taught: Path) -> None:
    model = open_local(f"hf/{taught}", Options())
    for _ in range(2):
        assert replied(asyncio.run(model.reply(asking(user("Choose A or B.")), CASE, 0))).text == "B"
    asyncio.run(model.close())


@local
def test_the_models_own_sampling_settings_are_not_used(taught: Path, tmp_path: Path) -> None:
    folder = copytree(taught, tmp_path / "copy")
    own = {
        "do_sample": True,
        "temperature": 9.0,
        "repetition_penalty": 5.0,
        "max_length": 3,
        "eos_token_id": [1, 0],
    }
    (folder / "generation_config.json").write_text(json.dumps(own))
    ours, plain = (open_local(f"hf/{path}", Options()) for path in (folder, taught))
    asks = [asking(user(q)) for q in LESSONS]
    assert [replied(o).text for o in answers(ours, *asks)] == [replied(o).text for o in answers(plain, *asks)]


@local
def test_an_encoder_decoder_answers_too(tmp_path: Path) -> None:
    model = open_local(f"hf/{build_t5(tmp_path / 't5')}", Options(max_tokens=6, temperature=1.0))
    for outcome in answers(model, *(asking(user(prompt)) for prompt in PROMPTS)):
        usage = replied(outcome).usage
        assert usage is not None
        assert 1 <= usage.output_tokens <= 6


@local
def test_the_revision_changes_with_the_weights(taught: Path, rambling: Path, tmp_path: Path) -> None:
    import torch

    async def revision(folder: Path) -> str:
        model = open_local(f"hf/{folder}", Options())
        await model.close()
        return model.revision

    first, again = (asyncio.run(revision(taught)) for _ in range(2))
    assert first == again
    copy = copytree(taught, tmp_path / "copy")
    assert asyncio.run(revision(copy)) == first
    weights = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(weights[:-4] + torch.tensor([0.5]).numpy().tobytes())
    assert len({first, asyncio.run(revision(copy)), asyncio.run(revision(rambling))}) == 3


@local
def test_a_folder_that_holds_no_readable_model_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "no-such-architecture"}')
    with pytest.raises(ModelError, match="cannot open the model") as caught:
        open_local(f"hf/{tmp_path}", Options())
    assert "\n" not in str(caught.value)


@local
def test_a_name_that_is_not_in_the_offline_cache_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="cannot open the model hf/no-such-org/no-such-model"):
        open_local("hf/no-such-org/no-such-model", Options())


def test_what_cannot_be_a_model_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config\.json is missing"):
        open_local(f"hf/{tmp_path}", Options())
    for word in ("hf/", f"hf/{tmp_path}/none", "hf/./none", "hf/~/none", "hf/one/two/three"):
        with pytest.raises(ModelError, match="there is no model folder"):
            open_local(word, Options())


def test_a_missing_extra_says_which(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(TrustgaugeError, match=r"trustgauge\[local\]"):
        open_local(f"hf/{tmp_path}", Options())
