"""The policies and models that the recorded loops went through, and how each is asked what it is worth.

The loops of chapter 14 are gone through again from their records' seeds, so the policies are the recorded
ones. Policy number p is that of round p // C and seed p % C, for C seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from imagination.models.learned_world import LearnedWorld, Regrouped
from imagination.reinforce.episodes import greedy, play
from imagination.reinforce.torch_policies import NetworkTorchPolicy
from imagination.results.kernels import claims as kernels
from imagination.studies.loop import cartpole, gridworld, pendulum, rounds, spiral
from imagination.studies.loop.closed_forms import System, start_moment, system_of, trace
from imagination.studies.loop.gymnasium_loop import Setting, Study, doubled
from imagination.wasserstein import total_variation
from imagination.worlds.tabular import TabularMDP, draw

__all__ = ["SYSTEMS", "Subject", "subject"]

Array = NDArray[Any]
Act = Callable[[Array], Array]
Log = dict[str, Array]

SYSTEMS = ("grid", "spiral", "pendulum", "cart")

STARTS, PLAYED = 20, 400
"""Common starts of pendulum and cart, and those from which their real returns are judged."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A system after its loop.

    Attributes
    ----------
    seeds, rounds : int
        C and the number of rounds.
    gamma, horizon : of the returns.
    real : ndarray (P,)
        Real returns: expectations on grid and spiral, means over the common starts on pendulum and cart.
    truth : ndarray (P,)
        The same where `real` is an expectation, else means over many other starts.
    imagined : callable
        Round and seed of a model to the imagined returns (P,) of all policies there, from the same starts.
    certificate : callable
        Round of the models to their largest error in total variation, `eps_dyn`, and the `bound` of every
        policy's gap that follows, (C,) each; infinite where none is known.
    model : callable
        Round and seed to what `imagination.audit` takes for a model.
    policy : callable
        Number to a function of states.
    log : callable
        Number of a policy, of episodes, and a seed of starts and chance, to a log of real episodes.
    chances : callable or None
        Number to the probabilities (S, A) of a policy's actions, where there are finitely many.
    """

    seeds: int
    rounds: int
    gamma: float
    horizon: int
    real: Array
    truth: Array
    imagined: Callable[[int, int], Array]
    certificate: Callable[[int], dict[str, Array]]
    model: Callable[[int, int], Mapping[str, Callable[..., Array]]]
    policy: Callable[[int], Act]
    log: Callable[[int, int, int], Log]
    chances: Callable[[int], Array] | None = None


def subject(name: str, seeds: int = 20, count: int | None = None, *, first: int = 0) -> Subject:
    """Go through the loop of one of `SYSTEMS`: so many seeds and (all, if not told) rounds.

    `first` is what everything is drawn from: 0 makes the recorded policies again.
    """
    if name not in SYSTEMS:
        raise ValueError(f"name must be one of {SYSTEMS}, got {name!r}")
    if name == "grid":
        about = gridworld.SCALES["full"]
        return _grid(replace(about, seeds=seeds, rounds=count or about.rounds), first)
    if name == "spiral":
        puck = spiral.SCALES["full"]
        return _spiral(replace(puck, seeds=seeds, rounds=count or puck.rounds), first)
    setting = (cartpole if name == "cart" else pendulum).SETTING
    return _episodic(setting, seeds, count or setting.rounds, first)


class _Memory:
    """Keeps what a loop passes by, in the place of a table."""

    def __init__(self) -> None:
        self.policies: list[Any] = []
        self.models: list[Any] = []

    def __call__(self, number: int, policy: Any, models: Any, data: Any) -> pd.DataFrame:
        self.policies.append(policy)
        self.models.append(models)
        return pd.DataFrame({"round": [number]})


def _none(seeds: int) -> Callable[[int], dict[str, Array]]:
    return lambda number: dict.fromkeys(("eps_dyn", "bound"), np.full(seeds, np.inf))


def _rows(columns: Mapping[str, Array], count: int, steps: int) -> Log:
    """A log of `count` whole episodes of so many steps, from arrays (count, steps, ...)."""
    log = {name: values.reshape(count * steps, *values.shape[2:]) for name, values in columns.items()}
    last = np.tile(np.arange(steps) == steps - 1, count)
    over = {"terminated": np.zeros(count * steps, bool), "truncated": last}
    return log | over | {"episode": np.repeat(np.arange(count), steps)}


# -- the grid ------------------------------------------------------------------------------------------------


def _grid(settings: gridworld.Settings, first: int) -> Subject:
    seen, real, horizon = _Memory(), gridworld.world(settings), settings.horizon
    gridworld.go_round(real, settings, np.random.default_rng(first).spawn(2)[0], seen)
    chances = np.concatenate([policy.probabilities for policy in seen.policies])
    generator = np.random.default_rng(first)

    def returns(world: TabularMDP) -> Array:
        """Of all policies in a world of which there is one."""
        return world[np.zeros(len(chances), dtype=int)].returns(chances, horizon)

    def policy(number: int) -> Act:
        return lambda state: draw(chances[number][state[:, 0].astype(int)], generator)[:, None]

    def model(number: int, seed: int) -> Mapping[str, Callable[..., Array]]:
        kernel, reward = seen.models[number].transition[seed], seen.models[number].reward[seed]

        def moved(state: Array, action: Array) -> Array:
            at = state[:, 0].astype(int), action[:, 0].astype(int)
            return draw(kernel[at], generator)[:, None].astype(float)

        return {"next_state": moved, "reward": lambda s, a: reward[s[:, 0].astype(int), a[:, 0].astype(int)]}

    def log(number: int, count: int, seed: int) -> Log:
        own = np.random.default_rng([seed, number])
        drawn = real[0].sample(chances[number : number + 1], count, horizon, own)
        states = drawn.states[0, ..., None].astype(float)
        columns = {"state": states[:, :-1], "next_state": states[:, 1:]}
        columns |= {"action": drawn.actions[0, ..., None], "reward": drawn.rewards[0]}
        return _rows(columns, count, horizon)

    def certificate(number: int) -> dict[str, Array]:
        learned = seen.models[number]
        numbers = {
            "eps_dyn": total_variation(learned.transition, real.transition).max(axis=(1, 2)),
            "eps_rew": np.abs(learned.reward - real.reward).max(axis=(1, 2)),
            "width": np.ptp(real.reward[0]),
        }
        bound = kernels.TIGHT_SIMULATION.evaluate(gamma=settings.discount, **numbers)
        return {"eps_dyn": numbers["eps_dyn"], "bound": np.asarray(bound)}

    truth = returns(real[0])
    return Subject(
        settings.seeds,
        settings.rounds,
        settings.discount,
        horizon,
        truth,
        truth,
        lambda number, seed: returns(seen.models[number][seed]),
        certificate,
        model,
        policy,
        log,
        lambda number: chances[number],
    )


# -- the spiral ----------------------------------------------------------------------------------------------


def _spiral(settings: spiral.Settings, first: int) -> Subject:
    seen, real, horizon = _Memory(), spiral.world(settings), settings.horizon
    collecting, training, _ = np.random.default_rng(first).spawn(3)
    spiral.go_round(real, settings, collecting, training, seen)
    gain = np.concatenate([policy.gain.numpy() for policy in seen.policies])
    systems = [system_of(model) for model in seen.models]
    true = system_of(real)

    def one(system: System, seed: int) -> System:
        return System(*(array[seed : seed + 1] for array in system))

    def returns(system: System) -> Array:
        """Of all gains, averaged over the disc where episodes start, (P,)."""
        (loop, reward), now = system.closed(gain), start_moment(np.ones(len(gain)), 2)
        total = np.zeros(len(gain))
        for step in range(horizon):
            total += settings.discount**step * trace(reward, now)
            now = loop @ now @ loop.mT
        return total

    def maps(system: System) -> dict[str, Callable[..., Array]]:
        A, B, form = (array[0] for array in system)

        def reward(state: Array, action: Array) -> Array:
            both = np.concatenate([state, action], axis=1)
            return ((both @ form) * both).sum(axis=1)

        return {"next_state": lambda s, a: s @ A.T + a @ B.T, "reward": reward}

    def policy(number: int) -> Act:
        return lambda state: state @ gain[number].T

    def log(number: int, count: int, seed: int) -> Log:
        state = real.initial.sample(np.random.default_rng(seed), count)[0]
        world, rows = maps(one(true, 0)), []
        for _ in range(horizon):
            action = policy(number)(state)
            moved = world["next_state"](state, action)
            rows.append((state, action, moved, world["reward"](state, action)))
            state = moved
        columns = (np.stack(column, axis=1) for column in zip(*rows, strict=True))
        names = ("state", "action", "next_state", "reward")
        return _rows(dict(zip(names, columns, strict=True)), count, horizon)

    truth = returns(one(true, 0))
    return Subject(
        settings.seeds,
        settings.rounds,
        settings.discount,
        horizon,
        truth,
        truth,
        lambda number, seed: returns(one(systems[number], seed)),
        _none(settings.seeds),
        lambda number, seed: maps(one(systems[number], seed)),
        policy,
        log,
    )


# -- pendulum and cart ---------------------------------------------------------------------------------------


def _episodic(setting: Setting, seeds: int, count: int, first: int) -> Subject:
    study, seen = Study(setting, seeds, first), _Memory()
    rounds.run(
        setting.policy(study.generator, seeds),
        rounds=count,
        collect=study.collect,
        learn=study.learn,
        improve=study.improve,
        measure=seen,
    )
    many = len(seen.policies) * seeds
    like: NetworkTorchPolicy = setting.policy(torch.Generator().manual_seed(0), many)
    policies = doubled(like.with_flat(torch.cat([policy.flat() for policy in seen.policies])))
    alone, all_of_them = setting.real(1), setting.real(many)
    generator = torch.Generator().manual_seed(first + 1)
    starts, others = (alone.start(K, generator).expand(many, -1, -1) for K in (STARTS, PLAYED))

    def world(number: int, seed: int) -> LearnedWorld:
        return seen.models[number][0].only(seed).to(torch.float64)

    def returns(place: Any, start: torch.Tensor) -> Array:
        return play(place, greedy(policies), start, alone.limit).returns().mean(1).numpy()

    def policy(number: int) -> Act:
        act = greedy(policies.map_arrays(lambda array: array[number : number + 1]))
        return lambda state: act(torch.as_tensor(state)[None])[1][0].numpy()

    def model(number: int, seed: int) -> Mapping[str, Callable[..., Array]]:
        place = world(number, seed)

        def asked(part: str) -> Callable[[Array, Array], Array]:
            def answer(state: Array, action: Array) -> Array:
                found = place.step(torch.as_tensor(state)[None], torch.as_tensor(action)[None])
                return getattr(found, part)[0].numpy()

            return answer

        maps = {"next_state": asked("state"), "reward": asked("reward")}
        ends = asked("ended")
        return maps if place.ending is None else maps | {"proceed": lambda s, a: 1.0 - ends(s, a)}

    def log(number: int, count: int, seed: int) -> Log:
        start = alone.start(count, torch.Generator().manual_seed(seed))
        act = greedy(policies.map_arrays(lambda array: array[number : number + 1]))
        found = play(alone, act, start, alone.limit)
        names = ("state", "control", "reward", "following", "ended", "alive")
        state, action, reward, moved, ended, alive = (getattr(found, each)[0].numpy() for each in names)
        last = alive.sum(axis=1)[:, None] - 1 == np.arange(alive.shape[1])
        columns = {"state": state, "action": action, "reward": reward, "next_state": moved}
        columns |= {"terminated": ended, "truncated": last & ~ended}
        columns["episode"] = np.broadcast_to(np.arange(count)[:, None], alive.shape)
        return {name: values[alive] for name, values in columns.items()}

    return Subject(
        seeds,
        count,
        1.0,
        alone.limit,
        returns(all_of_them, starts),
        returns(all_of_them, others),
        lambda number, seed: returns(Regrouped(world(number, seed), many), starts),
        _none(seeds),
        model,
        policy,
        log,
    )
