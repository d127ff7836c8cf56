"""An encoder trained beforehand: on still pictures, without actions or time.

Temporal straightening was proposed for features that a visual encoder has learned before there is a world
model [Wang et al., 2026]. Here such an encoder learns codes from which a decoder can draw the picture.
Nothing asks these codes to be easy to predict, or straight.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from imagination.models.smooth import start_layers

Tensor = torch.Tensor


def encoder_beforehand(
    seen: Tensor,
    start: Sequence[Tensor],
    seeds: Sequence[int],
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
) -> list[Tensor]:
    """Train one encoder per seed, with a decoder that is thrown away, on the squared error of pictures.

    Parameters
    ----------
    seen : (S, N, p)
        Each seed's observations.
    start : weights and offsets of two tanh layers and a linear one, (S, ...) each.
    seeds : S whole numbers, for decoders and batches.
    steps, batch_size, learning_rate : of Adam; the rate falls to 0 along half a cosine.

    Returns
    -------
    list of Tensor
        Layers as in `start`. Codes are white: of mean 0, standard deviation 1 and uncorrelated on `seen`.
    """
    generators = [torch.Generator().manual_seed(int(seed) + 1) for seed in seeds]
    encoder = [layer.detach().clone().requires_grad_() for layer in start]
    width, dimension = start[0].shape[1], start[5].shape[1]
    decoder = start_layers(generators, (dimension, width, seen.shape[-1]), 1, str(seen.device))
    optimiser = torch.optim.Adam([*encoder, *decoder], lr=learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    row = torch.arange(len(seeds), device=seen.device)[:, None]
    for _ in range(steps):
        chosen = torch.stack([torch.randint(seen.shape[1], (batch_size,), generator=g) for g in generators])
        batch = seen[row, chosen.to(seen.device)]
        loss = (_layers(_layers(batch, encoder), decoder) - batch).square().mean((1, 2))
        optimiser.zero_grad()
        loss.sum().backward()
        optimiser.step()
        schedule.step()
    return _whitened(seen, [layer.detach() for layer in encoder])


def _layers(inputs: Tensor, layers: Sequence[Tensor]) -> Tensor:
    """Tanh layers and a linear one at the end, applied to (S, B, ·)."""
    for index, (weights, offset) in enumerate(zip(layers[::2], layers[1::2], strict=True)):
        inputs = torch.baddbmm(offset[:, None], torch.tanh(inputs) if index else inputs, weights.mT)
    return inputs


def _whitened(seen: Tensor, encoder: list[Tensor]) -> list[Tensor]:
    """The encoder with its last layer changed so that codes are white on what was seen."""
    codes = _layers(seen, encoder).double()
    mean = codes.mean(1)
    centred = codes - mean[:, None]
    root = torch.linalg.cholesky(torch.linalg.inv(centred.mT @ centred / (codes.shape[1] - 1)))
    *hidden, output, offset = encoder
    output = (root.mT @ output.double()).to(output)
    offset = (root.mT @ (offset.double() - mean)[..., None])[..., 0].to(offset)
    return [*hidden, output, offset]
