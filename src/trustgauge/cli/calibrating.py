"""`trustgauge calibrate`: a judge against people's labels, as a page for people or one JSON document."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from trustgauge.api import calibrate
from trustgauge.calibration import Attack, Attacked, Beyond, Calibration, Example, Rate, Slice, Steady
from trustgauge.cli.measure import status_line
from trustgauge.cli.say import console, note, plain, print_json
from trustgauge.engine import Progress
from trustgauge.errors import UsageError

SHOWN = 40  # characters of a slice's value
LONGEST = 400  # characters of an example's texts


def calibrate_files(
    name: str, files: Sequence[Path], given: Mapping[str, Any], most_flipped: float | None, *, as_json: bool
) -> int:
    """Calibrate and show; the exit code: 1 where attacks flip more than they may."""
    if most_flipped is not None:
        if not given.get("attack"):
            raise UsageError("--most-flipped limits what --attack finds: add --attack")
        if not 0 <= most_flipped <= 1:
            raise UsageError(f"--most-flipped {most_flipped:g}: it must be a share between 0 and 1")
    found = calibrate(name, *files, watch=progress_line, **given)
    if as_json:
        print_json(to_builtins(found))
    else:
        _show(found)
    flipped = found.attack.overall.flipped if found.attack else 0.0
    if most_flipped is not None and found.attack is None:
        note("nothing could be attacked: the judge decided no reply")
        return 1
    if most_flipped is not None and flipped > most_flipped:
        note(f"attacks flip {flipped:.1%} of the verdicts: more than {most_flipped:.1%}")
        return 1
    return 0


@contextmanager
def progress_line(spec: str, progress: Progress) -> Generator[None]:
    """One line when a judge is done, and a word where it is stalled."""
    progress.tell = lambda sentence: note(f" {spec}: {sentence}")
    yield
    note(" " + status_line(spec, progress, None))


def _show(found: Calibration) -> None:
    out = console()
    out.print(f"{plain(found.judge)} on {plain(found.data)}: {_size(found)}\nyes is {plain(', '.join(found.yes))}\n")
    out.print(_confusion(found))
    out.print(_rates(found))
    out.print(_use(found))
    if len(found.decided_by) > 1:
        out.print("\ndecided by  " + ", ".join(f"{plain(judge)}: {n:,}" for judge, n in found.decided_by.items()))
    if found.slices:
        out.print()
        out.print(_slices(found.slices))
    if found.stability:
        out.print("\n" + _steady(found.stability))
    if found.attack:
        out.print()
        _attack(out, found.attack)
    for example in found.examples:
        out.print("\n" + _example(example))
    out.print(f"\nintervals: 95 %, {found.method}")


def _size(found: Calibration) -> str:
    said = f"{found.tally.n:,} replies to {found.tally.questions:,} questions"
    return said + (f"; {found.tally.failed:,} calls failed" if found.tally.failed else "")


def _table(*columns: str) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i else "left", overflow="fold")
    return table


def _confusion(found: Calibration) -> Any:
    cells, table = found.tally.cells, _table("people say", "judge: yes", "no", "undecided")
    table.add_row("yes", *_numbers(cells.true_positive, cells.false_negative, cells.undecided_positive))
    table.add_row("no", *_numbers(cells.false_positive, cells.true_negative, cells.undecided_negative))
    return table


def _numbers(*counts: int) -> list[str]:
    return [f"{count:,}" for count in counts]


def _rates(found: Calibration) -> Any:
    t, table = found.tally, _table("\nof the decided", "\nvalue", "\n95 % interval", "\nn")
    for name, rate in (
        ("sensitivity", t.sensitivity),
        ("specificity", t.specificity),
        ("precision", t.precision),
        ("accuracy", t.accuracy),
        ("of all: decided", t.coverage),
        ("of all: right", t.accuracy_of_all),
    ):
        table.add_row(name, _value(rate), _interval(rate), f"{rate.n:,}")
    for name, beyond in (("Cohen's kappa", found.kappa), ("Krippendorff's alpha", found.alpha)):
        table.add_row(name, _value(beyond), _interval(beyond), "")
    if index := found.youden:
        table.add_row("Youden's J", f"{index.value:.3f}", f"{index.low:.3f} to {index.high:.3f}", "")
    return table


def _use(found: Calibration) -> str:
    if found.youden is None:
        return "\nno rates can be corrected with it: the decided replies hold labels of one kind only"
    return f"\n{found.youden.refusal or 'rates that this judge gives can be corrected for its error'}"


def _value(rate: Rate | Beyond) -> str:
    return "-" if rate.value is None else f"{rate.value:.3f}"


def _interval(rate: Rate | Beyond) -> str:
    return "-" if rate.low is None or rate.high is None else f"{rate.low:.3f} to {rate.high:.3f}"


def _slices(parts: Sequence[Slice]) -> Any:
    table = _table("by", "", "n", "decided", "sensitivity", "", "specificity", "", "")
    for part in parts:
        t = part.tally
        both = (_value(t.sensitivity), _interval(t.sensitivity), _value(t.specificity), _interval(t.specificity))
        table.add_row(part.by, plain(part.value)[:SHOWN], f"{t.n:,}", _value(t.coverage), *both, part.note)
    return table


def _steady(found: Steady) -> str:
    if found.note:
        return f"stability: {found.note}"
    return (
        f"stability: of the replies, judged {found.judgings} times, {_value(found.flipped)} "
        f"({_interval(found.flipped)}) are not judged alike each time; two judgings differ in "
        f"{_value(found.differing)} ({_interval(found.differing)})"
    )


def _attack(out: Any, found: Attack) -> None:
    table = _table(f"attacks on {found.replies:,} replies", "hijacks", "to the wanted", "", "to another", "undecided")
    for each in (found.overall, *found.families):
        table.add_row(*_attacked(each))
    out.print(table)


def _attacked(each: Attacked) -> tuple[str, ...]:
    wanted = (_value(each.wanted), _interval(each.wanted))
    return each.family, str(each.hijacks), *wanted, _value(each.other), _value(each.undecided)


def _example(example: Example) -> str:
    said = "yes" if example.human else "no"
    prompt, response = (" ".join(plain(text).split())[:LONGEST] for text in (example.prompt, example.response))
    lines = [f"{plain(example.where)}: people say {said}, the judge {plain(example.word)}"]
    lines += [f"  prompt    {prompt}"] if prompt else []
    return "\n".join([*lines, f"  response  {response}", f"  evidence  {plain(example.evidence)[:LONGEST]}"])
