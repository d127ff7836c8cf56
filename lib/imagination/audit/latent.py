"""World models that can only be started from a sequence: recurrent and other latent models."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from imagination.audit.calls import PROBED, Call, numbers, part, probability, same, vector, vectors
from imagination.audit.episodes import Episodes
from imagination.audit.randomness import forked
from imagination.audit.trees import chosen, joined, leaves, mapped

__all__ = ["LatentModel"]

NAMES = ("observe", "imagine", "reward", "proceed", "decode", "features")

AT_ONCE = 2_000_000
"""How many numbers of observed states are handed to a model at once."""


class LatentModel:
    """A model with ``observe``, ``imagine`` and ``reward``; its belief is its latent.

    Parameters
    ----------
    model : mapping or object with

        - ``observe(states, actions)``: latents of n sequences s_0 … s_T (n, T + 1, d) and a_0 … a_(T−1)
          (n, T, k). Either of every time, arrays (n, T + 1, ...), which is fast, or of the last time alone,
          (n, ...). In the first case sequences are padded at their end, so the model must not look ahead;
        - ``imagine(latent, action)``: latents (n, ...) and actions (n, k) to latents one step on;
        - ``reward(latent)``: (n,), the reward of the step that led to this latent;
        - optional ``proceed(latent)``, or ``continue_``: probability (n,) that the world went on after that
          step;
        - optional ``decode(latent)``: the predicted states (n, d);
        - optional ``features(latent)``: what the policy sees (n, ...) instead of ``decode``'s states.

        A latent is an array or tensor, or a nested dict, list, tuple or dataclass of them.
    episodes : Episodes

    Attributes
    ----------
    shows_latents : bool
        Whether the policy sees ``features`` rather than states.

    Raises
    ------
    ValueError
        If it lacks both ``decode`` and ``features``, looks ahead, or returns something of another shape.

    Examples
    --------
    A ``WorldModel`` of dreamerv3-torch, whose latent is a dict:

    .. code-block:: python

        def observe(states, actions):  # the action that led to a state stands beside it
            before = torch.nn.functional.pad(actions, (0, 0, 1, 0))
            first = torch.zeros(states.shape[:2])
            first[:, 0] = 1
            return wm.dynamics.observe(wm.encoder({"state": states}), before, first)[0]

        feat = wm.dynamics.get_feat
        model = {"observe": observe, "imagine": wm.dynamics.img_step}
        model["reward"] = lambda latent: wm.heads["reward"](feat(latent)).mode()
        model["proceed"] = lambda latent: wm.heads["cont"](feat(latent)).mean
        model["decode"] = lambda latent: wm.heads["decoder"](feat(latent))["state"].mode()

    An agent of danijar's dreamerv3; each function is then made pure, by ``jax.jit(ninjax.pure(function))``
    and a lambda that hands it the agent's parameters and a seed:

    .. code-block:: python

        def observe(states, actions):
            first = jnp.zeros(states.shape[:2], bool).at[:, 0].set(True)
            before = {"action": jnp.pad(actions, ((0, 0), (1, 0), (0, 0)))}
            tokens = agent.enc({}, {"state": states}, first, False)[2]
            return agent.dyn.observe(agent.dyn.initial(len(states)), tokens, before, first, False)[2]

        def imagine(latent, action):
            return agent.dyn.imagine(latent, {"action": action}, 1, False, single=True)[1][0]

        def reward(latent):  # proceed likewise: agent.con(...).prob(1)
            return agent.rew(agent.feat2tensor(latent), 1).pred()
    """

    def __init__(self, model: Any, episodes: Episodes) -> None:
        if part(model, "decode") is None and part(model, "features") is None:
            raise ValueError("model must have decode(latent) or features(latent): what its policy sees")
        if missing := [name for name in NAMES[:3] if part(model, name) is None]:
            raise ValueError(f"model must have observe, imagine and reward, got no {missing[0]}")
        given = {name: part(model, name) for name in NAMES}
        given["proceed"] = given["proceed"] or part(model, "continue_") or part(model, "continue")
        self._calls = {
            name: Call(f"model.{name}", call, model) for name, call in given.items() if call is not None
        }
        self.shows_latents = "features" in self._calls
        self._size = episodes.state.shape[1]
        with forked(None, model):
            self._every_time = self._tells_every_time(episodes)
            self.stochastic = self._differs(episodes)
        if self._every_time and not self.stochastic:
            self._looks_back_only(episodes)

    def begin(self, episodes: Episodes, episode: np.ndarray, time: np.ndarray) -> Any:
        """Return the beliefs after having seen each `episode` (m,) up to `time` (m,)."""
        parts, places = [], []
        if self._every_time:
            which, inverse = np.unique(episode, return_inverse=True)
            longest = np.zeros(len(which), dtype=int)
            np.maximum.at(longest, inverse, time)
            for some in self._portions(longest):
                rows = np.flatnonzero((inverse >= some.start) & (inverse < some.stop))
                latents = self._observe(episodes, which[some], int(longest[some].max()))
                at, when = inverse[rows] - some.start, time[rows]
                parts.append(mapped(operator.itemgetter((at, when)), latents))
                places.append(rows)
        else:
            order = np.argsort(time, kind="stable")
            for same_time in np.split(order, np.flatnonzero(np.diff(time[order])) + 1):
                for some in self._portions(time[same_time]):
                    rows = same_time[some]
                    parts.append(self._observe(episodes, episode[rows], int(time[rows[0]])))
                    places.append(rows)
        back = np.argsort(np.concatenate(places))
        return chosen(joined(parts), back, len(back))

    def visible(self, belief: Any) -> np.ndarray:
        """What the policy sees of beliefs, (m, d)."""
        if self.shows_latents:
            seen = numbers("model.features", self._calls["features"](belief))
            if seen.shape[:1] != (_rows(belief),):
                raise ValueError(f"model.features must return {_rows(belief)} rows, got shape {seen.shape}")
            return seen
        found = self.states(belief)
        assert found is not None
        return found

    def states(self, belief: Any) -> np.ndarray | None:
        """The predicted states (m, d); None where there are none."""
        if "decode" not in self._calls:
            return None
        return vectors("model.decode", self._calls["decode"](belief), _rows(belief), self._size)

    def step(self, belief: Any, action: np.ndarray) -> tuple[Any, np.ndarray, np.ndarray]:
        """Return the next beliefs, the rewards (m,) and the probabilities (m,) that the world goes on."""
        count = len(action)
        following = self._calls["imagine"](belief, action)
        reward = vector("model.reward", self._calls["reward"](following), count)
        if "proceed" not in self._calls:
            return following, reward, np.ones(count)
        return (
            following,
            reward,
            probability("model.proceed", self._calls["proceed"](following), count),
        )

    def select(self, belief: Any, keep: np.ndarray) -> Any:
        """Return the beliefs of the trajectories `keep`."""
        return chosen(belief, keep, _rows(belief))

    def _portions(self, length: np.ndarray) -> list[slice]:
        """Neighbouring sequences that are observed together."""
        count = max(1, AT_ONCE // ((int(length.max(initial=0)) + 1) * self._size))
        return [slice(i, min(i + count, len(length))) for i in range(0, len(length), count)]

    def _observe(self, episodes: Episodes, episode: np.ndarray, last: int) -> Any:
        """Latents of sequences up to time `last`; shorter episodes are padded with their last state."""
        times = np.arange(last + 1)
        within = np.minimum(times, episodes.length[episode][:, None])
        shape = within.shape
        states = episodes.observed(np.repeat(episode, last + 1), within.ravel()).reshape(*shape, -1)
        before = within[:, :-1]
        row = np.minimum(episodes.start[episode][:, None] + before, len(episodes.action) - 1)
        goes_on = before < episodes.length[episode][:, None]
        actions = np.where(goes_on[..., None], episodes.action[row], 0).astype(episodes.action.dtype)
        return self._calls["observe"](states, actions)

    def _tells_every_time(self, episodes: Episodes) -> bool:
        """Whether latents of every time are observed, or of the last: their shape tells."""
        few = np.arange(min(3, len(episodes.start)))
        shapes = []
        for last in (1, 2):
            arrays = leaves(self._observe(episodes, few, last))
            if not arrays or any(array.shape[0] != len(few) for array in arrays):
                got = [tuple(array.shape) for array in arrays] or "none"
                raise ValueError(f"model.observe must return arrays with {len(few)} rows, got {got}")
            shapes.append({tuple(array.shape[1:2]) for array in arrays})
        return shapes == [{(2,)}, {(3,)}]

    def _looks_back_only(self, episodes: Episodes) -> None:
        few = np.arange(min(32, len(episodes.start)))
        short, long = (leaves(self._observe(episodes, few, last)) for last in (1, 2))
        for one, other in zip(short, long, strict=True):
            if not same(numbers("model.observe", one), numbers("model.observe", other)[:, :2]):
                raise ValueError("model.observe must not look ahead: a later state changes an earlier latent")

    def _differs(self, episodes: Episodes) -> bool:
        """Whether two equal calls differ."""
        episode, time = episodes.spread(PROBED)
        action = episodes.action[episodes.start[episode] + time]

        def once() -> list[np.ndarray]:
            latent = self.begin(episodes, episode, time)
            following, *said = self.step(latent, action)
            seen = [self.visible(latent), self.states(following)]
            arrays = [numbers("model.imagine", array) for array in leaves(following)]
            return [*arrays, *said, *(each for each in seen if each is not None)]

        return not all(map(same, once(), once()))


def _rows(latent: Any) -> int:
    return leaves(latent)[0].shape[0]
