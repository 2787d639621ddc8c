"""A model server that misbehaves on demand, and a client that asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.model_client import KEY, Client
from support.model_server import ModelServer


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(key=KEY) as running:
        yield running


@pytest.fixture
def client(server: ModelServer) -> Client:
    return Client(server)
