"""Many seeds of one small network: ours beside the ways it is usually written.

Every contender trains the same networks (two layers, ReLU, squared error, Adam) on the same data from the
same start, and shuffles by itself. Each runs in two processes (one a core) of one thread, each with half of
the seeds, and sends back nothing but the losses: so all have the same two cores. The loop over seeds runs a
second time as most would write it, in one process, which may use both cores as threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.timing import Case, Timing

D_IN, WIDTH, D_OUT, BATCH, RATE = 16, 64, 12, 256, 1e-3
SEEDS, SAMPLES, EPOCHS = 32, 5_000, 20

AGREEMENT = 0.01
"""Contenders' mean losses agree to this: orders of the data differ, and single precision drifts."""


def cases(quick: bool, generator: np.random.Generator) -> list[Case]:
    """One case: 32 seeds, 5,000 samples, 20 epochs, and 2 in a quick one."""
    epochs = EPOCHS // 10 if quick else EPOCHS
    seed = int(generator.integers(2**31))
    runs: dict[str, Callable] = {name: partial(_halves, name, epochs, seed) for name in CONTENDERS}
    runs["eager loop, one process"] = partial(_whole, "eager loop", epochs, seed)
    return [Case(f"{SEEDS} networks {D_IN}-{WIDTH}-{D_OUT}, {epochs} epochs of {SAMPLES}", runs, AGREEMENT)]


def remarks(timings: list[Timing]) -> list[str]:
    """What share of the matrix-multiply rate each contender reaches."""
    rate = sum(_pool().map(_matmul_rate, range(_cores())))
    epochs = int(timings[0].case.split(", ")[1].split()[0])
    # Forward and the gradients of both layers' weights, and that of the hidden layer's values; no biases.
    operations = 2.0 * (2 * D_IN * WIDTH + 3 * WIDTH * D_OUT) * SEEDS * SAMPLES * epochs
    lines = [
        f"float32 matrix products of 1024 rows: {rate / 1e9:.0f} Gflop/s on {_cores()} cores; "
        f"needed {operations / 1e9:.0f} Gflop; share of that rate:"
    ]
    return lines + [f"  {t.contender:24} {operations / t.median / rate:6.1%}" for t in timings]


# --- contenders: (inputs, targets, starting layers, seeds, epochs) -> losses -----------------------


def ours(x: np.ndarray, y: np.ndarray, start: dict, seeds: list[int], epochs: int) -> np.ndarray:
    """`imagination.models.networks`; it draws the same starting layers by itself."""
    from imagination.models.networks import train

    fit = train(x, y, seeds, width=WIDTH, epochs=epochs, batch_size=BATCH, learning_rate=RATE)
    return _losses(x, y, fit.hidden, fit.bias, fit.output, fit.offset)


def eager_loop(x: np.ndarray, y: np.ndarray, start: dict, seeds: list[int], epochs: int) -> np.ndarray:
    """One network after the other: modules, autograd, `torch.optim.Adam`."""
    import torch

    found = []
    for c, seed in enumerate(seeds):
        generator = torch.Generator().manual_seed(seed)
        inputs, targets = torch.as_tensor(x[c]), torch.as_tensor(y[c])
        network = torch.nn.Sequential(
            torch.nn.Linear(D_IN, WIDTH), torch.nn.ReLU(), torch.nn.Linear(WIDTH, D_OUT)
        )
        with torch.no_grad():
            for parameter, layer in zip(network.parameters(), start.values(), strict=True):
                parameter.copy_(torch.as_tensor(layer[c]))
        optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
        for _ in range(epochs):
            for rows in torch.randperm(SAMPLES, generator=generator).split(BATCH):
                optimiser.zero_grad()
                torch.nn.functional.mse_loss(network(inputs[rows]), targets[rows]).backward()
                optimiser.step()
        found.append([parameter.detach().numpy() for parameter in network.parameters()])
    return _losses(x, y, *(np.stack(layer) for layer in zip(*found, strict=True)))


def functional_vmap(x: np.ndarray, y: np.ndarray, start: dict, seeds: list[int], epochs: int) -> np.ndarray:
    """`torch.func.vmap` of `grad`, one fused Adam."""
    import torch
    from torch.func import grad, vmap

    def loss(layers: list, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        hidden, bias, output, offset = layers
        value = torch.relu(inputs @ hidden.T + bias) @ output.T + offset
        return torch.nn.functional.mse_loss(value, targets)

    gradient = vmap(grad(loss))

    def fill(layers: list, inputs: torch.Tensor, targets: torch.Tensor) -> None:
        for layer, slope in zip(layers, gradient(layers, inputs, targets), strict=True):
            layer.grad = slope

    return _torch_together(x, y, start, seeds, epochs, fill)


def batched_products(x: np.ndarray, y: np.ndarray, start: dict, seeds: list[int], epochs: int) -> np.ndarray:
    """`torch.bmm` for all seeds, autograd, one fused Adam."""
    import torch

    def fill(layers: list, inputs: torch.Tensor, targets: torch.Tensor) -> None:
        hidden, bias, output, offset = (layer.requires_grad_() for layer in layers)
        for layer in layers:
            layer.grad = None
        values = torch.relu(torch.baddbmm(bias[:, None], inputs, hidden.mT))
        error = torch.baddbmm(offset[:, None], values, output.mT) - targets
        error.square().mean(dim=(1, 2)).sum().backward()

    return _torch_together(x, y, start, seeds, epochs, fill)


def _torch_together(
    x: np.ndarray, y: np.ndarray, start: dict, seeds: list[int], epochs: int, fill: Callable
) -> np.ndarray:
    import torch

    inputs, targets = torch.as_tensor(x), torch.as_tensor(y)
    layers = [torch.as_tensor(layer).clone() for layer in start.values()]
    optimiser = torch.optim.Adam(layers, lr=RATE, fused=True)
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    row = torch.arange(len(seeds))[:, None]
    for _ in range(epochs):
        order = torch.stack([torch.randperm(SAMPLES, generator=generator) for generator in generators])
        for rows in order.split(BATCH, dim=1):
            fill(layers, inputs[row, rows], targets[row, rows])
            optimiser.step()
    return _losses(x, y, *(layer.detach().numpy() for layer in layers))


def jax_scan(
    x: np.ndarray, y: np.ndarray, start: dict, seeds: list[int], epochs: int, *, outside: bool = False
) -> np.ndarray:
    """JAX: `vmap` over seeds of a jitted `scan` over steps; shuffling inside the scan, or before in numpy."""
    import jax
    import jax.numpy as jnp

    keys = jax.vmap(jax.random.key)(jnp.asarray(seeds, dtype=jnp.uint32))
    if outside:
        rngs = [np.random.default_rng(seed) for seed in seeds]
        orders = np.stack([[rng.permutation(SAMPLES) for _ in range(epochs)] for rng in rngs])
    else:
        orders = np.zeros((len(seeds), epochs, 0), dtype=np.int64)
    layers = _jitted(epochs)(keys, orders.astype(np.int32), tuple(start.values()), x, y)
    return _losses(x, y, *(np.asarray(layer) for layer in layers))


@cache
def _jitted(epochs: int) -> Callable:
    import jax
    import jax.numpy as jnp

    whole = SAMPLES // BATCH

    def loss(layers: tuple, inputs: Any, targets: Any) -> Any:
        hidden, bias, output, offset = layers
        return ((jax.nn.relu(inputs @ hidden.T + bias) @ output.T + offset - targets) ** 2).mean()

    def one(key: Any, orders: Any, layers: tuple, x: Any, y: Any) -> tuple:
        def step(state: tuple, rows: Any) -> tuple:
            layers, mean, square, count = state
            slopes = jax.grad(loss)(layers, x[rows], y[rows])
            count = count + 1
            mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, slopes)
            square = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, square, slopes)
            layers = jax.tree.map(
                lambda p, m, v: p - RATE * m / (1 - 0.9**count) / (jnp.sqrt(v / (1 - 0.999**count)) + 1e-8),
                layers,
                mean,
                square,
            )
            return (layers, mean, square, count), None

        def epoch(state: tuple, given: tuple) -> tuple:
            key, order = given
            if order.shape[0] == 0:
                order = jax.random.permutation(key, SAMPLES)
            state, _ = jax.lax.scan(step, state, order[: whole * BATCH].reshape(whole, BATCH))
            return step(state, order[whole * BATCH :])

        zeros = jax.tree.map(jnp.zeros_like, layers)
        state = (layers, zeros, zeros, jnp.zeros(()))
        return jax.lax.scan(epoch, state, (jax.random.split(key, epochs), orders))[0][0]

    return jax.jit(jax.vmap(one))


CONTENDERS: dict[str, Callable] = {
    "imagination": ours,
    "eager loop": eager_loop,
    "torch.func.vmap": functional_vmap,
    "torch.bmm, fused Adam": batched_products,
    "JAX": jax_scan,
    "JAX, orders made outside": partial(jax_scan, outside=True),
}


# --- two processes --------------------------------------------------------------------------------


def _cores() -> int:
    return min(2, os.cpu_count() or 1)


@cache
def _pool() -> ProcessPoolExecutor:
    """Processes that stay, so that starting them and compiling is not timed."""
    return ProcessPoolExecutor(_cores(), get_context("spawn"), initializer=_one_thread)


def _one_thread() -> None:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def _halves(name: str, epochs: int, seed: int) -> float:
    """Mean loss of all seeds, each process having trained its part of them."""
    parts = np.array_split(np.arange(SEEDS), _cores())
    calls = [_pool().submit(_part, name, epochs, seed, part.tolist()) for part in parts]
    return float(np.concatenate([call.result() for call in calls]).mean())


def _whole(name: str, epochs: int, seed: int) -> float:
    """The same in one process with as many threads as cores."""
    call = _pool().submit(_part, name, epochs, seed, list(range(SEEDS)), threads=_cores())
    return float(call.result().mean())


def _part(name: str, epochs: int, seed: int, part: list[int], threads: int = 1) -> np.ndarray:
    import torch

    x, y, start = _problem(seed, tuple(part))
    torch.set_num_threads(threads)
    return CONTENDERS[name](x, y, start, part, epochs)


@cache
def _problem(seed: int, part: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Data of random teachers, and the starting layers that `train` draws for these seeds."""
    from imagination.models.networks import starting_layers

    inputs, targets = [], []
    for c in part:
        rng = np.random.default_rng((seed, c))
        x, hidden, output = (rng.standard_normal(s) for s in ((SAMPLES, D_IN), (D_IN, 8), (8, D_OUT)))
        inputs.append(x)
        targets.append(np.maximum(x @ hidden, 0) @ output / 8)
    x, y = np.stack(inputs).astype(np.float32), np.stack(targets).astype(np.float32)
    layers = starting_layers(part, D_IN, WIDTH, D_OUT)[:4]
    names = ("hidden", "bias", "output", "offset")
    return x, y, {name: layer.astype(np.float32) for name, layer in zip(names, layers, strict=True)}


def _losses(
    x: np.ndarray, y: np.ndarray, hidden: np.ndarray, bias: np.ndarray, output: np.ndarray, offset: np.ndarray
) -> np.ndarray:
    """Mean squared errors over the first 500 samples, one a seed."""
    hidden, bias, output, offset = (part.astype(np.float32) for part in (hidden, bias, output, offset))
    values = np.maximum(x[:, :500] @ np.swapaxes(hidden, 1, 2) + bias[:, None], 0)
    values = values @ np.swapaxes(output, 1, 2) + offset[:, None]
    return ((values - y[:, :500]) ** 2).mean(axis=(1, 2))


def _matmul_rate(_: int) -> float:
    """Operations a second of large float32 matrix products, on this core while the other does the same."""
    import torch

    torch.set_num_threads(1)
    a = torch.randn(1024, 1024)
    out = torch.empty_like(a)
    rates = []
    for _ in range(20):
        begun = perf_counter()
        torch.mm(a, a, out=out)
        rates.append(2 * 1024**3 / (perf_counter() - begun))
    return float(np.median(rates))
