"""Facts about models: the built-in ones, and those of a file over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustgauge.errors import ConfigError
from trustgauge.studying.facts import built_in, load_facts


def test_the_papers_models_are_known_with_their_source() -> None:
    facts = built_in()
    levels = [facts.level(m) for m in ("davinci", "facebook/opt-1.3b", "flan-t5-xxl", "text-davinci-003", "GPT-4")]
    assert levels == [0, 0, 1, 2, 3]
    assert facts.of("ChatGPT") is facts.of("gpt-3.5-turbo")
    assert facts.of("openai/gpt-4").open is False
    assert facts.of("nobody").stage == "" and facts.level("nobody") is None
    assert all(f.source and (not f.stage or f.stage in facts.stages) for f in facts.models.values())


def test_a_file_goes_over_what_is_built_in(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text(
        "models:\n  GPT-4: {stage: SFT, utility: {exam: 0.9}}\n  mine/one: {size: 8, stage: base, open: true}\n",
        "utf-8",
    )
    facts = load_facts(file)
    assert facts.level("gpt-4") == 1 and facts.of("gpt-4").utility == {"exam": 0.9}
    assert facts.of("gpt-4").family == ""  # a model that the file names is the file's
    assert facts.level("ONE") is None and facts.level("mine/one") == 0
    assert facts.level("davinci") == 0
    file.write_text('{"stages": ["plain", "tuned"], "models": {"a": {"stage": "tuned"}}}', "utf-8")
    facts = load_facts(file)
    assert facts.level("a") == 1 and facts.level("davinci") is None  # whose stage there is none of


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models: {a: {stage: middling}}", "'middling' of a is none of base, SFT"),
        ("models: {a: {sise: 8}}", "sise"),
        ("models: {a: {size: -1}}", "models"),
        ("models: [1, 2", "not valid YAML in line 1"),
        ("just words", "must hold models: by name"),
        ("models: {a: {utility: {m: .nan}}}", "no finite number"),
        ("models: {a: {size: .inf}}", "no finite number"),
        ("own: [a]", "own"),
        ("", "must hold models: by name"),
        ("models:\n  a: {size: 8}\n  b: {size: 7}\n  a: {size: 70}\n", "facts.yaml has 'a' twice .* line 4: keep one"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=said):
        load_facts(file)


def test_facts_are_found_by_the_name_that_is_shown_too(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text("models: {panel/careful: {stage: RLHF}, other: {stage: base}}", "utf-8")
    facts = load_facts(file).under({"careful": "panel/careful", "run-2": "panel/careful", "new": "x/new"})
    assert facts.level("careful") == facts.level("run-2") == 2 and facts.level("new") is None
    assert facts.own == ("other",)  # nobody's


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_facts(tmp_path / "none.yaml")
