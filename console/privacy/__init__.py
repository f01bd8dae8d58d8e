"""Commands for requests of people about their data."""
