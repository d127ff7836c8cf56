"""What an audit notices: faults of a model or its log, and what they suggest."""

from __future__ import annotations

from imagination.audit import chances, constants, lags, places, plain
from imagination.audit.evidence import SEVERITIES, Evidence, Finding
from imagination.audit.lags import reward_lag
from imagination.audit.suspicions import FEWEST, Errors

__all__ = ["find", "reward_lag"]


def find(evidence: Evidence, errors: Errors | None = None) -> list[Finding]:
    """Everything noticed, alarms (errors and warnings) first, then notes.

    `errors` is what was computed of the evidence before, by default nothing.

    With probability `level` or more a perfect model raises no alarm: see `imagination.audit.suspicions`.

    Returns
    -------
    list of Finding
        Their names are among

        - ``reward_lag``, ``action_lag``, ``state_lag``: off by one step;
        - ``continuation``: a wrong probability of going on;
        - ``nan``, ``constant_reward``, ``constant_state``, ``nothing_moves``, ``no_better_than_mean``;
        - ``exploding``: rollouts that leave what the log has seen;
        - ``optimistic_reward``, ``local_dynamics``, ``biased_dynamics``;
        - ``noise_in_model``: draws that spread more than the world does;
        - ``few_episodes``, ``noise_in_world``, ``bounds``: notes.
    """
    errors = Errors(evidence) if errors is None else errors
    found = [*_few(evidence), *plain.bad_numbers(errors), *_lags(errors), *chances.continuation(errors)]
    found += [*plain.says_nothing(errors), *plain.exploding(errors)]
    found += [*places.optimistic_reward(errors), *places.local_dynamics(errors), *chances.noise(errors)]
    found += [*chances.noise_in_world(errors), *constants.bounds(errors)]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


def _few(evidence: Evidence) -> list[Finding]:
    count = len(evidence.episodes.length)
    if count >= 2 * FEWEST:
        return []
    return [
        Finding(
            "few_episodes",
            "note",
            f"episodes in the log: {count}; most alarms need {2 * FEWEST}",
            "log more episodes: transitions of one episode depend on one another and do not replace them",
        )
    ]


def _lags(errors: Errors) -> list[Finding]:
    found = []
    lag, roots = lags.reward_shift(errors)
    if lag:
        late = "late" if lag > 0 else "early"
        found.append(
            Finding(
                "reward_lag",
                "error",
                f"the model's reward of step t fits the log's of step t {_signed(lag)}: root mean square "
                f"error {roots[lag]:.3g} against {roots[0]:.3g} at step t",
                f"the log's rewards are one step {late}, or the model was trained on rewards one step "
                f"{'early' if lag > 0 else 'late'}: row t must hold what action t paid"
                + (
                    " (logs that keep a reward beside the observation it came with are late)"
                    if lag > 0
                    else ""
                ),
            )
        )
    lag, roots = lags.action_shift(errors)
    if lag:
        found.append(
            Finding(
                "action_lag",
                "error",
                f"next states are predicted better with the action of step t {_signed(lag)}: root mean "
                f"square error {roots[lag]:.3g} against {roots[0]:.3g} with that of step t [typical steps]",
                f"the log's actions are one step {'late' if lag > 0 else 'early'}: row t must hold the "
                "action taken in state t (some logs keep the action that led to the observation), or the "
                "world delays actions by a step, and the last action belongs into the state",
            )
        )
    lag, roots = lags.state_shift(errors)
    if lag:
        where = "the state at t + 2" if lag > 0 else "the state at t itself"
        found.append(
            Finding(
                "state_lag",
                "error",
                f"what the model predicts from step t fits {where}: root mean square error "
                f"{roots[lag]:.3g} against {roots[0]:.3g} for the state at t + 1 [typical steps]",
                "compare `next_state` of a row with `state` of the row after it, and the number of "
                "environment steps (action repeat) in a row with what the model was trained on",
            )
        )
    return found


def _signed(lag: int) -> str:
    return f"{'+' if lag > 0 else '−'} {abs(lag)}"
