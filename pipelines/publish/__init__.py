"""What leaves the warehouse: tables, templates, reports, manifests."""
