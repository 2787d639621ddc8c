"""The engine: drives conversations, thousands at once, and hands their records to a store."""

from trustgauge.engine.drive import Drive, Job, Progress
from trustgauge.engine.retry import Patience

__all__ = ["Drive", "Job", "Patience", "Progress"]
