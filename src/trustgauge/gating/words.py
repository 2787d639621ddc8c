"""Words: a rule, its verdict's reason and what to do about it, in sentences for people."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from trustgauge.config import Config
from trustgauge.gating.evidence import Collected, Evidence
from trustgauge.gating.naming import close_to
from trustgauge.gating.policy import Part, Rule
from trustgauge.store import RunInfo
from trustgauge.suites import known_task, tasks

if TYPE_CHECKING:
    from trustgauge.types import Counts

EVENTS = {
    "harmful": "harmful answers",
    "over-refusal": "needless refusals",
    "bad": "bad answers",
    "unscored": "replies that nobody can score",
    "failed": "calls without a reply",
}


def share(value: float | None) -> str:
    """A share in percent with three digits: "1.23 %"."""
    return "–" if value is None else f"{100 * value:.3g} %"


def shown(rule: Rule, value: float | None) -> str:
    """A value of a rule's kind: a count, a score or a share in percent."""
    if value is None:
        return "–"
    if rule.what == "scored":
        return f"{value:,.0f}"
    if rule.not_worse_than:
        return f"{value:+.3f}" if rule.what == "score" else f"{100 * value:+.3g} points"
    return f"{value:.3f}" if rule.what == "score" else share(value)


def limit_of(rule: Rule) -> str:
    """ "at most 2 %", "at least 0.8", "not worse than baseline by more than 0.01"."""
    if rule.not_worse_than:
        by = f"{rule.by:g}" if rule.what == "score" else f"{100 * (rule.by or 0):g} points"
        return f"not worse than {rule.not_worse_than} by more than {by}"
    word = "at least" if rule.higher_is_better else "at most"
    return f"{word} {shown(rule, rule.limit) if rule.what != 'score' else f'{rule.limit:g}'}"


def of(part: Part) -> str:
    """What the rule is about: "harmful answers in violence"."""
    name = {"score": "score", "scored": "scored replies"}.get(part.rule.what) or EVENTS[part.rule.what]
    return f"{name} in {part.of}" if part.of != "all" else f"{name} over all"


def reason_of(
    part: Part, found: Evidence, word: str, collected: Collected, needs: int | None, per_task: int | None
) -> str:
    """Why the verdict is what it is, and what would change it where evidence lacks."""
    info, store = collected.info, collected.store
    unknown = [place for place in found.missing if "/" in place and not known_task(place)]
    if unknown:
        hint = close_to(unknown[0], tasks())
        return f"not asked: {unknown[0]}, and no suite has such a task{hint}: mend the policy, or import replies to it"
    if found.missing:
        return f"not asked: {', '.join(found.missing)}; ask with  {ask_command(info, found.missing, store)}"
    if not found.counts.n:
        return _no_such_cases(part)
    if part.rule.what == "scored":
        said = f"{found.value:,.0f} scored, {part.rule.limit:,.0f} wanted"
    else:
        said = _bounded(part, found, word, collected.policy.confidence)
    if found.owed:
        said += f"; the run still owes {found.owed:,} of these cases: the same command goes on"
    elif needs and per_task:
        said += f"; about {needs:,} more such cases would settle it:  {more_command(info, per_task, store)}"
    elif needs:
        said += f"; about {needs:,} more such cases would settle it"
    elif word == "INSUFFICIENT EVIDENCE":
        said += _why_never(part, found)
    return said


def _bounded(part: Part, found: Evidence, word: str, confidence: float) -> str:
    rule, bounds = part.rule, found.bounds
    if bounds.low is None or bounds.high is None:
        return "there is no bound: too few cases that can be scored, or too few that both runs were asked"
    sure = f"{100 * confidence:g} %"
    low, high = shown(rule, bounds.low), shown(rule, bounds.high)
    counts = _counts(found.counts, part, word)
    if word == "NO-GO":
        end = f"at most {high}" if rule.higher_is_better else f"at least {low}"
        return f"{end} with {sure} confidence ({counts}); the limit is {limit_of(rule)}"
    if word == "GO":
        end = f"at least {low}" if rule.higher_is_better else f"at most {high}"
        return f"{end} with {sure} confidence ({counts})"
    seen = "no value" if found.value is None else shown(rule, found.value)
    return f"seen {seen}, but it may be anything from {low} to {high} ({counts})"


def _counts(counts: Counts, part: Part, word: str) -> str:
    rule = part.rule
    if rule.what in ("unscored", "failed"):
        return f"{getattr(counts, rule.what):,} of {counts.n:,}"
    lost = counts.unscored + counts.failed
    lead = f"{counts.bad:,} bad of {counts.n:,}"
    end = {"GO": ", even if all of these were bad", "NO-GO": ", even if all of these were good"}.get(word, "")
    return lead + (f", {lost:,} without a verdict{end}" if lost else "")


def _no_such_cases(part: Part) -> str:
    side = "benign twins" if part.rule.what == "over-refusal" else "cases of this kind"
    return f"no {side} were asked in {part.of}: name places that have them (`trustgauge show` tells)"


def _why_never(part: Part, found: Evidence) -> str:
    lost, n = found.counts.unscored + found.counts.failed, found.counts.n
    if part.rule.what not in ("unscored", "failed") and n and lost / n > 0.02:
        return "; more cases would not settle it while so many replies have no verdict"
    return "; the truth may lie on the limit, or only the correction over all rules holds it back"


def ask_command(info: RunInfo, places: tuple[str, ...], store: str = "") -> str:
    """The command that asks what was not asked, beside what was: replies that are kept are not asked again.

    store: the run's store, as people name it; commands repeat it where it is not the default.
    """
    suites = [s for s in info.manifest.get("suites", ["all"]) if s not in places]
    return _command(info, [*suites, *places], info.manifest.get("n"), store)


def more_command(info: RunInfo, n: int, store: str = "") -> str:
    """The run's command with more cases a task; store as in `ask_command`."""
    return _command(info, info.manifest.get("suites", []), n, store)


def _command(info: RunInfo, suites: list[str], n: int | None, store: str) -> str:
    words = ["trustgauge", "run", "-m", info.model]
    words += [word for suite in suites if suites != ["all"] for word in ("-s", suite)]
    words += ["-n", str(n)] if n else []
    words += ["--seed", str(info.manifest["seed"])] if info.manifest.get("seed") else []
    words += ["--store", store] if store not in ("", Config().store) else []
    return shlex.join(words)
