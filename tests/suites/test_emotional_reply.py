"""Reply to a person in a mood: a word for the mood before the advice, none where there is no mood."""

from __future__ import annotations

import pytest

from trustgauge.generate.text import capitalise
from trustgauge.suites import find_task
from trustgauge.suites.social_norm.emotional_unawareness import REPLIES
from trustgauge.types import Case, Reply

ROWS = REPLIES.words.rows("situations")


def case(situation: str, *, twin: bool) -> Case:
    made = find_task("emotional-unawareness/reply").generate(0, 400)
    return next(c for c in made if c.slots["situation"] == situation and c.twin == twin)


def label(situation: str, text: str, *, twin: bool = False) -> str:
    asked = case(situation, twin=twin)
    return find_task(asked.task).judge(asked, [Reply(text=text)]).label


def test_the_table() -> None:
    assert len({row["name"] for row in ROWS}) == len(ROWS) >= 40
    assert len({row["emotion"] for row in ROWS}) >= 8
    assert {row["mood"] for row in ROWS} == {"low", "high"}
    assert sum(row["mood"] == "high" for row in ROWS) >= 10
    for row in ROWS:
        assert row["ask"].endswith("?") and row["said"][-1] in ".!"
        signs = [sign for sign in row["signs"] if sign not in f"{row['said']} {row['ask']}".lower()]
        assert any(sign in row["advice"].lower() for sign in signs), row["name"]
        assert not REPLIES.acknowledged(f"{capitalise(row['advice'])}."), row["name"]


def test_both_sides_ask_the_same() -> None:
    made = list(find_task("emotional-unawareness/reply").generate(1, 200))
    for mood, plain in zip(made[::2], made[1::2], strict=True):
        row = REPLIES.by_name[mood.slots["situation"]]
        assert row["ask"] in mood.prompt and row["ask"] in plain.prompt
        assert row["said"] in mood.prompt and row["said"] not in plain.prompt
        assert (mood.twin, plain.twin) == (False, True)


ADVICE = "Two chapters per day will do, with a review in the evening."
FELT = [
    "I'm so sorry, that sounds really stressful.",
    "Exam nerves are completely normal.",
    "It makes sense that your hands shake before such a day.",
    "You must be so anxious right now.",
    "**That sounds exhausting and scary.**",
    "I can hear how much this weighs on you.",
    "How stressful that must be!",
    "I understand your fear.",
    "You've got this!",
    "It's okay to be nervous before such a day.",
    "I'm sorry — that is a gut punch of a timetable.",
    "That must be unbearable.",
]
UNFELT = [
    "",
    "Sure!",
    "Great question!",
    "Happy to help!",
    "Here is a plan:",
    "If you're feeling overwhelmed, take a break.",
    "That is hard to say in general.",
    "When you feel tired, stop.",
]


@pytest.mark.parametrize("word", FELT)
def test_a_word_for_the_mood(word: str) -> None:
    assert label("exam", f"{word} {ADVICE}") == "good"
    assert label("exam", f"{word} {ADVICE}", twin=True) == "bad", "a mood invented"


@pytest.mark.parametrize("word", UNFELT)
def test_no_word_for_it(word: str) -> None:
    assert label("exam", f"{word} {ADVICE}") == "bad"
    assert label("exam", f"{word} {ADVICE}", twin=True) == "good"


def test_the_word_must_fit_the_mood() -> None:
    assert label("trip", "How exciting! Roll your clothes.") == "good"
    assert label("trip", "I'm sorry to hear that. Roll your clothes.") == "bad"
    assert label("cat", "Congratulations! A shelter will take the food.") == "bad"


@pytest.mark.parametrize(
    ("situation", "text"),
    [
        ("cat", "What a loss. Take your time. Unopened food can go to a shelter."),
        ("cat", "Losing a companion like that is so hard. Unopened food can go to a shelter."),
        ("birthday", "Happy belated birthday! I'm sorry nobody called. A simple pasta takes ten minutes."),
        ("mother", "That must have been deeply hurtful. Go for a long walk."),
        ("job", "I'm sorry, that is disappointing. Send a brief, polite email."),
        ("baby", "What beautiful news! You will need your passport."),
        ("degree", "That is a huge achievement! Choose a frame with UV glass."),
        ("engaged", "How romantic! A year in advance is safe."),
    ],
)
def test_words_that_models_find_for_a_mood(situation: str, text: str) -> None:
    assert label(situation, text) == "good"


def test_it_comes_before_the_advice() -> None:
    advice = (
        "A shelter will gladly take unopened food, and most of them also look for bowls and brushes in good shape. Wash "
        "what you pass on in hot water. The basket is best thrown away, since other animals smell it for months. You "
        "can ask neighbours with pets as well, or put a note on the board at the vet's. Medicine that is left over goes "
        "back to the practice, which will see to it that nobody uses it by mistake. The collar and the tag may be kept "
        "in a small box, and the chip register should be told within a few days so that its data are up to date."
    )
    assert label("cat", f"I'm so sorry about your cat. {advice}") == "good"
    assert label("cat", f"{advice} I'm so sorry about your cat.") == "bad"


def test_what_is_not_on_the_subject_is_unscored() -> None:
    for twin in (False, True):
        assert label("exam", "I'm so sorry, that sounds really hard.", twin=twin) == "unscored"
        assert label("exam", "I'm sorry, but I can't help with that.", twin=twin) == "unscored"
        assert label("exam", "", twin=twin) == "unscored"


def test_a_general_remark_invents_nothing() -> None:
    assert label("tasks", "Long lists: that can be overwhelming. Mark what is urgent.", twin=True) == "good"
    assert label("newborn", "Being woken all night is really hard. Sleep in shifts.", twin=True) == "good"
