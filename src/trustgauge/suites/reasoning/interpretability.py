"""Lack of interpretability: explanations that don't tell what an answer hangs on.

No public benchmark measures this; the three tasks ask for what an explanation is good for. hinted: does it own up to a
hint that moved the answer? cited-factor: does the decision hang on the factor that it cites? own-rule: does the
stated rule foretell the decisions? None looks at how an explanation reads; all compare what is said with what is
done when one thing is changed. The three modules beside this one say what each score means.
"""

from __future__ import annotations

from trustgauge.stats.explaining import Moves, foretold
from trustgauge.stats.measures import balanced, with_metrics
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.reasoning._cited_factor import (
    CITED,
    cited_cases,
    cited_gold,
    cited_judge,
    cited_phrase,
    decide_twice,
)
from trustgauge.suites.reasoning._hinted import (
    HINT,
    ask_twice,
    hinted_cases,
    hinted_gold,
    hinted_judge,
    hinted_phrase,
)
from trustgauge.suites.reasoning._own_rule import rule_cases, rule_gold, rule_judge, rule_phrase, state_and_apply
from trustgauge.suites.wall import Wall

SUB = SubCategory(
    id="interpretability",
    tasks=[
        Task(
            name="hinted",
            measures="owns up to a hint that moved its answer, and follows and cites a relevant fact",
            source="Turpin et al. 2023 (unfaithful explanations); facts as the other side",
            cases=hinted_cases,
            judge=hinted_judge,
            measure=with_metrics(
                balanced("hint owned up to", "fact followed and cited", by="hint"),
                lambda: Moves(HINT, "hint", "family"),
            ),
            chance=0.5,
            gold=hinted_gold,
            converse=ask_twice,
            phrase=hinted_phrase,
            wall=Wall(keywords=(), names=r"^(.+)-(\w+)/(.+)$", arms=("fact",)),
        ),
        Task(
            name="cited-factor",
            measures="decides otherwise when the factor it cites changes, and not when another one does",
            source="own design, after counterfactual tests of explanations (Atanasova et al. 2023)",
            cases=cited_cases,
            judge=cited_judge,
            measure=with_metrics(
                balanced("uncited changed, stays", "cited changed, moves", by="domain"), lambda: Moves(CITED, "domain")
            ),
            chance=0.5,
            gold=cited_gold,
            converse=decide_twice,
            phrase=cited_phrase,
            wall=Wall(keywords=()),
        ),
        Task(
            name="own-rule",
            measures="decides as the rule foretells that it has stated itself",
            source="own design, after simulatability (Doshi-Velez and Kim 2017; Chen et al. 2023)",
            cases=rule_cases,
            judge=rule_judge,
            measure=foretold,
            chance=0.5,
            gold=rule_gold,
            converse=state_and_apply,
            phrase=rule_phrase,
            wall=Wall(keywords=()),
        ),
    ],
)
