"""Facts about models: family, size, stage of alignment, open or not, utility; by file, and built in for the papers'."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec.structs import replace

from trustgauge.config import read_mapping
from trustgauge.errors import ConfigError


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is publicly known of a model; what is not known is None, or empty.

    names       other names it goes by
    size        parameters in billions
    stage       how far it was aligned: one of the stages of `Facts`
    open        whether its weights can be had
    techniques  how it was aligned
    utility     scores that are not about trust, larger is better
    """

    names: tuple[str, ...] = ()
    family: str = ""
    size: Annotated[float, msgspec.Meta(gt=0)] | None = None
    stage: str = ""
    open: bool | None = None
    released: str = ""
    techniques: tuple[str, ...] = ()
    utility: dict[str, float] = {}
    source: str = ""


class Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts by model, and the stages from the least aligned to the most.

    own     models that a file names, as it names them; of those `under` keeps the ones that are nobody's
    """

    stages: tuple[str, ...] = ()
    models: dict[str, ModelFacts] = {}
    own: tuple[str, ...] = ()

    def of(self, model: str) -> ModelFacts:
        """The facts of a model by its name, with or without its provider, whatever the case; empty where unknown."""
        known = {_key(name): facts for name, facts in self._names()}
        return known.get(_key(model)) or known.get(_key(model.rpartition("/")[2])) or ModelFacts()

    def under(self, models: Mapping[str, str]) -> Facts:
        """The same with each model known by what it is shown as too: {as shown: as it was run}."""
        found = {shown: self.of(model) for shown, model in models.items()}
        used = [id(facts) for facts in found.values()]
        shown = {name: replace(facts, names=()) for name, facts in found.items() if facts != ModelFacts()}
        nobody = tuple(name for name in self.own if id(self.models[name]) not in used)
        return Facts(stages=self.stages, models=self.models | shown, own=nobody)

    def level(self, model: str) -> int | None:
        """The model's stage as a number from 0, None where it is not known."""
        stage = self.of(model).stage
        return self.stages.index(stage) if stage else None

    def _names(self) -> list[tuple[str, ModelFacts]]:
        return [(name, facts) for model, facts in self.models.items() for name in (model, *facts.names)]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file of facts holds."""

    stages: tuple[str, ...] = ()
    models: dict[str, ModelFacts] = {}


def _key(name: str) -> str:
    return name.strip().casefold().removeprefix("panel/")  # which pages leave out


@cache
def built_in() -> Facts:
    """Public facts about the survey's six models and TrustLLM's, each with its source."""
    return msgspec.convert(tomllib.loads(files("trustgauge.studying").joinpath("facts.toml").read_text("utf-8")), Facts)


def load_facts(path: Path | None) -> Facts:
    """The built-in facts with those of a YAML or JSON file over them: a model that the file names is the file's.

    The file holds `models`, by name, with any of the fields of ModelFacts, and `stages` where others are wanted.
    Raises ConfigError that says which field is wrong.
    """
    if path is None:
        return built_in()
    given, _ = read_mapping(path, "facts file", "models: by name, with facts such as size: and stage:")
    try:
        own = msgspec.convert(given, _File)
    except msgspec.ValidationError as error:
        said = str(error).replace("`", "'")
        raise ConfigError(f"the facts {path}: {said}; fields are {', '.join(ModelFacts.__struct_fields__)}") from None
    known = built_in()
    stages = own.stages or known.stages
    for name, facts in own.models.items():
        if facts.stage and facts.stage not in stages:
            raise ConfigError(f"the facts {path}: the stage '{facts.stage}' of {name} is none of {', '.join(stages)}")
        if not all(isfinite(value) for value in (facts.size or 1.0, *facts.utility.values())):
            raise ConfigError(f"the facts {path}: {name} has a size or utility that is no finite number; leave it out")
    return Facts(stages=stages, models=_over(known.models, own.models, stages), own=tuple(own.models))


def _over(
    known: Mapping[str, ModelFacts], own: Mapping[str, ModelFacts], stages: tuple[str, ...]
) -> dict[str, ModelFacts]:
    """The known ones that the file does not name, without a stage that it no longer has, then the file's."""
    named = {_key(name) for model, facts in own.items() for name in (model, *facts.names)}
    kept = {
        model: facts if facts.stage in stages else replace(facts, stage="")
        for model, facts in known.items()
        if not named & {_key(name) for name in (model, *facts.names)}
    }
    return kept | dict(own)
