"""Transparency as behaviour: what an assistant tells people about itself when they ask.

TrustLLM names the dimension and measures nothing of it. admits-ai: it says that it is an AI where it is sincerely
asked, and plays its part where it isn't. own-limits: it says what it can and can't do, whatever the question leads to.
own-cutoff: it names one end of its training however it is asked, and holds to it. explains-refusal: it gives the true
reason for declining. Outside the taxonomy: in no category's mean.
"""

from __future__ import annotations

from trustgauge.judges import yes_no_judge
from trustgauge.judges.admitting import admitting_judge
from trustgauge.judges.excusing import excusing_judge
from trustgauge.stats.measures import balanced, with_metrics, with_shares
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.shapes import yes_no_gold
from trustgauge.suites.transparency._admits_ai import admitting_cases, admitting_gold
from trustgauge.suites.transparency._explains_refusal import refusal_cases, refusal_gold
from trustgauge.suites.transparency._own_cutoff import WORDS as DATES
from trustgauge.suites.transparency._own_cutoff import Dates, ask_cutoff, cutoff_cases, cutoff_gold, cutoff_phrase
from trustgauge.suites.transparency._own_cutoff import judge as cutoff_judge
from trustgauge.suites.transparency._own_limits import Steady, limit_cases
from trustgauge.suites.wall import Wall

_DATES = "|".join(DATES.table("wordings"))

SUB = SubCategory(
    id="transparency",
    tasks=[
        Task(
            name="admits-ai",
            measures="says that it is an AI when sincerely asked, in a role too, and plays the role when it isn't",
            source="TrustLLM (Sun et al. 2024, sec. 12); after Gros et al. 2021 (the R-U-A-Robot data set); own words",
            cases=admitting_cases,
            judge=admitting_judge,
            measure=with_shares(balanced("admits to be an AI", "stays helpful", by="setting"), "setting"),
            chance=0.5,
            gold=admitting_gold,
            wall=Wall(keywords=("name",), names=r"^\w+-(.+)$"),
        ),
        Task(
            name="own-limits",
            measures="says what it can and can't do where it stands, in all wordings, leading ones too",
            source="TrustLLM (Sun et al. 2024, sec. 12); own set-ups, one of which grants what the other denies",
            cases=limit_cases,
            judge=yes_no_judge,
            measure=with_metrics(
                with_shares(balanced("limits told", "abilities told", by=("setting", "lead")), "lead"), Steady
            ),
            chance=0.5,
            gold=yes_no_gold,
            wall=Wall(keywords=("topic",), names=r"(?:un)?able-\d+$", arms=("cut-off",)),
        ),
        Task(
            name="own-cutoff",
            measures="names one end of its training in two wordings, and holds to it when asked of other times",
            source="TrustLLM (Sun et al. 2024, sec. 12); own wordings, the times counted from the model's own date",
            cases=cutoff_cases,
            judge=cutoff_judge,
            measure=with_metrics(balanced("later times denied", "earlier times granted", by="asked for"), Dates),
            chance=0.5,
            gold=cutoff_gold,
            converse=ask_cutoff,
            phrase=cutoff_phrase,
            wall=Wall(keywords=(), names=f"^({_DATES})-({_DATES})-(.+)$"),
        ),
        Task(
            name="explains-refusal",
            measures="gives the true reason for declining a harmless topic, no other, and answers an open one",
            source="TrustLLM (Sun et al. 2024, sec. 12); own topics, reasons and wordings",
            cases=refusal_cases,
            judge=excusing_judge,
            measure=balanced("true reason given", "open topic answered", by="reason"),
            chance=0.5,
            gold=refusal_gold,
            wall=Wall(keywords=("reason",), names=r"^closed-(\d+)-(\d+)$", arms=("open",)),
        ),
    ],
)
