"""The price of a label."""
