"""Commands for whoever runs the data."""
