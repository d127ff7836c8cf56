import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from imagination.results.budget.systems import (
    DIGITS,
    FAMILIES,
    PARAMETERS,
    _doubt,
    best_split,
    draw,
    errors_of,
    relative_bound,
)
from imagination.results.return_gap import claims as return_gap


@pytest.fixture
def rng():
    return np.random.default_rng(2)


def by_hand(**changes):
    problem = dict.fromkeys(PARAMETERS, 1.0) | {"floor_dyn": 0, "floor_rew": 0, "gamma": 0.5, "L_f": 0.25}
    return pd.DataFrame([problem | {"budget": 100} | changes])


@pytest.mark.parametrize("family", FAMILIES)
def test_problems_are_within_what_lemma_1_supposes(family, rng):
    problems = draw(family, rng, 200)
    assert list(problems.columns) == ["family", *PARAMETERS]
    assert (problems["gamma"] * problems["L_f"] * (1 + problems["L_pi"]) < 1).all()
    positive = ["A_dyn", "alpha", "A_rew", "beta", "c_dyn", "c_rew", "budget"]
    assert (problems[positive] > 0).all(axis=None)
    assert np.isfinite(relative_bound(problems)).all()


def test_the_generator_alone_decides_the_problems(rng):
    one, other = (draw("floors", np.random.default_rng(1), 5) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    assert not one.equals(draw("floors", rng, 5))


def test_errors_and_the_bound_by_hand():
    problem = by_hand(alpha=0.5, c_rew=2, floor_rew=0.5, L_r=3)
    dyn, rew = errors_of(problem, np.array([0.0]))  # half of 100 each: 50 and 25 samples
    assert dyn == pytest.approx(50**-0.5) and rew == pytest.approx(1 / 25 + 0.5)
    per_dyn, per_rew = relative_bound(problem)
    constants = {"gamma": 0.5, "L_f": 0.25, "L_r": 3, "L_pi": 1}
    both = return_gap.bound(**constants, eps_dyn=float(dyn[0]), eps_rew=float(rew[0]))
    assert per_dyn * dyn + per_rew * rew == pytest.approx(both)


def test_a_symmetric_problem_is_split_in_the_middle():
    """Equal laws and prices, and L_r such that both errors weigh alike."""
    found = best_split(by_hand(L_r=0.75)).iloc[0]
    assert found["log_odds"] == pytest.approx(0, abs=1e-8)
    assert found["N_dyn"] == pytest.approx(50) and found["N_rew"] == pytest.approx(50)


@pytest.mark.parametrize("family", FAMILIES)
def test_another_search_finds_the_same_optimum(family, rng):
    problems = draw(family, rng, 15)
    found = best_split(problems)
    per_dyn, per_rew = relative_bound(problems)
    for i in range(len(problems)):
        row = problems.iloc[[i]]

        def value(log_odds, row=row, i=i):
            dyn, rew = errors_of(row, np.array([log_odds]))
            return float(per_dyn[i] * dyn[0] + per_rew[i] * rew[0])

        other = minimize_scalar(value, bounds=(-60, 60), method="bounded", options={"xatol": 1e-10})
        assert found["bound"].iloc[i] <= other.fun * (1 + 1e-12)
        assert found["bound"].iloc[i] == pytest.approx(other.fun, rel=1e-9)


def test_the_doubt_is_what_rounding_moves_a_minimum_of_that_curvature():
    curvature = np.array([4.0, 0.25, 0.0])
    doubt = _doubt(lambda x: 7 * (1 + curvature[:, None] * x**2 / 2), np.zeros((3, 1), np.longdouble))
    np.testing.assert_allclose(doubt[:2], 32 * np.sqrt(DIGITS / curvature[:2]), rtol=1e-9)
    assert doubt[2] == 32  # flat: it may be anywhere


def test_samples_spend_the_budget_and_make_the_errors(rng):
    problems = draw("floors", rng, 50)
    found = best_split(problems)
    spent = problems["c_dyn"] * found["N_dyn"] + problems["c_rew"] * found["N_rew"]
    assert spent.to_numpy() == pytest.approx(problems["budget"].to_numpy(), rel=1e-12)
    above = problems["A_rew"] * found["N_rew"] ** -problems["beta"]
    assert found["above_rew"].to_numpy() == pytest.approx(above.to_numpy(), rel=1e-12)
    assert found["eps_rew"].to_numpy() == pytest.approx((above + problems["floor_rew"]).to_numpy(), rel=1e-12)


def test_floors_do_not_move_the_optimum(rng):
    problems = draw("floors", rng, 50)
    without = best_split(problems.assign(floor_dyn=0.0, floor_rew=0.0))
    pd.testing.assert_series_equal(best_split(problems)["log_odds"], without["log_odds"])


def test_no_other_split_is_better(rng):
    problems = draw("generic", rng, 200)
    found = best_split(problems)
    per_dyn, per_rew = relative_bound(problems)
    for shift in (-1, -1e-3, 1e-3, 1):
        dyn, rew = errors_of(problems, found["log_odds"].to_numpy() + shift)
        assert (per_dyn * dyn + per_rew * rew >= found["bound"] * (1 - 1e-14)).all()


def test_the_index_of_the_problems_is_kept(rng):
    problems = draw("generic", rng, 4)[::-1]
    assert best_split(problems).index.tolist() == [3, 2, 1, 0]


def test_bad_requests(rng):
    with pytest.raises(ValueError, match="family: 'odd' is none of"):
        draw("odd", rng, 3)
    with pytest.raises(ValueError, match="size: 0"):
        draw("generic", rng, 0)
