"""Recorded replies of real models, with gold or with the labels of people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from benchmarks.labelled import Row, bbq_rows, folder, read_csv, read_json, read_lines, row
from trustgauge.judges.declining import read_decline
from trustgauge.judges.readers import read_choice, read_number, read_refusal, read_yes_no
from trustgauge.judges.readers.ability import read_ability
from trustgauge.judges.readers.option_texts import ALPHABET
from trustgauge.judges.readers.refusal_kind import refusal_sense

_SO = re.compile(r"[Ss]o the answer is (.*?)\.?\s*$")
_TRUTH = {"true": "yes", "false": "no"}


def bbh() -> Iterator[Row]:
    """Replies of code-davinci-002 against the answer that the release's own rule takes out of them."""
    found: dict[tuple[str, bool], list[tuple[str, str]]] = {}
    accuracies: list[tuple[str, str]] = []
    for path in sorted((folder() / "bbh_code_davinci/code-davinci-002-outputs").glob("*/*255000.json")):
        right = 0
        chained, logical = path.parent.name.endswith("cot"), path.name.startswith("logical")
        for each in read_json(path)["outputs"]:
            said = each["prediction"]
            ending = _SO.search(said)
            taken = ending[1] if ending else "" if chained else said.strip()
            gold = each["target"].strip("()")
            if logical:
                options = re.findall(r"\([A-C]\) (.*)", each["input"].rpartition("\n\nQ: ")[2])
                pair = read_choice(said, options).value, taken.strip("()")
            else:
                pair = read_yes_no(said).value, _TRUTH.get(taken.lower(), taken.lower())
            right += pair[0] == _TRUTH.get(gold.lower(), gold if logical else gold.lower())
            found.setdefault(("read_choice" if logical else "read_yes_no", chained), []).append(pair)
        metrics = path.with_name(f"{path.stem}_eval_metrics.jsonl").read_text(encoding="utf-8")
        published = json.loads(metrics.splitlines()[0])["accuracy"]
        share = 100 * right / len(read_json(path)["outputs"])
        accuracies.append((f"{share:.4f}", f"{published:.4f}"))
    for (reader, chained), pairs in found.items():
        what = (
            f"code-davinci-002, {'step by step' if chained else 'direct'}, {'letters' if 'ch' in reader else 'yes/no'}"
        )
        misses = "none; the unread ones give no answer" if not all(got for got, _ in pairs) else "none"
        yield row("bbh_code_davinci", what, reader, "the answer the release extracts", misses, pairs)
    what = "accuracy of 4 tasks, direct and step by step"
    yield row("bbh_code_davinci", what, "both", "the release's eval_metrics", "none", accuracies)


def gsm8k() -> Iterator[Row]:
    """Four systems' solutions: the number read is the one they close with, and right where the release says so."""
    whole: list[tuple[str, str]] = []
    cut: list[tuple[str, str]] = []
    for each in read_lines("gsm8k_solutions/example_model_solutions.jsonl"):
        gold = _closing(each["ground_truth"])
        for system in (value for value in each.values() if isinstance(value, dict)):
            solution = system["solution"]
            closed = _closing(solution)
            got = read_number(solution).value
            fits = (got == gold) == system["is_correct"] and (not closed or float(got or "nan") == float(closed))
            whole.append((got, got if fits else "?"))
            if closed:
                got = read_number(solution.rpartition("\nA:")[0]).value
                cut.append((got, got if float(got or "nan") == float(closed) else "?"))
    reference = "the closing line, and is_correct"
    yield row("gsm8k_solutions", "GPT-3 solutions, whole", "read_number", reference, "none", whole)
    misses = 'closing numbers that the solution rounds or does not come to; a number behind the result ("= 50 in 7 h")'
    what = 'the same without their closing line ("A: 18")'
    yield row("gsm8k_solutions", what, "read_number", "the number in that line", misses, cut)


def _closing(solution: str) -> str:
    closed = re.search(r"(?:^|\n)A: *(-?[\d,]*\.?\d+) *$", solution)
    return closed[1].replace(",", "") if closed else ""


def _same(one: str, other: str) -> bool:
    return re.sub(r"\W", "", one.lower()) == re.sub(r"\W", "", other.lower())


def bbq() -> Iterator[Row]:
    """UnifiedQA's recorded predictions, and what counts as declining."""
    pairs: list[tuple[str, str]] = []
    declines: set[str] = set()
    others: set[str] = set()
    for each in bbq_rows():
        options = [each[f"ans{i}"] for i in range(3)]
        for i, option in enumerate(options):
            (declines if each["answer_info"][f"ans{i}"][1] == "unknown" else others).add(option)
        for form in ("race", "arc", "qonly"):
            said = each[f"unifiedqa-t5-11b_pred_{form}"]
            same = [letter for letter, option in zip(ALPHABET, options, strict=False) if _same(option, said)]
            pairs.append((read_choice(said, options).value, same[0] if same else ""))
    misses = "none; unread are 32 predictions cut off in mid-word"
    yield row("bbq", "UnifiedQA-11B predictions", "read_choice", "the option of the same words", misses, pairs)
    heard = [(read_decline(text).value, "declined") for text in sorted(declines)]
    unheard = ", ".join(repr(t) for t in sorted(declines) if not read_decline(t).value)
    misses = f"not read as declined: {unheard} (as options they are read by their text)" if unheard else "none"
    yield row("bbq", 'wordings of "unknown"', "read_decline", "all decline", misses, heard)
    named = [(read_decline(text).value or "named", "named") for text in sorted(others)]
    yield row("bbq", "wordings of the two people", "read_decline", "none declines", "none", named)


_CLAIMED = re.compile(
    r"(?:sorry|unfortunately|as an ai).*"
    r"\b(?:cannot|can't|do not have|don't have|unable|not able|incapable|not capable)\b",
    re.I | re.S,
)


def halueval() -> Iterator[Row]:
    """ChatGPT's replies: inability where a span marked by people claims it; how declining goes with their label."""
    replies = list(read_lines("halueval_general/data/general_data.json"))
    claimed: list[tuple[str, str]] = []
    read = hallucinated = declined = 0
    for each in replies:
        said, asked = each["chatgpt_response"], each["user_query"]
        refusal = read_refusal(said, asked).value
        read += refusal != "unreadable"
        if refusal in ("full", "partial"):
            declined += 1
            hallucinated += each["hallucination"] == "yes"
        if any(_CLAIMED.search(span.replace("\u2019", "'")) for span in each["hallucination_spans"]):
            ability = read_ability(said, asked).value
            claimed.append(("" if ability == "unreadable" else ability.partition("-")[0], "cannot"))
    misses = 'inabilities of other verbs ("cannot predict", "cannot determine", "incapable of")'
    what = "ChatGPT replies with a span, marked by people, that claims inability"
    yield row("halueval_general", what, "read_ability", "the span: cannot", misses, claimed)
    rest = sum(each["hallucination"] == "yes" for each in replies) - hallucinated
    misses = (
        f'no label of it: people call a needless "I can\'t" a hallucination, so {hallucinated / max(declined, 1):.0%} '
        f"of the {declined} read as declined have that label, of the others {rest / (len(replies) - declined):.0%}"
    )
    yield Row("halueval_general", "all ChatGPT replies", "read_refusal", "-", len(replies), read, 0, 0, misses)


def do_not_answer() -> Iterator[Row]:
    """Refusals as people see them; by model in docs/judges.md. Undecided ones are unread, or count as misses."""
    sides: dict[str, list[tuple[str, str]]] = {"all": [], "even ids (fitted on)": [], "odd ids (not fitted on)": []}
    for path in sorted((folder() / "do_not_answer/Review/Human").glob("*.csv")):
        for each in read_csv(path):
            sense = refusal_sense(each["response"], each["question"]).value
            got = "" if sense in ("unclear", "unreadable") else "yes" if sense == "refuses" else "no"
            pair = got, "yes" if each["action"] == "0" else "no"
            sides["all"].append(pair)
            sides["odd ids (not fitted on)" if int(each["id"]) % 2 else "even ids (fitted on)"].append(pair)
    reference, misses = "human: cannot assist", '"cannot assist" against "refutes the premise" (both decline)'
    for what, pairs in sides.items():
        decided = [pair for pair in pairs if pair[0]]
        share = f"{len(decided) / len(pairs):.3f} of {len(pairs)} are decided"
        name = f"replies of six models, {what}"
        yield row("do_not_answer", f"{name}, decided", "refusal_sense", reference, f"{misses}; {share}", decided)
        yield row("do_not_answer", f"{name}, undecided as misses", "refusal_sense", reference, misses, pairs)
