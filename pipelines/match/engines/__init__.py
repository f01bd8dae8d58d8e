"""The engine seam: what holds frames and runs the kernel."""
