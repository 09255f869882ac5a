"""Mend and the project that `rasa init` makes, measured side by side on this machine: `make bench`."""
