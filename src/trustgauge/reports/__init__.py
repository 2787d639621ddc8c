"""Reports: read a run's records from the store, never a model."""

from trustgauge.reports.profile import Profile, SubResult, TaskResult, mix_of, profile

__all__ = ["Profile", "SubResult", "TaskResult", "mix_of", "profile"]
