"""What stands in the field of a name and is no name of somebody: titles, masked words, words of programs."""
