"""Training goes uphill, by the gradient it is given, seed by seed."""

import numpy as np
import pytest
import torch

from imagination.reinforce import exact
from imagination.reinforce.problems import Estimator, Problem, tabular_policy
from imagination.reinforce.sampling import ContinuousWorld, Labels, TabularWorld
from imagination.reinforce.torch_policies import TabularPolicy, random_gaussian_policy
from imagination.reinforce.training import Adam, Ascent, train
from imagination.worlds.linear_quadratic import linear_quadratic
from imagination.worlds.makers import garnet, gridworld


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def zeros(mdp):
    return TabularPolicy(torch.zeros(*mdp.reward.shape, dtype=torch.float64))


@pytest.mark.parametrize("baseline", ["none", "constant", "value"])
def test_every_seed_climbs_nearly_to_the_best_return(baseline):
    mdp = gridworld(2, 3, 0.1, 0.9)[np.zeros(12, dtype=int)]
    horizon = 15
    done = train(
        TabularWorld(mdp),
        zeros(mdp),
        steps=80,
        rollouts=16,
        horizon=horizon,
        generator=generator(),
        estimator=Estimator("discounted", baseline),
        optimiser=Adam(0.15),
        labels=Labels(0.2),
        measure=lambda policy: mdp.returns(policy.probabilities().numpy(), horizon),
        every=40,
    )
    assert done.curve.shape == (12, 3) and list(done.at) == [0, 40, 80] and done.sampled.shape == (12, 80)
    best = mdp.returns(mdp.solve().policy, horizon)
    assert np.all(done.curve[:, -1] > 0.9 * best) and np.all(done.curve[:, 0] < 0.5 * best)


def test_a_step_of_ascent_follows_the_exact_gradient_on_average():
    mdp = garnet(1, 3, 2, 2, 0.9, np.random.default_rng(0))
    many = mdp[np.zeros(400, dtype=int)]
    start = TabularPolicy(torch.randn(1, 3, 2, generator=generator(), dtype=torch.float64).repeat(400, 1, 1))
    done = train(
        TabularWorld(many),
        start,
        steps=1,
        rollouts=50,
        horizon=4,
        generator=generator(1),
        optimiser=Ascent(0.5),
    )
    moved = (done.policy.flat() - start.flat()).numpy()
    expected = 0.5 * exact.gradient(Problem(mdp, tabular_policy(start.logits[:1].numpy()), 4))
    z = (moved.mean(axis=0) - expected) / (moved.std(axis=0, ddof=1) / 20)
    assert np.abs(z).max() < 4.5


def test_adam_is_torchs():
    vector = torch.randn(2, 5, generator=generator(), dtype=torch.float64)
    theirs = vector.clone().requires_grad_()
    optimiser = torch.optim.Adam([theirs], lr=0.03, maximize=True)
    adam = Adam(0.03)
    for step in range(5):
        gradient = torch.randn(2, 5, generator=generator(step + 1), dtype=torch.float64)
        vector, theirs.grad = adam.step(vector, gradient), gradient
        optimiser.step()
    torch.testing.assert_close(vector, theirs.detach(), rtol=1e-12, atol=1e-12)


def test_a_biased_labeller_is_believed():
    mdp = garnet(1, 4, 3, 3, 0.9, np.random.default_rng(1))[np.zeros(4, dtype=int)]
    # a bias that turns the reward round: what is learned is the worst, not the best
    table = torch.as_tensor(-2 * mdp.reward[0])
    curves = {}
    for name, bias in (("honest", None), ("turned", lambda state, action: table[state, action])):
        curves[name] = train(
            TabularWorld(mdp),
            zeros(mdp),
            steps=60,
            rollouts=20,
            horizon=10,
            generator=generator(),
            optimiser=Adam(0.2),
            labels=Labels(bias=bias),
            measure=lambda policy: mdp.returns(policy.probabilities().numpy(), 10),
        ).curve
    assert np.all(curves["honest"][:, -1] > curves["honest"][:, 0])
    assert np.all(curves["turned"][:, -1] < curves["turned"][:, 0])


def test_gaussian_policies_learn_in_continuous_worlds():
    mdp = linear_quadratic(np.random.default_rng(0), L_f=np.full(6, 0.9), discount=np.array([0.9]))
    policy = random_gaussian_policy(generator(), 6, 4, 2, width=8)
    options = {"steps": 60, "rollouts": 32, "horizon": 20, "estimator": Estimator("discounted", "value")}
    done = train(ContinuousWorld(mdp), policy, generator=generator(1), optimiser=Adam(0.02), **options)
    assert done.curve.shape == (6, 60)
    assert np.all(done.curve[:, -10:].mean(1) > done.curve[:, :10].mean(1))


def test_what_trains_together_can_differ_and_does_not_mix():
    """A world whose gradient is zero stays where it is beside one that learns."""
    mdp = garnet(2, 3, 2, 2, 0.9, np.random.default_rng(0))
    mdp = mdp.with_model(reward=mdp.reward * np.array([0.0, 1.0])[:, None, None])
    done = train(TabularWorld(mdp), zeros(mdp), steps=3, rollouts=8, horizon=4, generator=generator())
    assert torch.equal(done.policy.logits[0], torch.zeros(3, 2, dtype=torch.float64))
    assert bool((done.policy.logits[1] != 0).any())


def test_the_same_generator_gives_the_same_curve_and_another_another():
    mdp = garnet(2, 3, 2, 2, 0.9, np.random.default_rng(0))
    one, again, other = (
        train(TabularWorld(mdp), zeros(mdp), steps=4, rollouts=8, horizon=4, generator=generator(seed))
        for seed in (7, 7, 8)
    )
    np.testing.assert_array_equal(one.curve, again.curve)
    assert (one.curve != other.curve).any()


@pytest.mark.parametrize("every", [1, 3])
def test_measuring_changes_neither_policies_nor_what_is_drawn(every):
    mdp = garnet(2, 3, 2, 2, 0.9, np.random.default_rng(0))
    options = {"steps": 7, "rollouts": 8, "horizon": 4, "estimator": Estimator("discounted", "value")}
    plain, seen = generator(7), generator(7)
    without = train(TabularWorld(mdp), zeros(mdp), generator=plain, labels=Labels(0.1), **options)
    options |= {"measure": lambda policy: policy.logits.amax((1, 2)), "every": every}
    measured = train(TabularWorld(mdp), zeros(mdp), generator=seen, labels=Labels(0.1), **options)
    assert torch.equal(without.policy.logits, measured.policy.logits)
    assert torch.equal(plain.get_state(), seen.get_state())
    np.testing.assert_array_equal(without.sampled, measured.sampled)
    assert list(measured.at) == list(range(0, 8, every)) and measured.curve.shape == (2, len(measured.at))
    assert not measured.curve[:, 0].any() and measured.curve[:, 1].all()


def test_bad_input_is_named():
    mdp = garnet(1, 3, 2, 2, 0.9, np.random.default_rng(0))
    options = {"rollouts": 4, "horizon": 3, "generator": generator()}
    with pytest.raises(ValueError, match="steps must be a whole number, at least 1, got 0"):
        train(TabularWorld(mdp), zeros(mdp), steps=0, **options)
    with pytest.raises(ValueError, match="rate must be finite and > 0, got -1"):
        Adam(-1)
    with pytest.raises(ValueError, match="reward must be finite"):
        train(TabularWorld(mdp), zeros(mdp), steps=2, labels=Labels(1e308), **options)
    with pytest.raises(ValueError, match="parameters must stay finite"):
        train(TabularWorld(mdp), zeros(mdp), steps=2, labels=Labels(1e9), optimiser=Ascent(1e308), **options)
