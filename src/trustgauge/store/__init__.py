"""The store: runs, cases, replies and records, in one SQLite file by default."""

from trustgauge.store.connect import shown
from trustgauge.store.judged import Judged, Label, Spot, Used
from trustgauge.store.rows import KEY_BYTES, RunInfo, reply_key
from trustgauge.store.store import Settled, Store

__all__ = ["KEY_BYTES", "Judged", "Label", "RunInfo", "Settled", "Spot", "Store", "Used", "reply_key", "shown"]
