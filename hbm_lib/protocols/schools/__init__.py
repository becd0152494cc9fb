"""The schools study: many districts with the truth known, and what happens to those that look best."""
