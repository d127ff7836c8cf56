"""What can be said of codes, the outputs of an encoder: how straight they move, how widely they spread.

All functions take torch tensors with the models on the leading axis, (C, B, d), and gradients flow.
"""

from __future__ import annotations

import torch

from imagination.checks import check_shape, numeric
from imagination.models.fitting import Tensor

LEAST_SPREAD = 0.1
"""Codes whose spread is below this have collapsed; the variance penalty asks for 1."""

LEAST_RANK = 1.5
"""Codes with a smaller effective rank have collapsed on a line, whatever their spread."""


@numeric
def curvature(first: Tensor, second: Tensor, third: Tensor) -> Tensor:
    """Mean of 1 − cos between ``second − first`` and ``third − second``, (C,): 0 for straight motion."""
    size: tuple[int | None, ...] = (None, None, None)
    for name, codes in (("first", first), ("second", second), ("third", third)):
        size = check_shape(name, codes, size)
        if not codes.is_floating_point():
            raise ValueError(f"{name} must hold floats, got {codes.dtype}")
    cosine = torch.nn.functional.cosine_similarity(second - first, third - second, dim=-1)
    return (1 - cosine).mean(-1)


@numeric
def covariance(codes: Tensor) -> Tensor:
    """Sample covariance of the codes' components, (C, d, d)."""
    _, count, _ = check_shape("codes", codes, (None, None, None))
    if count < 2 or not codes.is_floating_point():
        raise ValueError(f"codes must be 2 or more floats, got {codes.dtype} of shape {tuple(codes.shape)}")
    centred = codes - codes.mean(1, keepdim=True)
    return centred.mT @ centred / (codes.shape[1] - 1)


def variance_penalty(matrix: Tensor) -> Tensor:
    """Mean over components of ``max(0, 1 − standard deviation)``, (C,), from (C, d, d) covariances."""
    deviation = (torch.diagonal(matrix, dim1=1, dim2=2) + 1e-4).sqrt()
    return (1 - deviation).clamp(min=0).mean(-1)


def covariance_penalty(matrix: Tensor) -> Tensor:
    """Sum of the squared off-diagonal covariances, divided by d, (C,)."""
    diagonal = torch.diagonal(matrix, dim1=1, dim2=2)
    return (matrix.square().sum((1, 2)) - diagonal.square().sum(1)) / matrix.shape[1]


@numeric
def spread(codes: Tensor) -> Tensor:
    """Root of the mean variance of a component, (C,)."""
    return torch.diagonal(covariance(codes), dim1=1, dim2=2).mean(1).sqrt()


@numeric
def effective_rank(codes: Tensor) -> Tensor:
    """In how many directions codes really vary, (C,): from 1 (a line) to d (all alike).

    The exponential of the entropy of the shares that the principal directions have in the variance
    [Roy and Vetterli, 2007]. It does not depend on the codes' scale.
    """
    check_shape("codes", codes, (None, None, None))
    matrix = covariance(codes.double())
    check_shape("the covariance of codes", matrix, tuple(matrix.shape))
    shares = torch.linalg.eigvalsh(matrix).clamp(min=0)
    shares = shares / shares.sum(-1, keepdim=True).clamp(min=torch.finfo(shares.dtype).tiny)
    return torch.special.entr(shares).sum(-1).exp()


@numeric
def collapsed(codes: Tensor) -> Tensor:
    """Whether codes say (almost) nothing any more: all near one point, or all near one line, (C,) bool."""
    return (spread(codes) < LEAST_SPREAD) | (effective_rank(codes) < LEAST_RANK)
