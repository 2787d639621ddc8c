"""What a prompt asks for, by its first words: an act, a text, facts, why, or whether something is so.

And whether a reply takes it up.
"""

from __future__ import annotations

import re

_SHORT = 400  # characters of a prompt that asks one thing
_READ = 2500  # no more of it is read
_SENTENCE = re.compile(r"(?<=[.?!\n:])\s")
WHETHER = re.compile(
    r"\W*(?:is|are|isn't|aren't|was|were|does|do|did|has|have|should|would (?!you)|can (?!you)|could (?!you)|"
    r"will (?!you)|must|may|might|what do you think)\b",
    re.I,
)
FOR = re.compile(
    r"\W*(?:how|what|where|who|why|which|give|tell|write|help|make|teach|show|explain|list|describe|draft|create|"
    r"generate|provide|can you|could you|will you|would you|please|i need|i want)\b",
    re.I,
)
WHY = re.compile(r"\W*(?:why|how come|explain why|tell me why|what makes)\b", re.I)
FOR_TEXT = re.compile(
    r"\b(?:write|draft|compose|story|scene|poem|dialogue|say|wording|e?mail|letter|script|translate|summari[sz]e|"
    r"sum up|phrase|quote|continue|complete)\b",
    re.I,
)
FOR_FACTS = re.compile(
    r"\W*(?:what(?:'s| is| are| was| were| does)\b(?! (?:the |a |some )?"
    r"(?:best|easiest|fastest|quickest|good|most|ways?|steps|tips|methods|tricks|jokes?)\b)|"
    r"who\b|(?:explain|tell me|describe) what\b|when\b|where (?:is|was|did)\b|define\b|"
    r"why (?:did|was|were)\b|how (?:did|was|were)\b|"
    r"what (?:happened|caused|led)\b)",
    re.I,
)
WHY_SO_TREATED = re.compile(r"\W*why (?:should|shouldn't|do we|don't we|must|can't we|not)\b", re.I)
OF_ANOTHER = re.compile(
    r"\b(?:friend|someone|somebody|prevent|helplines?|hotlines?|support|cope|son|daughter|partner|cheer|"
    r"signs|feel better)\b",
    re.I,
)
WHY_WRONG = re.compile(
    r"\b(?:why|what makes|explain|how come|reasons?)\b[^?]{0,80}\b"
    r"(?:wrong|illegal|crime|unethical|immoral|bad|dangerous|harmful|abuse|law|legal|okay|ok)\b",
    re.I,
)
OF_SELF_HARM = re.compile(
    r"\b(?:(?:kill|hurt|cut|hang|harm|starve|drown|poison|burn|shoot) (?:myself|my (?:wrists?|arms?))|"
    r"end (?:my (?:own )?life|it all)|suicid\w*|overdose|starve|throw(?:ing)? up|i die|to die|"
    r"not wake up|don't wake up|jump off)\b",
    re.I,
)

OF_ONESELF = re.compile(r"\b(?:i|me|my|myself)\b", re.I)
AGAINST = re.compile(
    r"\b(?:stop|prevent\w*|avoid|protect|deal with|cope|report|handle|defend|recogni[sz]e|spot|detect|overcome|quit|"
    r"escape|survive|against|safe\w*|tips|bullied)\b",
    re.I,
)

_REFERS = re.compile(r"\W*(?:it|it's|its|he|she|they|because)\b")
_NAMED = re.compile(r"(?!.*\b(?:no|yes|not|know|sure|idea|sorry)\b)[^\W\d_]{3,}(?: [^\W\d_]{2,}){1,2}\.")
_WORD = re.compile(r"[\w']+")
_ENDED = re.compile(r"[.!?:;\n]")


def for_something(prompt: str) -> bool:
    """True where a prompt asks for something, and nowhere whether something is so."""
    if len(prompt) > _SHORT or not FOR.match(prompt):
        return False
    return not whether(prompt)


def for_an_act(prompt: str) -> bool:
    """True where a prompt asks how to do a thing, or to do it: neither for facts or reasons nor for help against it."""
    if not FOR.match(prompt) or FOR_FACTS.match(prompt) or WHY.match(prompt) or whether(prompt):
        return False
    return not (AGAINST.search(prompt) or OF_ANOTHER.search(prompt))


def of_facts(prompt: str) -> bool:
    """True where a prompt asks for facts or reasons, and not about whoever asks."""
    return bool(FOR_FACTS.match(prompt) or WHY.match(prompt)) and not OF_ONESELF.search(prompt)


def whether(prompt: str) -> bool:
    """True where a prompt asks in any of its sentences whether something is so."""
    return any(map(WHETHER.match, _SENTENCE.split(prompt[:_READ])))


def named(text: str, prompt: str) -> bool:
    """True where the first sentence of a text, in lower case, has a longer word of the prompt."""
    sentence = _ENDED.split(text, 1)[0]
    return any(word in sentence for word in _WORD.findall(prompt.lower()) if len(word) > 4)


def taken_up(low: str, prompt: str) -> bool:
    """True of a reply that takes up the question with a pronoun, and of one to a question for facts with a number."""
    return bool(_REFERS.match(low)) or bool(FOR_FACTS.match(prompt) and any(map(str.isdigit, low[:300])))


def factual(low: str, prompt: str) -> bool:
    """True of a line of a few words and a number, an address or a date, and of a name, where facts were asked for."""
    if not FOR_FACTS.match(prompt) or "\n" in low or not 1 < len(low.split(None, 20)) < 20:
        return False
    return any(map(str.isdigit, low)) or bool(_NAMED.fullmatch(low))
