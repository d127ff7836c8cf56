"""Latent models: real physics behind them, collapse seen and cured, a loss that can be written down."""

import gymnasium
import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree

from imagination import lipschitz
from imagination.models import fitting, latent_training
from imagination.models.latent_beforehand import encoder_beforehand
from imagination.models.latent_training import (
    LatentSetting,
    pendulum_trajectories,
    principal_components,
    train_latent,
)
from imagination.rollouts import rollout
from imagination.worlds.gymnasium import MAX_SPEED, MAX_TORQUE, pendulum

UNIT = 15.0**0.5
BARE = {"variance": 0.0, "covariance": 0.0}
SETTINGS = [
    LatentSetting(0.1, stop=0.0),
    LatentSetting(0.0, stop=0.0, **BARE),
    LatentSetting(3.0, stop=0.0),
    LatentSetting(0.0, stop=0.0, spectral=0.3),
]


@pytest.fixture(scope="module")
def data():
    return pendulum_trajectories([np.random.default_rng(seed) for seed in (0, 1)], 100, 12)


@pytest.fixture(scope="module")
def models(data):
    """Settings above, two seeds each, in order."""
    return train_latent(data, [3, 4], SETTINGS, steps=1000, width=24)


def test_trajectories_are_those_of_gymnasium(data):
    env = gymnasium.make("Pendulum-v1").unwrapped
    for episode in range(5):
        env.reset(seed=0)
        states = data.states[1, episode]
        env.state = np.array([np.arctan2(states[0, 1], states[0, 0]), states[0, 2] * UNIT])
        for t in range(12):
            seen, reward, *_ = env.step(MAX_TORQUE * data.actions[1, episode, t])
            np.testing.assert_allclose(seen / [1, 1, UNIT], states[t + 1], atol=2e-6)
            assert reward == pytest.approx(data.rewards[1, episode, t], abs=1e-6)


def test_without_the_regulariser_codes_collapse_and_with_it_they_do_not(models):
    health = models.health
    assert not health.collapsed[:2].any()
    assert (health.spread[:2] > 0.7).all()
    assert (health.effective_rank[:2] > 2).all()
    assert health.collapsed[2:4].all()
    assert (health.spread[2:4] < 0.05).all()
    # What is left of the state in them is harder to read.
    assert health.decoding_error[2:4].mean(1).min() > health.decoding_error[:2].mean(1).max()


def test_the_curvature_penalty_straightens(models):
    assert (models.health.curvature[4:6] < models.health.curvature[:2]).all()


def test_limited_predictors_have_the_certified_constant(models):
    limited = models.predictor.take(np.array([6, 7]))
    hidden = np.concatenate([limited.hidden_state, limited.hidden_action], axis=-1)
    for weight in (hidden, limited.output):
        assert np.linalg.norm(weight, 2, axis=(1, 2)).max() <= 0.3 * (1 + 1e-12)
    assert (limited.lipschitz() <= 1.09 * (1 + 1e-12)).all()
    codes = models.take(np.array([6, 7])).encode(latent_training.state_grid(12, 5))
    actions = np.random.default_rng(0).uniform(-1, 1, (*codes.shape[:2], 1))
    seen = lipschitz.jacobian_lipschitz(limited, codes, actions)
    assert (seen <= limited.lipschitz() * (1 + 1e-9)).all()


def test_the_loss_is_what_the_docstring_says(data):
    setting = LatentSetting(0.7, variance=0.9, covariance=0.2, reward=0.5, jacobian=0.3, velocity=0.1)
    trainer = latent_training._Trainer(data, [3, 4], [setting], latent_training.Camera(), 3, 8)
    chosen = torch.arange(32).view(2, 16)
    batch = trainer._batch(chosen)
    found = trainer.loss(chosen)
    seen, actions, rewards = batch
    for c in range(2):
        layers = [layer[c] for layer in trainer.layers]

        def network(x: torch.Tensor, parts: list) -> torch.Tensor:
            for weight, bias in zip(parts[:-2:2], parts[1:-2:2], strict=True):
                x = torch.tanh(x @ weight.T + bias)
            return x @ parts[-2].T + parts[-1]

        codes = network(seen[c], layers[:6])
        z = codes.view(16, 3, 3)
        with_action = torch.cat([z[:, 0], actions[c]], -1)
        prediction = ((z[:, 0] + network(with_action, layers[6:10]) - z[:, 1]) ** 2).mean()
        v, w = z[:, 1] - z[:, 0], z[:, 2] - z[:, 1]
        bent = (1 - (v * w).sum(1) / (v.norm(dim=1) * w.norm(dim=1))).mean()
        spread = torch.cov(codes.T)
        narrow = (1 - (spread.diagonal() + 1e-4).sqrt()).clamp(min=0).mean()
        tied = (spread - torch.diag(spread.diagonal())).square().sum() / 3
        judged = (network(with_action, layers[10:])[:, 0] - rewards[c]).square().mean()
        moved = torch.autograd.functional.jacobian(
            lambda x, parts=layers[6:10]: network(x, parts).sum(0), with_action.detach()
        ).transpose(0, 1)  # of the velocity at each point, (16, 3, 4)
        whole = moved + torch.eye(3, 4)
        steep = 0.3 * whole.square().sum((1, 2)).mean() + 0.1 * moved.square().sum((1, 2)).mean()
        wanted = prediction + 0.7 * bent + 0.9 * narrow + 0.2 * tied + judged + steep
        torch.testing.assert_close(found[c], wanted)


def test_an_encoder_keeps_what_it_learned_beforehand_as_its_pace_says(data):
    settings = [LatentSetting(beforehand=True, pace=pace) for pace in (0.0, 0.25, 1.0)]
    trainer = latent_training._Trainer(data, [3, 4], settings, latent_training.Camera(), 3, 8)
    seen = trainer.seen.flatten(1, 2)
    start = [layer[:2] for layer in trainer.layers[:6]]
    learned = encoder_beforehand(seen, start, [3, 4], steps=60, batch_size=32, learning_rate=3e-3)
    trainer.begin_with(learned)
    for code in trainer._codes(seen):  # white
        torch.testing.assert_close(torch.cov(code.T), torch.eye(3), atol=1e-3, rtol=0)
        torch.testing.assert_close(code.mean(0), torch.zeros(3), atol=1e-3, rtol=0)
    gradient = fitting.by_autograd(trainer.loss, trainer.layers)(torch.arange(16).expand(2, -1))
    before = trainer.encoders()
    fitting.Adam().step(trainer.layers, gradient, 1e-2)
    trainer.pace(before)
    for layer, first in zip(trainer.layers[:6], learned, strict=True):
        still, slow, free = (layer[2 * k : 2 * k + 2] for k in range(3))
        assert torch.equal(still, first)
        assert not torch.equal(free, first)
        torch.testing.assert_close(slow - first, 0.25 * (free - first), atol=1e-6, rtol=1e-3)


def test_codes_learned_beforehand_tell_states_apart(data):
    """The state with the nearest code is near, though no state was ever shown to the encoder."""
    frozen = LatentSetting(0.0, beforehand=True, pace=0.0)
    models = train_latent(data, [3, 4], [frozen], steps=350, width=24)
    assert (models.health.effective_rank > 2.5).all()
    known = latent_training.state_grid(60, 31)
    fresh = pendulum_trajectories([np.random.default_rng(5)], 50, 4).states[0].reshape(-1, 3)
    for known_codes, codes in zip(models.encode(known), models.encode(fresh), strict=True):
        nearest = known[cKDTree(known_codes).query(codes)[1]]
        assert np.linalg.norm(nearest - fresh, axis=1).mean() < 0.3


def test_penalties_make_predictors_less_steep(data):
    settings = [LatentSetting(0.0, stop=0.0), LatentSetting(0.0, stop=0.0, jacobian=0.1)]
    settings.append(LatentSetting(0.0, stop=0.0, velocity=0.1))
    models = train_latent(data, [3, 4], settings, steps=200, width=24)
    codes = models.encode(latent_training.state_grid(12, 5))
    actions = np.zeros((*codes.shape[:2], 1))
    steep = lipschitz.jacobian_lipschitz(models.predictor, codes, actions).reshape(3, 2)
    assert (steep[1] < steep[0]).all()
    assert (models.predictor.lipschitz().reshape(3, 2)[2] < models.predictor.lipschitz()[:2]).all()


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_gradients_are_stopped_in_part(share):
    codes = torch.ones(1, 4, 2, requires_grad=True)
    (5 * latent_training._partly(codes, torch.tensor([share]))).sum().backward()
    torch.testing.assert_close(codes.grad, torch.full((1, 4, 2), 5 * share))


def test_components_are_orthogonal_and_hold_almost_everything():
    camera = latent_training.Camera()
    mean, components = principal_components(camera)
    gram = components @ components.T
    np.testing.assert_allclose(gram, gram[0, 0] * np.eye(len(gram)), atol=1e-9 * gram[0, 0])
    seen = camera(latent_training.state_grid(31, 17)) - mean
    kept = seen @ components.T @ components / gram[0, 0]
    assert ((seen - kept) ** 2).sum() < 1e-3 * (seen**2).sum()


def test_policies_act_alike_on_codes_in_both_worlds(models):
    real = pendulum(np.full(8, 0.9))
    imagined = models.imagined(real)
    policy = models.policy(np.array([[0.0, -0.3, -0.1]]))
    start = np.tile(real.initial.sample(np.random.default_rng(0), 5)[:1], (8, 1, 1))
    truth = rollout(real, lambda state: policy(models.encode(state)), start, 4)
    dream = rollout(imagined, policy, models.encode(start), 4)
    np.testing.assert_allclose(truth.actions[:, :, 0], dream.actions[:, :, 0], atol=1e-12)
    assert np.abs(truth.actions[:, :, 1:] - dream.actions[:, :, 1:]).max() > 1e-3
    # Codes, real and imagined, stay in one ball.
    radius = models.encoder.radius * (1 + 1e-12)
    assert (np.linalg.norm(dream.states, axis=-1).max((1, 2)) <= radius).all()
    anywhere = models.encode(
        pendulum(np.zeros(1), initial_speed=MAX_SPEED).initial.sample(np.random.default_rng(1), 500)[0]
    )
    assert (np.linalg.norm(anywhere, axis=-1).max(1) <= radius).all()
    np.testing.assert_allclose(imagined.diameter, 2 * models.encoder.radius)


def test_policies_are_as_smooth_as_they_say(models):
    policy = models.policy(np.array([[0.2, -0.3, -0.1]]))
    codes = models.encode(latent_training.state_grid(12, 5))
    rise = np.abs(policy(codes[:, 1:]) - policy(codes[:, :1]))[..., 0]
    run = np.linalg.norm(codes[:, 1:] - codes[:, :1], axis=-1)
    assert (rise <= policy.lipschitz()[:, None] * run * (1 + 1e-9)).all()


def test_a_seed_is_the_same_in_any_company(data, models):
    alone = train_latent(
        latent_training.PendulumTrajectories(data.states[1:], data.actions[1:], data.rewards[1:]),
        [4], SETTINGS[2:3], steps=20, width=24,
    )  # fmt: skip
    together = train_latent(data, [3, 4], SETTINGS, steps=20, width=24)
    np.testing.assert_allclose(alone.predictor.output[0], together.predictor.output[5], atol=1e-4)
    np.testing.assert_allclose(alone.encoder.output[0], together.encoder.output[5], atol=1e-4)


@pytest.mark.parametrize(
    "options",
    [
        {"straighten": -1.0},
        {"variance": np.inf},
        {"spectral": 0.0},
        {"stop": 1.5},
        {"reward": np.nan},
        {"pace": 2.0},
    ],
)
def test_senseless_settings_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        LatentSetting(**options)


def test_senseless_training_is_refused(data):
    with pytest.raises(ValueError, match="batch_size"):
        train_latent(data, [0, 1], SETTINGS, batch_size=1)
    with pytest.raises(ValueError, match=r"data\.states"):
        train_latent(data, [0, 1, 2], SETTINGS)
    with pytest.raises(ValueError, match="learning_rate"):
        train_latent(data, [0, 1], SETTINGS, learning_rate=-1.0)
    with pytest.raises(ValueError, match="steps"):
        pendulum_trajectories([np.random.default_rng(0)], 3, 1)
