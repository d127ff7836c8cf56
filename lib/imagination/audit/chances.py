"""What a model leaves to chance: whether the world goes on, and how far its draws spread."""

from __future__ import annotations

import numpy as np
from scipy import stats
from scipy.special import expit, logit, logsumexp

from imagination.audit.evidence import Finding
from imagination.audit.suspicions import MATTERS, Errors, exceeds, share

__all__ = ["continuation", "noise", "noise_in_world"]

SHIFTS = np.array([-8.0, -4, -2, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 2, 4, 8, 16])
SLOPES = np.array([0.25, 0.5, 1.0, 2.0])
"""Rivals of a model's probability q of an end: logit q' = shift + slope logit q."""


def continuation(errors: Errors) -> list[Finding]:
    """Is the model's probability of going on the world's?

    The ends that the model foretells are tested against those in the log. If q is the probability of an end
    given all that came before, then the likelihood of any rival, divided by the model's, has mean 1, so a
    mean of such ratios exceeds 1/p with probability p at most: exact, with any number of episodes. A
    stochastic model may draw its ends; asked twice, it should have drawn twice as many as happened.
    """
    proceeds = [one.proceed for one in errors.predicted]
    if not all(np.all((one >= 0) & (one <= 1)) for one in proceeds):  # NaN too: said elsewhere
        return []
    ended = errors.evidence.episodes.terminated
    if errors.evidence.model.stochastic:
        drawn = round(float(sum((1 - one).sum() for one in proceeds)))
        happened = int(ended.sum())
        p = stats.binomtest(happened, happened + drawn, 1 / 3).pvalue if happened + drawn else 1.0
    else:
        p = _ratio(1 - proceeds[0], ended)
    if p > share(errors.evidence.level):
        return []
    return [_miscalibrated(1 - np.mean(proceeds, axis=0), ended, len(errors.evidence.episodes.length))]


def _ratio(ends: np.ndarray, ended: np.ndarray) -> float:
    """p-value against ends (n,) with the given probabilities, by a mixture of likelihood ratios."""
    least = 1e-3 / len(ends)
    at = logit(np.clip(ends, least, 1 - least))
    own = np.where(ended, np.log(expit(at)), np.log(expit(-at))).sum()
    found = []
    for slope in SLOPES:
        for shift in SHIFTS:
            rival = shift + slope * at
            found.append(-np.logaddexp(0, np.where(ended, -rival, rival)).sum() - own)
    return float(min(1.0, np.exp(np.log(len(found)) - logsumexp(found))))


def _miscalibrated(ends: np.ndarray, ended: np.ndarray, episodes: int) -> Finding:
    happened, foretold = int(ended.sum()), float(ends.sum())
    if not np.any(ends > 0):
        return Finding(
            "continuation",
            "error",
            f"{happened} of {episodes} episodes ended in the world; by the model none ever ends",
            "give the model a probability of going on (`proceed`), learned from `terminated` and not "
            "from `truncated`; until then imagined returns go on where real ones stop",
        )
    said = f"the model foretells {foretold:.3g} ends where the log has {happened}"
    if happened and 0.8 < foretold / happened < 1.25:
        return Finding(
            "continuation",
            "warning",
            f"{said}, but misses {(1 - ends[ended]).sum():.3g} of these and foretells "
            f"{ends[~ended].sum():.3g} where the world went on",
            "calibrate the probability of going on, on episodes held out; look at the states where the "
            "world ended",
        )
    which = "seldom" if foretold < happened else "often"
    return Finding(
        "continuation",
        "warning",
        f"{said}: too {which}",
        "train the probability of going on with `terminated` alone (a time limit is no end), without "
        "weights for the rare class, and check it on episodes held out",
    )


def noise(errors: Errors) -> list[Finding]:
    """Do a stochastic model's draws spread more than the world does around what they have in common?

    Three draws with the same law, the world's and two of the model's, have the same mean product of
    differences whichever is compared with the others.
    """
    if not errors.evidence.model.stochastic:
        return []
    found = []
    if errors.has_state:
        found += _spread(errors, "next states", errors.states_of_log()[1], *errors.state)
    if errors.has_reward:
        rewards = errors.evidence.episodes.reward
        scale = rewards.std() or 1.0
        one, two = (predicted.reward[:, None] / scale for predicted in errors.predicted)
        found += _spread(errors, "rewards", rewards[:, None] / scale, one, two)
    return found


def _spread(errors: Errors, what: str, target: np.ndarray, one: np.ndarray, two: np.ndarray) -> list[Finding]:
    own = ((one - two) ** 2).sum(axis=1) / 2
    world = ((target - one) * (target - two)).sum(axis=1)
    least = MATTERS**2 * target.shape[1] * errors.evidence.episodes.length.mean()
    if not exceeds(errors.total(own - world), least, share(errors.evidence.level)):
        return []
    unit = "typical steps" if what == "next states" else "standard deviations of the log's"
    size, residual = (np.sqrt(max(0.0, float(of.mean() / target.shape[1]))) for of in (own, world))
    return [
        Finding(
            "noise_in_model",
            "warning",
            f"two draws of the model's {what} spread by {size:.3g} {unit} (standard deviation); the log "
            f"leaves room for {residual:.3g} around their mean",
            "use the mean prediction, or train the variance (with a likelihood) on transitions held out; "
            "each imagined step adds this noise",
        )
    ]


def noise_in_world(errors: Errors) -> list[Finding]:
    """What a deterministic model leaves open: are its one-step errors noise of the world?

    In one log no state is visited twice with the same action, so that noise cannot be told from what neither
    the model nor a fit knows: a note, where a fit to other episodes does not explain half of the errors.
    """
    if errors.evidence.model.stochastic or not errors.has_state:
        return []
    state, following = errors.states_of_log()
    wrong = float(((following - errors.state[0]) ** 2).sum(axis=1).mean())
    width = float(((following - state) ** 2).sum(axis=1).mean())
    fitted = max(0.0, float(errors.state_gain.mean()))
    if wrong <= MATTERS * width or fitted > wrong / 2:
        return []
    return [
        Finding(
            "noise_in_world",
            "note",
            f"one-step errors of next states are {np.sqrt(wrong / width):.2g} of a typical step (root mean "
            f"square); a simple fit to other episodes explains {fitted / wrong:.0%} of it. What it leaves "
            "may be noise of the world, which this model, being deterministic, lacks",
            "one log cannot tell noise from what no model knows: repeat an action in one state of the world; "
            "if next states differ, let the model draw them",
        )
    ]
