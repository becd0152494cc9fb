"""Creators: how much better partial pooling is, and whether its result may be read."""
