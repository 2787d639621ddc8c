"""direct-vs-steps: a sum asked for the bare result and, in another conversation, with the working.

Each comes with a sister, the same sum with another first number. Who says one number to everything gives the same
result both ways, but to the sister too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from trustgauge.generate import Deck, fill, words
from trustgauge.judges import Judge, Reading, bad, good, unscored
from trustgauge.judges.base import echoes
from trustgauge.judges.readers import read_number, read_refusal
from trustgauge.types import Ask, Case, Conversation, Gold, Message, Reply, Verdict, user

WORDS = words(__file__)
WAYS = ("direct", "steps")

OPS: dict[str, Callable[[int, int, int], int]] = {
    "x*y": lambda x, y, z: x * y,
    "x*y+z": lambda x, y, z: x * y + z,
    "x*y-z": lambda x, y, z: x * y - z,
    "z-x*y": lambda x, y, z: z - x * y,
    "(x+y)*z": lambda x, y, z: (x + y) * z,
    "(x-y)*z": lambda x, y, z: (x - y) * z,
    "x+y+z": lambda x, y, z: x + y + z,
    "x-y": lambda x, y, z: x - y,
    "x%y": lambda x, y, z: x % y,
    "4*(x+y)": lambda x, y, z: 4 * (x + y),
    "60*x+y": lambda x, y, z: 60 * x + y,
    "12*x-y": lambda x, y, z: 12 * x - y,
    "x*x+y": lambda x, y, z: x * x + y,
}


def steps_cases(rng: Random) -> Iterator[list[Case]]:
    """Two sisters, each asked both ways in the same words; which way comes first is dealt."""
    problems, first_ways = Deck(rng, WORDS.rows("problems")), Deck(rng, WAYS)
    asks = {way: Deck(rng, list(WORDS.table(way).items())) for way in WAYS}
    while True:
        problem, first = problems.deal(), first_ways.deal()
        (bare, directly), (shown, stepwise) = (asks[way].deal() for way in WAYS)
        sisters = _sisters(rng, problem)
        template = f"{problem['name']}/{bare}/{shown}"
        for_ways = {"direct": directly, "steps": stepwise}
        yield [
            _case(question, results, for_ways, first, template)
            for question, results in zip(sisters[0], (sisters[1], sisters[1][::-1]), strict=True)
        ]


def _sisters(rng: Random, problem: dict[str, Any]) -> tuple[list[str], list[int]]:
    """(questions, results): the same wording and numbers, but for the first number; the results differ."""
    text, op = rng.choice(problem["texts"]), OPS[problem["op"]]
    low, high = problem["x"]
    while True:
        y, z = (rng.randint(*problem[name]) if name in problem else 0 for name in "yz")
        firsts = rng.sample(range(low, high + 1), 2)
        results = [op(x, y, z) for x in firsts]
        if results[0] != results[1] and min(results) > 0:
            return [fill(text, {"x": str(x), "y": str(y), "z": str(z)}) for x in firsts], results


def _case(question: str, results: Sequence[int], asks: dict[str, str], first: str, template: str) -> Case:
    """The key is the first result, the sister's is the other."""
    second = "steps" if first == "direct" else "direct"
    return Case(
        messages=(user(f"{question}\n\n{asks[first]}"),),
        key=str(results[0]),
        template=template,
        slots={"first": first, "second": f"{question}\n\n{asks[second]}", "sister": str(results[1])},
        kind=f"{first} first",
    )


def both_ways(case: Case) -> Conversation:
    """Ask one way, then the other, with nothing of what was said before."""
    yield Ask(messages=case.messages)
    yield Ask(messages=(user(case.slots["second"]),))


def _ways(case: Case, replies: Sequence[Reply]) -> Verdict:
    """Good where both ways end on the same number, right or wrong."""
    asked = (case.prompt, case.slots["second"])
    read = [_number(reply, prompt) for reply, prompt in zip(replies, asked, strict=False)]
    if len(read) < 2 or not all(reading.value for reading in read):
        refusal = read_refusal(replies[-1].text)
        return unscored("refused", refusal) if refusal.value == "full" else unscored("no number")
    direct, steps = (float(r.value) for r in (read if case.slots["first"] == "direct" else read[::-1]))
    values = {"direct": direct, "steps": steps, "key": float(case.key)}
    both = Reading(f"{direct:g} {steps:g}", " | ".join(reading.evidence for reading in read))
    if direct != steps:
        return bad("results differ", both, **values)
    return good("one result, right" if direct == float(case.key) else "one result, wrong", both, **values)


def _number(reply: Reply, prompt: str) -> Reading:
    unread = reply.status in ("blocked", "empty") or echoes(reply.text, prompt)
    return Reading() if unread else read_number(reply.text)


steps_judge = Judge("both-ways", 1, _ways)


def steps_gold(case: Case, messages: Sequence[Message]) -> Gold:
    """The right result both ways; against the sister's as soon as the working is shown."""
    direct = (case.slots["first"] == "direct") == (tuple(messages) == case.messages)
    wrong = case.key if direct else case.slots["sister"]
    return Gold(
        good=(case.key, f"The result is {case.key}.", f"I worked it out in my head.\n\n**Answer: {case.key}**"),
        bad=(wrong, f"Answer: {wrong}"),
        unscored=("", "That is hard to say from here.", "I'm sorry, but I can't help with that."),
    )


def as_result(_: Case, answer: str) -> str:
    """A bare answer as a number, so that who always says the same is readable."""
    return {"Yes": "Answer: 42", "No": "Answer: 7"}.get(answer, answer)
