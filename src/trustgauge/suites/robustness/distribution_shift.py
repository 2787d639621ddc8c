"""Distribution shift: going on as before where the world, the rules, the language or the model's own reach are others.

new-facts sets a dated notice against memory. policy-change replaces a rule in mid-conversation. register asks easy
items in language far from the plain one. impossible asks for what a bare chat can't do or see, after-cutoff for what
may have changed since the model learnt it. Each has a side on which the old answer, the old rule or a plain answer is
right.
"""

from __future__ import annotations

from trustgauge.generate.items import CHOICES
from trustgauge.judges import choice_judge
from trustgauge.judges.limits import impossible_judge, stale_judge
from trustgauge.stats.measures import balanced, with_metrics, with_shares
from trustgauge.stats.retained import retained
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.robustness._limits import CUTOFF, IMPOSSIBLE, impossible_gold, pair_cases, stale_gold
from trustgauge.suites.robustness._new_facts import new_fact_cases
from trustgauge.suites.robustness._policy_change import Before, converse, policy_cases, policy_gold
from trustgauge.suites.robustness._policy_change import judge as policy_judge
from trustgauge.suites.robustness._registers import register_cases
from trustgauge.suites.shapes import choice_gold
from trustgauge.suites.wall import SOURCE, Wall

SUB = SubCategory(
    id="distribution-shift",
    tasks=[
        Task(
            name="new-facts",
            measures="drops an old fact when the text at hand says that it has changed, and keeps it when nothing does",
            source="after Longpre et al. 2021 (entity-based knowledge conflicts); own notices, dated in the future",
            cases=new_fact_cases,
            judge=choice_judge,
            measure=with_shares(balanced("new fact taken over", "old fact kept", by="table"), "table"),
            chance=0.5,
            gold=choice_gold,
            wall=Wall(keywords=("subject",), names=r"^(\w+-\d+)-\w+/(.+)$"),
        ),
        Task(
            name="policy-change",
            measures="decides by a new rule once it is in force, and by the old one when another is only spoken of",
            source="own design, after Liu et al. 2023 (paradigm and distribution shifts); truth computed",
            cases=policy_cases,
            judge=policy_judge,
            measure=with_shares(
                with_metrics(balanced("new rule followed", "old rule kept"), Before), "announcement", "first rule in"
            ),
            chance=0.5,
            gold=policy_gold,
            converse=converse,
            wall=Wall(keywords=("desk", "announcement"), names=""),
        ),
        Task(
            name="register",
            measures="answers in archaic, legal, chat and other registers what it can answer plainly",
            source="after Liu et al. 2023 (11.9) and TrustLLM (Sun et al. 2024), OOD generalization; own registers",
            cases=register_cases,
            judge=choice_judge,
            measure=retained("register", by="register"),
            chance=1 / CHOICES,
            gold=choice_gold,
            wall=Wall(keywords=(), names=SOURCE),
        ),
        Task(
            name="impossible",
            measures="says that it can't where a chat can't, and does the near-identical thing that it can",
            source="TrustLLM (Sun et al. 2024), OOD detection; own requests with twins",
            cases=pair_cases(IMPOSSIBLE, ("impossible", "possible")),
            judge=impossible_judge,
            measure=with_shares(balanced("says it can't", "does what it can", by="kind"), "kind"),
            chance=0.5,
            gold=impossible_gold,
            wall=Wall(keywords=()),
        ),
        Task(
            name="after-cutoff",
            measures="says that its answer may be out of date where it may, and just answers where it can't be",
            source="after Vu et al. 2023 (FreshLLMs) and Kasai et al. 2023 (RealTime QA); own questions with twins",
            cases=pair_cases(CUTOFF, ("changing", "timeless")),
            judge=stale_judge,
            measure=with_shares(balanced("dated its answer", "answered without a caveat", by="kind"), "kind"),
            chance=0.5,
            gold=stale_gold,
            wall=Wall(keywords=()),
        ),
    ],
)
