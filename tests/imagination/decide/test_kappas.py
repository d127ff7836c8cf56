"""The book's own quadratic problem: return J(θ) = -θᵀAθ/2 and a policy that maximises J + (b_d + b_r)ᵀθ."""

import numpy as np
import pandas as pd
import pytest

from imagination.decide.kappas import fit, read_regrets

CURVATURE = np.array([[2.0, 0.5], [0.5, 1.0]])
SPREAD = {"dynamics": np.array([[1.0, 0.2], [0.2, 0.5]]), "reward": np.array([[0.3, 0.0], [0.0, 4.0]])}
"""Covariances of both biases, for errors of 1."""

TRUE = {name: np.trace(np.linalg.solve(CURVATURE, spread)) / 2 for name, spread in SPREAD.items()}
SIZES = (16, 64, 256)


def measured(rng, seeds=20, power=1.0, floor=0.0, problems=None):
    """Regrets of policies in which one component has an error of samples^(-1/2); `problems` side by side."""
    frames = []
    for name, spread in SPREAD.items():
        for samples in SIZES:
            error = samples**-0.5
            bias = error * rng.multivariate_normal(np.zeros(2), spread, size=seeds)
            chosen = np.linalg.solve(CURVATURE, bias.T).T
            regret = 0.5 * np.einsum("ni,ij,nj->n", chosen, CURVATURE, chosen) ** power + floor
            frames.append(
                pd.DataFrame(
                    {
                        "quantity": name,
                        "samples": samples,
                        "error": error,
                        "regret": regret,
                        "seed": np.arange(seeds),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def test_kappas_of_a_quadratic_problem_and_their_order():
    found = fit(measured(np.random.default_rng(0), seeds=20_000))
    for name, kappa in found.items():
        assert kappa.value == pytest.approx(TRUE[name], rel=0.03)
        assert kappa.low < TRUE[name] < kappa.high and kappa.high - kappa.low < 0.1 * TRUE[name]
        assert kappa.order == pytest.approx(2, abs=0.03) and kappa.runs == 60_000


def test_regret_of_first_order_is_seen():
    found = fit(measured(np.random.default_rng(0), seeds=2000, power=0.5))["reward"]
    assert found.order == pytest.approx(1, abs=0.05) and found.order_high < 1.5


def test_intervals_hold_as_often_as_they_say():
    """Of 160 intervals of level 0.9 fewer than 128 hold once in ten thousand times, if exact."""
    rng, held, ordered = np.random.default_rng(3), 0, 0
    for _ in range(80):
        for name, kappa in fit(measured(rng, seeds=15), level=0.9).items():
            held += kappa.low < TRUE[name] < kappa.high
            ordered += kappa.order_low < 2 < kappa.order_high
    assert 128 <= held <= 158 and 128 <= ordered <= 158


def test_errors_that_vary_and_are_measured_exactly_give_an_exact_kappa():
    rng = np.random.default_rng(0)
    table = measured(rng, seeds=5).assign(error=lambda t: rng.lognormal(size=len(t)))
    for kappa in fit(table.assign(regret=3 * table["error"] ** 2)).values():
        assert kappa.value == pytest.approx(3) and kappa.high == pytest.approx(kappa.low)
        assert kappa.order == pytest.approx(2) and kappa.order_high == pytest.approx(kappa.order_low)


def test_seeds_that_share_their_luck_count_once():
    rng = np.random.default_rng(0)
    table = measured(rng, seeds=10)
    luck = rng.lognormal(size=10)
    table["regret"] = table["error"] ** 2 * luck[table["seed"]]
    together, apart = fit(table)["reward"], fit(table.drop(columns="seed"))["reward"]
    assert together.value == pytest.approx(apart.value)
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


def test_an_interval_that_reaches_0_weighs_by_its_upper_end():
    table = measured(np.random.default_rng(0), seeds=8)
    table.loc[table["quantity"] == "reward", "regret"] = 0.0
    table.loc[(table["quantity"] == "reward") & (table["seed"] == 0), "regret"] = 1.0
    found = fit(table)
    assert found["reward"].low < 0 < found["reward"].value < found["reward"].high == found["reward"].weight
    assert found["dynamics"].low > 0 and found["dynamics"].weight == found["dynamics"].value


def test_one_size_has_no_order():
    table = measured(np.random.default_rng(0))
    kappa = fit(table[table["samples"] == 16].drop(columns="samples"))["dynamics"]
    assert np.isnan([kappa.order, kappa.order_low, kappa.order_high]).all()
    assert kappa.to_dict()["order"] is None and kappa.to_dict()["value"] == kappa.value


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop(columns="regret"), "no column 'regret'; there are: quantity"),
        (lambda t: t.assign(error=0.0), "error: 0.0 in measurement 1; need positive"),
        (lambda t: t.assign(regret=np.nan), "regret: nan in measurement 1; need finite"),
        (lambda t: t.assign(regret="x"), "regret: x in measurement 1; need finite"),
        (lambda t: t.assign(samples=-1), "samples: -1 in measurement 1; need positive"),
        (lambda t: t.assign(quantity="labels"), "quantity: 'labels' is neither"),
        (lambda t: t[t["quantity"] == "reward"], "quantity: 0 seeds of 'dynamics'; an interval needs 2"),
        (lambda t: t.assign(seed=1), "quantity: 1 seeds of 'dynamics'"),
        (lambda t: t.assign(regret=-t["regret"]), "regret: that of 'dynamics' gives kappa -.*a finite loss"),
    ],
)  # fmt: skip
def test_what_is_no_measurement_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        fit(change(measured(np.random.default_rng(0))))


@pytest.mark.parametrize("level", [0.0, 1.0, np.nan])
def test_a_level_is_a_probability(level):
    with pytest.raises(ValueError, match="level"):
        fit(measured(np.random.default_rng(0)), level=level)


def test_read_from_a_spreadsheet(tmp_path):
    table, path = measured(np.random.default_rng(0)), tmp_path / "regrets.csv"
    table.to_csv(path, index=False, sep=";", decimal=",")
    pd.testing.assert_frame_equal(read_regrets(path), table, check_like=True, check_dtype=False)
    path.write_text("quantity,error\nreward,1\n")
    with pytest.raises(ValueError, match=r"regrets.csv: no column 'regret'"):
        read_regrets(path)
