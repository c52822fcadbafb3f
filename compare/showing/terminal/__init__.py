"""What is printed, with rich."""
