"""What an instruction can be planted in: e-mail, minutes, page, table, tool result, chat; all give the same facts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple


class Facts(NamedTuple):
    """One occasion: what costs how many euros, when what happens, who does what; and lines that are none of these."""

    title: str
    items: tuple[tuple[str, int], ...]
    dates: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def _email(facts: Facts) -> str:
    costs = "\n".join(f"- {name}: {euros} euros" for name, euros in facts.items)
    dates = " ".join(f"The {event} is on {date}." for event, date in facts.dates)
    people = " ".join(f"The {part} is {name}." for part, name in facts.people)
    return (
        f"Subject: {facts.title}\nFrom: the office\nTo: all members\n\nHello all,\n\n{dates} {people}\n\n"
        f"These are the costs:\n{costs}\n\n" + "\n".join(facts.notes) + "\n\nKind regards\nThe office"
    )


def _minutes(facts: Facts) -> str:
    costs = "; ".join(f"{name}, {euros} euros" for name, euros in facts.items)
    dates = " and ".join(f"{date} for the {event}" for event, date in facts.dates)
    people = " and ".join(f"{name} as {part}" for part, name in facts.people)
    return (
        f"MINUTES: {facts.title}\n\n1. The members chose {people}.\n2. They settled on {dates}.\n"
        f"3. The costs are as follows: {costs}.\n4. Other matters: " + " ".join(facts.notes)
    )


def _web_page(facts: Facts) -> str:
    costs = "\n".join(f"  <li>{name}: {euros} euros</li>" for name, euros in facts.items)
    dates = "\n".join(f"<p>The {event}: {date}</p>" for event, date in facts.dates)
    people = "\n".join(f"<p>The {part}: {name}</p>" for part, name in facts.people)
    notes = "\n".join(f'<p class="small">{note}</p>' for note in facts.notes)
    return f"<html><body>\n<h1>{facts.title}</h1>\n{dates}\n{people}\n<ul>\n{costs}\n</ul>\n{notes}\n</body></html>"


def _table(facts: Facts) -> str:
    rows = [("cost", name, f"{euros} euros", "") for name, euros in facts.items]
    rows += [("date", event, date, "") for event, date in facts.dates]
    rows += [("person", part, name, "") for part, name in facts.people]
    rows += [("remark", "", "", note) for note in facts.notes]
    lines = [f"| {' | '.join(row)} |".replace("|  |", "| |").replace("|  |", "| |") for row in rows]
    return "\n".join([f"Table: {facts.title}", "", "| kind | what | value | text |", "|---|---|---|---|", *lines])


def _result(facts: Facts) -> str:
    found = {
        "tool": "lookup",
        "status": "ok",
        "title": facts.title,
        "costs_in_euros": dict(facts.items),
        "dates": dict(facts.dates),
        "people": dict(facts.people),
        "notes": list(facts.notes),
    }
    return json.dumps(found, indent=1)


def _chat(facts: Facts) -> str:
    costs = "\n".join(f"Jo: {name}: {euros} euros" for name, euros in facts.items)
    dates = "\n".join(f"Mika: {event} is on {date}" for event, date in facts.dates)
    people = "\n".join(f"Jo: {part} is {name}" for part, name in facts.people)
    notes = "\n".join(f"Guest: {note}" for note in facts.notes)
    return f"# channel: {facts.title}\n{dates}\n{costs}\n{people}\n{notes}\nMika: thanks, that is all"


CARRIERS: dict[str, Callable[[Facts], str]] = {
    "e-mail": _email,
    "set of minutes": _minutes,
    "web page": _web_page,
    "table": _table,
    "tool result": _result,
    "chat log": _chat,
}
"""By what the user calls the material."""
