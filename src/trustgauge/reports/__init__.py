"""Reports: read a run's records from the store, never a model."""

from trustgauge.reports.profile import Profile, SubResult, TaskResult, profile

__all__ = ["Profile", "SubResult", "TaskResult", "profile"]
