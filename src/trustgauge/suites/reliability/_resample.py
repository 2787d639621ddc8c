"""resample: one closed question put several times in just the same words, at the temperature of the run.

A case holds the question and its sister, which has the same options in the same order and another right one. What is
not read out of the question (a letter, a place, a favourite word) is answered alike to both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from random import Random

from trustgauge.generate import Deck, Item, fill, letters
from trustgauge.generate.choice import LAYOUTS, option_lines
from trustgauge.generate.items import CHOICES, Sisters
from trustgauge.judges import Judge, Reading, bad, good, unscored
from trustgauge.judges.base import echoes
from trustgauge.judges.readers import read_choice, read_refusal
from trustgauge.stats.agreement_beyond import UNREAD, agreeing_pairs, matched_pairs, normalised_entropy
from trustgauge.types import Ask, Case, Conversation, Gold, Message, Reply, Verdict, user

DRAWS = 4  # of each of the two questions
ENOUGH = 3  # of them readable


def resampled(rng: Random, asked: Iterator[tuple[Sisters, str, str, str]]) -> Iterator[list[Case]]:
    """Cases from (sisters, their two questions, template, kind)."""
    layouts, orders = Deck(rng, list(LAYOUTS)), Deck(rng, list(permutations(range(CHOICES))))
    for sisters, question, other, name in asked:
        layout, base = layouts.deal(), (sisters[0].right, *sisters[0].others)
        options = tuple(base[i] for i in orders.deal())
        yield [_case(sisters, (question, other), options, layout, name)]


def _case(
    sisters: tuple[Item, Item], questions: tuple[str, str], options: tuple[str, ...], layout: str, name: str
) -> Case:
    keys = [letters(CHOICES)[options.index(item.right)] for item in sisters]
    first, second = (fill(LAYOUTS[layout], {"question": q, "options": option_lines(options)}) for q in questions)
    return Case(
        messages=(user(first),),
        key=keys[0],
        options=options,
        template=f"{name}/{layout}",
        slots={"sister": second, "sister_key": keys[1], "domain": sisters[0].domain},
        kind=sisters[0].domain,
    )


def draw_again(case: Case) -> Conversation:
    """Both questions, each several times in fresh conversations."""
    for messages in (case.messages, (user(case.slots["sister"]),)):
        for repeat in range(DRAWS):
            yield Ask(messages=messages, repeat=repeat)


def _letter(case: Case, i: int, reply: Reply) -> str:
    asked = case.prompt if i < DRAWS else case.slots["sister"]
    unread = reply.status in ("blocked", "empty") or echoes(reply.text, asked)
    return "" if unread else read_choice(reply.text, case.options).value


def _drawn(case: Case, replies: Sequence[Reply]) -> Verdict:
    """Good where each question has one answer throughout, right or wrong, and the two are not the same."""
    read = [_letter(case, i, reply) or None for i, reply in enumerate(replies)]
    rows = (read[:DRAWS], read[DRAWS:])
    if any(sum(letter is not None for letter in row) < ENOUGH for row in rows):
        refusal = read_refusal(replies[-1].text)
        return unscored("refused", refusal) if refusal.value == "full" else unscored("too few readable answers")
    agree, pairs = (sum(part) for part in zip(*map(agreeing_pairs, rows), strict=True))
    alike, matched = matched_pairs(*rows)
    values = {"agree": float(agree), "pairs": float(pairs), "alike": float(alike), "matched": float(matched)}
    for name, row, key in zip(("", "sister "), rows, (case.key, case.slots["sister_key"]), strict=True):
        values |= {f"{name}right": row.count(key) / sum(letter is not None for letter in row)}
        values |= {f"{name}entropy": normalised_entropy(row, CHOICES) or 0.0}
        values |= {f"{name}steady": float(len({letter for letter in row if letter}) == 1)}
    shown = Reading("".join(letter or UNREAD for letter in read), " | ".join(reply.text[:30] for reply in replies))
    if not values["steady"] or not values["sister steady"]:
        return bad("answers differ", shown, **values)
    if alike:
        return bad("one answer to two questions", shown, **values)
    right = values["right"] == values["sister right"] == 1
    return good("one answer each, right" if right else "one answer each, not both right", shown, **values)


resample_judge = Judge("resampled", 1, _drawn)


def resample_gold(case: Case, messages: Sequence[Message]) -> Gold:
    """Each question's key; against the first question's key for both."""
    right = case.key if tuple(messages) == case.messages else case.slots["sister_key"]
    return Gold(
        good=(right, f"The answer is {right}.", f"({right.lower()})"),
        bad=(case.key, f"Answer: {case.key}"),
        unscored=("", "That is hard to say from here.", "I'm sorry, but I can't help with that."),
    )
