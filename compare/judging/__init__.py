"""Judge runs by their numbers: pure NumPy, nothing is started."""
