"""The words of a suite: a TOML file of the same name beside it, read once and on first use."""

from __future__ import annotations

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any

from trustgauge.errors import SuiteError


class Words:
    """Tables and lists of one TOML file: WORDS["templates"], WORDS.strings("names")."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def data(self) -> dict[str, Any]:
        """The whole file."""
        try:
            return tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            name = self.path.name
            raise SuiteError(f"{name} is missing beside its suite: create it with the words") from None
        except tomllib.TOMLDecodeError as error:
            raise SuiteError(f"{self.path.name} is not valid TOML: {error}") from None

    def __getitem__(self, name: str) -> Any:
        try:
            return self.data[name]
        except KeyError:
            raise SuiteError(f"{self.path.name} has no '{name}': add it") from None

    def strings(self, name: str) -> list[str]:
        """A list of strings; `name` may reach into tables with dots ("templates.plain")."""
        return list(self._reach(name))

    def table(self, name: str) -> dict[str, str]:
        """A table of named strings, for instance templates by name; dots reach into tables."""
        return dict(self._reach(name))

    def rows(self, name: str) -> list[dict[str, Any]]:
        """An array of tables."""
        return list(self._reach(name))

    def _reach(self, name: str) -> Any:
        value: Any = self.data
        for part in name.split("."):
            if part not in value:
                raise SuiteError(f"{self.path.name} has no '{name}': add it")
            value = value[part]
        return value


def words(suite_file: str) -> Words:
    """The TOML file beside a suite: words(__file__)."""
    return Words(Path(suite_file).with_suffix(".toml"))
