"""Measurements: each prints a table; its figures stand in README.md."""
