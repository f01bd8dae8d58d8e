"""Commands for whoever looks at contacts."""
