"""Weakness: where a run's model is worst with confidence, and what a training mix of its gaps is made of."""

from __future__ import annotations

from trustgauge.weakness.finding import weak
from trustgauge.weakness.result import Part, Place, Weakness

__all__ = ["Part", "Place", "Weakness", "weak"]
