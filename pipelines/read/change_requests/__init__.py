"""Change requests: tables or YAML in which each row is a decision somebody asks for."""
