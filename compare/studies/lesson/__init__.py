"""One lesson: both sides in every mode, judged and timed."""
