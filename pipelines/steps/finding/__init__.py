"""Finding contacts: lists by a filter, and quick search."""
