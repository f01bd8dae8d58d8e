"""Records become edges become clusters: blocking keys, candidate pairs, match weights, clustering."""
