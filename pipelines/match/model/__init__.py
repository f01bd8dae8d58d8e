"""The match model: weights, frequencies, and how they are fitted to a list."""
