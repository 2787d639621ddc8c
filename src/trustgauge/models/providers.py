"""The well-known providers: where they are, which variable holds the key, and the model behind a MODEL word.

    openai/gpt-5-mini             a provider, and its own name for the model
    vllm:completions/base-model   legacy completions of the same server, for base models
    openai-api/<name>/<model>     any compatible server: <NAME>_BASE_URL and, if it wants one, <NAME>_API_KEY

Every provider's address can be set by its `_BASE_URL` variable. Accepted are the address up to `/v1`, a bare
host (then `/v1` is added), and a pasted one that ends in `/chat/completions`, `/completions` or `/messages`.

Several addresses of one model are separated by commas, and one that is to get more calls than the others says how
many times as many: `VLLM_BASE_URL="http://a:8000/v1*3, http://b:8000/v1"`. The key variable then holds one key for
all, or one for each, in the same order and with commas between. See models/endpoints.py for how they are used.
The first address tells the model apart from others: further ones can come and go, the stored replies stay.

HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY are honoured, though never for this machine itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal
from urllib.parse import SplitResult, urlsplit, urlunsplit

import msgspec

from trustgauge.errors import ModelError
from trustgauge.types import Options

if TYPE_CHECKING:
    from trustgauge.models.base import Model

ANY_SERVER = "openai-api"
"""The provider word for a compatible server that is not in the table."""


class Provider(msgspec.Struct, frozen=True):
    """One provider's facts.

    prefix  of its variables `<prefix>_API_KEY` and `<prefix>_BASE_URL`
    base    address up to the version; empty where each customer has their own
    path    what is added to an address that is a bare host
    header  that carries the key, either as "Bearer" (authorization) or as it is
    more_keys, more_addresses  further names of the two variables
    """

    prefix: str
    base: str = ""
    needs_key: bool = True
    path: str = "/v1"
    header: Literal["authorization", "api-key", "x-api-key"] = "authorization"
    more_keys: tuple[str, ...] = ()
    more_addresses: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Variables that may hold the key, the first that is set counts."""
        return (f"{self.prefix}_API_KEY", *self.more_keys)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Variables that may hold the address."""
        return (f"{self.prefix}_BASE_URL", *self.more_addresses)


PROVIDERS: dict[str, Provider] = {
    "openai": Provider("OPENAI", "https://api.openai.com/v1"),
    "anthropic": Provider("ANTHROPIC", "https://api.anthropic.com/v1", header="x-api-key"),
    "azure": Provider("AZURE_OPENAI", path="/openai/v1", header="api-key", more_addresses=("AZURE_OPENAI_ENDPOINT",)),
    "gemini": Provider(
        "GEMINI", "https://generativelanguage.googleapis.com/v1beta/openai", more_keys=("GOOGLE_API_KEY",)
    ),
    "mistral": Provider("MISTRAL", "https://api.mistral.ai/v1"),
    "deepseek": Provider("DEEPSEEK", "https://api.deepseek.com/v1"),
    "xai": Provider("XAI", "https://api.x.ai/v1"),
    "groq": Provider("GROQ", "https://api.groq.com/openai/v1"),
    "together": Provider("TOGETHER", "https://api.together.xyz/v1"),
    "openrouter": Provider("OPENROUTER", "https://openrouter.ai/api/v1"),
    "ollama": Provider("OLLAMA", "http://127.0.0.1:11434/v1", needs_key=False),
    "vllm": Provider("VLLM", "http://127.0.0.1:8000/v1", needs_key=False),
    "lmstudio": Provider("LMSTUDIO", "http://127.0.0.1:1234/v1", needs_key=False),
    "llamacpp": Provider("LLAMACPP", "http://127.0.0.1:8080/v1", needs_key=False),
}


class Target(msgspec.Struct, frozen=True):
    """What a MODEL word names: the provider, the model's name there, and the form of asking."""

    provider: Provider
    model: str
    api: Literal["chat", "completions", "messages"]


def is_http(spec: str) -> bool:
    """Whether a MODEL word is one of a model over HTTP, to be opened by `open_http`."""
    word = spec.partition("/")[0].partition(":")[0]
    return word == ANY_SERVER or word in PROVIDERS


def is_local(spec: str, env: Mapping[str, str]) -> bool:
    """Whether the address behind a MODEL word is on this machine. Raises ModelError as `open_http` does."""
    target = parse_spec(spec)
    return all(_on_this_machine(base) for base, _ in _bases(spec, target.provider, target.api, env))


def open_http(
    spec: str,
    options: Options,
    *,
    env: Mapping[str, str],
    timeout_s: float = 120.0,
    connections: int = 1000,
) -> Model:
    """The model behind a MODEL word; nothing is sent yet.

    timeout_s is the time for one call, connections the most that are open at once (calls beyond that wait,
    and their time runs). Raises ModelError for an unknown provider, and a key or address missing or unusable.
    """
    target = parse_spec(spec)
    provider = target.provider
    bases = _bases(spec, provider, target.api, env)
    key_name, keys = _keys(spec, provider, env, len(bases))
    from trustgauge.models.anthropic import VERSION, AnthropicModel
    from trustgauge.models.endpoints import Endpoints
    from trustgauge.models.http import Http
    from trustgauge.models.openai import OpenAIChat, OpenAICompletions

    ways = {
        "chat": (OpenAIChat, "/chat/completions"),
        "completions": (OpenAICompletions, "/completions"),
        "messages": (AnthropicModel, "/messages"),
    }
    kind, path = ways[target.api]
    version = {"anthropic-version": VERSION} if target.api == "messages" else {}
    served: list[tuple[Http, int]] = []
    for (base, weight), key in zip(bases, keys, strict=True):
        address = base._replace(path=base.path + path)
        http = Http(
            address.geturl(),
            headers={**version, **_authorized(provider, key)},
            secret=key,
            proxy=_proxy(address, env),
            timeout_s=timeout_s,
            connections=connections,
        )
        served.append((http, weight))
    # Where the address is the user's own, another address is another model; a vendor's is the same everywhere.
    base = bases[0][0]
    own = "" if base.geturl() == provider.base else urlunsplit((base.scheme, base.netloc, base.path, "", ""))
    return kind(spec, target.model, options, Endpoints(served), key_name=key_name, address=own)


def parse_spec(spec: str) -> Target:
    """A MODEL word taken apart. Raises ModelError with what is wrong with it."""
    head, _, model = spec.partition("/")
    word, colon, form = head.partition(":")
    if not model:
        raise ModelError(f"the model '{spec}' is not of the form provider/name, such as openai/gpt-5-mini")
    if word == ANY_SERVER:
        name, _, model = model.partition("/")
        if not model or not re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", name, re.ASCII):
            raise ModelError(
                f"the model '{spec}' is not of the form {ANY_SERVER}/<name>/<model>, where <NAME>_BASE_URL "
                "holds the server's address and <name> is made of letters, digits and '-'"
            )
        provider = Provider(re.sub(r"[.-]", "_", name).upper(), needs_key=False)
    elif word in PROVIDERS:
        provider = PROVIDERS[word]
    else:
        known = ", ".join([*PROVIDERS, f"{ANY_SERVER}/<name>", "hf", "replay", "scripted", "panel"])
        raise ModelError(f"'{word}' in the model '{spec}' is no known provider: known are {known}")
    if word == "anthropic" and not colon:
        return Target(provider, model, "messages")
    if colon and (form != "completions" or word == "anthropic"):
        raise ModelError(f"the model '{spec}' names the form '{form}', which {word} does not have")
    return Target(provider, model, "completions" if colon else "chat")


def _authorized(provider: Provider, key: str) -> dict[str, str]:
    """The header that carries the key, where there is one."""
    if not key:
        return {}
    return {provider.header: f"Bearer {key}" if provider.header == "authorization" else key}


def _keys(spec: str, provider: Provider, env: Mapping[str, str], addresses: int) -> tuple[str, list[str]]:
    """The variable that holds the keys, and a key for each address; the first variable and "" where none is set."""
    for name in provider.keys:
        if text := env.get(name, "").strip().strip("\"'"):
            keys = [key.strip() for key in text.split(",")] if addresses > 1 else [text]
            if "" in keys:
                raise ModelError(f"{name} holds a comma without a key before or after it: take it out")
            if not all(re.fullmatch(r"[!-~]+", key, re.ASCII) for key in keys):
                raise ModelError(f"{name} holds a space, a line break or a letter that no key has: copy it again")
            if len(keys) not in (1, addresses):
                raise ModelError(
                    f"{name} holds {len(keys)} keys for {addresses} addresses: give one key for all, or one for each"
                )
            return name, keys if len(keys) > 1 else keys * addresses
    name = provider.keys[0]
    if provider.needs_key:
        raise ModelError(f"{name} is not set, which '{spec}' needs: export it or put it in .env")
    return name, [""] * addresses


def _bases(spec: str, provider: Provider, api: str, env: Mapping[str, str]) -> list[tuple[SplitResult, int]]:
    """The addresses up to the version with their weights, from the environment or the table."""
    for name in provider.addresses:
        if text := env.get(name, "").strip().strip("\"'"):
            return [_weighted(one.strip(), name, provider.path, versioned=api == "messages") for one in text.split(",")]
    if provider.base:
        return [(urlsplit(provider.base), 1)]
    name = provider.addresses[0]
    raise ModelError(
        f"{name} is not set, which '{spec}' needs: set it to the server's address, such as https://example.com/v1"
    )


def _weighted(text: str, name: str, path: str, *, versioned: bool) -> tuple[SplitResult, int]:
    """One address of the variable `name`, and the weight behind it."""
    if not text:
        raise ModelError(f"{name} holds a comma without an address before or after it: take it out")
    address, star, weight = text.partition("*")
    if star and not re.fullmatch(r"[1-9]\d{0,3}", weight.strip(), re.ASCII):
        raise ModelError(f"{name} holds a '*' without a whole number from 1 to 9999 after it, the address's weight")
    return normalised(address.strip(), name, path, versioned=versioned), int(weight) if star else 1


def normalised(text: str, name: str, path: str = "/v1", *, versioned: bool = False) -> SplitResult:
    """An address as people paste it, cut or filled up to its version; a query (`?api-version=...`) is kept.

    versioned says that a path must end in a version, which Anthropic's variable leaves out. Raises
    ModelError, naming the variable `name`, for what is no server's address.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or port == 0 or re.search(r"[\s\\]", text):
        raise ModelError(f"{name} holds no usable address: it must look like http://127.0.0.1:8000/v1")
    if "@" in parts.netloc:
        raise ModelError(f"{name} holds a user name or password: take it out and put the key into its own variable")
    given = re.sub(r"/(?:chat/completions|completions|messages)$", "", parts.path.rstrip("/")).rstrip("/")
    if versioned and given and not re.search(r"/v\d+$", given):
        given += path
    return parts._replace(path=given or path, fragment="")


def _on_this_machine(address: SplitResult) -> bool:
    host = address.hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _proxy(address: SplitResult, env: Mapping[str, str]) -> str | None:
    """The proxy that the environment names for this address, lower-case names first."""
    named = {name.lower(): env[name] for name in sorted(env) if name.lower().endswith("_proxy") and env[name]}
    host = f".{address.hostname}"
    spared = [entry.strip().lstrip(".") for entry in named.get("no_proxy", "").lower().split(",")]
    if _on_this_machine(address) or any(entry and (entry == "*" or host.endswith(f".{entry}")) for entry in spared):
        return None
    proxy = named.get(f"{address.scheme}_proxy") or named.get("all_proxy")
    try:
        scheme = urlsplit(proxy or "").scheme
    except ValueError:  # brackets that are no IPv6 address
        scheme = ""
    if proxy and scheme not in ("http", "https"):
        raise ModelError(
            "the proxy that the environment names has no http:// or https:// address: no other kind is known"
        )
    return proxy
