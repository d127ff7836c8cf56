"""Noisy rewards."""
