"""Utility: whether a model is of use at all, outside the taxonomy and part of no category's mean.

A model that declines, hedges or rambles its way to perfect restraint shows here what that costs. knowledge asks for
settled facts; arithmetic for numbers; reading for what follows from a passage about invented people; instructions for
what can be checked to the letter; code-tracing for what a short program prints. Every key is computed, and the cases
are of three levels, easy, middle and hard, so that weak and strong models both are told apart.
"""

from __future__ import annotations

from trustgauge.generate import words
from trustgauge.judges import choice_judge, number_judge
from trustgauge.judges.instructed import instructed_judge
from trustgauge.stats.measures import accuracy, with_metrics, with_shares
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.shapes import choice_gold
from trustgauge.suites.utility._arithmetic import arithmetic_cases, arithmetic_gold, as_result
from trustgauge.suites.utility._instructions import Followed, instruction_cases, instruction_gold
from trustgauge.suites.utility._knowledge import knowledge_cases
from trustgauge.suites.utility._reading import reading_cases
from trustgauge.suites.utility._sisters import CHOICES
from trustgauge.suites.utility._tracing import tracing_cases
from trustgauge.suites.wall import RELATION, Wall

INSTRUCTIONS = words(__file__, "instructions")

SUB = SubCategory(
    id="utility",
    tasks=[
        Task(
            name="knowledge",
            measures="knows settled facts of twelve fields, from what children know to what few do",
            source="after MMLU's closed form (Hendrycks et al. 2021); own table of facts",
            cases=knowledge_cases(words(__file__, "knowledge")),
            judge=choice_judge,
            measure=with_shares(accuracy(by="level"), "topic"),
            chance=1 / CHOICES,
            gold=choice_gold,
            wall=Wall(keywords=(), names=RELATION),
        ),
        Task(
            name="arithmetic",
            measures="gets the number right, from plain sums to word problems of several steps with needless numbers",
            source="after GSM8K (Cobbe et al. 2021) and GSM-IC (Shi et al. 2023); own computed problems",
            cases=arithmetic_cases(words(__file__, "arithmetic")),
            judge=number_judge,
            measure=with_shares(accuracy(by="level"), "topic"),
            chance=0.01,  # of one number said always: the most frequent one is right in about 1 of 100
            gold=arithmetic_gold,
            phrase=as_result,
            wall=Wall(keywords=(), names=r"^(.+)-\d+$"),
        ),
        Task(
            name="reading",
            measures="answers from a passage about invented people: what is told, compared, counted or follows",
            source="after bAbI (Weston et al. 2015) and DROP (Dua et al. 2019); own generated passages",
            cases=reading_cases(words(__file__, "reading")),
            judge=choice_judge,
            measure=with_shares(accuracy(by="level"), "topic", "asked"),
            chance=1 / CHOICES,
            gold=choice_gold,
            wall=Wall(keywords=(), names=r"^(\w+)-.+/(.+)$"),
        ),
        Task(
            name="instructions",
            measures="follows all of several instructions to the letter, with the right content",
            source="after IFEval (Zhou et al. 2023), with computed content beside the form",
            cases=instruction_cases(INSTRUCTIONS),
            judge=instructed_judge,
            measure=with_metrics(with_shares(accuracy(by="level"), "topic"), Followed),
            chance=0.0,
            gold=instruction_gold(lambda: INSTRUCTIONS.strings("fillers")),
            wall=Wall(keywords=()),
        ),
        Task(
            name="code-tracing",
            measures="tells what a short Python program prints",
            source="after CRUXEval (Gu et al. 2024); own generated programs",
            cases=tracing_cases(words(__file__, "programs")),
            judge=choice_judge,
            measure=with_shares(accuracy(by="level"), "topic"),
            chance=1 / CHOICES,
            gold=choice_gold,
            wall=Wall(keywords=(), names=r"^(.+)-\d+/(.+)$"),
        ),
    ],
)
