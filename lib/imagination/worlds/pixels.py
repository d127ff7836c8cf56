"""The pendulum seen by a camera: small grey images, for any batch of states at once.

A picture of the rod shows the angle and not the speed, so a speedometer hangs beside it. An observation is
two pictures: the rod, and the needle of the speedometer. It is a fixed, smooth, nonlinear embedding of the
state in 2 · size² dimensions. The physics behind it is Gymnasium's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace

from imagination.checks import number, whole
from imagination.worlds.continuous import Array
from imagination.worlds.gymnasium import MAX_SPEED


@dataclass(frozen=True)
class Camera:
    """Draws states ``(cos θ, sin θ, θ̇ / velocity_unit)`` as pairs of grey images.

    Brightness falls off from 1 on the rod, or needle, like a Gaussian of the distance to it: a soft brush.
    Upright is up, and positive angles lie to the left, as Gymnasium draws them. The needle stands upright at
    speed 0 and lies at ±`dial` at the highest speeds.

    Parameters
    ----------
    velocity_unit : rad/s
    size : pixels along a side; at least 4.
    brush : width of the brush, in lengths of the rod.
    margin : half the side of a picture, in lengths of the rod.
    dial : rad, angle of the needle at Pendulum-v1's highest speed.
    """

    velocity_unit: float = 15.0**0.5
    size: int = 16
    brush: float = 0.3
    margin: float = 1.2
    dial: float = 0.75 * np.pi

    def __post_init__(self) -> None:
        whole("size", self.size, least=4)
        for name in ("velocity_unit", "brush", "margin", "dial"):
            number(name, getattr(self, name), above=0)

    @property
    def pixels(self) -> int:
        """Numbers in an observation: those of two pictures."""
        return 2 * self.size**2

    def __call__(self, state: Array) -> Array:
        """Observations (..., 2 · size²) of states (..., 3): the rod, then the speedometer, row by row."""
        xp = array_namespace(state)
        needle = self.dial * self.velocity_unit / MAX_SPEED * state[..., 2]
        rod = self._picture(state[..., 0], state[..., 1])
        return xp.concat([rod, self._picture(xp.cos(needle), xp.sin(needle))], axis=-1)

    def _picture(self, cosine: Array, sine: Array) -> Array:
        """Images (..., size²) of rods at angles given by cosine and sine, row by row from the top."""
        xp = array_namespace(cosine)
        places = (2 * xp.arange(self.size, dtype=cosine.dtype) + 1) / self.size - 1
        across = self.margin * xp.tile(places, (self.size,))
        up = -self.margin * xp.repeat(places, self.size)
        along = up * cosine[..., None] - across * sine[..., None]
        nearest = xp.clip(along, 0.0, 1.0)
        squared = across**2 + up**2 - 2 * nearest * along + nearest**2
        return xp.exp(-squared / (2 * self.brush**2))
