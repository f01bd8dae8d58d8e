"""What people ask of segments and publications: who is in one, who left and why, a publication made again."""
