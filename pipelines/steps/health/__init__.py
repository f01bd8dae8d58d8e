"""What guards publication: rules that hold of contacts, and their number beside that of the last run."""
