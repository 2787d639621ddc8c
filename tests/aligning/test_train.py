"""Training from an export: what it does to a model, what it keeps, and what it refuses."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from support.lessons import BAD, GOOD, THINGS, asked, export, log_odds, rows, said
from support.tg import Done, sentence
from support.tiny_llama import build
from trustgauge.cli import main
from trustgauge.store import Store

there = all(find_spec(name) for name in ("torch", "transformers", "datasets", "peft", "trl"))
pytestmark = [
    pytest.mark.local,
    pytest.mark.slow,
    pytest.mark.skipif(not there, reason="needs TRL: pip install 'trustgauge[align]'"),
]
QUICK = ("--batch-size", "8", "--learning-rate", "sft=1e-2,dpo=1e-3", "--epochs", "sft=4,dpo=2", "--device", "cpu")
Align = Callable[..., Done]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("models") / "base", context=256)


@pytest.fixture
def align(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Align:
    """`trustgauge align` in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))

    def run(*words: str | Path, measure: bool = False) -> Done:
        only = [] if measure else ["--no-measure"]
        monkeypatch.setattr(sys, "argv", ["trustgauge", "align", *only, *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, out, err)

    return run


def weights(folder: Path) -> str:
    return sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def log(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_sft_then_dpo_teaches_what_was_chosen(align: Align, base: Path, tmp_path: Path) -> None:
    words = (base, export(tmp_path / "export"), "--out", "out", *QUICK)
    done = align(*words)
    assert done.code == 0, done.err
    sft, dpo = Path("out/sft"), Path("out/dpo")
    before, taught, preferred = log_odds(base), log_odds(sft), log_odds(dpo)
    assert before < taught < preferred

    # Each stage is a plain folder, and its log has an entry a step: 12 rows in batches of 8.
    assert {"config.json", "tokenizer.json", "chat_template.jinja"} <= {path.name for path in dpo.iterdir()}
    assert json.loads((dpo / "config.json").read_text())["use_cache"] is True
    assert [entry["step"] for entry in log(sft)] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert log(sft)[-1]["loss"] < log(sft)[0]["loss"]
    assert [line.split()[0] for line in done.out.splitlines()] == ["sft", "dpo"]
    told = json.loads(Path("out/training.json").read_text())
    assert [(s["step"], s["rows"], s["steps"]) for s in told["stages"]] == [("sft", 12, 8), ("dpo", 12, 4)]

    # The same again trains nothing; other rows or settings are refused; afresh gives the same weights.
    made = (weights(sft), weights(dpo), sft.stat().st_mtime_ns)
    again = align(*words)
    assert again.out.count("trained before") == 2
    assert made == (weights(sft), weights(dpo), sft.stat().st_mtime_ns)
    sentence(align(*words, "--beta", "0.2"), 2, "beta 0.1 instead of 0.2", "--fresh")
    export(tmp_path / "export", dpo=rows("dpo", THINGS[:8]))
    sentence(align(*words), 2, "dpo was begun with other rows", "--out")
    export(tmp_path / "export")
    assert align(*words, "--fresh").code == 0
    assert (weights(sft), weights(dpo)) == made[:2]
    assert sft.stat().st_mtime_ns != made[2]


def test_an_adapter_is_merged_and_kto_tells_good_from_bad(align: Align, base: Path, tmp_path: Path) -> None:
    how = ("--steps", "kto", "--lora", "--learning-rate", "1e-2", "--epochs", "4", "--device", "cpu", "--json")
    more_bad = [row for i, row in enumerate(rows("kto")) if not row["label"] or i % 4]
    done = align(base, export(tmp_path / "export", kto=more_bad), "--out", "out", *how)
    assert done.code == 0, done.err
    (stage,) = done.json["stages"]
    assert (stage["step"], stage["rows"], stage["reused"]) == ("kto", len(more_bad), False)
    assert log_odds(Path("out/kto")) > log_odds(base)
    assert not list(Path("out/kto").glob("adapter*"))


def test_a_folder_that_another_process_trains_into_is_left_alone(align: Align, base: Path, tmp_path: Path) -> None:
    from trustgauge.store.lock import lock

    Path("out").mkdir()
    with lock(Path("out/training.lock"), "out", "--out"):
        done = align(base, export(tmp_path / "export"), "--steps", "sft", "--out", "out", "--device", "cpu")
    sentence(done, done.code, "out is being trained by process", "another --out")
    assert done.code != 0 and not Path("out/sft").exists()


def test_a_checkpoint_that_was_cut_is_passed_over(tmp_path: Path) -> None:
    from trustgauge.aligning.trainers import last_checkpoint

    for number, text in ((3, '{"global_step": 3}'), (7, '{"global_st')):
        folder = tmp_path / f"checkpoint-{number}"
        folder.mkdir()
        (folder / "trainer_state.json").write_text(text)
    assert last_checkpoint(tmp_path) == str(tmp_path / "checkpoint-3")


def test_a_stage_that_cannot_be_saved_is_one_sentence(
    align: Align, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import PreTrainedTokenizerBase

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    given = (base, export(tmp_path / "export"), "--steps", "sft", "--epochs", "1", "--out", "out", "--device", "cpu")
    monkeypatch.setattr(PreTrainedTokenizerBase, "save_pretrained", full)
    done = align(*given)
    assert done.code == 1 and "Traceback" not in done.err
    assert done.err.splitlines()[-1].startswith("trustgauge: sft failed: ") and "No space left" in done.err
    assert not Path("out/sft").exists()


def test_a_model_without_a_chat_template_gets_one_by_sft(align: Align, tmp_path: Path) -> None:
    plain = build(tmp_path / "plain", template=None, context=256)
    found = export(tmp_path / "export")
    sentence(align(plain, found, "--steps", "dpo", "--out", "out"), 2, "no chat template", "sft")
    done = align(plain, found, "--steps", "sft", "--epochs", "1", "--out", "out", "--device", "cpu")
    assert done.code == 0, done.err
    assert "no chat template" in done.err
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained("out/sft")
    text = tokenizer.apply_chat_template(asked("sky") + said(GOOD), tokenize=False)
    assert text == f"<|begin|>User: What colour is the sky?\nAssistant: {GOOD}<|end|>\n"
    prompt = tokenizer.apply_chat_template(asked("sky"), tokenize=False, add_generation_prompt=True)
    assert text.startswith(prompt)


def test_only_the_last_reply_is_learnt(base: Path, tmp_path: Path) -> None:
    from trustgauge.aligning import rows as reading
    from trustgauge.aligning.quiet import quiet
    from trustgauge.aligning.recipe import arguments
    from trustgauge.aligning.settings import settings
    from trustgauge.aligning.tokens import vocabulary
    from trustgauge.aligning.trainers import (
        Work,
        _trainer,  # pyright: ignore[reportPrivateUsage]
        _weights,  # pyright: ignore[reportPrivateUsage]
    )

    talk = asked("sky") + said(BAD) + asked("sea") + said(GOOD)
    found = export(tmp_path / "export", sft=[{"messages": talk, "side": "train"}])
    (step,) = settings(str(base), found, tmp_path, steps="sft").steps
    with quiet():
        words = vocabulary(str(base), "base")
        taken = reading.rows(found, "sft")
        given = arguments(step, taken, tmp_path / "checkpoints", longest=256, gpu=False)
        work = Work(step, str(base), words, taken, given)
        (row,) = _trainer(work, _weights(work), lambda *_: None).train_dataset
    learnt = [token for token in row["labels"] if token != -100]
    assert words.tokenizer.decode(learnt) == f"{GOOD}<|end|>"


def test_rows_that_do_not_fit_are_left_out_and_counted(align: Align, base: Path, tmp_path: Path) -> None:
    long = {"messages": asked("road " * 300) + said(GOOD), "side": "train"}
    found = export(tmp_path / "export", sft=[*rows("sft"), long])
    done = align(base, found, "--steps", "sft", "--epochs", "1", "--out", "out", "--device", "cpu")
    assert "1 of 13 rows are longer than 256 tokens and left out" in done.err
    assert done.out.startswith(" sft  12 rows")
    sentence(align(base, found, "--steps", "sft", "--out", "b", "--max-length", "8"), 1, "all 13 rows are longer")


def test_without_the_extra_it_says_which(
    align: Align, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trl", None)
    sentence(align(base, export(tmp_path / "export")), 1, "pip install 'trustgauge[align]'")


def test_commands_are_printed_where_a_shell_reads_them(align: Align, base: Path, tmp_path: Path) -> None:
    done = align(base, export(tmp_path / "export"), "--out", "my out", "--print-commands", "--device", "cpu")
    first, second = done.out.splitlines()
    assert first == f"trl sft --config '{tmp_path}/my out/commands/sft/config.yaml'"
    assert second.startswith("trl dpo --config ")
    made = (tmp_path / "my out" / "commands" / "dpo" / "config.yaml").read_text()
    assert f"model_name_or_path: {tmp_path}/my out/commands/sft/model\n" in made
    assert not Path("my out/sft").exists()


HELD = rows("sft")[0] | {"side": "held-out"}
NOT_ONE = rows("dpo")[0] | {"chosen": said(GOOD) * 2}
SAME = rows("dpo")[0] | {"rejected": said(GOOD)}
NO_LABEL = rows("kto")[0] | {"label": "good"}
STRANGER = rows("sft")[0] | {"messages": [{"role": "robot", "content": "Hm."}]}
ENDS_ASKING = rows("sft")[0] | {"messages": asked("sky")}


@pytest.mark.parametrize(
    ("step", "second", "why"),
    [
        ("sft", HELD, "side is 'held-out', not 'train'"),
        ("sft", {"messages": asked("sky") + said(GOOD)}, "side is None"),
        ("sft", STRANGER, "role must be system, user, assistant"),
        ("sft", ENDS_ASKING, "does not follow a user's message"),
        ("dpo", NOT_ONE, "chosen is not one assistant message"),
        ("dpo", SAME, "chosen and rejected are the same text"),
        ("kto", NO_LABEL, "label is 'good', not true or false"),
    ],
)
def test_a_wrong_row_is_named_by_its_line(
    align: Align, base: Path, tmp_path: Path, step: str, second: dict[str, Any], why: str
) -> None:
    found = export(tmp_path / "export", **{step: [rows(step)[0], second]})
    sentence(align(base, found, "--steps", step, "--out", "out"), 1, f"{step}.jsonl:2: ", why)
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("--steps", "dpo,sft"), 2, "use one of  sft,dpo, sft,kto, sft, dpo, kto"),
        (("--epochs", "kto=2"), 2, "the steps are sft,dpo"),
        (("--epochs", "many"), 2, "sft=3,dpo=1"),
        (("--learning-rate", "0"), 2, "above 0"),
        (("--learning-rate", "nan"), 2, "above 0"),
        (("--batch-size", "1.5"), 2, "whole number"),
        (("--steps", "kto", "--batch-size", "1"), 2, "at least 2 rows"),
        (("--device", "tpu"), 2, "cpu, cuda"),
        (("--dtype", "int8"), 2, "bfloat16"),
        (("--beta", "0"), 2, "above 0"),
        (("--max-length", "3"), 2, "at least 8"),
        (("--learning-rate", "1e30", "--device", "cpu"), 1, "lower --learning-rate"),
    ],
)
def test_what_cannot_be_used_is_said(
    align: Align, base: Path, tmp_path: Path, words: tuple[str, ...], code: int, why: str
) -> None:
    sentence(align(base, export(tmp_path / "export"), "--out", "out", *words), code, why)


def test_a_folder_that_is_no_export_or_no_model_is_said(align: Align, base: Path, tmp_path: Path) -> None:
    found = export(tmp_path / "export")
    sentence(align(tmp_path / "nowhere", found), 1, "there is no model folder")
    sentence(align("org/none-of-this-name", found), 1, "cannot open the model org/none-of-this-name")
    sentence(align(base, tmp_path / "nowhere"), 2, "there is no folder")
    (tmp_path / "out" / "sft").mkdir(parents=True)
    sentence(align(base, found, "--out", "out"), 2, "not by this command")
    (found / "kto.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows("kto") if row["label"]))
    sentence(align(base, found, "--steps", "kto"), 1, "only rows with label true")
    (found / "export.json").write_text('{"side": "held-out"}')
    sentence(align(base, found), 2, "may not be trained on")
    (found / "export.json").write_text("{")
    sentence(align(base, found), 1, "no JSON")
    (found / "export.json").unlink()
    sentence(align(base, found), 2, "no export.json")


def test_after_training_base_and_stages_are_measured_on_held_out_cases(
    align: Align, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUSTGAUGE_STORE", "store.db")
    found = export(tmp_path / "export")
    how = ("--steps", "sft", "--out", "out", *QUICK[:2], "--device", "cpu")
    aim = ("--target", "hallucination/grounded-choice", "-n", "12", "--rest", "0", "--max-tokens", "4")
    sentence(align(base, found, *how, measure=True), 2, "name the targets")
    sentence(align(base, found, *how, "--target", "no-such-suite", measure=True), 2, "no-such-suite")
    sentence(align(base, found, *how, *aim, "--judge", "a", "--judge", "a", measure=True), 2, "judges")
    sentence(align(base, found, *how, *aim, "--judge", "rules", measure=True), 2, "one judge", "MODEL")
    assert not Path("out").exists()  # all of that is said before anything trains
    done = align(base, found, *how, *aim, "--json", measure=True)
    assert done.code == 0, done.err
    assert done.json["training"]["stages"][0]["step"] == "sft"
    assert len(done.json["study"]["runs"]) == 2
    with Store("store.db", create=False) as store:
        assert {(run.model, run.manifest["split"]) for run in store.runs()} == {
            (f"hf/{base}", "held-out"),
            ("hf/out/sft", "held-out"),
        }
    assert Path("out/align.html").is_file()
