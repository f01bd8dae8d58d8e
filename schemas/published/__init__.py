"""The published views: what readers may see, and which role sees what of it."""
