"""Training on a table larger than memory."""
