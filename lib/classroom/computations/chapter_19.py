"""Computations for the exercises of *Baselines, critics and groups*."""
