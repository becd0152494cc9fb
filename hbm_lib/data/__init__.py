"""Checks that every data object makes at the door, and measured results on file."""
