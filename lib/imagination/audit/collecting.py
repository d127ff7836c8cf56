"""Episodes of a policy in a Gymnasium environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from imagination.audit.episodes import Episodes
from imagination.audit.episodes import episodes as checked
from imagination.audit.policies import as_policy
from imagination.audit.randomness import forked
from imagination.checks import whole

if TYPE_CHECKING:
    import gymnasium

__all__ = ["collect"]

ORDER = ("state", "action", "reward", "next_state", "terminated", "truncated", "episode")

SIDE_BY_SIDE = 16
"""How many copies of an environment a policy acts in at once."""


def collect(
    env: str | gymnasium.Env,
    policy: Callable[[Any], Any],
    *,
    episodes: int = 30,
    seed: int = 0,
    max_steps: int = 10_000,
    **make_options: Any,
) -> Episodes:
    """Let a policy act in an environment, and log it.

    Parameters
    ----------
    env : name under which the environment is registered, or an environment, which then steps alone
        Its observations become states by `gymnasium.spaces.flatten`: one-hot for Discrete, the parts of a
        Tuple one after another, and those of a Dict too, in the order of its space: by name, unless it was
        made of an OrderedDict.
    policy : callable
        States (n, d) to actions (n, k); whole numbers where the action space is discrete.
    episodes : int
    seed : int
        Of the environment and of what the policy draws; global generators are put back.
    max_steps : int
        Where an episode is cut off that the environment does not end itself.
    make_options : passed to ``gymnasium.make``.

    Returns
    -------
    Episodes
        Its `names` say what each coordinate of a state is, and `episode` to which episode a row belongs.

    Raises
    ------
    ValueError
        If no environment can be made of `env`, a space cannot be rows of numbers, an action lies outside its
        space, or the environment returns NaN.
    """
    from imagination.audit.spaces import check_spaces, flat_state, names_of, native_action, no_action

    episodes, seed = whole("episodes", episodes, least=1), whole("seed", seed)
    max_steps = whole("max_steps", max_steps, least=1)
    envs = _copies(env, min(episodes, SIDE_BY_SIDE), make_options)
    observed, acting = envs[0].observation_space, envs[0].action_space
    check_spaces("env", observed, acting)
    seeds = np.random.SeedSequence(seed).generate_state(episodes)
    rows: list[list[tuple]] = [[] for _ in range(episodes)]
    waiting = list(range(episodes))[::-1]

    def begun(copy: gymnasium.Env) -> tuple[int, np.ndarray]:
        episode = waiting.pop()
        return episode, flat_state(observed, copy.reset(seed=int(seeds[episode]))[0])

    try:
        running = {copy: begun(copy) for copy in envs}
        act = as_policy(policy, np.stack([state for _, state in running.values()]), no_action(acting))
        with forked(seed, policy):
            while running:
                actions = act(np.stack([state for _, state in running.values()]))
                for (copy, (episode, state)), action in zip(list(running.items()), actions, strict=True):
                    seen, reward, terminated, truncated, _ = copy.step(native_action(acting, action))
                    truncated = truncated or len(rows[episode]) + 1 == max_steps
                    following = flat_state(observed, seen)
                    rows[episode].append((state, action, reward, following, terminated, truncated, episode))
                    running[copy] = episode, following
                    if terminated or truncated:
                        del running[copy]
                        if waiting:
                            running[copy] = begun(copy)
    finally:
        if isinstance(env, str):
            for each in envs:
                each.close()
    kept = zip(*(row for each in rows for row in each), strict=True)
    log = {name: np.array(column) for name, column in zip(ORDER, kept, strict=True)}
    return checked(log | {"names": np.array(names_of(observed))})


def _copies(env: Any, count: int, make_options: dict[str, Any]) -> list[gymnasium.Env]:
    import gymnasium

    if isinstance(env, gymnasium.Env):
        if make_options:
            raise ValueError(f"env is made already; {sorted(make_options)} are for one given by its name")
        return [env]
    if not isinstance(env, str):
        raise ValueError(f"env must be a Gymnasium environment or its name, got {type(env).__name__}")
    try:
        return [gymnasium.make(env, **make_options) for _ in range(count)]
    except (gymnasium.error.Error, ImportError, TypeError, AttributeError) as error:
        raise ValueError(f"env: no environment can be made of {env!r}: {error}") from error
