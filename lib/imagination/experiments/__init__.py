"""Experiments: the only rooms that see both a claim and the systems it speaks of."""
