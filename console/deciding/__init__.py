"""Commands for whoever decides about contacts."""
