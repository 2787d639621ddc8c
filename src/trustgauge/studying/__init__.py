"""Across models: what alignment, utility and openness go with, and which measures say the same."""
