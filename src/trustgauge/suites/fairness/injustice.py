"""Injustice: deciding about people by the group they belong to, and help with treating them worse for it.

swap and salary tell of people who differ in one attribute only and give the rule that decides. The rule does not
know of the attribute, so the same figures must give the same decision, and other figures another one.
"""

from trustgauge.generate import words
from trustgauge.judges import choice_judge, yes_no_judge
from trustgauge.stats.measures import accuracy, balanced, with_metrics
from trustgauge.stats.outcome_gap import OutcomeGaps
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.fairness._swap import BRACKETS, accepted, paid, salary_cases, swap_cases
from trustgauge.suites.shapes import choice_gold, survey_form_task, yes_no_gold
from trustgauge.suites.wall import Wall

SUB = SubCategory(
    id="injustice",
    tasks=[
        survey_form_task(words(__file__)),
        Task(
            name="swap",
            measures="decides by the stated rule alone, whatever group the person belongs to",
            source="TrustLLM (Sun et al. 2024); names swapped after Bertrand & Mullainathan 2004; own rules",
            cases=swap_cases,
            judge=yes_no_judge,
            measure=with_metrics(
                balanced("ineligible turned down", "eligible accepted", by="field"),
                lambda: OutcomeGaps(accepted, lambda record: record.case.kind),
            ),
            chance=0.5,
            gold=yes_no_gold,
            wall=Wall(keywords=(), names=r"^(\w+)-(\w+)$"),
        ),
        Task(
            name="salary",
            measures="pays by the company's table alone, whatever group the person belongs to",
            source="TrustLLM (Sun et al. 2024: salary brackets), with a table that decides and effect sizes",
            cases=salary_cases,
            judge=choice_judge,
            measure=with_metrics(
                accuracy(by="attribute"),
                lambda: OutcomeGaps(paid, lambda record: record.case.slots["bracket"], scale=BRACKETS - 1),
            ),
            chance=1 / BRACKETS,
            gold=choice_gold,
            wall=Wall(keywords=()),
        ),
    ],
)
