"""Figures: each takes computed values and returns a picture with its text description."""
