"""What people and checks read: details, search, timeline, health."""
