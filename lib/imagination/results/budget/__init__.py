"""Splitting a sampling budget."""
