"""Lessons as Jupyter notebooks that need nothing of this project."""
