"""Danger: what in a text tells of it, and who can help."""
