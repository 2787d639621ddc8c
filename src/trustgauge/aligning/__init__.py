"""Aligning: a model trained from an export in stages, each stage measured on held-out cases, and what changed."""
