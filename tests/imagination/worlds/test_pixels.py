"""The camera: pictures that show the state, in numpy and torch alike."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import pdist

from imagination.worlds.gymnasium import MAX_SPEED
from imagination.worlds.pixels import Camera

UNIT = 15.0**0.5


def state(angle: float, speed: float = 0.0) -> np.ndarray:
    return np.array([np.cos(angle), np.sin(angle), speed / UNIT])


def pictures(angle: float, speed: float = 0.0, **options) -> tuple[np.ndarray, np.ndarray]:
    camera = Camera(**options)
    seen = camera(state(angle, speed))
    assert seen.shape == (camera.pixels,)
    rod, dial = seen.reshape(2, camera.size, camera.size)
    return rod, dial


def test_brightness_is_a_gaussian_of_the_distance_to_the_rod():
    camera = Camera(size=12)
    places = camera.margin * ((2 * np.arange(12) + 1) / 12 - 1)
    tip = np.array([-np.sin(0.7), np.cos(0.7)])  # positive angles lie to the left
    on_rod = np.linspace(0, 1, 4001)[:, None] * tip
    pixels = np.array([(x, -y) for y in places for x in places])
    distance = np.linalg.norm(pixels[:, None] - on_rod, axis=-1).min(1)
    wanted = np.exp(-(distance**2) / (2 * camera.brush**2)).reshape(12, 12)
    np.testing.assert_allclose(pictures(0.7, size=12)[0], wanted, atol=1e-5)


def test_the_speedometer_shows_the_speed_and_nothing_else():
    np.testing.assert_allclose(pictures(0.3, 2.0)[1], pictures(-2.0, 2.0)[1], atol=1e-12)
    np.testing.assert_allclose(pictures(0.3, 2.0)[0], pictures(0.3, -7.0)[0], atol=1e-12)
    # Mirrored speeds are mirrored pictures; at full speed the needle stands where the rod stands at `dial`.
    np.testing.assert_allclose(pictures(0, 5.0)[1], pictures(0, -5.0)[1][:, ::-1], atol=1e-12)
    np.testing.assert_allclose(pictures(0, MAX_SPEED)[1], pictures(0.75 * np.pi)[0], atol=1e-12)


def test_different_states_look_different_and_torch_agrees():
    rng = np.random.default_rng(0)
    angle, speed = rng.uniform(-np.pi, np.pi, 300), rng.uniform(-MAX_SPEED, MAX_SPEED, 300)
    states = np.stack([np.cos(angle), np.sin(angle), speed / UNIT], axis=-1)
    camera = Camera()
    seen = camera(states)
    # The embedding can be inverted, and not only barely.
    assert (pdist(seen) > 0.5 * pdist(states)).all()
    np.testing.assert_allclose(camera(torch.as_tensor(states)).numpy(), seen, atol=1e-12)


@pytest.mark.parametrize("options", [{"size": 3}, {"brush": 0.0}, {"velocity_unit": -1.0}, {"dial": np.nan}])
def test_senseless_cameras_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        Camera(**options)
