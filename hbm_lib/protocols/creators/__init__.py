"""Creators: is partial pooling better, and may its result be read?"""
