"""Roles: what each sees in its snapshot, who was handed its key, and what is noted of that."""
