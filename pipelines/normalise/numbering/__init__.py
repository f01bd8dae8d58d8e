"""Phone numbers as written, digits that stand for none, and numbering plans that changed."""
