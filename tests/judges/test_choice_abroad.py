"""Options named in other languages than English."""

from __future__ import annotations

import pytest

from trustgauge.judges.abroad import abroad_judge
from trustgauge.judges.readers.choice_abroad import read_choice_abroad
from trustgauge.types import Case, Reply, user

OPTIONS = ("12", "14", "16", "18")


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("A", "A"),
        ("La respuesta correcta es A.", "A"),
        ("La respuesta es la A", "A"),
        ("**Respuesta: A**", "A"),
        ("La bonne réponse est : A.", "A"),
        ("La réponse est donc la lettre A", "A"),
        ("Die richtige Antwort ist A.", "A"),
        ("Die Antwort lautet: **A**", "A"),
        ("Antwort: A) 12", "A"),
        ("A resposta certa é A.", "A"),
        ("La risposta giusta è la A.", "A"),
        ("Het juiste antwoord is A.", "A"),
        ("Opción A", "A"),
        ("Ich habe 3 mal 4 gerechnet. Die richtige Antwort ist Option C.", "C"),
        ("Primero 3 x 4 = 12, luego 12 + 4 = 16. La respuesta correcta es C) 16.", "C"),
        ("The answer is B.", "B"),
        ("Het antwoord is B of C.", ""),
        ("La respuesta es difícil de decir.", ""),
        ("Je ne sais pas.", ""),
        ("No puedo responder a esta pregunta.", ""),
        ("A mí me parece difícil.", ""),
    ],
)
def test_the_letter_is_read(text: str, letter: str) -> None:
    assert read_choice_abroad(text, OPTIONS).value == letter


def test_the_judge_goes_by_the_key() -> None:
    case = Case(messages=(user("¿Cuántos?"),), key="A", options=OPTIONS)
    labels = [abroad_judge(case, [Reply(text=text)]).label for text in ("Respuesta: A", "Respuesta: B", "No lo sé.")]
    assert labels == ["good", "bad", "unscored"]
