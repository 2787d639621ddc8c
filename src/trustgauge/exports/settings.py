"""What a training export is asked for, checked; each field is a flag of `trustgauge export`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, get_args

import msgspec

from trustgauge.config import read_mapping
from trustgauge.errors import ConfigError, UsageError
from trustgauge.exports.candidates import Labels
from trustgauge.exports.pairs import Format
from trustgauge.suites import known_task
from trustgauge.taxonomy import PLACES

FORMATS: tuple[Format, ...] = get_args(Format)
WORDS = {
    "to": ("jsonl", "hf"),
    "labels": ("verdict", "release"),
    "within": ("prompt", "trial"),
    "mix": ("", "even", "gaps"),
}
BOUNDS = {
    "min_confidence": (0.0, 1.0),
    "near": (0.0, 1.0),
    "style_share": (0.5, 1.0),
    "source_share": (0.5, 1.0),
    "max_refusals": (0.0, 1.0),
    "pairs_per_prompt": (0, 10**9),
    "limit": (0, 10**9),
}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a training export; the defaults are those of the command line (docs/export.md says why).

    to               jsonl, or hf: with a README.md that makes the folder one of the `datasets` library
    labels           verdict: the runs' own (people's where they settled one); release: an imported release's own
    within           prompt: replies to the same words; trial: of one round of one case only
    raw              no filter and no balance: what the labels give
    pairs_per_prompt most pairs of one prompt; 0: all
    better           RUN words whose good replies are chosen where all own ones are bad
    written          "gold" (the tasks' gold replies) or a YAML file of yours: chosen where all replies are bad
    near             likeness from which a row is a near-duplicate; 0: only exact copies go
    style_share      most that length, markdown or a refusing opening may tell of the label, as a share; 1: no balance
    source_share     most of a model's replies that may be on one side; 1: no balance
    max_refusals     most rows of a sub-category whose good reply is a refusal; None: 0.5, and 1 without twins or raw
    twins            False leaves benign twins out, for an ablation
    mix              even, or gaps (of the runs, stats.aiming): weights of sub-categories; weights: a file of yours
    train_only       take the training side where a run holds both; else such a run is refused
    """

    formats: tuple[Format, ...] = ("sft",)
    to: str = "jsonl"
    suites: tuple[str, ...] = ()
    labels: Labels = "verdict"
    within: str = "prompt"
    raw: bool = False
    pairs_per_prompt: int = 0
    better: tuple[str, ...] = ()
    written: str = ""
    min_confidence: float = 0.0
    human_only: bool = False
    near: float = 0.9
    style_share: float = 0.65
    source_share: float = 0.75
    max_refusals: float | None = None
    twins: bool = True
    mix: str = ""
    weights: str = ""
    limit: int = 0
    seed: int = 0
    train_only: bool = False

    @property
    def refusals(self) -> float:
        """The cap that holds."""
        if self.max_refusals is not None:
            return self.max_refusals
        return 0.5 if self.twins and not self.raw else 1.0


def settings_of(given: Mapping[str, Any]) -> Settings:
    """Settings from named values, None for those not given. UsageError says which is wrong."""
    values = {name: value for name, value in given.items() if value is not None}
    unknown = sorted(set(values) - set(Settings.__struct_fields__))
    if unknown:
        raise UsageError(f"export takes no '{unknown[0]}': it takes {', '.join(Settings.__struct_fields__)}")
    for word in values.get("formats", ()):
        if word not in FORMATS:
            raise UsageError(f"there is no training format '{word}': use one of {', '.join(FORMATS)}")
    try:
        found = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"an option of the export is wrong: {str(error).replace('`', chr(39))}") from None
    wanted = tuple(each for each in FORMATS if each in found.formats)  # the order given is no difference
    found = msgspec.structs.replace(found, formats=wanted)
    for name, words in WORDS.items():
        if getattr(found, name) not in words:
            known = ", ".join(filter(None, words))
            raise UsageError(f"--{name} {getattr(found, name)} means nothing: use one of {known}")
    for name, (low, high) in BOUNDS.items():
        value = getattr(found, name)
        if value is not None and not low <= value <= high:
            flag = name.replace("_", "-")
            raise UsageError(f"--{flag} is {value:g}: it goes from {low:g} {'up' if high > 1 else f'to {high:g}'}")
    if found.mix and found.weights:
        raise UsageError("--mix and --weights both say the mix over sub-categories: give one of them")
    return found


def policy_words(path: str, tasks: Collection[str]) -> dict[str, list[str]]:
    """Written replies from a YAML or JSON file: names with a text or a list of texts.

    tasks: of the runs, known beside this project's own. ConfigError for other content and for names of nothing.
    """
    found, _ = read_mapping(path, "file of written replies", "names with texts, such as violence: I won't help ...")
    known: dict[str, list[str]] = {}
    for name, value in found.items():
        try:
            texts = msgspec.convert([value] if isinstance(value, str) else value, list[str])
        except msgspec.ValidationError:
            texts = []
        if not texts or not all(text.strip() for text in texts):
            raise ConfigError(f"{path}: '{name}' must have a text or a list of texts, none of them empty")
        place = str(name).partition(":")[0]
        if place != "*" and place not in PLACES and place not in tasks and not known_task(place):
            raise ConfigError(f"{path}: '{place}' is no task and no sub-category: see `trustgauge list`")
        known[str(name)] = texts
    return known
