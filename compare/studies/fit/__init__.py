"""Where the time of Keras's fit goes, and what cures it."""
