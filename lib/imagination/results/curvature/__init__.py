"""Straight trajectories."""
