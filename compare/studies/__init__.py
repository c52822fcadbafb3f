"""What each command finds out."""
