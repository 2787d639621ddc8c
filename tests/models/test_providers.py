"""MODEL words, keys and addresses: what is opened, and the one sentence where it can't be."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest

from support.model_client import PLAIN
from support.model_server import ModelServer
from trustgauge.errors import ModelError
from trustgauge.models import providers
from trustgauge.models.providers import PROVIDERS, is_http, is_local, normalised, open_http, parse_spec
from trustgauge.types import Case, Options, Reply

KEYS = {f"{p.prefix}_API_KEY": "sk-0123456789" for p in PROVIDERS.values()}
AZURE = {"AZURE_OPENAI_ENDPOINT": "https://acme.openai.azure.com/"}


def opened(spec: str, env: dict[str, str]) -> Any:
    return open_http(spec, Options(), env=env)


def http_of(spec: str, env: dict[str, str]) -> Any:
    """The one address behind a model."""
    (endpoint,) = opened(spec, env)._http._all
    return endpoint.http


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_opens_with_its_key_and_nothing_is_sent(name: str) -> None:
    model = opened(f"{name}/some/model", KEYS | AZURE)
    assert (model.id, model.in_process) == (f"{name}/some/model", False)
    assert bool(model.revision) == (name == "azure"), "only an address of one's own tells models apart"
    assert is_http(f"{name}/x")


@pytest.mark.parametrize("name", [name for name, p in PROVIDERS.items() if p.needs_key])
def test_a_missing_key_is_named(name: str) -> None:
    prefix = PROVIDERS[name].prefix
    with pytest.raises(ModelError, match=rf"^{prefix}_API_KEY is not set.*export it or put it in \.env$"):
        opened(f"{name}/m", AZURE)


@pytest.mark.parametrize("name", [name for name, p in PROVIDERS.items() if not p.needs_key])
def test_local_servers_need_no_key(name: str) -> None:
    assert http_of(f"{name}/m", {})._headers.keys() == {"Content-Type", "Accept"}
    assert is_local(f"{name}/m", {})


@pytest.mark.parametrize(
    ("spec", "env", "words"),
    [
        ("gpt-5", {}, "not of the form provider/name"),
        ("openai/", {}, "not of the form provider/name"),
        ("", {}, "not of the form provider/name"),
        ("opnai/gpt-5", {}, "'opnai' in the model 'opnai/gpt-5' is no known provider: known are openai, anthropic"),
        ("openai-api/mine", {}, "<name>/<model>"),
        ("openai-api//m", {}, "<name>/<model>"),
        ("openai-api/my name/m", {}, "<name>/<model>"),
        ("openai-api/my-box/m", {}, "MY_BOX_BASE_URL is not set"),
        ("azure/gpt-5", KEYS, "AZURE_OPENAI_BASE_URL is not set"),
        ("openai:chat/gpt-5", KEYS, "names the form 'chat'"),
        ("anthropic:completions/x", KEYS, "names the form 'completions', which anthropic does not have"),
        ("openai/gpt-5", {"OPENAI_API_KEY": "sk-01234\n56789"}, "OPENAI_API_KEY holds a space, a line break"),
        ("openai/gpt-5", {"OPENAI_API_KEY": "sk-“01234”"}, "OPENAI_API_KEY holds"),
        ("vllm/m", {"VLLM_BASE_URL": "localhost:8000"}, "VLLM_BASE_URL holds no usable address"),
        ("vllm/m", {"VLLM_BASE_URL": "http://"}, "VLLM_BASE_URL holds no usable address"),
        ("vllm/m", {"VLLM_BASE_URL": "http://h:99999/v1"}, "VLLM_BASE_URL holds no usable address"),
        ("vllm/m", {"VLLM_BASE_URL": "http://[::1/v1"}, "VLLM_BASE_URL holds no usable address"),
        ("vllm/m", {"VLLM_BASE_URL": "file:///etc/passwd"}, "VLLM_BASE_URL holds no usable address"),
        ("vllm/m", {"VLLM_BASE_URL": "https://me:pw-secret@h/v1"}, "VLLM_BASE_URL holds a user name or password"),
        ("openai/m", KEYS | {"HTTPS_PROXY": "socks5://h:1"}, "proxy"),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_is_one_clear_sentence(spec: str, env: dict[str, str], words: str) -> None:
    with pytest.raises(ModelError) as error:
        opened(spec, env)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
    assert "01234" not in str(error.value)
    assert "pw-secret" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://h:8000", "http://h:8000/v1"),
        ("http://h:8000/", "http://h:8000/v1"),
        ("http://h:8000/v1", "http://h:8000/v1"),
        ("http://h:8000/v1/", "http://h:8000/v1"),
        ("http://h:8000/v1/chat/completions", "http://h:8000/v1"),
        ("http://h:8000/v1/chat/completions/", "http://h:8000/v1"),
        ("http://h:8000/v1/completions", "http://h:8000/v1"),
        ("http://h:8000/chat/completions", "http://h:8000/v1"),
        ("https://h/team/v2/chat/completions?api-version=1", "https://h/team/v2?api-version=1"),
        ("https://h/api#top", "https://h/api"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
    ],
)
def test_pasted_addresses(text: str, address: str) -> None:
    assert normalised(text, "X_BASE_URL").geturl() == address


def url_of(spec: str, env: dict[str, str]) -> str:
    return http_of(spec, KEYS | env)._url


def test_addresses_per_provider() -> None:
    assert url_of("openai/m", {}) == "https://api.openai.com/v1/chat/completions"
    assert url_of("openai:completions/m", {}) == "https://api.openai.com/v1/completions"
    assert url_of("azure/m", AZURE) == "https://acme.openai.azure.com/openai/v1/chat/completions"
    assert url_of("azure/m", AZURE | {"AZURE_OPENAI_BASE_URL": "https://b/openai/v1?api-version=preview"}) == (
        "https://b/openai/v1/chat/completions?api-version=preview"
    )
    assert url_of("anthropic/m", {}) == "https://api.anthropic.com/v1/messages"
    for given in (
        "https://p.example/anthropic",
        "https://p.example/anthropic/v1",
        "https://p.example/anthropic/v1/messages",
    ):
        assert url_of("anthropic/m", {"ANTHROPIC_BASE_URL": given}) == "https://p.example/anthropic/v1/messages"
    assert (
        url_of("ollama/m", {"OLLAMA_BASE_URL": " 'http://10.0.0.5:11434' "})
        == "http://10.0.0.5:11434/v1/chat/completions"
    )
    assert not is_local("ollama/m", {"OLLAMA_BASE_URL": "http://10.0.0.5:11434"})
    assert url_of("openai-api/my-box/a/b", {"MY_BOX_BASE_URL": "http://h/v1"}) == "http://h/v1/chat/completions"


def test_model_names_may_hold_anything() -> None:
    assert parse_spec("openrouter/meta-llama/llama-3:free").model == "meta-llama/llama-3:free"
    assert parse_spec("ollama/llama3.2:1b").model == "llama3.2:1b"
    assert parse_spec("openai-api/box/org/m").model == "org/m"
    assert not is_http("hf/org/model")


def test_keys_travel_in_the_providers_own_header() -> None:
    with ModelServer() as server:
        for provider, header, value in (
            ("azure", "api-key", "sk-0123456789"),
            ("gemini", "Authorization", "Bearer sk-0123456789"),
            ("vllm", "Authorization", None),
        ):
            env = {f"{PROVIDERS[provider].prefix}_BASE_URL": server.url}
            if value:
                env[f"{PROVIDERS[provider].prefix}_API_KEY"] = " sk-0123456789\n"

            async def ask(provider: str = provider, env: dict[str, str] = env) -> object:
                model = open_http(f"{provider}/ok", Options(), env=env)
                outcome = await model.reply(PLAIN, Case(messages=()), 0)
                await model.close()
                return outcome

            assert isinstance(asyncio.run(ask()), Reply)
            assert server.seen[-1].headers.get(header) == value
            assert len({"api-key", "Authorization"} & server.seen[-1].headers.keys()) == (1 if value else 0)


def test_a_second_variable_may_hold_the_key() -> None:
    assert opened("gemini/m", {"GOOGLE_API_KEY": "g-0123456789"})._key_name == "GOOGLE_API_KEY"


@pytest.mark.parametrize(
    ("base", "env", "proxy"),
    [
        ("https://h.example/v1", {}, None),
        ("https://h.example/v1", {"https_proxy": "http://p:1", "HTTPS_PROXY": "http://q:1"}, "http://p:1"),
        ("https://h.example/v1", {"HTTP_PROXY": "http://p:1"}, None),
        ("http://h.example/v1", {"HTTP_PROXY": "http://p:1"}, "http://p:1"),
        ("http://h.example/v1", {"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ("http://h.example/v1", {"ALL_PROXY": "http://p:1", "NO_PROXY": "a.b, .example"}, None),
        ("http://h.example/v1", {"ALL_PROXY": "http://p:1", "NO_PROXY": "ample"}, "http://p:1"),
        ("http://h.example/v1", {"ALL_PROXY": "http://p:1", "no_proxy": "*"}, None),
        ("http://127.0.0.1:8000/v1", {"ALL_PROXY": "http://p:1"}, None),
        ("http://localhost:8000/v1", {"HTTP_PROXY": "http://p:1"}, None),
    ],
)
def test_proxies(base: str, env: dict[str, str], proxy: str | None) -> None:
    assert http_of("vllm/m", env | {"VLLM_BASE_URL": base})._proxy == proxy


def test_the_table_is_light() -> None:
    code = f"import sys, {providers.__name__}\nassert not {{'httptools', 'ssl', 'numpy'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_another_server_is_another_model() -> None:
    """Replies of one server must never pass for another's under the same name."""
    revisions = {
        opened("openai-api/x/m", {"X_BASE_URL": url}).revision
        for url in ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8001/v1", "http://127.0.0.1:8000/v1/chat/completions")
    }
    assert len(revisions) == 2
    assert "" not in revisions
    assert opened("openai-api/x/m", {"X_BASE_URL": "http://127.0.0.1:8000/v1?key=abc"}).address.endswith("/v1")
