"""The steps of a run. Each reads the store, calls the pure rooms, and commits its work in one transaction."""
