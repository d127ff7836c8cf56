"""An encoder trained beforehand: on still pictures, without actions or time.

Temporal straightening was proposed for features that a visual encoder has learned before there is a world
model [Wang et al., 2026]. Here such an encoder learns codes from which a decoder can draw the picture.
Nothing asks these codes to be easy to predict, or straight.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from imagination.models import fitting
from imagination.models.fitting import Tensor


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
    generators = fitting.generators_of([seed + 1 for seed in seeds])
    encoder = [layer.detach().clone().requires_grad_() for layer in start]
    width, dimension = start[0].shape[1], start[5].shape[1]
    decoder = fitting.start_layers(generators, (dimension, width, seen.shape[-1]))
    row = torch.arange(len(seeds))[:, None]

    def loss(chosen: Tensor) -> Tensor:
        batch = seen[row, chosen]
        drawing = fitting.through(decoder, fitting.through(encoder, batch))
        return (drawing - batch).square().mean((1, 2))

    layers = [*encoder, *decoder]
    batches = fitting.draws(generators, seen.shape[1], batch_size, steps)
    rate = fitting.cooling(learning_rate, steps)
    for _ in fitting.descend(layers, fitting.by_autograd(loss, layers), batches, rate):
        pass
    return _whitened(seen, [layer.detach() for layer in encoder])


def _whitened(seen: Tensor, encoder: list[Tensor]) -> list[Tensor]:
    """The encoder with its last layer changed so that codes are white on what was seen."""
    codes = fitting.through(encoder, seen).double()
    mean = codes.mean(1)
    centred = codes - mean[:, None]
    root = torch.linalg.cholesky(torch.linalg.inv(centred.mT @ centred / (codes.shape[1] - 1)))
    *hidden, output, offset = encoder
    output = (root.mT @ output.double()).to(output)
    offset = (root.mT @ (offset.double() - mean)[..., None])[..., 0].to(offset)
    return [*hidden, output, offset]
