"""Is the model, or the log, off by one step? In its rewards, its actions or its states."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from imagination.audit.evidence import Evidence
from imagination.audit.suspicions import Errors, ask, loss, share

__all__ = ["LAGS", "reward_lag"]

LAGS = (-1, 1)

DECISIVE = 0.7
"""Another lag must leave less than this share of the square error."""

RECALIBRATED = 0.95
"""And less than this share when a straight line corrects both: a wrong offset or unit is no lag."""

ASKED = 20_000
"""How many transitions are asked with another action, at most."""


def reward_lag(evidence: Evidence, errors: Errors | None = None) -> int:
    """By how many steps the model's rewards and the log's are shifted against each other: −1, 0 or 1.

    With k, what the model says of step t fits the log's reward of step t + k. So 1 means that the log's
    rewards are late (its row t holds what the transition before paid, as in logs that keep a reward beside
    the observation that came with it), or that the model's are early; −1 the other way round. It is 0 where
    no lag fits clearly better, as where rewards are constant or change slowly.

    A perfect model has 0 with probability ``1 − (1 − level) / TESTS`` or more: what was known before a step
    cannot predict its reward better than the model; for −1, whose rival was not known before, the model's
    reward one imagined step later must do so (off-policy a simple fit).
    """
    return reward_shift(Errors(evidence) if errors is None else errors)[0]


def reward_shift(errors: Errors) -> tuple[int, dict[int, float]]:
    """The lag of the reward, and the root mean square error at each lag."""
    if not errors.has_reward:
        return 0, {}
    rewards = errors.evidence.episodes.reward
    one, two = (predicted.reward[:, None] for predicted in errors.predicted)
    on_policy = errors.evidence.on_policy
    return _shift(
        errors,
        rewards[:, None],
        one,
        two,
        lambda: [errors.later_gain if on_policy else errors.reward_gain],
    )


def state_shift(errors: Errors) -> tuple[int, dict[int, float]]:
    """The lag of the predicted states, and the root mean square error at each lag.

    With 1, the prediction from time t fits the state at t + 2; with −1, that at t itself.
    """
    if not errors.has_state:
        return 0, {}
    return _shift(errors, errors.states_of_log()[1], *errors.state, lambda: [errors.state_gain])


def _shift(
    errors: Errors,
    target: np.ndarray,
    one: np.ndarray,
    two: np.ndarray,
    gains: Callable[[], list[np.ndarray]],
) -> tuple[int, dict[int, float]]:
    """The lag at which predictions (n, d) fit targets (n, d), and each lag's root mean square error.

    Predictions are moved, not targets: every lag is judged at the same target, by one that was not yet
    known when the rival was made.
    """
    inner = _inner(errors)
    if not len(inner):
        return 0, {}
    losses = {k: loss(target[inner], one[inner - k], two[inner - k]) for k in (0, *LAGS)}
    recalibrated = {k: _recalibrated(target[inner], one[inner - k]) for k in (0, *LAGS)}
    spread = float(((target - target.mean(axis=0)) ** 2).sum(axis=1).mean())
    return _decided(errors, inner, losses, recalibrated, spread, (-1, gains))


def action_shift(errors: Errors) -> tuple[int, dict[int, float]]:
    """The lag of the actions, and the root mean square error of the next state with each.

    With k, the log's action of step t + k predicts the next state of step t best.
    """
    actions = errors.evidence.episodes.action
    inner = _inner(errors)
    if not errors.has_state or not len(inner) or np.all(actions == actions[0]):
        return 0, {}
    if len(inner) > ASKED:  # whole episodes, so that sums over episodes stay comparable
        order = errors.evidence.rng.permutation(len(errors.evidence.episodes.length))
        length = errors.evidence.episodes.length[order]
        chosen = order[: max(2, int(np.searchsorted(np.cumsum(length), ASKED)))]
        inner = inner[np.isin(errors.episode[inner], chosen)]
    target = errors.states_of_log()[1]
    losses, recalibrated = {}, {}
    for k in (0, *LAGS):
        one, two = _with_actions(errors, inner, actions[inner + k])
        losses[k] = loss(target[inner], one, two)
        recalibrated[k] = _recalibrated(target[inner], one)
    spread = float(((target - errors.states_of_log()[0]) ** 2).sum(axis=1).mean())

    def gains() -> list[np.ndarray]:
        evidence, own = errors.evidence, np.zeros(len(actions))
        seen = evidence.model.begin(evidence.episodes, errors.episode[inner], errors.time[inner])
        taken = evidence.policy(evidence.model.visible(seen))
        own[inner] = losses[0] - loss(target[inner], *_with_actions(errors, inner, taken))
        return [own, errors.state_gain]

    return _decided(errors, inner, losses, recalibrated, spread, (1, gains))


def _with_actions(errors: Errors, at: np.ndarray, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Next states (m, d) predicted at transitions `at` with other actions (m, k), twice."""
    evidence = errors.evidence
    question = (errors.episode[at], errors.time[at], action)
    found = []
    for _ in range(2 if evidence.model.stochastic else 1):
        state = ask(evidence.model, evidence.episodes, *question).state
        assert state is not None
        found.append(state / errors.scale)
    return found[0], found[-1]


def _inner(errors: Errors) -> np.ndarray:
    """Transitions that have one before and one after them in their episode."""
    length = errors.evidence.episodes.length[errors.episode]
    return np.flatnonzero((errors.time > 0) & (errors.time < length - 1))


def _recalibrated(target: np.ndarray, prediction: np.ndarray) -> float:
    """Mean square error of each coordinate's best straight line through its prediction, summed."""
    target, prediction = target - target.mean(axis=0), prediction - prediction.mean(axis=0)
    explained = (target * prediction).sum(axis=0) ** 2
    size = (prediction**2).sum(axis=0)
    explained = np.divide(explained, size, out=np.zeros_like(size), where=size > 0)
    return float(((target**2).sum(axis=0) - explained).sum() / len(target))


def _decided(
    errors: Errors,
    inner: np.ndarray,
    losses: dict[int, np.ndarray],
    recalibrated: dict[int, float],
    spread: float,
    foreseeing: tuple[int, Callable[[], list[np.ndarray]]],
) -> tuple[int, dict[int, float]]:
    """The lag other than 0 that fits decisively better, by losses (m,) at transitions `inner`; else 0.

    `foreseeing` is the lag whose rival knows something of what it predicts, and by how much less loss (n,)
    others have that do not; one of these must be decisively better: where the world moves little and has
    noise, every prediction fits the state that it was made from.
    """
    mean = {k: float(of.mean()) for k, of in losses.items()}
    roots = {k: float(np.sqrt(max(of, 0.0))) for k, of in mean.items()}
    best = min(LAGS, key=lambda k: mean[k])
    clear = mean[best] < DECISIVE * mean[0] and recalibrated[best] < RECALIBRATED * recalibrated[0]
    # Errors that are no more than rounding, or would be after a straight line, are those of no lag.
    if min(mean[0], recalibrated[0]) <= 1e-6 * spread or not clear:
        return 0, roots
    gained = np.zeros(len(errors.episode))
    gained[inner] = losses[0] - losses[best]
    chance = share(errors.evidence.level) / len(LAGS)
    sure = errors.gains(gained, chance)
    if sure and best == foreseeing[0]:
        gains = foreseeing[1]()
        sure = any(
            float(gain.mean()) > (1 - DECISIVE) * mean[0] and errors.gains(gain, chance / len(gains))
            for gain in gains
        )
    return (best if sure else 0), roots
