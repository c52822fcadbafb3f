"""The lessons' problems, their data and losses; users' tables."""
