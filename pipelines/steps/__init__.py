"""What an asset or a command calls: each puts the other packages together and commits its work."""
