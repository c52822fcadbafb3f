"""Causes, stage by stage: each is named only if it gives the numbers."""
