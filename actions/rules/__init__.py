"""Phrases as data: a file of rules and guards, each held to its own examples, and where they are found in a text."""
