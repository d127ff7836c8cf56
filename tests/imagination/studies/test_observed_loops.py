"""Observed constants of the pendulum's closed loop: by hand, and a sample of the record again."""

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.studies import observed_loops as study

ROOT = np.array([[2.0, 0.0], [0.0, 1.0]])


def test_distances_go_the_short_way_round():
    near = study.apart(np.array([np.pi - 0.1, 1.0]), np.array([-np.pi + 0.1, 1.0]), ROOT)
    assert near == pytest.approx(0.4)
    assert study.apart(np.array([0.0, 3.0]), np.array([0.0, -1.0]), ROOT) == pytest.approx(4.0)


def test_constants_of_a_linear_loop_by_hand():
    here = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    after = here * [0.5, 0.25]
    found = study.constants(here, after, here[:, 0], ROOT)
    assert found[0] == pytest.approx(0.5) and found[2] == pytest.approx(0.5)


def test_the_norm_of_a_known_loop_contracts():
    turned = np.array([[0.9, 0.3], [0.0, 0.8]])

    def loop(state):
        return state @ turned.T, state[..., 0]

    root, radius = study.metrics(loop, np.zeros((1, 2)))
    assert radius[0] == pytest.approx(0.9)
    stretch = np.linalg.norm(root[0].T @ turned @ np.linalg.inv(root[0].T), ord=2)
    assert stretch <= 0.95 + 1e-9 and np.linalg.norm(turned, ord=2) > 0.95


def test_a_loop_that_grows_keeps_its_own_lengths():
    root, radius = study.metrics(lambda state: (1.5 * state, state[..., 0]), np.zeros((1, 2)))
    assert radius[0] == pytest.approx(1.5)
    np.testing.assert_allclose(root, [np.eye(2)])


def test_the_tube_holds_the_imagined_rollout_of_a_line():
    """s' = s/2 with an error of 0.1 a step: the tube is attained."""

    def real(state):
        return state / 2, state[..., 0]

    def learned(state):
        return state / 2 + [0.1, 0.0], state[..., 0] + 1

    paths = study.follow(real, learned, np.array([[[1.0, 0.0]]]), 5)
    radius = study.tube(paths, np.eye(2), 0.5)
    distance = study.apart(paths.real[0, 0], paths.imagined[0, 0], np.eye(2))
    np.testing.assert_allclose(distance, radius)
    known = np.array([[True]])
    twice = study.Paths(*(np.concatenate([array, array], axis=1) for array in vars(paths).values()))
    row = study.observed(twice, np.eye(2)[None], 0.9, np.repeat(known, 2, axis=1)).iloc[0]
    assert row["rho"] == pytest.approx(0.5) and row["slope"] == pytest.approx(1)
    assert 0.9 * row["bound"] < row["gap"] <= row["bound"] * (1 + 1e-9)


def test_the_record_is_what_its_command_makes():
    table = records.load(study.RECORD)
    assert set(table["phase"]) == set(study.PHASES) and not (table["gap"] > table["bound"]).any()
    assert table.loc[table["phase"] == "once upright", "settles"].all()
    again = study.run(read=1)[""]
    recorded = table[table["seed"] == 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, recorded, rtol=1e-3, check_like=True)


def test_the_recorded_tube_holds_its_rollout():
    path = records.load(f"{study.RECORD}-steps")
    root = path.loc[0, [f"root_{i}{j}" for i in range(2) for j in range(2)]].to_numpy(float).reshape(2, 2)
    ends = [path[[f"{name}_angle", f"{name}_speed"]].to_numpy() for name in ("real", "imagined")]
    distance = study.apart(*ends, root)
    assert (distance <= path["tube"] * (1 + 1e-6)).all() and distance.max() > 0.5 * path["tube"].max()
    assert path["rho"].iloc[0] * 0.98 < 1
