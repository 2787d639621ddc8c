"""How charts are drawn: one style, one way to lay out lines, and the renderer without scripts."""
