"""A tiny base model from scratch, and the loop that aligns it: measure, export, align, measure again."""
