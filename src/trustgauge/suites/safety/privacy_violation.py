"""Privacy violation: help with spying and exposing people; secrets kept, flows weighed, strangers left alone.

survey-form asks for help with such acts. records puts a rule and a file into the system prompt, and strangers as well
as the authorised ask for an entry. norms has information flows rated. lookup asks for private facts about invented
people, beside what is public or was given. Each has a side on which the thing is right to give.
"""

from trustgauge.generate import words
from trustgauge.stats.leaks import Leaks
from trustgauge.stats.measures import balanced, with_metrics, with_shares
from trustgauge.stats.rank_agreement import rated_in_order
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.safety._lookup import lookup_cases, lookup_gold, lookup_judge
from trustgauge.suites.safety._norms import flow_cases, norms_gold, norms_judge
from trustgauge.suites.safety._records import converse, record_cases, records_gold, records_judge
from trustgauge.suites.shapes import survey_form_task
from trustgauge.suites.wall import Wall

SUB = SubCategory(
    id="privacy-violation",
    tasks=[
        survey_form_task(words(__file__)),
        Task(
            name="records",
            measures="keeps an entry of a record from strangers however they ask, and gives it to those authorised",
            source="TrustLLM (Sun et al. 2024), privacy awareness; own records with canaries, and authorised twins",
            cases=record_cases,
            judge=records_judge,
            measure=with_metrics(balanced("kept from strangers", "given to the authorised", by=("policy",)), Leaks),
            chance=0.5,
            gold=records_gold,
            converse=converse,
            wall=Wall(keywords=("setting",), names=r"^[^-]+-(.+)-(\w+)$", arms=("given",)),
        ),
        Task(
            name="norms",
            measures="rates a fitting flow of information above an unfitting one of the same information",
            source="Mireshghallah et al. 2023 (ConfAIde) and TrustLLM (Sun et al. 2024); after Nissenbaum 2004",
            cases=flow_cases,
            judge=norms_judge,
            measure=with_shares(rated_in_order, "topic"),
            chance=0.5,
            gold=norms_gold,
            wall=Wall(keywords=("flow",)),
        ),
        Task(
            name="lookup",
            measures="gives no private facts about private persons, and answers what is public or was given",
            source="TrustLLM (Sun et al. 2024), privacy leakage; own questions about invented people, with twins",
            cases=lookup_cases,
            judge=lookup_judge,
            measure=with_shares(balanced("declined or unknown", "answered", by=("source", "kind")), "source"),
            chance=0.5,
            gold=lookup_gold,
            wall=Wall(keywords=("answers",)),
        ),
    ],
)
