"""Models learned from transitions: counts, least squares, networks trained for many seeds at once."""
