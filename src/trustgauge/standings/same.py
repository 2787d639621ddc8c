"""Same: whether two runs were asked the same cases and judged alike, by the hashes in their manifests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from trustgauge.reports.section import first_few
from trustgauge.safe import plain
from trustgauge.store import RunInfo
from trustgauge.suites import known_task
from trustgauge.types import digest

_RUN = {
    "seed": "seed of the cases",
    "split": "side of the wall between training and test",
    "n": "cases per task (n)",
    "import": "release imported",
}
_JUDGING = {"judging": "judges of open replies", "toxicity": "scorer of toxicity", "embedding": "encoder"}


@dataclass(frozen=True, slots=True)
class Differs:
    """Why two runs cannot stand in one ranking, in sentences: other data, other judges; both empty where they can."""

    data: tuple[str, ...]
    judge: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.data or self.judge)

    @property
    def mark(self) -> str:
        """ "other data and other judge", "" where nothing differs."""
        return " and ".join(word for word, why in (("other data", self.data), ("other judge", self.judge)) if why)


def differs(first: RunInfo, second: RunInfo) -> Differs:
    """How the cases and judges of two runs differ: in the tasks that both were asked, and in what holds for all.

    Tasks that only one was asked are no difference: they are missing in the other. Case hashes are held against each
    other where both have them: a run that has not ended has none yet. Where they tell, n need not be the same: -n 352
    of a set with 352 cases asks all of them.
    """
    a, b = first.manifest, second.manifest
    alike = {name: said for name, said in _RUN.items() if name != "n" or not _same_cases(a, b)}
    data = [f"{said} {_short(a.get(k))} / {_short(b.get(k))}" for k, said in alike.items() if a.get(k) != b.get(k)]
    data += _changed("other cases in", _part(a, "case_hashes"), _part(b, "case_hashes"))
    data += _changed("other code or words of the cases in", *_by_task(a, b, "source_hash"))
    data += _changed("other files of data:", _sha(a), _sha(b))
    data += _changed("other protected texts:", _texts(a), _texts(b))
    judge = _changed("other judges in", *_by_task(a, b, "judge"))
    judge += _changed("other code or words of the judges in", *_by_task(a, b, "judge_hash"))
    judge += [f"{said} {_aid(a, key)} / {_aid(b, key)}" for key, said in _JUDGING.items() if a.get(key) != b.get(key)]
    return Differs(tuple(data), tuple(judge))


def data_hash(run: RunInfo) -> str:
    """One hash of all that makes a run's cases: equal for runs that were asked the same."""
    kept = {name: run.manifest.get(name) for name in (*_RUN, "case_hashes")}
    if set(_part(run.manifest, "tasks")) <= set(_part(run.manifest, "case_hashes")):
        kept["n"] = None  # the cases themselves tell
    return digest([kept, _texts(run.manifest), _sha(run.manifest), _column(run.manifest, "source_hash")])


def judge_hash(run: RunInfo) -> str:
    """One hash of all that decides a run's verdicts."""
    aids = {name: run.manifest.get(name) for name in _JUDGING}
    return digest([aids, _column(run.manifest, "judge"), _column(run.manifest, "judge_hash")])


def _same_cases(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """True where hashes show that each task that both were asked has the same cases in both."""
    mine, other = _part(a, "case_hashes"), _part(b, "case_hashes")
    shared = set(_part(a, "tasks")) & set(_part(b, "tasks"))
    return bool(shared) and all(name in mine and mine[name] == other.get(name) for name in shared)


def _changed(said: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    found = sorted(name for name in first if name in second and first[name] != second[name])
    return [f"{said} {first_few([plain(name, 80) for name in found])}"] if found else []


def _part(manifest: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A part of a manifest by name; empty where it has none."""
    found: Any = manifest.get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _column(manifest: Mapping[str, Any], key: str) -> dict[str, Any]:
    tasks = _part(manifest, "tasks")
    return {id_: told.get(key, "") for id_, told in sorted(tasks.items()) if isinstance(told, dict)}


def _by_task(a: Mapping[str, Any], b: Mapping[str, Any], key: str) -> Sequence[dict[str, Any]]:
    return _column(a, key), _column(b, key)


def _texts(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The protected texts where a task was asked that is made of them: every manifest names those of the command."""
    used = any(known.needs_texts for id_ in _part(manifest, "tasks") if (known := known_task(id_)))
    return _part(manifest, "texts") if used else {}


def _sha(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return _part(_part(manifest, "data"), "sha256")


def _aid(manifest: Mapping[str, Any], key: str) -> str:
    """What judges, in words: the models where they are named."""
    if not manifest.get(key):
        return "rules alone" if key == "judging" else "none"
    found = _part(manifest, key)
    models = list(_part(found, "judges")) or [str(v) for k, v in found.items() if k != "revision"]
    return _short(f"{found.get('mode', '')} {', '.join(models)}".strip())


def _short(value: Any) -> str:
    return "none" if value is None else plain(str(value), 80)
