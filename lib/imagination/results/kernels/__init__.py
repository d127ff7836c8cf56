"""Stochastic worlds."""
