"""One training in many forms, and where the time of `fit` goes."""
