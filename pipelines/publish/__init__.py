"""What leaves the warehouse: segments, their filters, files and manifests."""
