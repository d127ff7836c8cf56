"""The multiplier."""
