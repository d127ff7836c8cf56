"""Whom imagination prefers: the subjects, what is counted of them, and a sample of the record."""

import numpy as np
import pandas as pd
import pytest

from imagination import audit, records
from imagination.studies.loop import rankings, rankings_report
from imagination.studies.loop.ranking_systems import SYSTEMS, subject


@pytest.fixture(scope="module")
def kept():
    return rankings.recorded()


def test_a_sample_of_the_record_is_made_again(kept):
    """The grid's first models: what later rounds do changes nothing of them."""
    number = rankings.SCALES["full"]["models"][0]
    again = rankings.returns(subject("grid", 20, number + 1), (number,))
    rows = kept[0][(kept[0]["system"] == "grid") & (kept[0]["model_round"] == number)]
    rows = rows[rows["round"] <= number].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, rows[again.columns], rtol=1e-6)


def test_everything_is_recorded(kept):
    returns, verdicts = kept
    about = records.describe(rankings.RECORD).parameters
    assert list(returns.columns) == list(rankings.COLUMNS)
    assert list(verdicts.columns) == list(rankings.VERDICT_COLUMNS)
    models = returns.groupby("system")[["model_round", "model_seed"]].apply(
        lambda x: len(x.drop_duplicates())
    )
    assert dict(models) == dict.fromkeys(SYSTEMS, about["seeds"] * len(about["models"]))
    assert not returns.duplicated(["system", "model_round", "model_seed", "round", "seed"]).any()
    pairs = verdicts.groupby(["system", "method", "starts", "episodes"]).size()
    assert (pairs == about["seeds"] * 15).all()


@pytest.fixture(scope="module")
def spiral():
    return subject("spiral", 3, 2)


def test_expected_returns_are_those_of_logs(spiral):
    log = spiral.log(4, 3000, 7)
    discount = spiral.gamma ** np.arange(spiral.horizon)
    found = (log["reward"].reshape(3000, -1) * discount).sum(axis=1)
    assert abs(found.mean() - spiral.real[4]) < 4 * found.std() / 3000**0.5


def test_imagined_returns_are_those_of_the_model_that_an_audit_is_given(spiral):
    model, act = spiral.model(1, 2), spiral.policy(4)
    state = spiral.log(4, 3000, 7)["state"][:: spiral.horizon]
    total = 0.0
    for step in range(spiral.horizon):
        action = act(state)
        total = total + spiral.gamma**step * model["reward"](state, action)
        state = model["next_state"](state, action)
    assert abs(total.mean() - spiral.imagined(1, 2)[4]) < 4 * total.std() / 3000**0.5


def test_a_grid_of_unseen_rewards_is_bounded_and_its_logs_are_its_policies():
    grid = subject("grid", 2, 1)
    assert (np.abs(grid.imagined(0, 1) - grid.real) <= grid.certificate(0)["bound"][1]).all()
    assert grid.chances is not None
    log = grid.log(1, 200, 3)
    first = log["action"][:: grid.horizon, 0]
    expected = grid.chances(1)[int(log["state"][0, 0])]
    np.testing.assert_allclose(np.bincount(first, minlength=4) / 200, expected, atol=0.12)
    audit.rank(
        grid.model(0, 0), {"a": grid.policy(0), "b": grid.policy(1)},
        {"a": grid.log(0, 20, 1), "b": grid.log(1, 20, 1)}, gamma=grid.gamma,
    )  # fmt: skip


def test_only_what_is_there_can_be_ranked():
    with pytest.raises(ValueError, match="name must be one of"):
        subject("maze")


def table_of(imagined, real):
    """Three runs of two rounds each, and a model that each learned in the second."""
    rows = [
        {"system": "grid", "model_round": 1, "model_seed": model, "round": policy // 3, "seed": policy % 3,
         "imagined": row[policy], "real": real[policy], "eps_dyn": 0.1, "bound": 100.0}
        for model, row in enumerate(imagined) for policy in range(6)
    ]  # fmt: skip
    return rankings_report.asked(pd.DataFrame(rows))["grid"]


class TestReport:
    real = np.array([0.0, 1.0, 2.0, 4.0, 8.0, 16.0])

    def test_a_common_flattery_leaves_every_order_certain(self):
        found = rankings_report.certain(table_of([self.real + 9, self.real + 3, self.real + 3], self.real))[
            "mean"
        ]
        assert found["imagination prefers the wrong one"] == 0
        assert found["difference of gaps / larger gap"] == pytest.approx(0, abs=1e-12)
        assert found["certain: difference of gaps"] == 1
        assert found["certain: twice the larger gap"] < 1 and found["certain: bound of both"] == 0

    def test_one_flattered_policy_is_preferred_wrongly(self):
        one = self.real + 3 * np.eye(6)[0]  # now before the second and the third
        small = 0.5 * np.eye(6)[0]
        found = rankings_report.certain(table_of([one, self.real + small, self.real + small], self.real))
        row = found.loc["imagination prefers the wrong one"]
        assert row["mean"] == pytest.approx(2 / 15 / 3) and row["low"] <= row["mean"] < row["high"]
        known = found.loc["certain: difference of gaps", "mean"]
        assert known == pytest.approx((12 / 15 + 14 / 15 + 14 / 15) / 3)

    def test_apart_takes_policies_of_one_run(self):
        swapped = self.real[[3, 1, 2, 0, 4, 5]]  # the first run's two
        found = rankings_report.apart(table_of([swapped, self.real, self.real], self.real))
        assert found.index.tolist() == [1]
        assert found.loc[1, "mean"] == pytest.approx(1 / 9)

    def test_what_training_in_a_model_did_there(self):
        """Each model flatters the policy that it trained, numbers 3 to 5, by 5."""
        imagined = self.real + 5 * np.eye(6)[3:]
        found = rankings_report.trained_here(table_of(imagined, self.real))
        assert found.loc["gap", "here"] == 5 == found.loc["gap added by the round", "mean"]
        assert found.loc["gap", "elsewhere"] == 0
        # the first run's now comes before the second's later one, of four foreign ones
        assert found.loc["order is wrong", "here"] == pytest.approx(1 / 4 / 3)
        assert found.loc["order is wrong", "elsewhere"] == 0

    def test_verdicts_are_counted(self):
        verdicts = pd.DataFrame(
            {"verdict": ["safe", "unsafe", "safe", "undetermined", "refused"], "ahead": [1, -1, -1, 1, 1]}
        ).assign(system="grid", method="audit", starts=True, episodes=10)
        found = rankings_report.decided(verdicts).iloc[0]
        shares = {"right": 0.4, "wrong": 0.2, "undecided": 0.2, "refused": 0.2, "wrong / decided": 1 / 3}
        assert dict(found) == pytest.approx(shares)
