"""For whoever looks at contacts: list, show, timeline, explain."""
