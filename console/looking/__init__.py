"""Commands for analysts: list, show, timeline, explain."""
