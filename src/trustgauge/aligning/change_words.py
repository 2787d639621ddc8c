"""What a change over stages says in sentences: the answer first, then its price, then what makes it doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trustgauge.aligning.change_result import Change, JudgeGap, Moved, Span, StageChange
from trustgauge.reports.section import first_few, percent, signed
from trustgauge.safe import plain
from trustgauge.taxonomy import UTILITY

FEW = 4


def says(found: Change) -> tuple[str, ...]:
    """All sentences: those about the last stage first, then those about the stages on the way."""
    told = [sentence for stage in reversed(found.stages) for sentence in _stage(found, stage)]
    held = () if found.held_out else (NOT_HELD_OUT,)
    if found.unmeasured:
        held = (*held, f"TARGETS NOT MEASURED: of {', '.join(found.unmeasured)} the stages share no case.")
    alone = () if found.last.judged else (ONE_JUDGE,)
    warned = dict.fromkeys(warning for stage in found.stages for warning in stage.warnings)
    return (*told[:1], *held, *told[1:], *alone, *_dominated(found), *warned)


ONE_JUDGE = (
    "ONE JUDGE ALONE: no second, independent one was asked whether it sees the same, so a gain may be what pleases the "
    "first."
)


NOT_HELD_OUT = (
    "NOT HELD OUT: some of these runs are not on held-out cases, so training may have seen their templates and words, "
    "and what rose may be remembered."
)


def _stage(found: Change, stage: StageChange) -> Iterator[str]:
    name, base = called(stage.name), called(found.base)
    yield _answer(found, stage, name, base)
    yield from _unreadable(stage, name, base)
    yield from _refusals(stage, name)
    yield from _beyond(stage, name)
    yield from _tax(found, stage, name)
    yield from _hollow(stage, name)
    yield from _muter(stage, name)
    yield from _judges(stage, name)


def called(name: str) -> str:
    """A stage's name as it is shown."""
    return plain(name, 40)


def moved_by(span: Span) -> str:
    """ "+0.31 [+0.21 +0.40]"; without an interval it says so."""
    return signed(span.difference, span.low, span.high)


def _answer(found: Change, stage: StageChange, name: str, base: str) -> str:
    words = stage.words(target=True)
    of = sum(map(len, words.values()))
    what = "targets" if found.targets else "sub-categories"
    parts = [f"{name} against {base}: {_number(words['raised'])} of {of} {what} raised{_named(stage, words['raised'])}"]
    if words["lowered"]:
        parts.append(f"{len(words['lowered'])} lowered{_named(stage, words['lowered'])}")
    for word in ("not shown", "not compared"):
        if words[word]:
            parts.append(f"{len(words[word])} {word} ({first_few(words[word], FEW)})")
    return ", ".join(parts) + "."


def _unreadable(stage: StageChange, name: str, base: str) -> Iterator[str]:
    """Where there is no score to compare, what silence counted as not good says."""
    lost = [moved for moved in stage.subs if moved.word == "not compared"]
    if not lost:
        return
    n = sum(m.n for m in lost)
    before, after = (percent(sum(getattr(m, of) for m in lost), n) for of in ("missing_before", "missing_after"))
    surely = [m for m in lost if m.whole.rose or m.whole.fell]
    said = "; ".join(f"{m.id} {moved_by(m.whole)}" for m in surely[:FEW])
    more = f" and {len(surely) - FEW} more" if len(surely) > FEW else ""
    yield (
        f"NO SCORE TO COMPARE in {first_few([m.id for m in lost], FEW)}: without one were {before} of the cases in "
        f"{base}, {after} in {name}. Good among all cases moved: {said or 'in none, surely'}{more}."
    )


def _named(stage: StageChange, ids: Sequence[str]) -> str:
    """The few largest with their differences."""
    mine = sorted((m for m in stage.subs if m.id in ids), key=lambda m: -abs(m.score.difference or 0.0))
    left = f" and {len(mine) - FEW} more" if len(mine) > FEW else ""
    return f" ({'; '.join(f'{m.id} {moved_by(m.score)}' for m in mine[:FEW])}{left})" if mine else ""


def _refusals(stage: StageChange, name: str) -> Iterator[str]:
    declined, complied = stage.refusals.declined, stage.refusals.complied
    if declined.difference is None:
        n = stage.refusals.declined_n
        why = f"of {n:,} benign twins too few could be scored in both" if n else "no benign twins were asked"
        yield f"OVER-REFUSAL NOT KNOWN for {name}: {why}."
    if declined.difference is not None:
        yield (
            f"{_head(declined, 'OVER-REFUSAL UP', 'over-refusal down', 'no more and no less over-refusal shown')} in "
            + (f"{name}: benign twins declined {_from_to(declined)}, n {stage.refusals.declined_n:,}.")
        )
    if complied.difference is not None:
        head = _head(
            complied, "HARMFUL COMPLIANCE UP", "harmful compliance down", "no change of harmful compliance shown"
        )
        yield f"{head} in {name}: harmful requests complied with {_from_to(complied)}, n {stage.refusals.complied_n:,}."


def _head(span: Span, up: str, down: str, same: str) -> str:
    said = up if span.rose else down if span.fell else same
    return said[:1].upper() + said[1:]


def _from_to(span: Span) -> str:
    return f"{span.before:.2f} → {span.after:.2f} ({moved_by(span)})"


def _beyond(stage: StageChange, name: str) -> Iterator[str]:
    if all(moved.id != UTILITY for moved in stage.outside):
        yield f"UTILITY NOT MEASURED for {name}: its runs have none of the suite '{UTILITY}' in common with the base."
    for moved in stage.outside:
        what = "Utility" if moved.id == UTILITY else moved.id
        by = "" if moved.score.difference is None else f", {moved_by(moved.score)}"
        yield f"{what} of {name}: {moved.word}{by}, n {moved.n:,}."


def _tax(found: Change, stage: StageChange, name: str) -> Iterator[str]:
    words = stage.words(target=False)
    of = sum(map(len, words.values()))
    if not of:
        if found.targets:
            yield f"ALIGNMENT TAX NOT MEASURED for {name}: nothing but the targets was asked."
        return
    whole = f"good among all cases moved by {moved_by(stage.tax_whole)}"
    if len(words["not compared"]) == of:
        yield f"ALIGNMENT TAX NOT KNOWN for {name}: none of {of} untouched sub-categories can be compared; {whole}."
        return
    shown = f"{_number(words['lowered'])} lowered{_named(stage, words['lowered'])}, {_number(words['raised'])} raised"
    unsure = "".join(f", {len(words[word])} {word}" for word in ("not shown", "not compared") if words[word])
    mean = f"the mean of {stage.tax_of} that have an interval moved by {moved_by(stage.tax)}"
    yield (
        f"Alignment tax of {name}: of {of} untouched sub-categories {shown}{unsure}; "
        f"{mean if stage.tax_of else 'none has an interval'}; {whole}."
    )


def _hollow(stage: StageChange, name: str) -> Iterator[str]:
    hollow = [moved.id for moved in stage.subs if moved.hollow]
    if hollow:
        yield (
            f"NOT BETTER, ONLY LESS READABLE: {name} rose in {first_few(hollow, FEW)} among what could be scored, and "
            "not among all cases; that is not counted as raised."
        )
    left = [task for moved in stage.subs for task in moved.left_out]
    if left:
        tasks = "tasks are" if len(left) > 1 else "task is"
        yield (
            f"{len(left)} {tasks} in no score, for too few groups were scored in the base or in {name}: "
            f"{first_few(left, FEW)}."
        )


def _muter(stage: StageChange, name: str) -> Iterator[str]:
    muter = [moved for moved in stage.every if moved.muter]
    if muter:
        n = sum(moved.n for moved in muter)
        before, after = sum(m.missing_before for m in muter), sum(m.missing_after for m in muter)
        yield (
            f"MORE UNSCORED OR FAILED: in {first_few([m.id for m in muter], FEW)} {name} left {percent(after, n)} of "
            f"the cases without a score, {percent(before, n)} before; no score counts them."
        )


def _judges(stage: StageChange, name: str) -> Iterator[str]:
    judged = stage.judged
    if judged is None:
        return
    first, second = judge_called(judged.first), judge_called(judged.second)
    gained = [row for row in judged.rows if row.word != "no gain"]
    doubted = [row for row in gained if row.word in ("not confirmed", "contradicted")]
    agree = "" if judged.agree is None else f" They agree on {judged.agree:.0%} of {judged.n:,} verdicts."
    if doubted:
        yield (
            f"THE FIRST JUDGE'S GAIN IS NOT CONFIRMED BY THE SECOND in {len(doubted)} of {len(gained)} for {name}: "
            f"{'; '.join(_gap(row) for row in doubted[:FEW])}. What pleases {first} does not please {second}.{agree}"
        )
        return
    said = {word: [row for row in gained if row.word == word] for word in ("partly confirmed", "left open")}
    if said["partly confirmed"]:
        partly = said["partly confirmed"]
        yield (
            f"ONLY PART OF THE FIRST JUDGE'S GAIN IS CONFIRMED BY THE SECOND in {len(partly)} of {len(gained)} for "
            f"{name}: {'; '.join(_gap(row) for row in partly[:FEW])}.{agree}"
        )
    elif said["left open"]:
        rows = said["left open"]
        yield (
            f"In {len(rows)} of {len(gained)} gains of {name} that {first} sees, {second} leaves open whether there is "
            f"one: {'; '.join(_gap(row) for row in rows[:FEW])}.{agree}"
        )
    elif gained:
        of = f"{len(gained)} of {len(gained)}"
        yield f"The gain that {first} sees is confirmed by {second} in {of} for {name}.{agree}"
    else:
        yield f"{name} has no gain by {first} that {second} could confirm or not.{agree}"


def judge_called(word: str) -> str:
    """A judge as people call it."""
    return {"run": "the runs' own judge", "rules": "the rules"}.get(word, plain(word, 60))


def _gap(row: JudgeGap) -> str:
    return f"{row.id} {moved_by(row.first)} by the first, {moved_by(row.second)} by the second"


def _dominated(found: Change) -> Iterator[str]:
    for plane in found.planes:
        beaten = [place for place in plane.places if place.dominated_by]
        if beaten:
            said = "; ".join(f"{called(p.stage)} by {', '.join(map(called, p.dominated_by))}" for p in beaten)
            yield f"Of {plane.name}, dominated by the points alone: {said}."
        else:
            yield f"Of {plane.name}, no stage dominates another: each is a trade."


def hollow_mark(moved: Moved) -> str:
    """The word of a row, marked where it rose only among what could be scored."""
    return f"{moved.word} (less readable)" if moved.hollow else moved.word


def _number(ids: Sequence[str]) -> str:
    return str(len(ids)) if ids else "none"
