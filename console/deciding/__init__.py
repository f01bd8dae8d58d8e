"""For whoever decides about contacts: edit, tag, merge, block, review, undo."""
