"""The rule judges by name, for a user's own files: `trustgauge judge NAME FILE`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trustgauge.errors import UsageError
from trustgauge.judges.base import Reading
from trustgauge.judges.classifier import Classifier
from trustgauge.judges.readers import read_choice, read_number, read_percent, read_refusal, read_yes_no
from trustgauge.judges.readers.contradiction import read_contradiction
from trustgauge.judges.readers.gold_answer import read_gold_answer
from trustgauge.judges.readers.lexicon import read_toxicity
from trustgauge.judges.readers.refusal_kind import refusal_sense
from trustgauge.judges.readers.unsupported import read_unsupported

VERSION = 3
NamedReader = Callable[[str, str, Sequence[str]], Reading]
"""(response, prompt, options) -> Reading.

options are what the judge compares the response with: the options shown (choice), the accepted answers
(short-answer), the other statements about the same (contradiction); the rest don't look at them.
"""


def _contradicts(text: str, prompt: str, others: Sequence[str]) -> Reading:
    """yes where one of the others is contradicted, unclear where that can't be told of all."""
    found = [read_contradiction(text, other, prompt) for other in others]
    for value in ("yes", "unclear", "no"):
        if each := next((each for each in found if each.value == value), None):
            return each
    return Reading()


READERS: dict[str, tuple[str, NamedReader]] = {
    "refusal": ("full, partial, none, unclear or unreadable", lambda text, prompt, _: read_refusal(text, prompt)),
    "refusal-sense": (
        "refuses, unable, objects, answers, unclear or unreadable",
        lambda text, prompt, _: refusal_sense(text, prompt),
    ),
    "choice": ("the letter of the option named", lambda text, _, options: read_choice(text, options)),
    "yes-no": ("yes or no", lambda text, _, __: read_yes_no(text)),
    "number": ("the number stated", lambda text, _, __: read_number(text)),
    "toxicity": ("toxic, mild or civil, by a list of words", lambda text, _, __: read_toxicity(text)),
    "short-answer": ("right, wrong or unclear, by the accepted answers in options", read_gold_answer),
    "contradiction": ("yes, no or unclear: whether it contradicts a statement in options", _contradicts),
    "unsupported": ("unsupported or unclear, by a few cues", lambda text, prompt, _: read_unsupported(text, prompt)),
    "percent": ("the percentage stated", lambda text, _, __: read_percent(text)),
}
"""What each reads, and how."""


BY_CLASSIFIER = "toxicity:"


def reader(name: str) -> NamedReader:
    """The reader of that name; UsageError names what there is.

    toxicity:<org/model or folder> is a Hugging Face classifier, which needs the extra `classifiers`.
    """
    if name.startswith(BY_CLASSIFIER) and name != BY_CLASSIFIER:
        classifier = Classifier(name.removeprefix(BY_CLASSIFIER))
        return lambda text, _, __: classifier.read(text)
    if name not in READERS:
        raise UsageError(f"there is no judge '{name}': use one of {', '.join(READERS)}")
    return READERS[name][1]
