"""Many seeds at speed: gradients by hand, grouping without effect, the loss that PyTorch computes."""

import numpy as np
import pytest
import torch

from imagination.models.fitting import Layers
from imagination.models.many_seeds import starting_layers, train_many


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def data(rng: np.random.Generator, seeds: int, count: int, d_out: int = 3) -> tuple[np.ndarray, np.ndarray]:
    x = rng.standard_normal((seeds, count, 4)).astype(np.float32)
    weights = rng.standard_normal((seeds, 4, d_out))
    return x, np.tanh(x @ weights).astype(np.float32)


def value(students: Layers, x: np.ndarray) -> np.ndarray:
    hidden = np.maximum(x @ np.swapaxes(students.hidden, 1, 2) + students.bias[:, None], 0)
    out = hidden @ np.swapaxes(students.output, 1, 2) + students.offset[:, None]
    return np.tanh(out) if students.squash else out


@pytest.mark.parametrize("squash", [False, True])
@pytest.mark.parametrize("d_out", [1, 3])
def test_training_is_what_torch_modules_and_adam_do(rng, squash, d_out):
    x, y = data(rng, 1, 40, d_out)
    ours = train_many(x, y, [5], width=8, squash=squash, epochs=6, batch_size=16, learning_rate=0.01)
    start = starting_layers([5], 4, 8, d_out)
    layers = [torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, d_out)]
    network = torch.nn.Sequential(*layers, *[torch.nn.Tanh()] * squash).double()
    with torch.no_grad():
        for parameter, layer in zip(network.parameters(), start[:4], strict=True):
            parameter.copy_(torch.as_tensor(layer[0]))
    # The order of the data: the generator that drew the start goes on.
    generator = torch.Generator().manual_seed(5)
    for shape in ((5, 8), (d_out, 8), (d_out, 1)):
        torch.empty(shape).uniform_(-1, 1, generator=generator)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
    inputs, targets = (torch.as_tensor(part[0], dtype=torch.float64) for part in (x, y))
    for _ in range(6):
        for rows in torch.randperm(40, generator=generator).split(16):  # 16, 16 and 8
            optimiser.zero_grad()
            torch.nn.functional.mse_loss(network(inputs[rows]), targets[rows]).backward()
            optimiser.step()
    for mine, theirs in zip(ours[:4], network.parameters(), strict=True):
        np.testing.assert_allclose(mine[0], theirs.detach().numpy(), atol=2e-5)
    # Nine steps of 0.01 have moved every layer far more than the two may differ.
    for layer, before in zip(ours[:4], start[:4], strict=True):
        assert np.abs(layer - before).max() > 0.01


def test_a_start_is_that_of_a_linear_layer():
    start = starting_layers(range(50), 16, 64, 12)
    for layer, fan_in in zip(start[:4], (16, 16, 64, 64), strict=True):
        # The hidden bias has the hidden layer's inputs.
        limit = fan_in**-0.5
        assert 0.98 * limit < np.abs(layer).max() <= limit
        np.testing.assert_allclose(layer.std(), limit / 3**0.5, rtol=0.05)


@pytest.mark.parametrize("group", [1, 2, 4, 7])
def test_grouping_changes_no_bit(rng, group):
    x, y = data(rng, 5, 300)
    options = {"width": 16, "epochs": 3, "batch_size": 64}
    together = train_many(x, y, [3, 4, 5, 6, 7], group=5, **options)
    grouped = train_many(x, y, [3, 4, 5, 6, 7], group=group, **options)
    alone = train_many(x[3:4], y[3:4], [6], **options)
    for one, two, three in zip(together[:4], grouped[:4], alone[:4], strict=True):
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(one[3], three[0])


def test_it_learns(rng):
    x, y = data(rng, 2, 2000)
    fit = train_many(x, y, [0, 1], width=32, epochs=60, learning_rate=1e-2)
    assert ((value(fit, x) - y) ** 2).mean() < 0.02 * y.var()
    assert np.abs(fit.output[0] - fit.output[1]).max() > 0.1  # seeds differ


def test_after_every_epoch_the_networks_can_be_seen(rng):
    x, y = data(rng, 3, 100)
    seen = []
    last = train_many(
        x, y, [0, 1, 2], width=4, epochs=2, group=2, after_epoch=lambda *given: seen.append(given)
    )
    assert [(epoch, these.start) for epoch, these, _ in seen] == [(1, 0), (2, 0), (1, 2), (2, 2)]
    np.testing.assert_array_equal(seen[1][2].output, last.output[:2])
    assert np.abs(seen[0][2].output - seen[1][2].output).max() > 0


def test_bad_input_is_refused(rng):
    x, y = data(rng, 2, 20)
    for change, match in (
        ({"epochs": 0}, "epochs"),
        ({"group": 0}, "group"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
    ):
        with pytest.raises(ValueError, match=match):
            train_many(x, y, [0, 1], **change)
    with pytest.raises(ValueError, match="inputs"):
        train_many(x, y, [0])
    with pytest.raises(ValueError, match="targets"):
        train_many(x, y[:, :5], [0, 1])


def test_a_rate_that_cools_ends_nearer_to_the_least_loss(rng):
    x, y = data(rng, 2, 200)
    losses = {
        cooling: np.square(
            value(train_many(x, y, [1, 2], epochs=40, batch_size=20, learning_rate=0.05, cooling=cooling), x)
            - y
        )
        for cooling in (False, True)
    }
    assert (losses[True].mean((1, 2)) < 0.5 * losses[False].mean((1, 2))).all()
    first = [train_many(x, y, [1, 2], epochs=1, cooling=cooling).output for cooling in (False, True)]
    np.testing.assert_array_equal(*first)
