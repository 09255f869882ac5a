"""The shared sentence encoder: one pass over a text, and what its heads say of it."""
