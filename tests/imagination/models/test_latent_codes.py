"""Measures of codes: closed forms."""

import math

import pytest
import torch

from imagination.models import latent_codes as codes


def cloud(*deviations: float, count: int = 4000) -> torch.Tensor:
    """Codes whose sample covariance is exactly diagonal with these standard deviations, (1, count, d)."""
    raw = torch.randn(count, len(deviations), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    raw = raw - raw.mean(0)
    whitened = torch.linalg.solve_triangular(
        torch.linalg.cholesky(raw.T @ raw / (count - 1)), raw.T, upper=False
    )
    return (whitened.T * torch.tensor(deviations, dtype=torch.float64))[None]


@pytest.mark.parametrize(("turn", "loss"), [(0.0, 0.0), (90.0, 1.0), (180.0, 2.0), (60.0, 0.5)])
def test_curvature_is_one_minus_the_cosine_of_the_turn(turn, loss):
    angle = math.radians(turn)
    first = torch.tensor([[[3.0, -1.0]]])
    second = first + torch.tensor([2.0, 0.0])
    third = second + 5 * torch.tensor([math.cos(angle), math.sin(angle)])
    torch.testing.assert_close(codes.curvature(first, second, third), torch.tensor([loss]), atol=1e-6, rtol=0)


def test_variance_and_covariance_penalties():
    wide = codes.covariance(cloud(1.5, 0.4, 2.0))
    torch.testing.assert_close(codes.covariance_penalty(wide), torch.zeros(1, dtype=torch.float64))
    assert codes.variance_penalty(wide).item() == pytest.approx((1 - math.sqrt(0.16 + 1e-4)) / 3)
    tied = cloud(1.0, 1.0)
    tied = torch.stack([tied[..., 0], tied[..., 0] + tied[..., 1]], dim=-1)  # covariance [[1, 1], [1, 2]]
    assert codes.covariance_penalty(codes.covariance(tied)).item() == pytest.approx(1.0)


def test_spread_and_effective_rank():
    assert codes.spread(cloud(3.0, 4.0)).item() == pytest.approx(math.sqrt(12.5))
    assert codes.effective_rank(cloud(2.0, 2.0, 2.0)).item() == pytest.approx(3.0)
    assert codes.effective_rank(cloud(1.0, 1e-9, 1e-9)).item() == pytest.approx(1.0, abs=1e-6)
    # Variances 3 : 1 have entropy log 4 − (3/4) log 3.
    wanted = 4 / 3**0.75
    assert codes.effective_rank(7 * cloud(math.sqrt(3.0), 1.0)).item() == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("deviations", "gone"),
    [
        ((1.0, 1.0, 1.0), False),
        ((0.01, 0.01, 0.01), True),
        ((2.0, 0.01, 0.01), True),
        ((1.0, 0.8, 0.01), False),
    ],
)
def test_collapse_to_a_point_or_a_line_is_seen(deviations, gone):
    assert codes.collapsed(cloud(*deviations)).item() is gone


def test_codes_that_do_not_vary_have_no_nan():
    constant = torch.ones(2, 50, 3)
    assert codes.collapsed(constant).all()
    assert torch.isfinite(codes.effective_rank(constant)).all()
