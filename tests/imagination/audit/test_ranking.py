"""Which orderings by imagined return can be trusted."""

from __future__ import annotations

import numpy as np
import pytest

from imagination import audit
from imagination.audit import ranking
from imagination.audit.episodes import Episodes
from imagination.audit.parts import PARTS, Parts

STEPS = 5


def log(rate: float, count: int, seed: int) -> Episodes:
    """A world whose state stays and pays state + action; the policy acts `rate` times the state."""
    state = np.random.default_rng(seed).normal(1, 0.3, size=(count, 1)).repeat(STEPS, axis=0)
    action = rate * state
    length = np.full(count, STEPS)
    over, cut = np.zeros(len(state), dtype=bool), np.tile(np.arange(STEPS) == STEPS - 1, count)
    reward = (state + action)[:, 0]
    return Episodes(state, action, reward, state, over, cut, np.cumsum(length) - length, length)


def model(weight: float):
    """The world, but for a reward that is 3 higher and weighs actions otherwise."""
    return {
        "next_state": lambda state, action: state,
        "reward": lambda state, action: 3 + state[:, 0] + weight * action[:, 0],
    }


POLICIES = {"idle": lambda s: 0 * s, "keen": lambda s: 0.1 * s, "mad": lambda s: 2 * s}
RATES = {"idle": 0.0, "keen": 0.1, "mad": 2.0}


def test_a_gap_that_is_the_same_for_all_misleads_nobody():
    logs = {name: log(rate, 12, seed=1) for name, rate in RATES.items()}
    found = audit.rank(model(1.0), POLICIES, logs, gamma=0.9)
    assert list(found.policies["policy"]) == ["mad", "keen", "idle"]
    assert found.horizon == STEPS
    assert found.policies["gap"].min() > 10
    assert found.pairs["paired"].all() and (found.pairs["verdict"] == "safe").all()
    np.testing.assert_allclose(found.pairs["gap"], 0, atol=1e-12)


def test_common_starts_decide_what_others_cannot_and_may_stand_in_any_order():
    paired = {name: log(rate, 12, seed=1) for name, rate in RATES.items()}
    apart = {name: log(rate, 12, seed=number) for number, (name, rate) in enumerate(RATES.items())}
    turned = paired["keen"]
    back = np.arange(len(turned.state)).reshape(-1, STEPS)[::-1].ravel()
    columns = (turned.state, turned.action, turned.reward, turned.next_state)
    paired["keen"] = Episodes(
        *(each[back] for each in columns), turned.terminated, turned.truncated, turned.start, turned.length
    )
    two = {name: POLICIES[name] for name in ("idle", "keen")}

    def verdict(logs):
        pair = audit.rank(model(1.0), two, {name: logs[name] for name in two}, gamma=0.9).pairs.iloc[0]
        return pair["paired"], pair["verdict"]

    assert verdict(paired) == (True, "safe")
    assert verdict(apart) == (False, "undetermined")


def test_a_model_that_prefers_the_wrong_policy_is_caught():
    logs = {name: log(rate, 12, seed=1) for name, rate in RATES.items()}
    found = audit.rank(model(-1.0), POLICIES, logs, gamma=0.9)
    assert list(found.policies["policy"]) == ["idle", "keen", "mad"]
    assert (found.pairs["verdict"] == "unsafe").all()
    assert "idle before mad: unsafe" in str(found)
    equal = audit.rank(model(0.0), POLICIES, logs, gamma=0.9, horizon=2)
    assert (equal.pairs["verdict"] == "undetermined").all() and equal.horizon == 2


def test_common_starts_share_the_model_s_chance():
    def noisy(state, action):
        return state[:, 0] + np.random.normal(size=len(state))  # noqa: NPY002

    chancy = model(1.0) | {"reward": noisy}
    two = {"idle": POLICIES["idle"], "keen": POLICIES["keen"]}
    same = {name: log(RATES[name], 12, seed=1) for name in two}
    apart = {name: log(RATES[name], 12, seed=number) for number, name in enumerate(two)}
    assert audit.rank(chancy, two, same, gamma=0.9).pairs["imagined"][0] == pytest.approx(0, abs=1e-12)
    assert abs(audit.rank(chancy, two, apart, gamma=0.9).pairs["imagined"][0]) > 0.01


@pytest.mark.parametrize("paired", [True, False])
def test_two_policies_that_the_world_holds_equal_are_rarely_told_apart(paired):
    """However much imagination prefers one: 5% of the verdicts may be wrong, half of them "safe"."""
    rng = np.random.default_rng(6)
    verdicts = []
    for _ in range(600):
        start = rng.normal(size=(15, 1))
        starts = {"one": start, "other": start if paired else rng.normal(size=(15, 1))}
        parts = {}
        for name, flattered in (("one", 5.0), ("other", 0.0)):
            real = starts[name] + rng.exponential(size=(15, 1))
            imagined = starts[name] + flattered + rng.normal(size=(15, 1))
            nothing = dict.fromkeys(PARTS, np.zeros((15, 1)))
            steps = np.ones((15, 1), dtype=bool)
            parts[name] = Parts(np.arange(15), np.array([1]), real, imagined, nothing, nothing, steps)
        verdicts.append(ranking._compared("one", "other", starts, parts, 0.95)["verdict"])
    share = {verdict: np.mean([each == verdict for each in verdicts]) for verdict in ranking.VERDICTS}
    assert share["safe"] < 0.045 and share["unsafe"] < 0.045
    assert share["undetermined"] < 1


def test_bad_input_is_refused_by_name():
    logs = {name: log(rate, 6, seed=1) for name, rate in RATES.items()}
    with pytest.raises(ValueError, match=r"data\['mad'\]: the log's actions are not the policy's"):
        audit.rank(model(1.0), POLICIES, logs | {"mad": logs["idle"]}, gamma=0.9)
    with pytest.raises(ValueError, match="policies must be two or more"):
        audit.rank(model(1.0), {"idle": POLICIES["idle"]}, logs, gamma=0.9)
    with pytest.raises(ValueError, match="data must have a log for each"):
        audit.rank(model(1.0), POLICIES, {"idle": logs["idle"]}, gamma=0.9)
    lost = model(1.0) | {"reward": lambda state, action: state[:, 0] * np.nan}
    with pytest.raises(ValueError, match="no finite return under policies"):
        audit.rank(lost, POLICIES, logs, gamma=0.9)
