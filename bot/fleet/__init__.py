"""Mend on many machines: a receiver that keeps updates, workers that answer, and PostgreSQL between them."""
