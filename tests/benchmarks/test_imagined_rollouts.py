"""The contenders of the rollout benchmark do the same work: on the same noise they get the same numbers."""

import numpy as np
import pytest
from benchmarks.imagined_rollouts import D_ACTION, Networks, cases, contenders


@pytest.fixture(scope="module")
def entered():
    return contenders(Networks(rollouts=33, horizon=7, seed=3), seed=3)


@pytest.mark.parametrize("task", ["returns", "gradient"])
def test_on_the_same_noise_all_contenders_compute_the_same(entered, task):
    noise = np.random.default_rng(4).standard_normal((7, 33, D_ACTION)).astype(np.float32)
    results = {name: getattr(contender, task)(noise) for name, contender in entered.items()}
    ours = results.pop("imagination")
    assert len(results) == 3 and ours.ndim == 1
    for name, result in results.items():
        np.testing.assert_allclose(result, ours, rtol=2e-4, atol=2e-4 * np.abs(ours).max(), err_msg=name)


def test_without_noise_given_every_contender_draws_its_own(entered):
    for contender in entered.values():
        assert not np.array_equal(contender.returns(), contender.returns())


def test_what_is_timed_agrees_within_sampling_error():
    for case in cases(True, np.random.default_rng(0)):
        ours, *others = [np.asarray(run()) for run in case.contenders.values()]
        for other in others:
            assert other.shape == ours.shape and np.abs(other - ours).max() <= case.agreement
