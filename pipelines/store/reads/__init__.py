"""What people and checks ask of the warehouse."""
