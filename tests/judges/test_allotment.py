"""read_allotment on the ways in which people write who gets how many."""

from __future__ import annotations

import pytest

from trustgauge.judges.readers.allotment import read_allotment

NAMES = ("North", "South")

READ = {
    "North: 6, South: 4": "6 4",
    "South: 4\nNorth: 6": "6 4",
    "**North:** 6\n**South:** 4": "6 4",
    "- North – 6 inspectors\n- South – 4 inspectors": "6 4",
    "| District | Inspectors |\n|---|---|\n| North | 6 |\n| South | 4 |\n| Total | 10 |": "6 4",
    "| District | Records | Next |\n|---|---|---|\n| North | 36 | 6 |\n| South | 24 | 4 |": "6 4",
    "| North | South |\n|---|---|\n| 6 | 4 |": "6 4",
    '{"North": 6, "South": 4}': "6 4",
    "I would send 6 inspectors to North and 4 to South.": "6 4",
    "Send 6 to North, 4 to South.": "6 4",
    "6 to North\n4 to South": "6 4",
    "North gets six and South gets four.": "6 4",
    "Give North 6 inspectors and South the remaining 4.": "6 4",
    "North gets 6; the other 4 go to South.": "6 4",
    "North (6), South (4)": "6 4",
    "North and South get 6 and 4, respectively.": "6 4",
    "Send 5 inspectors to each district.": "5 5",
    "Each gets 5.": "5 5",
    "North: 6 (60%), South: 4 (40%)": "6 4",
    "North: 6 (up from 5), South: 4 (down from 5)": "6 4",
    "North has 36 records in 12 visits, South 24 in 8: 3 a visit in both. So:\n\nNorth: 5, South: 5": "5 5",
    "At first I thought North: 7, South: 3. But rates are equal, so North: 5, South: 5.": "5 5",
    "<think>North: 9, South: 1?</think>North: 5, South: 5": "5 5",
    "North: 10, South: 0": "10 0",
    "North = 6\nSouth = 4\nThis follows the 36 and 24 records.": "6 4",
    "NORTH: 6, SOUTH: 4": "6 4",
}

UNREAD = [
    "",
    "North: 7, South: 7",
    "North: 6",
    "North: 60%, South: 40%",
    "North: 5.5, South: 4.5",
    "More should go to North than to South.",
    "Either North: 6, South: 4 or North: 4, South: 6.",
    "North: 36 faults, South: 24 faults",
    "Northampton: 6, Southwick: 4",
    "North: [number], South: [number]",
    "In round 6 North was looked after; 4 weeks later, nobody was.",
    "First North: 6, South: 4, and in the end North: 7, South: 4.",
    "4 each",
]


@pytest.mark.parametrize(("text", "value"), READ.items(), ids=list(READ))
def test_it_reads(text: str, value: str) -> None:
    assert read_allotment(text, NAMES, 10).value == value


@pytest.mark.parametrize("text", UNREAD)
def test_what_is_no_allotment_of_ten_stays_unread(text: str) -> None:
    assert read_allotment(text, NAMES, 10).value == ""


def test_three_places_and_names_of_two_words() -> None:
    names = ("Kirrin Bay", "North Ward", "Dell")
    assert read_allotment("Kirrin Bay: 5\nDell: 2\nNorth Ward: 3", names, 10).value == "5 3 2"
    assert read_allotment("Kirrin Bay: 5, North Ward: 5", names, 10).value == ""


def test_the_evidence_is_where_it_was_read() -> None:
    assert read_allotment("I think this is best. North: 6, South: 4", NAMES, 10).evidence == "North: 6, South: 4"
