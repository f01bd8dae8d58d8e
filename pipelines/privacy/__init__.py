"""One person found in texts and files, and taken out of them; knows no store."""
