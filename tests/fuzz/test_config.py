"""Options: any study file, .env, variables, flags and MODEL words are usable or refused in one sentence that says where."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from fuzz import bounded
from fuzz.making import damaged, edited, json_values, one_sentence, raw_texts, spliced
from trustgauge.config import FLAGS, PREFIX, Config, environment, load
from trustgauge.errors import ConfigError, TrustgaugeError
from trustgauge.models import open_model
from trustgauge.models.providers import PROVIDERS

FIELDS = (*Config.__struct_fields__, *FLAGS)
USABLE = (
    "all", "safety", "panel/careful,scripted/oracle", "1", "7", "0.5", "1/2", "a.db", "true", "no", "0", "-1", "1e3", "nan", "inf",
)  # fmt: skip
"""Words of which each is right for one field or another."""

YAML = (
    "~", "[]", "[a, b]", "{a: b}", "&a [*a]", "*a", "!!python/object:os.system x", "!!binary '='", "!!timestamp x", "!!int x", "!!float .", "0x1F",
    "1:30", "2024-02-30", "<<: 1", "? x", "!!set {a}", "- a", "|\n  a", '"\\ud800"', "'a\n b'", ".nan", "-.inf", "1_000", "@", "%TAG ! x", "\t", "key: ",
    "=", "!<x> y", "!!map []", "!!omap [a]",
)  # fmt: skip

fields = st.one_of(st.sampled_from(FIELDS), st.sampled_from(FIELDS).map(lambda name: name.replace("_", "-")), raw_texts)
worded = st.one_of(st.sampled_from(USABLE), st.sampled_from(YAML), spliced(USABLE + YAML, raw_texts, most=3))
given_values = st.one_of(worded, json_values, st.lists(worded, max_size=3))


@st.composite
def study_files(draw: DrawFn) -> bytes:
    """The bytes of a study file: keys with values, as YAML writes them or put together by hand, some of them damaged."""
    if draw(st.booleans()):
        lines = draw(st.lists(st.tuples(fields, worded), max_size=4))
        text = "".join(f"{key}: {value}\n" for key, value in lines)
    else:
        keys = draw(st.dictionaries(fields, given_values, max_size=4))
        text = yaml.safe_dump(draw(edited(keys, given_values)) if keys else keys, allow_unicode=draw(st.booleans()))
    return draw(damaged(text.encode("utf-8", "surrogatepass")))


@bounded(400)
@given(st.sampled_from(FIELDS), given_values, st.sampled_from(("flag", "variable", "file")))
def test_any_value_of_one_option_is_usable_or_refused(name: str, value: Any, source: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "study.yaml")
        text = f"{name}: {value}\n" if isinstance(value, str) else yaml.safe_dump({name: value})
        path.write_text(text if source == "file" else "", encoding="utf-8", errors="replace")
        flags = {FLAGS.get(name, name): value} if source == "flag" else {}
        usable_or_refused(flags, str(path), {PREFIX + name.upper(): str(value)} if source == "variable" else {})


@bounded(400)
@given(
    st.dictionaries(st.sampled_from(Config.__struct_fields__), given_values, max_size=3),
    st.dictionaries(st.sampled_from(FIELDS).map(lambda word: PREFIX + word.upper()), worded, max_size=3),
    st.one_of(st.none(), study_files(), study_files()),
)
def test_any_options_are_usable_or_refused(flags: dict[str, Any], env: dict[str, str], study: bytes | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "study.yaml")
        path.write_bytes(study or b"")
        usable_or_refused(flags, str(path) if study is not None else None, env)


@bounded(100)
@given(raw_texts)
def test_any_study_file_name_is_read_or_refused(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        usable_or_refused({}, f"{folder}/{name}", {})


def usable_or_refused(flags: Mapping[str, Any], study: str | None, env: Mapping[str, str]) -> None:
    """The one thing that holds for all options: a Config that a manifest can hold, or a ConfigError that says where."""
    try:
        config = load(flags, study, env)
    except ConfigError as error:
        said = one_sentence(error)
        assert any(place in said for place in (*Config.__struct_fields__, "study file", PREFIX)), said
    else:
        assert msgspec.json.decode(msgspec.json.encode(config), type=Config) == config


@bounded(200)
@given(
    st.lists(
        st.tuples(st.sampled_from(FIELDS).map(lambda word: PREFIX + word.upper()) | raw_texts, worded), max_size=4
    ).flatmap(
        lambda lines: damaged("".join(f"{name}={value}\n" for name, value in lines).encode("utf-8", "surrogatepass"))
    )
)
def test_any_env_file_is_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, ".env").write_bytes(content)
        try:
            found = environment(Path(folder))
        except ConfigError as error:
            assert ".env" in one_sentence(error)
            return
    assert all(isinstance(value, str) for value in found.values())
    usable_or_refused({}, None, found)


SPECS = (*PROVIDERS, "openai-api", "replay", "scripted", "panel", "openai-api/t", ":completions", "/", "m", ":", "..")
ADDRESSES = (
    "http://", "https://", "h", ":", "80", "99999", "/v1", "/chat/completions", "[", "]", "::1", "@", "?a=b", "#", "\\", " ", "%",
)  # fmt: skip


@bounded(300)
@given(
    spliced(SPECS, most=4),
    st.dictionaries(
        st.sampled_from(("T_BASE_URL", "T_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "VLLM_BASE_URL", "https_proxy", "HTTP_PROXY", "NO_PROXY")),
        spliced(ADDRESSES, raw_texts, most=5),
    ),
)  # fmt: skip
def test_any_model_word_opens_a_model_or_is_refused(spec: str, env: dict[str, str]) -> None:
    if spec.startswith("hf/") or Path(spec[:80]).is_dir():
        return  # these load weights
    try:
        model = open_model(spec, env=env)
    except TrustgaugeError as error:
        one_sentence(error)
    else:
        assert model.id == spec
        for secret in (env.get("OPENAI_API_KEY", ""), env.get("T_API_KEY", "")):
            assert len(secret) < 8 or secret in spec or secret not in repr(model)
