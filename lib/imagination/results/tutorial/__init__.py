"""A bound of one's own."""
