"""Records as they are compared, and at which level two values agree."""
