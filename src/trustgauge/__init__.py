"""trustgauge."""
