"""What people decided, and what follows from it."""
