"""Labelled replies: what people said of recorded replies, read from files, for a judge to be held against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from trustgauge.errors import DataError, UsageError
from trustgauge.imports.tables import Row, column_mapping, positive_values, table_files, table_rows, text_of
from trustgauge.types import Case, digest, user

FIELDS = ("prompt", "response", "label", "model", "category", "language", "options", "golds", "key", "group")
SLICED = ("category", "language", "model")
Half = Literal["", "odd", "even"]


@dataclass(frozen=True)
class Matter:
    """A reply to be judged. case holds its question, options and key; draw tells repeated judgings apart."""

    case: Case
    response: str
    draw: int = 0


@dataclass(frozen=True)
class Sample:
    """A labelled reply: whether people say yes, the question it belongs to, what it is sliced by, where it stands."""

    matter: Matter
    human: bool
    group: str
    slices: Mapping[str, str]
    where: str = ""


@dataclass(frozen=True)
class Labelled:
    """Labelled replies and the name and hash of them."""

    name: str
    samples: tuple[Sample, ...]

    @property
    def hash(self) -> str:
        """Of questions, replies and labels, in order."""
        return digest([(s.matter.case, s.matter.response, s.human) for s in self.samples])


def labelled(
    paths: Sequence[Path], *, columns: Sequence[str] = (), labels: Sequence[str] = (), split: Half = ""
) -> Labelled:
    """The labelled replies of files or folders of them (JSON lines, a JSON array, CSV).

    columns  "field=column" for any of FIELDS; a field that is not named is taken from the column of its own name where
             there is one, and only response and label must be there
             Of several files, each is one model's where no column tells.
    labels   "positive=0,1": the values of the label column by which people say yes; all others are no
    split    only every second question, by their order: the odd ones (first, third, ...) or the even ones
    Raises DataError naming file, row and column, UsageError for words that fit nothing.
    """
    if split not in ("", "odd", "even"):
        raise UsageError(f"--split {split}: write odd or even")
    named = {pair.partition("=")[0] for pair in columns}
    mapping = {name: name for name in FIELDS} | column_mapping(columns, FIELDS)
    positive = positive_values(labels)
    if not positive:
        raise UsageError("say which labels mean yes: add --label positive=VALUE[,VALUE]")
    seen: Counter[str] = Counter()
    files = table_files(paths)
    samples = [
        sample
        for path in files
        for where, row in table_rows(path)
        if (sample := _sample(row, where, mapping, named, positive, seen, path.stem if len(files) > 1 else ""))
    ]
    if not samples:
        raise DataError(f"{', '.join(map(str, files[:3]))}: no rows; name a file that has some")
    if not positive & set(seen):
        held = ", ".join(repr(value) for value, _ in seen.most_common(8))
        raise DataError(
            f"no row has the label {', '.join(sorted(positive))}: column '{mapping['label']}' holds {held}; "
            "write --label positive=VALUE with one of these"
        )
    return halved(paths[0].resolve().stem, samples, split)


def halved(name: str, samples: Iterable[Sample], split: Half) -> Labelled:
    """Every second question, or all of them."""
    samples = tuple(samples)
    order = {group: i for i, group in enumerate(dict.fromkeys(sample.group for sample in samples))}
    kept = samples if not split else tuple(s for s in samples if order[s.group] % 2 == (split == "even"))
    if not kept:
        raise DataError(f"{name} holds one question only: leave out --split")
    return Labelled(f"{name} ({split} half)" if split else name, kept)


def sample(
    prompt: str,
    response: str,
    human: bool,
    *,
    options: Sequence[str] = (),
    key: str = "",
    group: str = "",
    where: str = "",
    **slices: str,
) -> Sample:
    """One labelled reply, from what is known of it. Without a group it belongs to its prompt, or is alone."""
    case = asked(prompt, options, key)
    return Sample(
        Matter(case, response), human, group or prompt or where, {k: v for k, v in slices.items() if v}, where
    )


def asked(prompt: str, options: Sequence[str] = (), key: str = "") -> Case:
    """A question as judges see it."""
    return Case(messages=(user(prompt),) if prompt else (), key=key, options=tuple(options))


def _sample(
    row: Row,
    where: str,
    mapping: Mapping[str, str],
    named: set[str],
    positive: frozenset[str],
    seen: Counter[str],
    model: str,
) -> Sample | None:
    """One row's; `model` is whose replies these are where no column tells."""

    def text(field: str) -> str:
        must = field in ("response", "label") or field in named
        if not must and row.get(mapping[field]) is None:
            return ""
        return text_of(row, mapping, field, where)

    human = text("label").strip()
    if not human:
        raise DataError(f"{where}: column '{mapping['label']}' is empty: an unlabelled reply is no no, so drop the row")
    seen[human] += 1
    texts = [*_texts(row, mapping, "options", named, where), *_texts(row, mapping, "golds", named, where)]
    return sample(
        text("prompt"),
        text("response"),
        human in positive,
        options=texts,
        key=text("key").strip(),
        group=text("group").strip(),
        where=where,
        **{name: text(name).strip() or (model if name == "model" else "") for name in SLICED},
    )


def _texts(row: Row, mapping: Mapping[str, str], field: str, named: set[str], where: str) -> Iterator[str]:
    """A list of texts, in a CSV cell as JSON; one text is a list of one."""
    value = row.get(mapping[field])
    if value is None and field not in named:
        return
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            value = None
    try:
        yield from [value] if isinstance(value, str) else msgspec.convert(value, list[str])
    except (msgspec.ValidationError, RecursionError):
        raise DataError(
            f"{where}: column '{mapping[field]}' holds no list of texts for {field}: write one such as "
            f'["Yes", "No"], or name another column with --map {field}=COLUMN'
        ) from None
