"""Lipschitz constants and model errors from both sides.

*Certified* numbers are upper bounds by construction: the maps' own `lipschitz` and `error` methods, and
`certified_supremum`, which covers a box with cells. *Observed* numbers are lower bounds, from points that
were evaluated: sampled, or searched for by gradient ascent. Certified >= observed, always.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from imagination.checks import asked, check_shape, counts, finite, number, numeric, one_library, whole
from imagination.worlds.continuous import (
    Array,
    ContinuousMDP,
    Domain,
    Dynamics,
    Policy,
    Reward,
    additive_distance,
    certified,
    converter,
    norm,
    spectral_norm,
)

CLOSEST = 1e-4
"""Pairs of points closer than this are not compared: rounding would show up as steepness."""


NO_GRADIENT = "which torch must follow (sampled_lipschitz, and observed_error with steps=0, need none)"


def certified_constants(mdp: ContinuousMDP, policy: Policy) -> dict[str, Array]:
    """The certified ``L_f``, ``L_r``, ``L_pi`` of a system and a policy, (C,) each."""
    return {
        "L_f": certified("mdp.dynamics", mdp.dynamics),
        "L_r": certified("mdp.reward", mdp.reward),
        "L_pi": certified("policy", policy),
    }


@numeric
def difference(map_: Dynamics | Reward, other: Dynamics | Reward, state: Array, action: Array) -> Array:
    """``‖f̂ − f‖`` or ``|r̂ − r|`` at the given points, (C, K)."""
    _check_points(state, action)
    one, two = (asked(n, m, state=state, action=action) for n, m in (("map_", map_), ("other", other)))
    if one.shape != two.shape:
        raise ValueError(f"map_ and other must have values of one shape, got {one.shape} and {two.shape}")
    return _length(one - two, state)


# --- observed: lower bounds ------------------------------------------------------------------------


@numeric
def sampled_lipschitz(
    map_: Dynamics | Reward,
    states: Domain,
    actions: Domain,
    generator: np.random.Generator,
    count: int = 4096,
) -> np.ndarray:
    """Steepest of `count` random pairs of each kind, (C,): far or near, apart in both parts or in one."""
    counts(count=count)
    s, a = states.sample(generator, count), actions.sample(generator, count)
    far_s, far_a = states.sample(generator, count), actions.sample(generator, count)
    near_s, near_a = states.project(s + 0.01 * (far_s - s)), actions.project(a + 0.01 * (far_a - a))
    pairs = [(far_s, far_a), (near_s, near_a), (far_s, a), (near_s, a), (s, far_a), (s, near_a)]
    return np.max([np.max(_steepness(map_, s, a, *pair), axis=-1) for pair in pairs], axis=0)


@numeric
def jacobian_lipschitz(map_: Dynamics | Reward, state: np.ndarray, action: np.ndarray) -> np.ndarray:
    """``max(‖∂f/∂s‖, ‖∂f/∂a‖)`` at the worst of the given points, (C,), by automatic differentiation.

    A lower bound of the Lipschitz constant on any set in whose interior the points lie.
    """
    to_torch = converter("torch")
    import torch

    _check_points(state, action)
    state, action = finite("state", state), finite("action", action)
    s, a = to_torch(state).clone().requires_grad_(), to_torch(action).clone().requires_grad_()
    value = _differentiable("map_", map_)(s, a)
    value = value[..., None] if value.ndim == 2 else value
    rows: list[tuple] = []
    for output in range(value.shape[-1]):  # each output in turn, all points at once
        total = value[..., output].sum()
        rows.append(torch.autograd.grad(total, (s, a), retain_graph=True, materialize_grads=True))
    stacked: list[Any] = [torch.stack(blocks, dim=-2) for blocks in zip(*rows, strict=True)]
    norms: list[Any] = [spectral_norm(blocks) for blocks in stacked]
    return torch.maximum(*norms).amax(-1).numpy()


@numeric
def searched_lipschitz(
    map_: Dynamics | Reward,
    states: Domain,
    actions: Domain,
    generator: np.random.Generator,
    *,
    count: int = 64,
    steps: int = 200,
    rate: float = 0.02,
) -> np.ndarray:
    """Steepest pair that gradient ascent finds from `count` random pairs, (C,)."""
    counts(count=count)
    points = [domain.sample(generator, count) for domain in (states, actions, states, actions)]
    half = count // 2  # half of the pairs start close together
    for first, second, domain in ((0, 2, states), (1, 3, actions)):
        close = domain.project(points[first] + 0.05 * (points[second] - points[first]))
        points[second][:, :half] = close[:, :half]
    steep = _differentiable("map_", map_)
    return _ascend(lambda p: _steepness(steep, *p), points, [states, actions, states, actions], steps, rate)


@numeric
def observed_error(
    map_: Dynamics | Reward,
    other: Dynamics | Reward,
    states: Domain,
    actions: Domain,
    generator: np.random.Generator,
    *,
    count: int = 4096,
    steps: int = 100,
    rate: float = 0.01,
) -> np.ndarray:
    """Largest difference between two maps that sampling and then gradient ascent find, (C,).

    The ascent starts from the worst 32 of `count` random points; ``steps=0`` leaves it out.
    """
    counts(count=count)
    state, action = states.sample(generator, count), actions.sample(generator, count)
    return climbed_error(map_, other, states, actions, state, action, steps=steps, rate=rate)


@numeric
def climbed_error(
    map_: Dynamics | Reward,
    other: Dynamics | Reward,
    states: Domain,
    actions: Domain,
    state: np.ndarray,
    action: np.ndarray,
    *,
    steps: int = 100,
    rate: float = 0.01,
) -> np.ndarray:
    """Largest difference of two maps at the given points and on gradient ascent from the worst 32, (C,)."""
    error = difference(map_, other, state, action)
    if whole("steps", steps) == 0:
        return np.max(error, axis=-1)
    worst = np.argsort(-error, axis=-1)[:, :32, None]
    points = [np.take_along_axis(array, worst, axis=1) for array in (state, action)]
    one, two = _differentiable("map_", map_), _differentiable("other", other)
    return _ascend(lambda p: difference(one, two, *p), points, [states, actions], steps, rate)


def _ascend(
    objective: Callable[[list], Any],
    points: list[np.ndarray],
    domains: list[Domain],
    steps: int,
    rate: float,
) -> np.ndarray:
    """Largest value of `objective`, (C, K) -> (C,), met on the way of projected Adam from `points`."""
    steps, rate = whole("steps", steps), number("rate", rate, above=0)
    import torch

    copies = [converter("torch")(array).clone() for array in points]
    tensors = [(t if t.is_floating_point() else t.double()).requires_grad_() for t in copies]

    sides = [_torch(domain) for domain in domains]
    optimiser = torch.optim.Adam(tensors, lr=rate, maximize=True)
    best = None
    for _ in range(steps + 1):
        optimiser.zero_grad()
        value = objective(tensors)
        here = value.detach().amax(-1)
        best = here if best is None else torch.maximum(best, here)
        value.sum().backward()
        optimiser.step()
        with torch.no_grad():
            for tensor, domain in zip(tensors, sides, strict=True):
                tensor.copy_(domain.project(tensor))
                if not tensor.isfinite().all():
                    raise ValueError(f"rate must keep states and actions finite, got {rate:g}")
    assert best is not None  # the loop runs at least once
    return best.numpy()


def _check_points(state: Array, action: Array) -> None:
    """Raise a ValueError unless these are as many states (C, K, d_s) as actions (C, K, d_a)."""
    batch, count, _ = check_shape("state", state, (None, None, None))
    check_shape("action", action, (batch, count, None))
    one_library(state=state, action=action)


def _steepness(
    map_: Dynamics | Reward, state: Array, action: Array, other_state: Array, other_action: Array
) -> Array:
    """Rise over run of pairs, (C, K); 0 for pairs that are too close."""
    xp = array_namespace(state)
    run = additive_distance(state, action, other_state, other_action)
    rise = _length(map_(state, action) - map_(other_state, other_action), state)
    apart = run > CLOSEST
    return xp.where(apart, rise / xp.where(apart, run, xp.ones_like(run)), xp.zeros_like(run))


def _length(values: Array, state: Array) -> Array:
    """Norms of dynamics' values (C, K, d), or absolute rewards (C, K), as (C, K)."""
    return norm(values) if values.ndim == state.ndim else norm(values[..., None])


def _torch(thing: Any) -> Any:
    """A map or domain with torch parameters; a plain function has none and is taken as it is."""
    return thing.to("torch") if hasattr(thing, "to") else thing


def _differentiable(name: str, map_: Any) -> Any:
    """The map on torch tensors; a ValueError where it cannot be asked with them."""
    on_torch = _torch(map_)

    def called(state: Array, action: Array) -> Array:
        try:
            value = on_torch(state, action)
        except (RuntimeError, TypeError, ValueError) as error:
            raise ValueError(f"{name} has no gradient, {NO_GRADIENT}: {error}") from error
        if not getattr(value, "requires_grad", False):
            raise ValueError(f"{name} has no gradient, {NO_GRADIENT}: its {type(value).__name__} has none")
        return value

    return called


# --- certified: upper bounds -----------------------------------------------------------------------


@numeric
def certified_supremum(
    function: Callable[[np.ndarray], np.ndarray],
    slopes: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    *,
    tolerance: float,
    max_cells: int = 2_000_000,
) -> tuple[np.ndarray, np.ndarray]:
    """Enclose the suprema of C functions over one box by branch and bound.

    Parameters
    ----------
    function : (n, d) points -> (C, n) values.
    slopes : (C, d)
        Certified: ``|function(x) − function(y)| <= Σ_i slopes_i |x_i − y_i|``.
    low, high : (d,)
        The box.
    tolerance : stop refining where the supremum is known to within this.
    max_cells : stop refining, with a wider enclosure, rather than look at more cells than this at once.

    Returns
    -------
    lower, upper : (C,)
        ``lower <= sup function <= upper``, certified up to rounding.
    """
    slopes, low, high = finite("slopes", slopes, least=0), finite("low", low), finite("high", high)
    if slopes.ndim != 2:
        raise ValueError(f"slopes must be an array of shape (C, d), got {slopes.shape}")
    check_shape("low", low, (slopes.shape[-1],))
    check_shape("high", high, (slopes.shape[-1],))
    tolerance, max_cells = number("tolerance", tolerance, above=0), whole("max_cells", max_cells, least=1)
    if np.any(high < low):
        raise ValueError(f"need low <= high, got {low}, {high}")
    centres, half = ((low + high) / 2)[None], (high - low) / 2
    lower = np.full(len(slopes), -np.inf)
    settled = np.full(len(slopes), -np.inf)  # largest upper bound over the cells that were dropped
    while True:
        values = finite("function: its values", _in_chunks(function, centres))
        slack = slopes @ half
        lower = np.maximum(lower, values.max(axis=-1))
        above = values + slack[:, None]
        open_cells = above > (lower + tolerance)[:, None]
        keep = open_cells.any(axis=0)
        if not keep.any() or 2 * keep.sum() > max_cells:
            return lower, np.maximum(settled, above.max(axis=-1))
        settled = np.maximum(settled, np.max(np.where(keep, -np.inf, above), axis=-1))
        widest = int(np.argmax(slopes.max(axis=0) * half))
        half = half.copy()
        half[widest] /= 2
        step = np.zeros(len(half))
        step[widest] = half[widest]
        centres = np.concatenate([centres[keep] - step, centres[keep] + step])


def _in_chunks(
    function: Callable[[np.ndarray], np.ndarray], points: np.ndarray, size: int = 65536
) -> np.ndarray:
    parts = [function(points[start : start + size]) for start in range(0, len(points), size)]
    return np.concatenate(parts, axis=-1)


@numeric
def relu_enclosure(
    hidden: np.ndarray,
    bias: np.ndarray,
    output: np.ndarray,
    offset: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Certified bounds of ReLU networks ``O relu(W x + b) + c`` over a box, by linear relaxation.

    On its range [l, u] a unit lies below the chord from relu(l) to relu(u), and above 0 and its own input;
    replacing it by one of these lines, as its output weight's sign demands, leaves an affine function, whose
    extreme on a box is known. The difference of two networks is one network with both their units, so this
    bounds errors as well.

    Parameters
    ----------
    hidden, bias, output, offset : (C, m, d_in), (C, m), (C, d, m), (C, d)
    low, high : (d_in,)
        The box.

    Returns
    -------
    lower, upper : (C, d)
        ``lower <= network <= upper`` on the box, up to rounding.
    """
    hidden, bias = finite("hidden", hidden), finite("bias", bias)
    output, offset = finite("output", output), finite("offset", offset)
    low, high = finite("low", low), finite("high", high)
    batch, width = check_shape("bias", bias, (None, None))
    *_, size = check_shape("hidden", hidden, (batch, width, None))
    check_shape("offset", offset, check_shape("output", output, (batch, None, width))[:2])
    check_shape("high", high, check_shape("low", low, (size,)))
    if np.any(high < low):
        raise ValueError(f"need low <= high, got {low}, {high}")
    centre, half = (low + high) / 2, (high - low) / 2
    middle = hidden @ centre + bias
    reach = np.abs(hidden) @ half
    least, most = np.minimum(middle - reach, 0.0), np.maximum(middle + reach, 0.0)
    # Above by the chord: slope t of the input, plus -t l. Below by 0 or by the input, whichever is nearer.
    chord = np.divide(most, most - least, out=np.zeros_like(most), where=most > least)
    floor = (most > -least).astype(float)

    def above(weights: np.ndarray) -> np.ndarray:
        slope = weights * np.where(weights > 0, chord[:, None], floor[:, None])
        lift = np.maximum(weights, 0.0) @ (-chord * least)[..., None]
        at_centre = (slope @ middle[..., None] + lift)[..., 0]
        return at_centre + np.abs(slope @ hidden) @ half

    return offset - above(-output), offset + above(output)
