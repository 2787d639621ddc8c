"""Which option a reply names that is written in another language than English."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trustgauge.judges.base import Reading
from trustgauge.judges.readers.choice import read_choice
from trustgauge.judges.readers.clean import lacks

# "La respuesta correcta es la B", "La bonne réponse est : B", "Die richtige Antwort ist Option B" and the like.
_NOUN = r"(?:respuesta|réponse|reponse|antwort|resposta|risposta|antwoord|lösung|solución|solution)"
_ADJECTIVE = r"(?: (?:correcta|correcte|correta|corretta|certa|giusta|exacta|exacte|final|finale))?"
_IS = r"(?:\s*:|\s+(?:es|est|ist|lautet|wäre|é|è|is|sería|serait|será)(?:\s*:|\s+(?:donc|also|dus))?)"
_THE = r"(?:(?:la|el|le|die|das|de|het|a|o)\s+|l')?"
_WORD = r"(?:letra|lettre|lettera|buchstabe|opción|opcion|option|opção|opzione|optie)"
_LETTER = r"(?=[\"'(*\[]{0,3}[A-J](?!\w))"
_CUE = re.compile(rf"(?i:\b{_NOUN}{_ADJECTIVE}{_IS}\s*{_THE}(?:{_WORD}\s+)?){_LETTER}")
_OPTION = re.compile(rf"(?i:\b{_WORD}\s+)(?=[A-J](?!\w))")
_OR = re.compile(r"(?<!\w)([A-J]) (?:o|ou|oder|of|y|e|et|und|en) (?=[A-J](?!\w))")
_SIGNS = (
    "respuesta", "ponse", "antwort", "resposta", "risposta", "antwoord", "opci", "lösung", "soluci", "solution",
    "opção", "opzione", "optie", "buchstabe", "letra", "lettre", "lettera",
)  # fmt: skip


def read_choice_abroad(text: str, options: Sequence[str]) -> Reading:
    """The letter of the option named, with the marks of an answer known in six languages beside English."""
    if not lacks(text, _SIGNS):
        text = _OPTION.sub("option ", _CUE.sub("The answer is ", text))
    return read_choice(_OR.sub(r"\1 or ", text), options)
