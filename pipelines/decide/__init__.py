"""The decisions people take, checked before they are stored and applied at once to the contacts they touch."""
