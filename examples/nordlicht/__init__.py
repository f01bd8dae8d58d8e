"""The invented customers of Nordlicht Räder, what was said with them, and how each source writes that down."""
