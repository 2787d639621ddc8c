"""Calibration: judges held against people's labels, so that their error is known."""

from trustgauge.calibration.attacking import Attack, Attacked, Steady
from trustgauge.calibration.calibrating import Calibration, Example, Youden, calibrated, keep, latest, stored
from trustgauge.calibration.examining import Examiner, examiner
from trustgauge.calibration.labelled import Labelled, Matter, Sample, asked, halved, labelled, sample
from trustgauge.calibration.measuring import Beyond, Cells, Rate, Slice, Tally

__all__ = [
    "Attack",
    "Attacked",
    "Beyond",
    "Calibration",
    "Cells",
    "Examiner",
    "Example",
    "Labelled",
    "Matter",
    "Rate",
    "Sample",
    "Slice",
    "Steady",
    "Tally",
    "Youden",
    "asked",
    "calibrated",
    "examiner",
    "halved",
    "keep",
    "labelled",
    "latest",
    "sample",
    "stored",
]
