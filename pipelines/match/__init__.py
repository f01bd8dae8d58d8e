"""Records become edges become clusters: blocking, comparison, match weights, clustering."""
