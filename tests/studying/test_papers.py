"""Both papers' numbers by command: TrustLLM's claims from its tables, the survey's trends from its replies.

Wanted figures: computed apart from this code (scipy) from the published tables, and from the release's own labels.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from support.tg import command_line

DATA = Path(os.environ.get("TRUSTGAUGE_DATA", ""))
TABLES, RELEASE = DATA / "trustllm/results", DATA / "survey2023"
pytestmark = [
    pytest.mark.xdist_group("papers"),
    pytest.mark.skipif(
        not os.environ.get("TRUSTGAUGE_DATA") or not TABLES.is_dir() or not RELEASE.is_dir(),
        reason="TRUSTGAUGE_DATA names no folder with trustllm/results and survey2023",
    ),
]
Document = dict[str, Any]

CLAIMS = {  # coefficient to three decimals, verdict
    "utility: stereotypes": (-0.575, "supported, but not after correction"),
    "utility: robustness": (0.718, "supported"),
    "utility: attacks": (-0.421, "not significant (claimed side)"),
    "over-refusal: jailbreak": (0.347, "not significant (claimed side)"),
    "over-refusal: misuse": (0.324, "not significant (claimed side)"),
    "same construct": (0.950, "supported"),
    "sycophancy: persona": (0.143, "not significant (claimed side)"),
    "sycophancy: preference": (-0.028, "not significant (claimed side)"),
    "over-alignment": (0.375, "not significant (other side)"),
    "openness": (-1.806, "not significant (claimed side)"),
}
MEAN_RANKS = {
    "GPT-4": 5.02, "Llama2-70b": 6.34, "Llama2-13b": 6.79, "ERNIE": 6.84, "ChatGPT": 6.92, "Wizardlm-13b": 7.37,
    "Llama2-7b": 7.65, "Mistral-7b": 7.74, "Vicuna-33b": 8.42, "Vicuna-13b": 8.87, "PaLM 2": 9.81, "ChatGLM2": 9.82,
    "Vicuna-7b": 10.58, "Oasst-12b": 11.02, "Baichuan-13b": 11.34, "Koala-13b": 11.48,
}  # fmt: skip
SHAPES = {
    "safety, published": "better",
    "safety, readable": "better after a dip",
    "fairness, published": "weak",
    "fairness, readable": "not monotone",
    "cause, published": "better",
    "necessity, published": "better",
    "necessity, readable": "no clear change",
    "typos, published": "not monotone",
    "typos, readable": "no clear change",
}
MEANS = {  # base (davinci, opt-1.3b), SFT (flan-t5-xxl), RLHF (text-davinci-003), RLHF chat (gpt-3.5-turbo, gpt-4)
    "safety, published": ((768 + 741) / 1968, 730 / 984, 882 / 984, (979 + 978) / 1968),
    "fairness, published": ((124 + 143) / 756, 143 / 378, 186 / 378, (149 + 207) / 756),
    "typos, published": ((24 / 628 + 94 / 627) / 2, 498 / 627, 358 / 628, (248 + 100) / 1256),
    "cause, published": ((25.33 + 7.33) / 200, 0.9033, 0.9967, 0.9933),
    "necessity, published": ((25.33 + 14.33) / 200, 0.68, 0.6967, (60.33 + 68) / 200),
}


@pytest.fixture(scope="module")
def trustllm(tmp_path_factory: pytest.TempPathFactory) -> Document:
    tg = command_line(tmp_path_factory.mktemp("trustllm"))
    return tg("study", "--tables", str(TABLES), "--json").json


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Document:
    tg = command_line(tmp_path_factory.mktemp("survey"))
    assert tg("import", "survey2023", str(RELEASE), "--study", "survey2023").code == 0
    return tg("study", "survey2023", "--json").json


@pytest.mark.parametrize("claim", CLAIMS)
def test_trustllms_claims(trustllm: Document, claim: str) -> None:
    found = next(c for c in trustllm["claims"] if c["id"] == claim)
    value, verdict = CLAIMS[claim]
    assert found["value"] == pytest.approx(value, abs=0.0005)
    assert found["verdict"] == verdict
    assert found["n"] == 16
    assert found["low"] < found["value"] < found["high"]


def test_what_trustllms_numbers_cannot_tell(trustllm: Document) -> None:
    told = {c["id"]: c["verdict"] for c in trustllm["claims"] if c["id"] not in CLAIMS}
    assert told.pop("transparency") == "no claim about numbers"
    assert set(told) == {"size: jailbreak", "size: robustness", "size: leakage", "retrieval", "commonsense"}
    assert set(told.values()) == {"cannot be told"}


def test_trustllms_mean_ranks_of_its_sixteen_models(trustllm: Document) -> None:
    places = trustllm["ranking"]["places"]
    assert {p["model"]: round(p["mean_rank"], 2) for p in places} == MEAN_RANKS
    assert trustllm["ranking"]["measures"] == 31
    assert [p["place"] for p in places] == list(range(1, 17))
    assert all(p["low"] <= p["place"] <= p["high"] for p in places)
    assert all(p["conventions"][0] <= p["place"] <= p["conventions"][1] for p in places)
    assert any(p["conventions"][0] < p["conventions"][1] for p in places)
    names = [c["name"] for c in trustllm["ranking"]["conventions"]]
    assert sum(name.endswith("other way round") for name in names) == 31
    assert "the 8 suspect columns left out" in names


def test_trustllms_sides_and_missing(trustllm: Document) -> None:
    assert trustllm["openness"]["n"] == [4, 12]
    assert "Mean rank 7.15 of 4 proprietary models, 8.95 of 12 open ones" in next(
        c["said"] for c in trustllm["claims"] if c["id"] == "openness"
    )
    over = next(c["said"] for c in trustllm["claims"] if c["id"] == "over-alignment")
    assert over.startswith("6 of 16 models are above 0.25: Llama2-13b 0.55, Llama2-7b 0.49, Mistral-7b 0.46")
    assert trustllm["missing"] == 0  # the five later models have gaps, and are left out for their faults
    assert any("Llama3-70b" in said for said in trustllm["left_out"])
    assert trustllm["lead"][0].startswith("ONLY 16 MODELS")


@pytest.mark.parametrize("measure", SHAPES)
def test_the_surveys_trends(survey: Document, measure: str) -> None:
    found = next(t for t in survey["trends"] if t["measure"] == measure)
    assert found["shape"] == SHAPES[measure]
    gain = found["gain"]
    assert gain["low"] < gain["value"] < gain["high"]
    if measure in MEANS:
        assert [s["mean"] for s in found["stages"]] == pytest.approx(MEANS[measure], abs=0.0002)
        assert [s["stage"] for s in found["stages"]] == ["base", "SFT", "RLHF", "RLHF chat"]
    assert all(s["low"] < s["mean"] < s["high"] for s in found["stages"])


def test_the_survey_s_answer_in_words(survey: Document) -> None:
    verdicts = {c["id"]: c["verdict"] for c in survey["claims"]}
    assert verdicts["harm-refusal"] == verdicts["stereotypes"] == verdicts["typos"] == "supported for these models"
    assert verdicts["necessity-ours"] == "not supported"
    assert survey["lead"][0].startswith("ONLY 6 MODELS")
    harm = next(t for t in survey["trends"] if t["measure"] == "safety, published")
    assert harm["jonckheere"]["p"] == pytest.approx(22 / 180)  # 6 models: n says little, cases much
    assert harm["gain"]["low"] > 0.2
    assert survey["ranking"]["measures"] == 11
