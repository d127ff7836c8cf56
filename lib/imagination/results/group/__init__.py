"""Groups of rollouts: baselines made of their own labels, and steps divided by their spread."""
