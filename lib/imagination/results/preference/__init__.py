"""Rewards from comparisons: what can be known of them, and what the rest does to a policy gradient."""
