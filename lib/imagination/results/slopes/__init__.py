"""Gradients through a learned model."""
