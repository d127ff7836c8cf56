"""What can be seen without a test of where or when: bad numbers, constants, and models that say nothing."""

from __future__ import annotations

import numpy as np

from imagination.audit.evidence import Finding
from imagination.audit.suspicions import MATTERS, Errors, share

__all__ = ["bad_numbers", "exploding", "says_nothing"]

FAR = 10.0
"""Imagined states this many times half the log's width away from its middle have exploded."""

SURVIVES = 0.05
"""Imagined worlds that go on with less than this probability, by the model's own word, are over."""

ROLLOUTS, LONGEST = 256, 1000
"""How many rollouts are followed, and for how many steps, at most."""


def bad_numbers(errors: Errors) -> list[Finding]:
    """Answers of the model that are NaN or infinite."""
    first = errors.evidence.one_step
    found = []
    for what, values in (("next state", first.state), ("reward", first.reward), ("proceed", first.proceed)):
        if values is None:
            continue
        bad = ~np.isfinite(values.reshape(len(values), -1)).all(axis=1)
        if bad.any():
            rows = np.flatnonzero(bad)
            shown = ", ".join(str(row) for row in rows[:5])
            found.append(
                Finding(
                    "nan",
                    "error",
                    f"the model's {what} is no finite number at {len(rows):,} of {len(bad):,} transitions "
                    f"(rows {shown}{', ...' if len(rows) > 5 else ''})",
                    "ask the model with these rows alone; usual causes: inputs that were not normalised as "
                    "in training, a division by a constant feature's spread, an overflow in single precision",
                )
            )
    return found


def says_nothing(errors: Errors) -> list[Finding]:
    """Rewards no better than the mean, states no better than "nothing moves", and constants.

    An alarm only where a simple fit to other episodes is better than the model: a world may be
    such that nothing can be said of it.
    """
    found = []
    if errors.has_reward:
        found += _reward(errors)
    if errors.has_state:
        found += _state(errors)
    return found


def _reward(errors: Errors) -> list[Finding]:
    rewards = errors.evidence.episodes.reward
    spread = float(rewards.std())
    if spread == 0:
        return []
    one, two = (predicted.reward for predicted in errors.predicted)
    constant = float(one.std()) <= 1e-6 * spread
    left = float(((rewards - one) * (rewards - two)).mean()) / spread**2
    if not constant and left < 1:
        return []
    severity, fit = _severity(errors, errors.reward_gain, spread**2)
    if constant:
        said = f"the model's reward is {one[0]:.4g} everywhere; the log's has standard deviation {spread:.3g}"
        return [_constant("constant_reward", severity, said, fit)]
    said = f"the model's reward leaves {left:.3g} of the variance of the log's rewards; their mean leaves 1"
    return [
        Finding(
            "no_better_than_mean",
            severity,
            f"{said}{fit}",
            "check units, sign and normalisation of the rewards, and that the reward head sees what it "
            "was trained on",
        )
    ]


def _state(errors: Errors) -> list[Finding]:
    state, following = errors.states_of_log()
    one, two = errors.state
    moved = following - state
    width = float((moved**2).sum(axis=1).mean())
    if width == 0:
        return []
    severity, fit = _severity(errors, errors.state_gain, width)
    found = []
    fixed = (one.std(axis=0) <= 1e-6) & (following.std(axis=0) > 1e-3)
    if fixed.any():
        names = ", ".join(errors.evidence.episodes.coordinate(i) for i in np.flatnonzero(fixed)[:8])
        said = f"the model's next state never changes in {names}; the log's does"
        found.append(_constant("constant_state", severity, said, fit))
    left = float(((following - one) * (following - two)).sum(axis=1).mean()) / width
    if left >= 1 and not fixed.all():
        found.append(
            Finding(
                "nothing_moves",
                severity,
                f"the model's next states leave {left:.3g} of the square error of 'nothing moves'{fit}",
                "check that the model returns the next state and not its change, or the change scaled; "
                "that inputs are normalised as in training; and that it was trained on these units",
            )
        )
    return found


def _constant(name: str, severity: str, said: str, fit: str) -> Finding:
    advice = "look for a head that was not trained, a wrong column, saturated units or a mask"
    return Finding(name, severity, f"{said}{fit}", advice)


def _severity(errors: Errors, gain: np.ndarray, spread: float) -> tuple[str, str]:
    """How bad it is that a simple fit gains so much (n,), and words for it."""
    saved = float(gain.mean()) / spread
    if saved < MATTERS**2 or not errors.gains(gain, share(errors.evidence.level)):
        return "note", "; a simple fit to other episodes does not do clearly better"
    return "warning", f"; a simple fit to other episodes leaves {saved:.3g} less"


def exploding(errors: Errors) -> list[Finding]:
    """Do imagined rollouts from the real starts leave what the log has seen, by far?

    Each is as long as its real episode, or until the model itself says that the world is over. Off-policy
    nobody knows how far the policy would go.
    """
    evidence = errors.evidence
    if not evidence.on_policy:
        return []
    episodes, model = evidence.episodes, evidence.model
    seen = np.concatenate([episodes.state, episodes.next_state])
    low, high = seen.min(axis=0), seen.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    half = np.maximum(half, 1e-3 * (np.abs(middle) + half.max()))  # a constant coordinate may be rounded
    chosen = np.arange(len(episodes.length))[:ROLLOUTS]
    belief = model.begin(episodes, chosen, np.zeros_like(chosen))
    if model.states(belief) is None:
        return []
    left, survival = episodes.length[chosen], np.ones(len(chosen))
    for t in range(min(int(left.max()), LONGEST)):
        alive = (left > t) & ~(survival < SURVIVES)
        if not alive.any():
            return []
        if not alive.all():
            belief, left, survival = model.select(belief, alive), left[alive], survival[alive]
        belief, _, proceed = model.step(belief, evidence.policy(model.visible(belief)))
        survival = survival * proceed
        states = model.states(belief)
        assert states is not None
        with np.errstate(invalid="ignore"):
            far = ~(np.abs(states - middle) <= FAR * half).all(axis=1) & ~(survival < SURVIVES)
        if far.any():
            return [
                Finding(
                    "exploding",
                    "error",
                    f"after {t + 1} imagined steps {far.sum()} of {len(far)} rollouts are more than {FAR:g} "
                    "times half the log's width away from its middle, or no numbers",
                    "do not imagine so far; train on rollouts of several steps, predict changes of the "
                    "state, limit the outputs to the log's range, or lower the model's Lipschitz constant",
                )
            ]
    return []
