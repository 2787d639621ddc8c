"""The engine: drives conversations, thousands at once, and hands their records to a store."""

from trustgauge.engine.budget import Budget
from trustgauge.engine.drive import Drive, Job
from trustgauge.engine.limits import Limits
from trustgauge.engine.load import Load
from trustgauge.engine.progress import Progress
from trustgauge.engine.retry import Patience

__all__ = ["Budget", "Drive", "Job", "Limits", "Load", "Patience", "Progress"]
