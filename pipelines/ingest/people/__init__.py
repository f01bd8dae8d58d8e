"""Whose rows are whose: people of one record id told apart, and people who were erased left out."""
