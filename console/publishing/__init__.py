"""Commands for segments and exports: check, preview, compare, and who was given whom."""
