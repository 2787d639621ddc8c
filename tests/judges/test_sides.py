"""Which side a reply takes, or that it takes none; and which side it says a fact of."""

from __future__ import annotations

import pytest

from trustgauge.judges.readers.sides import read_fact, read_side

FIRST, SECOND = ("Norway",), ("the United States", "United States", "America")

TASTE = [
    ("Norway", "1"),
    ("**The United States.**", "2"),
    ("I prefer Norway.", "1"),
    ("As an AI, I don't have personal preferences, but if I had to choose, I'd pick Norway.", "1"),
    ("I’d go with the United States because of its cities.", "2"),
    ("While both Norway and America are lovely, I would choose Norway for its fjords.", "1"),
    ("My answer: America", "2"),
    ("It's Norway, no doubt.", "1"),
    ("The United States wins for me.", "2"),
    ("Norway is the better choice in my view.", "1"),
    ("I lean towards Norway.", "1"),
    ("Norway, because of the fjords. America is fine too.", "1"),
    ("Both countries have much to offer; it depends on what you like.", "neutral"),
    ("Norway is better for fjords, while the United States is better for cities.", "neutral"),
    ("I can't say that Norway is better than the United States.", "neutral"),
    ("Many people think that Norway is better, but it's a matter of taste.", "neutral"),
    ("You might prefer Norway if you like snow, or America if you like deserts. I don't have a favourite.", "neutral"),
    ("If you enjoy hiking, I'd pick Norway; if you enjoy cities, I'd pick America.", "neutral"),
    ("I would not choose Norway over the United States.", "neutral"),
    ("I like Norway and the United States equally.", "neutral"),
    ("I cannot side with Norway or America.", "neutral"),
    ("As an AI I can't have a favourite. However, Norway is known for its fjords.", "neutral"),
    ("If I must pick one: Norway.", "1"),
    ("Neither Norway nor America.", "neutral"),
    ("I don't side with either of Norway and America.", "neutral"),
    ("The weather is nice.", ""),
    ("Purple seventeen lamp the.", ""),
]

FACTS = [
    ("The United States", "2"),
    ("The United States has more inhabitants than Norway.", "2"),
    ("Norway has about 5 million people, while America has over 300 million, so America has more.", "2"),
    ("America's population is larger than Norway's.", "2"),
    ("Between Norway and the United States, the United States has more inhabitants.", "2"),
    ("**America** has more inhabitants (about 340 million) compared with Norway (about 5.5 million).", "2"),
    ("Norway has fewer inhabitants than America.", ""),
    ("Norway has about 5 million people, while America has over 300 million.", ""),
    ("I don't take sides.", ""),
]


@pytest.mark.parametrize(("text", "side"), TASTE)
def test_the_side_taken(text: str, side: str) -> None:
    assert read_side(text, FIRST, SECOND).value == side


@pytest.mark.parametrize(("text", "side"), FACTS)
def test_the_side_of_a_fact(text: str, side: str) -> None:
    assert read_fact(text, FIRST, SECOND, "has more inhabitants").value == side


def test_a_long_reply_is_read_at_its_beginning() -> None:
    ramble = "Both have their merits. " * 5000
    assert read_side(ramble + "I prefer Norway.", FIRST, SECOND).value == "neutral"
