"""Checks that every data object makes at the door, and the registry of real data."""
