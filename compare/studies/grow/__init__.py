"""What an update costs by rows and features."""
