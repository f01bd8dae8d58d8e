"""Commands that decide: edit, tag, merge, block, review, undo."""
