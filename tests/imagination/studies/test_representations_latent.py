"""The sweep of latent models: what is measured of one, and the recorded table."""

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.models.latent_training import LatentSetting, pendulum_trajectories, train_latent
from imagination.studies import representations_latent as sweep
from imagination.studies.representations import (
    DISCOUNT,
    HORIZONS,
    POLICIES,
    latent_subject,
    measure,
    violations,
)
from imagination.worlds.gymnasium import pendulum


@pytest.fixture(scope="module")
def models():
    data = pendulum_trajectories([np.random.default_rng(0), np.random.default_rng(1)], 20, 5)
    return train_latent(data, [1, 2], [LatentSetting()], steps=5)


def test_a_latent_subject_acts_alike_at_the_first_step(models):
    subject = latent_subject(models, pendulum(np.full(2, DISCOUNT)))
    codes = models.encode(pendulum(np.zeros(1)).initial.sample(np.random.default_rng(0), 20)[0])
    gain = np.array([[0.0, -0.3, -0.1]])
    wanted = models.policy(gain)(codes)
    np.testing.assert_allclose(subject.act(codes, np.repeat(gain, 20, axis=0)), wanted)
    np.testing.assert_allclose(subject.policy_lipschitz(gain)[:, 0], models.policy(gain).lipschitz())


def test_the_best_unit_is_found(models):
    """Models told in a unit 3 times as small have another bound, and the same in the best unit."""
    real = pendulum(np.full(2, DISCOUNT))
    table = measure(latent_subject(models, real), np.random.default_rng(0))
    best = sweep.rescaled(models, table)
    assert (best <= table["closed"] * (1 + 1e-12)).all()
    k = sweep.UNITS[110]
    encoder, head, judge = models.encoder, models.predictor, models.reward
    scaled = type(models)(
        models.camera,
        encoder.with_arrays(
            {"output": k * encoder.output, "offset": k * encoder.offset, "radius": k * encoder.radius}
        ),
        head.with_arrays(
            {"hidden_state": head.hidden_state / k, "output": k * head.output, "offset": k * head.offset}
        ),
        judge.with_arrays({"hidden_state": judge.hidden_state / k}),
        models.decoder / k,
        models.decoder_offset,
        models.health,
    )
    again = measure(latent_subject(scaled, real), np.random.default_rng(0))
    np.testing.assert_allclose(again["gap"], table["gap"], rtol=1e-9)
    assert not np.allclose(again["closed"], table["closed"], rtol=1e-2)
    np.testing.assert_allclose(sweep.rescaled(scaled, again), best, rtol=1e-9)


def test_senseless_sweeps_are_refused():
    with pytest.raises(ValueError, match="scale"):
        sweep.run("huge")
    with pytest.raises(ValueError, match="seeds"):
        sweep.run("quick", seeds=0)


def test_recorded_bounds_hold_and_nothing_is_missing():
    table = sweep.recorded()
    size = sweep.SCALES["full"]
    models = sum(len(knobs) for knobs in sweep.LATENT.values()) * size["seeds"] * len(size["lengths"])
    assert len(table) == models * len(POLICIES) * len(HORIZONS)
    assert set(table["family"]) == set(sweep.LATENT)
    assert set(table["steps"]) == set(size["lengths"])
    assert table["seed"].nunique() >= 10
    assert len(violations(table)) == 0
    assert (table["rescaled"] <= table["closed"] * (1 + 1e-5)).all()
    assert records.describe(sweep.RECORD).parameters["seeds"] == table["seed"].nunique()


def test_a_sample_of_the_record_computed_again(monkeypatch):
    """One straightened model of the first seed, from its data on: every column of its rows.

    Over other groupings of models and seeds, and other instruction sets, entries differ by at most 3e-4.
    """
    family, weight, steps = "moving target, reward", 1.0, 500
    knobs = [pair for pair in sweep.LATENT[family] if pair[0] == weight]
    monkeypatch.setitem(sweep.LATENT, family, knobs)
    again = sweep.run("full", families=[family], seeds=1, lengths=[steps])
    table = sweep.recorded()
    mine = (table["family"] == family) & (table["knob"] == weight) & (table["steps"] == steps)
    stored = table[mine & (table["seed"] == 0)].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, stored, rtol=2e-3, atol=0, check_dtype=False)
