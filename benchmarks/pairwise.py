"""Pairwise comparison over public pairs with labels of people: python -m benchmarks.pairwise [--judge MODEL] [--write]

The data lie in the folder that TRUSTGAUGE_DATA names (llmbar, pandalm_human_pairs); none of it is in the repository.
Without --judge, scripted judges and recorded verdicts show that the figures come out as known beforehand; with it, the
same figures are made of any MODEL. --write puts the tables into docs/pairwise.md; without it they are printed.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from benchmarks.labelled import folder, read_json
from trustgauge.comparing import compare_pairs
from trustgauge.errors import TrustgaugeError
from trustgauge.judges.pairwise import Pair, PairwiseJudge, Preference, pair_ask
from trustgauge.judges.rubric import rubric
from trustgauge.models import Model, open_model
from trustgauge.stats.agreement import Kappa, Share, cohen_kappa, confusion
from trustgauge.stats.pairwise import (
    TURNED,
    Mean,
    accuracy,
    accuracy_by_order,
    agreement,
    beside_people,
    majority,
    places,
    raters,
)
from trustgauge.store import Store
from trustgauge.types import Ask, Case, Options, Outcome, Reply, user

PAGE = Path(__file__).parents[1] / "docs" / "pairwise.md"
BEGIN, END = "<!-- table: python -m benchmarks.pairwise --write -->", "<!-- end -->"
SUBSETS = ("Natural", "Adversarial/Neighbor", "Adversarial/GPTInst", "Adversarial/GPTOut", "Adversarial/Manual")
RATES = (0.9, 0.8)  # of the noisy judge: right where the better reply stands first, and where it stands second
NOISY = "scripted/noisy-judge:{}:{}".format(*RATES)
BY_LENGTH = "scripted/noisy-judge:1:1"  # without planted qualities it goes by length
BOUND = 3.3  # standard errors that a share may be off what is expected of it: 1 in 1,000 is further
PANDALM = {1: "first", 2: "second", 0: "tie", "1": "first", "2": "second", "Tie": "tie"}


@dataclass(frozen=True)
class Labelled:
    """A pair and the words of those who labelled it: one for an objective label, else one for each annotator."""

    pair: Pair
    votes: tuple[str, ...]
    recorded: Mapping[str, str]

    @property
    def label(self) -> str:
        """The majority's word."""
        return majority(self.votes)


def llmbar(subset: str) -> list[Labelled]:
    """One subset's pairs, each with its one objective label."""
    rows = read_json(folder() / "llmbar" / "LLMBar" / subset / "dataset.json")
    return [Labelled(Pair((user(r["input"]),), r["output_1"], r["output_2"]), (PANDALM[r["label"]],), {}) for r in rows]


def pandalm() -> list[Labelled]:
    """Pairs with the words of three annotators, and the verdicts recorded with them, "" for what was unreadable."""
    at = folder() / "pandalm_human_pairs"
    said = {
        "gpt-3.5-turbo, recorded": {r["idx"]: r["gpt_result"] for r in read_json(at / "gpt-3.5-turbo-testset-v1.json")},
        "PandaLM-7B, recorded": {r["idx"]: r["pandalm_result"] for r in read_json(at / "pandalm-7b-testset-v1.json")},
    }
    found = list[Labelled]()
    for row in read_json(at / "testset-v1.json"):
        asked = "\n\n".join(part for part in (row["instruction"], row["input"]) if part)
        pair = Pair((user(asked),), str(row["response1"]), str(row["response2"]), row["idx"])
        votes = tuple(PANDALM[row[f"annotator{i}"]] for i in (1, 2, 3))
        found.append(Labelled(pair, votes, {who: PANDALM.get(by[row["idx"]], "") for who, by in said.items()}))
    return found


class Told:
    """A judge that is told its verdict on each pair, and gives it in either order; "" is an answer without one."""

    revision, in_process = "1", True

    def __init__(self, name: str, pairs: Sequence[Pair], words: Sequence[str]) -> None:
        self.id = name
        self.options = Options(temperature=0.0)
        self._said = dict[str, str]()
        for pair, word in zip(pairs, words, strict=True):
            for seen, says in ((pair, word), (pair.turned, TURNED.get(word, ""))):
                self._said[pair_ask(rubric("better"), seen).messages[1].content] = says

    async def reply(self, ask: Ask, case: Case, draw: int) -> Outcome:
        """Its verdict; the pair stands in the second message. It is asked again only where it has none."""
        word = "" if ask.repeat else self._said[ask.messages[1].content]
        return Reply(text=msgspec.json.encode({"verdict": word, "reason": "told"}).decode() if word else "No verdict.")

    async def close(self) -> None:
        """Nothing to release."""


def by_told(name: str, pairs: Sequence[Pair], words: Sequence[str]) -> list[Preference]:
    """Preferences of a judge that is told them. The same pair may come again with another word: in another layer."""
    seen, layers = Counter[Hashable](), list[list[int]]()
    for place, pair in enumerate(pairs):
        depth = seen[pair.content]
        seen[pair.content] += 1
        layers.extend([] for _ in range(depth + 1 - len(layers)))
        layers[depth].append(place)
    found = dict[int, Preference]()
    for layer in layers:
        part, said = [pairs[i] for i in layer], [words[i] for i in layer]
        with TemporaryDirectory() as at, Store(str(Path(at) / "told.db")) as store:
            found |= zip(layer, _all(store, Told(name, part, said), part), strict=True)
    return [found[place] for place in range(len(pairs))]


def _all(store: Store, model: Model, pairs: Sequence[Pair]) -> list[Preference]:
    """All preferences; the call ends here where the judge failed on one."""
    judge = PairwiseJudge(rubric("better"), model.id)
    came = compare_pairs(store, model, judge, pairs)
    done = [preference for preference in came.preferences if preference]
    if len(done) < len(pairs):
        why = came.halted or (came.failure.message if came.failure else "it was cut off")
        raise SystemExit(f"{judge.model} compared {len(done):,} of {len(pairs):,} pairs: {why}")
    return done


def planted(data: Sequence[Labelled]) -> list[Pair]:
    """The pairs with a quality written into each reply, by the label."""
    marks = {"first": (2, 1), "second": (1, 2), "tie": (1, 1)}
    return [
        replace(
            d.pair,
            first=f"{d.pair.first} [[quality:{marks[d.label][0]}]]",
            second=f"{d.pair.second} [[quality:{marks[d.label][1]}]]",
        )
        for d in data
    ]


def longer(pair: Pair) -> str:
    """The word of who goes by length."""
    a, b = len(pair.first), len(pair.second)
    return "first" if a > b else "second" if b > a else "tie"


@dataclass(frozen=True)
class Known:
    """What is known beforehand of a judge on some pairs: the share right, exactly or within chance."""

    right: float
    by_chance: bool = False

    def holds(self, found: Share) -> bool:
        """Whether the share found is it."""
        if found.value is None:
            return False
        room = BOUND * sqrt(self.right * (1 - self.right) / found.n) + 0.5 / found.n if self.by_chance else 1e-12
        return abs(found.value - self.right) <= room

    def shown(self, found: Share) -> str:
        """As a cell of a table."""
        about = "about " if self.by_chance else ""
        return f"{about}{self.right:.3f}: {'yes' if self.holds(found) else '**no**'}"


@dataclass(frozen=True)
class Row:
    """A judge's preferences on some pairs, and what is known of them."""

    judge: str
    data: str
    pairs: Sequence[Labelled]
    found: Sequence[Preference]
    known: Known | None = None

    @property
    def right(self) -> Share:
        """Share whose preference is the label, an unreadable one being wrong."""
        return accuracy((d.label, p.value) for d, p in zip(self.pairs, self.found, strict=True))

    @property
    def as_known(self) -> bool:
        """False where something is known and it isn't so."""
        return self.known is None or self.known.holds(self.right)

    @property
    def cell(self) -> str:
        """What is known, as a cell."""
        return self.known.shown(self.right) if self.known else "-"


Judged = tuple[str, Sequence[Preference], Known | None]


def scripted(data: Sequence[Labelled], store: Store) -> Iterator[Judged]:
    """Judges of known behaviour on some pairs: name, preferences, share known to be right."""
    pairs, labels = [d.pair for d in data], [d.label for d in data]
    ties = labels.count("tie") / len(labels)
    yield "oracle: told the label", by_told("oracle", pairs, labels), Known(1.0)
    yield "scripted/first-judge", _all(store, open_model("scripted/first-judge"), pairs), Known(ties)
    both = ties + (1 - ties) * RATES[0] * RATES[1]
    yield f"{NOISY}, planted", _all(store, open_model(NOISY), planted(data)), Known(both, by_chance=True)
    by_length = sum(longer(pair) == label for pair, label in zip(pairs, labels, strict=True)) / len(pairs)
    yield f"{BY_LENGTH}, by length", _all(store, open_model(BY_LENGTH), pairs), Known(by_length)
    yield "scripted/garbled-judge", _all(store, open_model("scripted/garbled-judge"), pairs), Known(0.0)


def recorded(data: Sequence[Labelled]) -> Iterator[Judged]:
    """Verdicts recorded with the data, replayed through both orders; the share right is counted in the file."""
    for who in data[0].recorded:
        words = [d.recorded[who] for d in data]
        right = sum(word == max(set(d.votes), key=d.votes.count) for d, word in zip(data, words, strict=True))
        yield who, by_told(who, [d.pair for d in data], words), Known(right / len(data))


def by_model(spec: str) -> Callable[[Sequence[Labelled], Store], Iterator[Judged]]:
    """Any MODEL as the judge, of which nothing is known beforehand."""

    def judged(data: Sequence[Labelled], store: Store) -> Iterator[Judged]:
        yield spec, _all(store, open_model(spec, Options(temperature=0.0)), [d.pair for d in data]), None

    return judged


def rows(specs: Sequence[str], store: Store) -> tuple[list[Row], list[Row]]:
    """Rows of llmbar, by subset, and of pandalm_human_pairs."""
    sources = [by_model(spec) for spec in specs] or [scripted]
    bar = [
        Row(name, subset, data, found, known)
        for subset in SUBSETS
        for data in [llmbar(subset)]
        for source in sources
        for name, found, known in source(data, store)
    ]
    people = pandalm()
    judges = [judged for source in sources for judged in source(people, store)]
    judges += [] if specs else list(recorded(people))
    return bar, [Row(name, "pandalm_human_pairs", people, found, known) for name, found, known in judges]


def of(figure: Share | Mean | Kappa | None) -> str:
    """A figure with its interval, as a cell."""
    if figure is None or figure.value is None:
        return "-"
    low, high = figure.interval if isinstance(figure, Share) else (figure.low, figure.high)
    return f"{figure.value:.3f} ({low:.3f}–{high:.3f})"


def _plain(figure: Share) -> str:
    return "-" if figure.value is None else f"{figure.value:.3f}"


def _table(head: str, lines: Sequence[Sequence[str]]) -> str:
    names = head.split(" | ")
    ruler = "|".join("---" for _ in names)
    return "\n".join([f"| {head} |", f"|{ruler}|", *(f"| {' | '.join(cells)} |" for cells in lines)])


def llmbar_table(bar: Sequence[Row]) -> str:
    """Accuracy against objective labels, and what the place does."""
    lines = list[list[str]]()
    for row in sorted(bar, key=lambda r: list(dict.fromkeys(x.judge for x in bar)).index(r.judge)):
        labels, place = [d.label for d in row.pairs], places(p.orders for p in row.found)
        each = accuracy_by_order(zip(labels, (p.orders for p in row.found), strict=True))
        lean = accuracy(zip(labels, (p.leaning for p in row.found), strict=True))
        cells = [f"{len(row.pairs):,}", str(place.unread), of(row.right), _plain(lean), of(each)]
        lines.append([row.judge, row.data, *cells, _plain(place.consistent), of(place.to_first), row.cell])
    return _table(
        "judge | subset | n | unread | right in both orders (95 %) | right, leaning | mean of the orders (95 %)"
        " | consistent | to first (95 %) | known beforehand",
        lines,
    )


def people_table(judged: Sequence[Row]) -> str:
    """Agreement with the majority of the annotators, and with each of them where verdicts of models were recorded."""
    lines = list[list[str]]()
    for row in judged:
        place = places(p.orders for p in row.found)
        beside = {"majority": [d.label for d in row.pairs]}
        if row.judge in row.pairs[0].recorded or row.known is None:
            beside |= {f"annotator {i + 1}": [d.votes[i] for d in row.pairs] for i in range(3)}
        for who, words in beside.items():
            found = agreement(zip(words, (p.value for p in row.found), strict=True))
            cells = [str(found.n), str(found.unread), of(found.as_class), of(found.left_out), of(found.as_half)]
            end = [_plain(place.consistent), row.cell] if who == "majority" else ["", ""]
            lines.append([row.judge, who, *cells, of(found.kappa), *end])
    return _table(
        "judge | beside | n | unread | ties as a class (95 %) | ties left out (95 %) | ties as half (95 %)"
        " | kappa (95 %) | consistent | known beforehand",
        lines,
    )


def beside_table(judged: Sequence[Row]) -> str:
    """People among themselves, and each judge's agreement with one of them beside that of two of them."""
    data = judged[0].pairs
    among = raters(d.votes for d in data)
    lines = [["the three annotators", f"{among.units:,}", "", of(among.pairwise), "", f"{among.alpha or 0:.3f}"]]
    for i, j in combinations(range(3), 2):
        votes = [(d.votes[i], d.votes[j]) for d in data]
        same = Share(sum(a == b for a, b in votes), len(votes))
        lines.append([f"annotators {i + 1} and {j + 1}", f"{len(votes):,}", "", of(same), "", ""])
        lines[-1][-1] = f"kappa {of(cohen_kappa(confusion(votes)))}"
    for row in judged:
        found = beside_people((d.votes, p.value) for d, p in zip(row.pairs, row.found, strict=True))
        if found:
            gap = f"{found.difference:+.3f} ({found.low:+.3f} to {found.high:+.3f})"
            lines.append([row.judge, f"{found.n:,}", f"{found.judge:.3f}", f"{found.people:.3f}", gap, ""])
    return _table(
        "who | n | judge with one person | two people (95 %) | difference (95 %) | alpha, kappa (95 %)",
        lines,
    )


def page(bar: Sequence[Row], people: Sequence[Row]) -> str:
    """All three tables."""
    without = sum(not d.label for d in people[0].pairs)
    return "\n\n".join(
        [
            "**llmbar**: objective labels, five subsets",
            llmbar_table(bar),
            f"**pandalm_human_pairs**: three annotators; pairs without a majority: {without}",
            people_table(people),
            "**People among themselves, and judges beside them** (pandalm_human_pairs, ties as a class)",
            beside_table(people),
        ]
    )


def missing() -> str:
    """What is lacking, in one sentence; "" where all is there."""
    if not os.environ.get("TRUSTGAUGE_DATA"):
        return "Set TRUSTGAUGE_DATA to the folder that holds llmbar and pandalm_human_pairs: it is not set."
    absent = [name for name in ("llmbar", "pandalm_human_pairs") if not (folder() / name).is_dir()]
    return f"TRUSTGAUGE_DATA holds no {' and no '.join(absent)}." if absent else ""


def main() -> None:
    """The tables; the exit status is 1 where a figure isn't the one known beforehand."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pairwise", description=__doc__)
    parser.add_argument("--judge", action="append", default=[], metavar="MODEL", help="a model to judge, any number")
    parser.add_argument(
        "--store", default="", metavar="FILE", help="where answers are kept, so that none is asked twice"
    )
    parser.add_argument("--write", action="store_true", help="into docs/pairwise.md")
    given = parser.parse_args()
    if lacking := missing():
        raise SystemExit(lacking)
    if given.write and given.judge:
        parser.error("--write is for the scripted judges: leave out --judge, or take the tables from what is printed")
    try:
        with TemporaryDirectory() as at, Store(given.store or str(Path(at) / "pairwise.db")) as store:
            bar, people = rows(given.judge, store)
    except TrustgaugeError as error:
        raise SystemExit(str(error)) from None
    text = page(bar, people)
    if given.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    else:
        print(text)
    if wrong := [f"{row.judge} on {row.data}" for row in (*bar, *people) if not row.as_known]:
        raise SystemExit(f"not as known beforehand: {'; '.join(wrong)}")


if __name__ == "__main__":
    main()
