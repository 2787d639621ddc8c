"""Pure mathematics: intervals, agreement, calibration. Imports nothing but types."""
