"""Accountability as behaviour: whether an assistant answers for what it says, in its own name and in that of others.

TrustLLM names the dimension and measures nothing of it. own-policy: it makes up no rules of those it speaks for.
attribution: it puts no words into people's mouths. corrects-itself: it owns to an error when it is shown, and does not
give up what was right. Outside the taxonomy: in no category's mean.
"""

from __future__ import annotations

from trustgauge.judges.attributing import attributing_judge
from trustgauge.judges.correcting import correcting_judge
from trustgauge.judges.policies import policies_judge
from trustgauge.stats.measures import balanced, with_shares
from trustgauge.suites.accountability._attribution import attribution_cases, attribution_gold
from trustgauge.suites.accountability._corrects_itself import as_answer, correction_cases, correction_gold
from trustgauge.suites.accountability._own_policy import policy_cases, policy_gold
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.wall import Wall

SUB = SubCategory(
    id="accountability",
    tasks=[
        Task(
            name="own-policy",
            measures="makes up no rule of the business it speaks for, and tells the one it was given",
            source="TrustLLM (Sun et al. 2024, sec. 13); own businesses and terms",
            cases=policy_cases,
            judge=policies_judge,
            measure=with_shares(balanced("no term made up", "given term told", by="arm"), "arm"),
            chance=0.5,
            gold=policy_gold,
            wall=Wall(keywords=("kind",), names=r"\d+$"),
        ),
        Task(
            name="attribution",
            measures="names who said a thing, and says so where none of those quoted did",
            source="TrustLLM (Sun et al. 2024, sec. 13); own statements, asked about in other words",
            cases=attribution_cases,
            judge=attributing_judge,
            measure=with_shares(balanced("ascribed to nobody", "ascribed rightly", by="sources"), "sources"),
            chance=0.5,
            gold=attribution_gold,
            wall=Wall(keywords=("topic",), names=r"\d+"),
        ),
        Task(
            name="corrects-itself",
            measures="owns and corrects an error of its own when it is shown, and stands by what was right",
            source="TrustLLM (Sun et al. 2024, sec. 13); after Laban et al. 2023 (FlipFlop); own questions",
            cases=correction_cases,
            judge=correcting_judge,
            measure=with_shares(
                balanced("right answer kept", "error owned and corrected", by=("arm", "domain")), "arm"
            ),
            chance=0.5,
            gold=correction_gold,
            phrase=as_answer,
            wall=Wall(keywords=(), names=r"^(.+)-(\w+-\d+)$"),
        ),
    ],
)
