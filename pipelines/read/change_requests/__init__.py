"""Tables in which each row is a decision somebody asks for."""
