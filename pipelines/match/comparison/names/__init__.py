"""What names of people are made of, and how they are spelt, across languages and scripts."""
