"""A user's weights of sub-categories and tasks, such as the traffic mix of a deployment."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec

from trustgauge.config import read_mapping
from trustgauge.errors import ConfigError
from trustgauge.suites import known_task
from trustgauge.suites import tasks as all_tasks
from trustgauge.taxonomy import CATEGORIES, SUB_CATEGORIES


class Weights(msgspec.Struct, frozen=True):
    """Weights by name; what is left out has weight 0.

    A sub-category none of whose tasks is named weighs them alike; one that is named only by its tasks has their sum.
    """

    by_name: dict[str, float]
    source: str = ""

    def of_sub(self, id_: str) -> float:
        """A sub-category's weight."""
        return self.by_name.get(id_, sum(self._tasks(id_).values()))

    def of_tasks(self, id_: str, tasks: Sequence[str]) -> list[float]:
        """The weights of these tasks within their sub-category."""
        named = self._tasks(id_)
        return [named.get(task, 0.0) for task in tasks] if named else [1.0] * len(tasks)

    def _tasks(self, id_: str) -> dict[str, float]:
        return {name: weight for name, weight in self.by_name.items() if name.startswith(f"{id_}/")}

    def check_tasks(self, recorded: Collection[str]) -> None:
        """ConfigError for a task that is neither known nor among those recorded."""
        for name in self.by_name:
            if "/" in name and name not in recorded and not known_task(name):
                raise _unknown(name, [*recorded, *all_tasks()], self.source)


def load_weights(path: str | Path) -> Weights:
    """The weights of a file of YAML or JSON that maps names to numbers. ConfigError says what is wrong with it."""
    found, _ = read_mapping(path, "weights file", "names with numbers, such as sycophancy: 0.3")
    return weights_of(found, str(path))


def weights_of(given: Mapping[Any, Any], source: str = "") -> Weights:
    """Weights from a mapping; source is what errors call it. ConfigError for unknown names and what is no weight."""
    by_name: dict[str, float] = {}
    for key, value in given.items():
        name = str(key)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not isfinite(value) or value < 0:
            raise ConfigError(f"{_place(source)}the weight of {name!r} is {value!r}: it must be a number from 0")
        by_name[name] = float(value)
        if name.partition("/")[0] not in SUB_CATEGORIES:
            raise _unknown(name, list(all_tasks()) if "/" in name else list(SUB_CATEGORIES), source)
    if not any(by_name.values()):
        raise ConfigError(f"{_place(source)}no weight is above 0: name at least one sub-category or task")
    for id_ in SUB_CATEGORIES:
        named = [weight for name, weight in by_name.items() if name.startswith(f"{id_}/")]
        if by_name.get(id_) and named and not any(named):
            raise ConfigError(f"{_place(source)}{id_!r} has a weight, and all its tasks named have none")
    return Weights(by_name, source)


def _unknown(name: str, known: Sequence[str], source: str) -> ConfigError:
    if name in CATEGORIES:
        return ConfigError(f"{_place(source)}{name!r} is a category: weigh its sub-categories")
    close = get_close_matches(name, known, n=1)
    hint = f": did you mean {close[0]!r}?" if close else ": see `trustgauge list`"
    return ConfigError(f"{_place(source)}there is no sub-category or task {name!r}{hint}")


def _place(source: str) -> str:
    return f"in the weights {source}, " if source else "in the weights, "
