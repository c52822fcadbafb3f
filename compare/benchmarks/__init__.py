"""One training in many forms, as an expert writes it, and their costs."""
