"""What is timed beside the lessons: forms of one job, as an expert writes it.

As in the lessons, nothing of ours is imported.
"""
