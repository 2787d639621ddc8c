"""Planning: the cases that a question takes, and what asking them costs, before anything is sent."""

from trustgauge.planning.making import Plan, make_plan
from trustgauge.planning.needs import Goal

__all__ = ["Goal", "Plan", "make_plan"]
