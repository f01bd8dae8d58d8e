"""A whole run, from files to exports, beside the script that people write instead. `make bench-pipeline` runs it."""
