"""Further tables of a report: the survey's own metrics, and what an imported study has to show."""

from __future__ import annotations

from trustgauge.reports.profile import Profile
from trustgauge.reports.section import Section, survey_metrics
from trustgauge.store import Store


def sections(profiles: list[Profile], store: Store) -> list[Section]:
    """All further tables for these runs, in reading order."""
    found: list[Section] = []
    released = [p for p in profiles if p.run.manifest.get("import") == "survey2023"]
    if released:
        from trustgauge.reports.survey2023 import release_sections

        found += release_sections(released, store)
    recorded = [p for p in profiles if p.run.manifest.get("import") == "jsonl"]
    if recorded:
        from trustgauge.reports.agreement import agreement_sections

        found += agreement_sections(recorded, store)
    own = survey_metrics([p for p in profiles if not p.run.manifest.get("import")])
    return [*found, own] if own else found
