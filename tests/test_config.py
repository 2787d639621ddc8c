"""Options: where each comes from, which one wins, and one sentence for everything that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trustgauge.cli.app import app
from trustgauge.config import PREFIX, Config, environment, load
from trustgauge.errors import ConfigError
from trustgauge.prices import Price

# Two usable values of every field, neither of them the default: as the flag, variable or file has it, and as read.
VALUES: dict[str, tuple[Any, Any]] = {
    "models": (["panel/careful"], ["panel/agreeable", "scripted/oracle"]),
    "suites": (["safety"], ["fairness", "survey2023"]),
    "judges": (["openai/gpt-5-mini"], ["hf/org/judge", "scripted/naive-judge"]),
    "judging": ("all", "all"),
    "panel": ("weighted", "weighted"),
    "perturb": (["upper"], ["typos:0.1", "ocr"]),
    "n": (7, 9),
    "seed": (3, -4),
    "split": ("train", "held-out"),
    "cases": ("cases.jsonl", "other/cases.jsonl"),
    "draws": (2, 5),
    "temperature": (0.5, 1.25),
    "top_p": (0.9, 0.25),
    "max_tokens": (50, 800),
    "store": ("a.db", "b.db"),
    "study": ("monday", "tuesday"),
    "concurrency": (4, 64),
    "rpm": (60, 600),
    "tpm": (1000, 90_000),
    "budget": (0.5, 20.0),
    "timeout_s": (1.5, 30.0),
    "attempts": (1, 3),
    "texts": ("books", "poems"),
    "data": ("sets", "public"),
    "embedding": ("sentence-transformers/all-MiniLM-L6-v2", "./encoder"),
    "toxicity": ("unitary/toxic-bert", "./classifier"),
    "until": ("policy.yaml", "strict.yaml"),
    "fresh": (True, True),
    "offline": (True, True),
    "price": ("0.25/2", "1/4"),
    "prices_file": ("prices.yaml", "prices.json"),
    "out": ("here", "there"),
}
EACH = [(name, *pair) for name, pair in VALUES.items()]


@pytest.fixture(autouse=True)
def price_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables that VALUES names, in the folder where each test is."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prices.yaml").write_text("openai/gpt-mini: 1/4\nopenai/*: {input: 2, output: '8'}\n", encoding="utf-8")
    (tmp_path / "prices.json").write_text('{\n\t"anthropic/*": {"input": 3, "output": 15}\n}', encoding="utf-8")


def as_variable(name: str, value: Any) -> dict[str, str]:
    text = ",".join(value) if isinstance(value, list) else str(value)
    return {PREFIX + name.upper(): text}


def as_read(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def study(folder: Path, text: str) -> str:
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def complaint(flags: dict[str, Any] | None = None, file: str | None = None, env: dict[str, str] | None = None) -> str:
    """The one sentence that load gives up with."""
    with pytest.raises(ConfigError) as caught:
        load(flags or {}, file, env or {})
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert caught.value.exit_code == 2
    return sentence


def test_the_tables_of_this_test_hold_every_field() -> None:
    assert set(VALUES) == set(Config.__struct_fields__)


def test_with_nothing_given_the_defaults_hold() -> None:
    assert load({}, None, {}) == Config()


@pytest.mark.parametrize(("name", "value", "_"), EACH)
def test_every_field_is_reached_from_a_flag_a_variable_and_the_file(
    tmp_path: Path, name: str, value: Any, _: Any
) -> None:
    file = study(tmp_path, yaml.safe_dump({name: value}))
    wanted = Config(**{name: as_read(value)})
    assert wanted != Config()
    assert load({name: value}, None, {}) == wanted
    assert load({}, None, as_variable(name, value)) == wanted
    assert load({}, file, {}) == wanted


@pytest.mark.parametrize(("name", "one", "two"), [each for each in EACH if each[1] != each[2]])
def test_a_flag_beats_a_variable_and_a_variable_the_file(tmp_path: Path, name: str, one: Any, two: Any) -> None:
    file = study(tmp_path, yaml.safe_dump({name: one}))
    assert getattr(load({}, file, as_variable(name, two)), name) == as_read(two)
    assert getattr(load({name: one}, file, as_variable(name, two)), name) == as_read(one)


def test_every_flag_of_run_is_a_field_and_every_field_a_flag() -> None:
    """A field without a flag could not be given on the command line; a flag without a field would be dropped."""
    command = typer.main.get_command(app).commands["run"]  # type: ignore[attr-defined]
    asked = {parameter.name for parameter in command.params} - {"study_file", "as_json", "help"}
    assert asked == set(Config.__struct_fields__)


def test_flags_that_were_not_given_hide_nothing(tmp_path: Path) -> None:
    file = study(tmp_path, "models: [panel/careful]\nn: 5\nfresh: true\n")
    found = load({"models": [], "n": None, "fresh": None, "suites": ()}, file, {})
    assert (found.models, found.n, found.fresh, found.suites) == (("panel/careful",), 5, True, ("all",))


def test_an_empty_variable_is_none(tmp_path: Path) -> None:
    assert load({}, study(tmp_path, "n: 5"), {"TRUSTGAUGE_N": ""}).n == 5


def test_variables_of_the_process_beat_those_of_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("TRUSTGAUGE_N=11\nTRUSTGAUGE_SEED=12\nTEST_API_KEY=k\n")
    monkeypatch.setenv("TRUSTGAUGE_SEED", "99")
    monkeypatch.delenv("TRUSTGAUGE_N", raising=False)
    found = environment(tmp_path)
    assert (found["TRUSTGAUGE_N"], found["TRUSTGAUGE_SEED"], found["TEST_API_KEY"]) == ("11", "99", "k")
    monkeypatch.chdir(tmp_path)
    loaded = load({}, study(tmp_path, "n: 1\ndraws: 2"))
    assert (loaded.n, loaded.seed, loaded.draws) == (11, 99, 2)
    assert load({"n": 3}).n == 3


def test_no_env_file_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert "PATH" in environment(tmp_path)
    assert "PATH" in environment(tmp_path / "nowhere")


def test_an_env_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"TRUSTGAUGE_N=\xff\xfe\n")
    with pytest.raises(ConfigError, match=r"\.env cannot be read: it is not UTF-8"):
        environment(tmp_path)


def test_lists_may_be_written_with_commas(tmp_path: Path) -> None:
    found = load({}, study(tmp_path, "suites: safety, fairness,\n"), {"TRUSTGAUGE_MODELS": " panel/careful ,a/b"})
    assert (found.suites, found.models) == (("safety", "fairness"), ("panel/careful", "a/b"))


def test_keys_may_be_written_with_a_hyphen_and_the_file_with_a_mark_at_its_start(tmp_path: Path) -> None:
    assert load({}, study(tmp_path, "\ufeffmax-tokens: 5\ntop-p: 0.5"), {}) == Config(max_tokens=5, top_p=0.5)


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"n": 0}, "n is 0: it must be at least 1"),
        ({"n": "many"}, "'n'"),
        ({"n": 2.5}, "'n'"),
        ({"n": 2**80}, "n is"),
        ({"draws": -1}, "draws is -1"),
        ({"seed": 2**64}, "seed is"),
        ({"seed": "x"}, "'seed'"),
        ({"concurrency": 0}, "concurrency is 0"),
        ({"rpm": 0}, "rpm is 0: it must be at least 1"),
        ({"rpm": 1.5}, "'rpm'"),
        ({"tpm": -1}, "tpm is -1: it must be at least 1"),
        ({"budget": 0}, "budget is 0.0: it must be an amount of USD above 0"),
        ({"budget": -1}, "budget is -1.0"),
        ({"budget": float("inf")}, "budget is inf"),
        ({"budget": float("nan")}, "budget is nan"),
        ({"budget": "a little"}, "'budget'"),
        ({"prices_file": "none.yaml"}, "the price table 'none.yaml' cannot be read: No such file"),
        ({"attempts": 0}, "attempts is 0"),
        ({"max_tokens": 0}, "max_tokens is 0"),
        ({"temperature": 3}, "temperature is 3.0: it must be between 0 and 2"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"top_p": -0.1}, "top_p is -0.1"),
        ({"timeout_s": 0}, "timeout_s is 0.0"),
        ({"timeout_s": float("inf")}, "timeout_s is inf"),
        ({"timeout_s": float("nan")}, "timeout_s is nan"),
        ({"fresh": "perhaps"}, "'fresh'"),
        ({"models": {"a": 1}}, "'models'"),
        ({"models": ["a", 5]}, "'models[1]'"),
        ({"store": 5}, "'store'"),
        ({"study": ["a"]}, "'study'"),
        ({"price": "cheap"}, "price is 'cheap': write USD per million tokens as in/out"),
        ({"price": "1"}, "price is '1'"),
        ({"price": "1/2/3"}, "price is '1/2/3'"),
        ({"price": "-1/2"}, "price is '-1/2'"),
        ({"price": "nan/2"}, "price is 'nan/2'"),
        ({"price": "1/inf"}, "price is '1/inf'"),
        ({"price": ""}, "price is ''"),
    ],
    ids=str,
)
def test_a_value_that_cannot_be_used_is_one_sentence(tmp_path: Path, given_: dict[str, Any], said: str) -> None:
    assert said in complaint(given_)
    if all(isinstance(value, str | int) for value in given_.values()):
        assert said in complaint(file=study(tmp_path, yaml.safe_dump(given_)))


def test_a_wrong_variable_is_one_sentence() -> None:
    said = complaint(env={"TRUSTGAUGE_N": "a few"})
    assert "'n'" in said and "TRUSTGAUGE_*" in said


def test_a_price_goes_before_the_table_and_the_table_before_what_is_known() -> None:
    for model in ("openai/gpt-5-mini", "openai-api/test/x"):
        assert Config(price=" 0 / 1e-1 ", prices_file="prices.yaml").price_for(model) == Price(0.0, 0.1, "--price")
    tabled = Config(prices_file="prices.yaml")
    assert tabled.price_for("openai/gpt-mini") == Price(1, 4, "your table prices.yaml")
    assert tabled.price_for("openai/gpt-5-mini") == Price(2, 8, "your table prices.yaml")
    assert Config(prices_file="prices.json").price_for("anthropic/x") == Price(3, 15, "your table prices.json")
    assert tabled.price_for("openai-api/test/x") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must hold entries such as openai/gpt-5-mini: 0.25/2"),
        ("[1, 2]", "must hold entries"),
        ("openai/x: [1", "the price table t.yaml is not valid YAML in line"),
        ("openai/x: 1/2\nopenai/x: 1/3", "the price table t.yaml has 'openai/x' twice in one place, again in line 2"),
        ("openai/x: 1", "its entry 'openai/x' holds no price: write USD per million tokens as in/out"),
        ("gpt-5: 1/2", "its entry 'gpt-5' is no model: write provider/name"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("where", ["flag", "variable", "file"])
def test_a_table_that_cannot_be_used_is_one_sentence(tmp_path: Path, where: str, text: str, said: str) -> None:
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    ways: dict[str, dict[str, Any]] = {
        "flag": {"flags": {"prices_file": "t.yaml"}},
        "variable": {"env": {"TRUSTGAUGE_PRICES": "t.yaml"}},
        "file": {"file": study(tmp_path, "prices: t.yaml")},
    }
    assert said in complaint(**ways[where])


def test_a_table_of_json_says_where_it_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('{"openai/x": "1/2",\n}', encoding="utf-8")
    assert "t.json is not valid JSON in line" in complaint({"prices_file": "t.json"})


@pytest.mark.parametrize("where", ["flags", "file"])
def test_an_unknown_key_is_named(tmp_path: Path, where: str) -> None:
    said = complaint({"modles": ["x"]}) if where == "flags" else complaint(file=study(tmp_path, "modles: [x]"))
    assert "'modles'" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("n: [1", "not valid YAML in line"),
        ("n: 1\n\tseed: 2", "not valid YAML in line 2"),
        ("- n\n- 5", "must hold keys"),
        ("", "must hold keys"),
        ("just words", "must hold keys"),
        ("? {a: 1}\n: 2", "not valid YAML in line 1"),
        ("n: 2001-13-45", "not valid YAML"),
        ("n: !!python/object/apply:os.getcwd []", "not valid YAML"),
        ("n: !!timestamp soon", "not valid YAML"),
        ("n: !!bool soon", "not valid YAML"),
        ("n: !!int ''", "not valid YAML"),
        ("n: 0b_", "not valid YAML"),
        ("a: &x [*x]\n", "'a'"),
        ("models: &x [*x]\n", "'models[0]'"),
        ("n: " + "[" * 5000, "not valid YAML"),
        ("n: " + "9" * 5000, "not valid YAML"),
        ("n: 5\nseed: 1\nn: 50\n", "'n' twice in one place, again in line 3: keep one"),
        ("n: 5\nmodel: a/b\nmodels: [a/c]\n", "has 'model' and 'models', which mean the same: keep one"),
        ("max-tokens: 5\nmax_tokens: 9\n", "has 'max-tokens' and 'max_tokens', which mean the same"),
        ("n: 2001-01-01", "'n'"),
        ("seed:", "'seed'"),
        ("1: 2", "'1'"),
    ],
    ids=lambda text: repr(text[:30]),
)
def test_a_file_that_cannot_be_used_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    assert said in complaint(file=study(tmp_path, text))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert "No such file" in complaint(file=str(tmp_path / "none.yaml"))
    assert "directory" in complaint(file=str(tmp_path))
    assert "cannot be read" in complaint(file="a\0b.yaml")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("study: Genève".encode("latin-1"))
    said = complaint(file=str(latin))
    assert "latin.yaml" in said and "not UTF-8" in said


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates()
values = st.recursive(leaves, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3))
names = st.sampled_from(Config.__struct_fields__) | st.text(max_size=8)


def loads_or_complains(flags: dict[str, Any], file: str | None, env: dict[str, str]) -> None:
    try:
        found = load(flags, file, env)
    except ConfigError as error:
        assert str(error)
    else:
        assert isinstance(found, Config)


@given(st.dictionaries(names, values, max_size=4), st.dictionaries(names, st.text(max_size=20), max_size=4))
def test_no_flags_and_no_variables_make_load_fail_otherwise(flags: dict[str, Any], words: dict[str, str]) -> None:
    loads_or_complains(flags, None, {PREFIX + name.upper(): value for name, value in words.items()})


SIGNS = st.text("n:seed- [] {}&*!|>'\"#?,%@`\n\t0123456789.mtfabx_é\x00", max_size=60)


@given(st.binary(max_size=60) | SIGNS.map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_no_file_makes_load_fail_otherwise(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "study.yaml"
    path.write_bytes(content)
    loads_or_complains({}, str(path), {})


@given(st.dictionaries(names, values, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_keys_in_a_file_make_load_fail_otherwise(tmp_path: Path, keys: dict[str, Any]) -> None:
    loads_or_complains({}, study(tmp_path, yaml.safe_dump(keys, allow_unicode=True)), {})


def test_a_flags_own_word_works_as_a_variable_and_as_a_key(tmp_path: Path) -> None:
    env = {"TRUSTGAUGE_MODEL": "panel/careful,scripted/yes", "TRUSTGAUGE_SUITE": "safety", "TRUSTGAUGE_TIMEOUT": "7"}
    found = load({}, env=env)
    assert (found.models, found.suites, found.timeout_s) == (("panel/careful", "scripted/yes"), ("safety",), 7.0)
    file = tmp_path / "study.yaml"
    file.write_text("model: panel/careful\ntimeout: 8\n", encoding="utf-8")
    assert (load({}, str(file), {}).models, load({}, str(file), {}).timeout_s) == (("panel/careful",), 8.0)
