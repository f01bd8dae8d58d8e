"""Address books as vCard."""
