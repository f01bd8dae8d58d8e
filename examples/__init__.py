"""A demo project with its deliveries, and what makes them."""
