"""Computations for the exercises of *A judge who says yes or no*."""

from imagination.results.verifier.claims import AT_END, PER_STEP

TPR, FPR, GAMMA, GRADIENT = 0.7, 0.2, 0.9, 0.1
"""The judge and the episode of the second exercise."""


def each_step(length: float = -GAMMA) -> float:
    """The mean with a verdict at every step."""
    return float(PER_STEP.evaluate(tpr=TPR, fpr=FPR, gradient=GRADIENT, of_length=length))


def only_end(end: float = 1 - GAMMA) -> float:
    """The mean with one verdict at the end."""
    return float(AT_END.evaluate(tpr=TPR, fpr=FPR, gradient=GRADIENT, of_end=end))
