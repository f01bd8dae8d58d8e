"""Jobs that answer requests of people about their data."""
