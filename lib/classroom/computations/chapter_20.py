"""Computations for the exercises of *Where these bounds come from*."""
