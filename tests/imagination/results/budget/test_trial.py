import numpy as np
import pandas as pd
import pytest
import sympy as sp

from imagination.decide.allocation import allocate
from imagination.results.budget import claims
from imagination.results.budget.trial import (
    REPORTED,
    TRIALS,
    along,
    off,
    price_of_multiplier,
    run,
    summary,
    trial,
    value,
    violations,
)


@pytest.fixture(scope="module")
def table():
    return run("quick", seed=3)


def test_no_claim_is_violated(table):
    assert len(table) == 1000 and violations(table).empty


def test_the_optima_are_known_well_enough_to_judge(table):
    assert table["doubt"].median() < 1e-6 and table["doubt"].quantile(0.99) < 1e-3


@pytest.mark.parametrize("tried", TRIALS, ids=lambda tried: tried.claim.name)
def test_every_claim_is_tried_often_and_somewhere_exactly(table, tried):
    excess = tried.excess(table)[tried.spoken_of(table)]
    assert len(excess) >= 200 and np.median(excess.clip(min=0)) < 1e-6
    if tried.claim.relation == "==":
        wrong = tried.refuted(table.assign(N_dyn=table["N_dyn"] * 1.1, N_rew=table["N_rew"] / 1.1))
        assert wrong.sum() == len(excess), "a split that is not the optimum refutes"


def test_claims_are_tried_only_where_they_apply(table):
    spoken = {tried.claim.name: tried.spoken_of(table) for tried in TRIALS}
    equal = (table["alpha"] == table["beta"]).to_numpy()
    assert (spoken["Equal exponents"] == equal).all()
    faster = (table["alpha"] < table["beta"]).to_numpy()
    assert (spoken["Rewards grow slowly"] == faster).all() and (
        spoken["Rewards grow no slower"] == faster
    ).all()
    assert (table.loc[spoken["Theorem 1 with floors"], "family"] == "floors").all()
    assert spoken["Theorem 1"].all()


def test_allocate_is_as_good_as_trying_all_splits(table):
    assert table["excess"].max() <= 1e-12 and table["excess"].min() >= -1e-12


def test_what_is_violated_is_reported(table):
    worse = table.assign(excess=table["excess"] + 1e-6)
    assert len(violations(worse)) == len(table)
    moved = table.assign(N_dyn=table["N_dyn"] * (1 + 2.1 * table["doubt"]))
    assert len(violations(moved)) == len(table)
    found = summary(moved)
    assert found["problems"].tolist() == found["violations"].tolist() == [250] * 4
    assert (found["Theorem 1"] > table.groupby("family", sort=False)["doubt"].max()).all()


def test_the_sign_and_size_of_what_is_off_by_hand():
    rows = pd.DataFrame({"N_dyn": [2.0, 8.0], "N_rew": [4.0, 4.0]})
    assert off(sp.Eq(claims.N_d, claims.N_r), rows) == pytest.approx(np.log([0.5, 2]))
    assert value(claims.N_d / claims.N_r, rows) == pytest.approx([0.5, 2])


def test_the_trial_is_reproducible():
    one, other = (trial({"family": "floors", "size": 5}, np.random.default_rng(1)) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)


def test_a_wrong_multiplier_costs_what_results_say():
    """57% and 8% for 1,968 times at 1e6 and 1e8; 0.4% for 3 times at 1e6."""
    price = price_of_multiplier([1, 3, 1968], [1e6, 1e8]).set_index(["budget", "factor"])["regret"]
    assert price[1e6, 1] == pytest.approx(0, abs=1e-15)
    assert round(price[1e6, 1968], 2) == 0.57
    assert round(price[1e8, 1968], 2) == 0.08
    assert round(price[1e6, 3], 3) == 0.004


def test_the_price_by_hand():
    price = price_of_multiplier([10.0], [1e4], multiplier=2.0, c_dyn=3.0, c_rew=0.5).iloc[0]
    laws = REPORTED | {"c_dyn": 3, "c_rew": 0.5, "budget": 1e4}
    best, wrong = allocate(**laws, multiplier=2), allocate(**laws, multiplier=20)
    assert price["regret"] == pytest.approx((2 * wrong.eps_dyn + wrong.eps_rew) / best.error - 1)
    assert price["share"] == pytest.approx(3 * wrong.N_dyn / 1e4)


def test_the_price_is_never_negative_and_grows_with_the_factor():
    price = price_of_multiplier(10.0 ** np.arange(-4, 5), [1e3, 1e9])
    assert (price["regret"] >= -1e-15).all()
    for _, part in price.groupby("budget"):
        assert (np.diff(part["regret"][part["factor"] >= 1]) > 0).all()
        assert (np.diff(part["regret"][part["factor"] <= 1]) < 0).all()


def test_all_splits_of_a_problem_by_hand():
    problem = {"A_dyn": 2, "alpha": 1, "A_rew": 3, "beta": 0.5, "c_dyn": 2, "c_rew": 4, "budget": 200}
    row = along([0.5], **problem, multiplier=5).iloc[0]  # 50 and 25 samples
    assert row["dynamics"] == pytest.approx(5 * 2 / 50) and row["reward"] == pytest.approx(3 / 5)
    assert row["error"] == pytest.approx(0.8)
    assert row["gain dynamics"] == pytest.approx(5 * 2 / 50**2 * 1)  # one more dynamics sample
    assert row["gain reward"] == pytest.approx(0.5 * 3 * 25**-1.5 * 0.5)  # half a label


def test_at_the_optimum_both_gains_are_equal_and_the_error_is_least():
    problem = REPORTED | {"c_dyn": 1, "c_rew": 7, "budget": 1e5, "multiplier": 2}
    best = allocate(**problem)
    shares = np.linspace(0.01, 0.99, 99)
    (row,) = along([best.N_dyn / 1e5], **problem).to_dict("records")
    assert row["gain dynamics"] == pytest.approx(row["gain reward"], rel=1e-9)
    assert (
        row["error"] == pytest.approx(best.error) and (along(shares, **problem)["error"] >= best.error).all()
    )
    with pytest.raises(ValueError, match="shares: between 0 and 1"):
        along([0, 1], **problem)


def test_an_unknown_scale():
    with pytest.raises(ValueError, match="scale: 'huge' is none of"):
        run("huge")
