"""Episodes from Gymnasium's environments and from Minari's data sets, whatever their spaces."""

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from imagination.audit.collecting import collect
from imagination.audit.episodes import episodes
from imagination.audit.spaces import flat_states

NESTED = spaces.Dict(
    {
        "place": spaces.Box(-np.inf, np.inf, (2,)),
        "level": spaces.Discrete(3),
        "both": spaces.Tuple((spaces.MultiBinary(2), spaces.MultiDiscrete([2, 3]))),
    }
)


class Counter(gymnasium.Env):
    """Observes what its space draws, pays the action, and ends after `steps`."""

    def __init__(self, observed, acting, steps=4, pay=float):
        self.observation_space, self.action_space = observed, acting
        self.steps, self.pay, self.taken = steps, pay, []

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.observation_space.seed(seed)
        self.now = 0
        return self.observation_space.sample(), {}

    def step(self, action):
        self.now += 1
        self.taken.append(action)
        reward = self.pay(np.sum(action))
        return self.observation_space.sample(), reward, self.now == self.steps, False, {}


@pytest.mark.parametrize(
    ("acting", "action"),
    [
        (spaces.Discrete(3, start=-1), -1),
        (spaces.MultiDiscrete([2, 3]), [1, 2]),
        (spaces.MultiBinary(2), [0, 1]),
        (spaces.Box(-1, 1, (2, 1)), [0.25, -1]),
        (spaces.Box(0, 9, (1,), np.int32), 7),
        (spaces.Box(-np.inf, np.inf, (1,)), 1e6),
    ],
)
def test_actions_reach_the_environment_as_its_own(acting, action):
    env = Counter(spaces.Discrete(2), acting)
    log = collect(env, lambda s: np.tile(np.atleast_1d(action), (len(s), 1)), episodes=2)
    assert all(acting.contains(each) for each in env.taken) and len(env.taken) == 8
    np.testing.assert_array_equal(log.action, np.tile(np.atleast_1d(action), (8, 1)))
    assert (log.action.dtype == np.int64) == (not isinstance(acting, spaces.Box))
    np.testing.assert_allclose(log.reward, np.sum(action))
    np.testing.assert_array_equal(log.length, [4, 4])


def test_observations_become_states_by_flatten():
    log = collect(Counter(NESTED, spaces.Discrete(2)), lambda s: np.zeros(len(s), int), episodes=2, seed=3)
    assert log.state.shape == (8, spaces.flatdim(NESTED))
    assert log.names[:3] == ("both.0[0]", "both.0[1]", "both.1[0]")
    assert log.names[-5:] == ("level[0]", "level[1]", "level[2]", "place[0]", "place[1]")
    np.testing.assert_array_equal(log.episode, np.repeat([0, 1], 4))
    assert episodes(vars(log)).names == log.names
    with pytest.raises(ValueError, match=r"data\['names'\] must be a text for each of 12 coordinates"):
        episodes(vars(log) | {"names": np.array(["one"])})
    first = NESTED
    first.seed(int(np.random.SeedSequence(3).generate_state(2)[0]))
    np.testing.assert_array_equal(log.state[0], spaces.flatten(first, first.sample()).astype(float))


def test_a_batch_of_observations_is_flattened_row_by_row():
    drawn = [NESTED.sample() for _ in range(5)]
    batch = {
        "place": np.stack([each["place"] for each in drawn]),
        "level": np.array([e["level"] for e in drawn]),
    }
    batch["both"] = tuple(np.stack([each["both"][i] for each in drawn]) for i in (0, 1))
    expected = [spaces.flatten(NESTED, each) for each in drawn]
    np.testing.assert_array_equal(flat_states(NESTED, batch), np.array(expected, dtype=float))


def test_the_seed_decides_and_nothing_global_is_left_changed():
    def policy(state):
        return np.random.uniform(-1, 1, (len(state), 1))  # noqa: NPY002 (what others use)

    np.random.seed(5)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again, other = (
        collect("MountainCarContinuous-v0", policy, episodes=3, seed=seed, max_steps=20) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    np.testing.assert_array_equal(first.action, again.action)
    np.testing.assert_array_equal(first.state, again.state)
    assert not np.array_equal(first.action, other.action) and not np.array_equal(first.state, other.state)
    np.testing.assert_array_equal(first.length, [20, 20, 20])
    assert not first.ended().any()


def test_more_episodes_than_copies_are_each_their_own():
    def policy(state):
        return np.where(state[:, 1] < 0, -1, 1)

    many = collect("MountainCarContinuous-v0", policy, episodes=18, max_steps=30)
    few = collect("MountainCarContinuous-v0", policy, episodes=18, max_steps=30, goal_velocity=0)
    assert len(np.unique(many.state[many.start, 0])) == 18
    np.testing.assert_array_equal(many.state, few.state)


ZERO = spaces.Discrete(2)


@pytest.mark.parametrize(
    ("env", "policy", "said"),
    [
        ("Nothing-v0", None, "env: no environment can be made of 'Nothing-v0'"),
        (3, None, "env must be a Gymnasium environment or its name, got int"),
        (Counter(spaces.Sequence(ZERO), ZERO), None, "env.observation_space must flatten"),
        (Counter(ZERO, spaces.Dict(a=ZERO)), None, "env.action_space must be a Box"),
        (Counter(ZERO, ZERO), lambda s: np.full(len(s), 2), r"must lie in the action space Discrete\(2\)"),
        (Counter(ZERO, ZERO), lambda s: np.full(len(s), 0.5), "policy must return whole numbers"),
        (Counter(ZERO, spaces.Box(-1, 1, (1,))), lambda s: 2 + 0 * s[:, :1], "must lie in the action space"),
        (
            Counter(ZERO, spaces.Box(-1, 1, (1,))),
            lambda s: s,
            r"policy must return shape \(1, 1\), got \(1, 2\)",
        ),
        (Counter(ZERO, ZERO, pay=lambda _: np.nan), lambda s: np.zeros(len(s)), r"data\['reward'\] .* row"),
    ],
)
def test_what_cannot_be_logged_is_refused_by_name(env, policy, said):
    with pytest.raises(ValueError, match=said):
        collect(env, policy, episodes=1)


@pytest.mark.filterwarnings("ignore::UserWarning:minari")
def test_a_minari_data_set_is_read(tmp_path, monkeypatch):
    import minari

    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    log = collect(Counter(NESTED, spaces.Discrete(3)), lambda s: np.ones(len(s), int), episodes=2)
    collector = minari.DataCollector(Counter(NESTED, spaces.Discrete(3)))
    for episode in range(2):
        collector.reset(seed=int(np.random.SeedSequence(0).generate_state(2)[episode]))
        while not collector.step(1)[2]:
            pass
    data = collector.create_dataset("counter/ones-v0")
    for read in (episodes(data), episodes("counter/ones-v0")):
        for name, column in vars(log).items():
            np.testing.assert_array_equal(getattr(read, name), column, err_msg=name)
    with pytest.raises(ValueError, match="data: no Minari dataset 'counter/none-v0'"):
        episodes("counter/none-v0")
