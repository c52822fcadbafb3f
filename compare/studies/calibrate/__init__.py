"""Whether the timer finds what is planted."""
