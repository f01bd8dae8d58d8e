"""What every reader declares and yields, and the frames it yields them in."""
