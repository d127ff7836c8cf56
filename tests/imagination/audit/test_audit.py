"""An audit as a whole: what it says of models whose faults are known."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from tests.imagination.audit import fakes

from imagination import audit
from imagination.audit import Audit
from imagination.audit.parts import PARTS

GAMMA = 0.95


def kept(log) -> dict[str, np.ndarray]:
    """A log as somebody keeps it."""
    names = ("state", "action", "reward", "next_state", "terminated", "truncated")
    arrays = {name: getattr(log, name) for name in names}
    return arrays | {"episode": np.repeat(np.arange(len(log.length)), log.length)}


def mapping(model) -> dict:
    """A model of the tests as somebody has it."""
    answers = ("next_state", "reward", "proceed")
    return {name: lambda s, a, i=i: model.step(s, a)[i] for i, name in enumerate(answers)}


@pytest.fixture(scope="module")
def log():
    return kept(fakes.log(np.random.default_rng(0), 40, 20))


@pytest.fixture(scope="module")
def endless():
    return kept(fakes.log(np.random.default_rng(1), 25, 12, risk=0.0))


def test_a_perfect_model_has_no_gap(endless):
    found = audit.audit(mapping(fakes.Model(pull=0.9)), fakes.policy, endless, gamma=GAMMA)
    for name in ("gap", *(f"{part}_part" for part in PARTS)):
        assert abs(getattr(found, name).value) < 1e-12
    assert found.longest_horizon == found.horizon == 11
    assert found.improve == "undetermined" and found.multiplier is None and found.why == ""
    assert found.verdict == "not shown" and found.limited_by is None and found.stopping is None
    assert found.real_return.value == pytest.approx(found.imagined_return.value)
    assert any("fewer than 0.11 of all episodes" in note for note in found.notes)
    assert 0.04 < (1 - 0.11) ** 25 < 0.06


def test_a_reward_that_is_too_high_is_all_of_the_gap(endless):
    found = audit.audit(mapping(fakes.Model(pull=0.9, offset=0.5)), fakes.policy, endless, gamma=GAMMA)
    expected = 0.5 * (1 - GAMMA**11) / (1 - GAMMA)
    assert found.gap.value == pytest.approx(expected)
    assert found.reward_part.low == pytest.approx(expected) == pytest.approx(found.reward_part.high)
    assert abs(found.dynamics_part.value) < 1e-12
    assert found.improve == "reward" and found.verdict == "flatters"
    assert found.longest_horizon is None and found.tolerance < 0.5 and found.limited_by == "model"
    np.testing.assert_allclose(found.by_step["reward"], 0.5 * GAMMA ** np.arange(11))


def test_ends_that_a_model_ignores_are_the_termination_part(log):
    model = mapping(fakes.Model(pull=0.9))
    del model["proceed"]
    found = audit.audit(model, fakes.policy, log, gamma=GAMMA)
    parts = {part: getattr(found, f"{part}_part").value for part in PARTS}
    assert abs(parts["reward"]) + abs(parts["dynamics"]) < 1e-12
    assert parts["termination"] == pytest.approx(found.gap.value) and abs(found.gap.value) > 0.1


def test_the_tables_say_the_same_as_the_numbers(log):
    found = audit.audit(mapping(fakes.Model(offset=0.1, risk=0.05)), fakes.policy, log, gamma=GAMMA)
    last = found.by_horizon.iloc[-1]
    assert last["horizon"] == found.horizon and list(found.by_horizon["horizon"][:4]) == [1, 2, 3, 5]
    assert (last["gap"], last["gap_low"]) == (found.gap.value, found.gap.low)
    assert last["imagined"] - last["real"] == pytest.approx(last["gap"])
    assert sum(last[part] for part in PARTS) == pytest.approx(last["gap"])
    for part in PARTS:
        assert found.by_step[part].sum() == pytest.approx(last[part])
        assert (found.by_horizon[f"{part}_low"] <= found.by_horizon[part]).all()
    assert found.by_step["episodes"].is_monotonic_decreasing
    assert (found.by_step["asked"] == found.by_step["episodes"]).all()
    within = np.maximum(-found.by_horizon["gap_low"], found.by_horizon["gap_high"]) <= found.tolerance
    trusted = found.by_horizon["horizon"][: int(np.logical_and.accumulate(within).sum())]
    assert found.longest_horizon == (trusted.iloc[-1] if len(trusted) else None)


def test_off_policy_there_is_no_gap_but_all_else(log):
    found = audit.audit(mapping(fakes.Model(offset=3.0)), lambda s: 0 * s[:, :1], log, gamma=GAMMA)
    assert found.gap is found.reward_part is found.by_step is found.longest_horizon is None
    assert found.verdict == "not measured"
    assert found.why.startswith("the log's actions are not the policy's: ")
    assert isinstance(found.reward_lag, int) and found.improve == "undetermined"
    same = audit.audit(mapping(fakes.Model(offset=3.0)), fakes.policy, log, gamma=GAMMA)
    assert found.to_dict().keys() == same.to_dict().keys()


def test_plain_numbers(log):
    found = audit.audit(mapping(fakes.Model(risk=0.05)), fakes.policy, log, gamma=GAMMA)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["schema"] == 1 and plain["verdict"] == found.verdict and plain["stopping"] is None
    assert plain["gap"] == {"value": found.gap.value, "low": found.gap.low, "high": found.gap.high}
    assert len(plain["by_step"]) == found.horizon
    assert plain["by_horizon"][0]["horizon"] == 1
    assert {finding["severity"] for finding in plain["findings"]} <= {"error", "warning", "note"}


@pytest.mark.filterwarnings("error")
def test_one_episode_has_no_interval(endless):
    alone = {name: column[endless["episode"] == 0] for name, column in endless.items()}
    found = audit.audit(mapping(fakes.Model()), fakes.policy, alone, gamma=GAMMA)
    assert found.gap.high == np.inf and found.longest_horizon is None
    assert found.to_dict()["gap"]["high"] is None
    assert any(note.startswith("one episode") for note in found.notes)
    assert json.dumps(found.to_dict(), allow_nan=False)


def test_a_value_stands_for_what_comes_after(endless):
    model = mapping(fakes.Model(pull=0.9, offset=0.5))
    options = {"gamma": GAMMA, "horizons": [4]}
    plain = audit.audit(model, fakes.policy, endless, **options)
    found = audit.audit(model, fakes.policy, endless, value=lambda seen: 10 + 0 * seen[:, 0], **options)
    assert found.real_return.value == pytest.approx(plain.real_return.value + 10 * GAMMA**4)
    assert found.gap.value == pytest.approx(plain.gap.value)
    wrong = fakes.Model(pull=0.5)
    found = audit.audit(mapping(wrong), fakes.policy, endless, value=lambda seen: seen[:, 0], **options)
    plain = audit.audit(mapping(wrong), fakes.policy, endless, **options)
    assert abs(found.gap.value - plain.gap.value) > 1e-3
    assert found.reward_part.value == pytest.approx(plain.reward_part.value)


def test_no_numbers_are_a_finding_and_no_crash(log):
    model = mapping(fakes.Model()) | {"reward": lambda s, a: np.where(s[:, 0] > 1, np.nan, s[:, 0])}
    found = audit.audit(model, fakes.policy, log, gamma=GAMMA)
    assert found.gap is None and "no finite return" in found.why
    assert "nan" in {finding.name for finding in found.findings}


def test_what_is_left_out_is_said(log):
    found = audit.audit(mapping(fakes.Model()), fakes.policy, log, gamma=GAMMA, horizons=[20], calls=500)
    lengths = np.bincount(log["episode"])
    ended = np.zeros(len(lengths), dtype=bool)
    ended[log["episode"][log["terminated"]]] = True
    assert found.episodes == np.sum((lengths >= 20) | ended) < len(lengths)
    assert any("cut before step 20" in note and "favours" in note for note in found.notes)
    assert any("were asked, a sample" in note for note in found.notes)
    whole = audit.audit(mapping(fakes.Model()), fakes.policy, log, gamma=GAMMA, horizons=[20])
    assert found.gap == whole.gap and found.reward_part == whole.reward_part


def test_chance_is_shared_and_global_generators_are_left_alone(log):
    def noisy(state, action):
        return fakes.Model().step(state, action)[0] + 0.1 * np.random.normal(size=state.shape)  # noqa: NPY002

    model = mapping(fakes.Model()) | {"next_state": noisy}
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first = audit.audit(model, fakes.policy, log, gamma=GAMMA)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002
    np.random.normal()  # noqa: NPY002
    assert audit.audit(model, fakes.policy, log, gamma=GAMMA).to_dict() == first.to_dict()
    other = audit.audit(model, fakes.policy, log, gamma=GAMMA, rng=np.random.default_rng(5))
    assert 0 < abs(other.gap.value - first.gap.value) < first.gap.high - first.gap.low
    assert sum(getattr(first, f"{part}_part").value for part in PARTS) == pytest.approx(first.gap.value)


def test_a_world_of_small_steps_and_noise_has_no_lag():
    """Any good prediction then lies nearer to the state that it was made from than to the next one."""
    rng = np.random.default_rng(2)
    state = 0.1 * rng.normal(size=(100, 2))
    states = [state]
    for _ in range(50):
        states.append(0.9 * states[-1] + 0.05 * rng.normal(size=state.shape))
    before, after = (np.stack(each, 1).reshape(-1, 2) for each in (states[:-1], states[1:]))
    last = np.tile(np.arange(50) == 49, 100)
    slow = {"state": before, "action": -before, "reward": before[:, 0], "next_state": after}
    slow |= {"terminated": np.zeros_like(last), "truncated": last}
    model = {"next_state": lambda s, a: 0.93 * s, "reward": lambda s, a: s[:, 0]}
    found = audit.audit(model, lambda s: -s, slow, gamma=GAMMA)
    assert not [finding for finding in found.findings if finding.name.endswith("lag")]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"gamma": 1.5}, r"gamma must lie in \[0, 1\], got 1.5"),
        ({"level": 95}, "level must lie between 0 and 1, got 95"),
        ({"horizons": [0, 3]}, "horizons must be whole numbers, at least 1"),
        ({"horizons": [2.5]}, "horizons must be whole numbers"),
        ({"horizons": []}, "horizons must be whole numbers"),
        ({"horizons": [500]}, "horizons: no episode of data reaches 500; the longest has 12 steps"),
        ({"tolerance": -1.0}, "tolerance must be finite and > 0, got -1"),
        ({"calls": 0}, "calls must be a whole number, at least 1, got 0"),
        ({"value": lambda seen: seen}, "value must return shape"),
    ],
)
def test_bad_input_is_refused_by_name(endless, bad, said):
    with pytest.raises(ValueError, match=said):
        audit.audit(mapping(fakes.Model()), fakes.policy, endless, **({"gamma": GAMMA} | bad))


def test_every_attribute_is_explained():
    for name in Audit.__dataclass_fields__:
        assert name in (Audit.__doc__ or ""), name


def test_an_audit_is_light():
    code = "import sys, imagination.audit; print(sorted({'torch', 'gymnasium', 'minari'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
