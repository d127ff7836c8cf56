"""The return-gap bounds on numbers: against 50 digits, at singularities, and outside their hypotheses."""

from __future__ import annotations

import warnings

import mpmath as mp
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from imagination.results.return_gap import claims as rg
from imagination.results.return_gap.claims import HypothesisError, bound

CONTRACTING = {"gamma": 0.9, "L_f": 0.5, "L_r": 1.5, "L_pi": 0.75, "eps_dyn": 0.01, "eps_rew": 0.02}
EXPANDING = {**CONTRACTING, "L_f": 2.0}


@pytest.fixture(autouse=True)
def fifty_digits_and_no_warnings():
    with mp.workdps(50), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# -- the formulas of the book, in 50 digits ------------------------------------------------------------------


def closed_loop(L_f, L_pi):
    return mp.mpf(L_f) * (1 + mp.mpf(L_pi))


def lemma_1(gamma, L_f, L_r, L_pi, eps_dyn, eps_rew):
    g, slope = mp.mpf(gamma), mp.mpf(L_r) * (1 + mp.mpf(L_pi))
    states = g * slope * eps_dyn / ((1 - g) * (1 - g * closed_loop(L_f, L_pi)))
    return eps_rew / (1 - g) + states


def geometric(x, n):
    return mp.mpf(n) if x == 1 else (1 - x**n) / (1 - x)


def double(g, L, n):
    if n < 200:
        return mp.fsum(g**t * geometric(L, t) for t in range(n))
    with mp.workdps(120):
        if L == 1:  # the sum of t g^t
            return g * (1 - n * g ** (n - 1) + (n - 1) * g**n) / (1 - g) ** 2
        return (geometric(g * L, n) - geometric(g, n)) / (L - 1)


def finite(gamma, L_f, L_r, L_pi, eps_dyn, eps_rew, horizon):
    g, slope = mp.mpf(gamma), mp.mpf(L_r) * (1 + mp.mpf(L_pi))
    return eps_rew * geometric(g, horizon) + slope * eps_dyn * double(g, closed_loop(L_f, L_pi), horizon)


def bounded(gamma, L_f, L_r, L_pi, eps_dyn, eps_rew, diameter, horizon=None):
    g, L, slope = mp.mpf(gamma), closed_loop(L_f, L_pi), mp.mpf(L_r) * (1 + mp.mpf(L_pi))
    steps = horizon if horizon is not None else 2 + int(mp.ceil(-50 / mp.log10(g))) if g else 1
    weight, error, states, rewards = mp.mpf(1), mp.mpf(0), mp.mpf(0), mp.mpf(0)
    for _ in range(steps):
        states += weight * min(mp.mpf(diameter), error)
        rewards += weight
        weight, error = weight * g, L * error + eps_dyn
    return eps_rew * rewards + slope * states


def close(value, exact, tolerance=1e-12):
    assert abs(mp.mpf(float(value)) - exact) <= tolerance * abs(exact), f"{value} is not {mp.nstr(exact, 20)}"


def up_to(largest):
    """From 0 to `largest`, without numbers so small that a product of a few is below the smallest float."""
    return st.just(0.0) | st.floats(1e-40, largest)


NEXT_TO = [0.0, 1e-15, -1e-15, 1e-13, -1e-13, 1e-12, -1e-12, 1e-9, -1e-9, 1e-6, -1e-6, 1e-3, -1e-3]
HORIZONS = [0, 1, 2, 3, 10, 17, 64, 65, 1000, 10**6]


@pytest.mark.parametrize("L_f", [0.0, 0.1, 0.5, 0.57, 0.6])
@pytest.mark.parametrize("gamma", [0.0, 0.3, 0.9, 0.95])
def test_lemma_1(gamma, L_f):
    values = {**CONTRACTING, "gamma": gamma, "L_f": L_f}
    close(bound(**values), lemma_1(**values))


@pytest.mark.parametrize("shift", [-(10.0**-k) for k in range(1, 16)])
def test_lemma_1_keeps_its_digits_where_contraction_ends(shift):
    values = {**CONTRACTING, "gamma": 0.5, "L_f": 1 + shift, "L_pi": 1.0}
    close(bound(**values), lemma_1(**values))
    values = {**CONTRACTING, "gamma": 1 + shift, "L_f": 0.25}
    close(bound(**values), lemma_1(**values))


@pytest.mark.parametrize("horizon", HORIZONS)
@pytest.mark.parametrize("shift", NEXT_TO)
@pytest.mark.parametrize("at", [{"L_f": 0.5}, {"L_f": 1.0, "gamma": 0.5}], ids=["L = 1", "gamma L = 1"])
def test_finite_horizon_at_and_next_to_singularities(at, shift, horizon):
    values = {**CONTRACTING, "L_pi": 1.0, **at, "L_f": at["L_f"] * (1 + shift), "horizon": horizon}
    exact = finite(**values)
    if exact > 1e308:
        assert bound(**values) == np.inf
    else:
        close(bound(**values), exact, 1e-12 if horizon <= 1000 or "gamma" not in at else 1e-9)


@pytest.mark.parametrize("shift", NEXT_TO)
def test_finite_horizon_with_almost_no_discount(shift):
    values = {**CONTRACTING, "gamma": 1 - 1e-7, "L_f": 0.5 * (1 + shift / 100), "L_pi": 1.0, "horizon": 10**6}
    close(bound(**values), finite(**values), 1e-9)


@pytest.mark.parametrize("horizon", [0, 1, 2, 5, 300, None])
@pytest.mark.parametrize("L_f", [0.0, 0.25, 0.5, 0.5 * (1 + 1e-12), 0.5 * (1 - 1e-12), 0.55, 1.0, 40.0, 1e9])
def test_bounded_states_against_a_direct_sum(L_f, horizon):
    base = {**CONTRACTING, "L_f": L_f, "L_pi": 1.0}
    # Reached at once, after some steps, exactly at a step, hardly ever, never.
    for diameter in (0.0, 0.005, 0.01, 0.03, 0.035, 1.0, 1e6):
        values = {**base, "diameter": diameter}
        if horizon is not None:
            values["horizon"] = horizon
        close(bound(**values), bounded(**values), 1e-12)


@settings(max_examples=60, deadline=None)
@given(
    gamma=up_to(0.97),
    L_f=up_to(4),
    L_r=up_to(1e3),
    L_pi=up_to(4),
    eps_dyn=up_to(10),
    eps_rew=up_to(10),
    horizon=st.integers(0, 60),
    diameter=up_to(100),
)
def test_every_form_at_random(horizon, diameter, **values):
    close(bound(**values, horizon=horizon), finite(**values, horizon=horizon))
    both = {"diameter": diameter, "horizon": horizon}
    close(bound(**values, **both), bounded(**values, **both))
    close(bound(**values, diameter=diameter), bounded(**values, diameter=diameter))


# -- overflow, zeros, arrays ---------------------------------------------------------------------------------


def test_what_exceeds_the_largest_float_is_infinite_and_silent():
    assert bound(**{**EXPANDING, "L_f": 100.0}, horizon=10**6) == np.inf
    assert bound(**{**CONTRACTING, "L_r": 1e308, "eps_dyn": 1e10}) == np.inf
    mixed = bound(**{**CONTRACTING, "L_f": [100.0, 0.5]}, horizon=10**6)
    assert mixed[0] == np.inf and np.isfinite(mixed[1])


@pytest.mark.parametrize("nothing", ["eps_dyn", "L_r", "gamma"])
def test_nothing_times_overflow_is_nothing(nothing):
    values = {**EXPANDING, "L_f": 1e5, nothing: 0.0}
    rewards = 0.02 if nothing == "gamma" else 0.2
    assert bound(**values, horizon=10**6) == pytest.approx(rewards, rel=1e-12)
    assert bound(**values, diameter=1e300) == pytest.approx(rewards, rel=1e-12)
    both = bound(**{**values, nothing: [0.0, 0.5]}, horizon=10**6)
    assert both[0] == pytest.approx(rewards, rel=1e-12) and both[1] == np.inf


def test_a_bound_on_states_keeps_it_finite():
    assert np.isfinite(bound(**{**EXPANDING, "L_f": 1e300}, diameter=2.0))
    assert np.isfinite(bound(**{**EXPANDING, "L_f": 1e300}, diameter=2.0, horizon=10**6))


def test_without_errors_there_is_no_gap():
    perfect = {**EXPANDING, "eps_dyn": 0.0, "eps_rew": 0.0}
    assert bound(**perfect, horizon=10) == bound(**perfect, diameter=3.0) == 0
    assert bound(**{**CONTRACTING, "eps_dyn": 0.0, "eps_rew": 0.0}) == 0
    assert bound(**EXPANDING, horizon=0) == 0


def test_without_a_future_only_the_first_reward_counts():
    myopic = {**EXPANDING, "gamma": 0.0}
    for extra in ({}, {"horizon": 5}, {"diameter": 1.0}, {"horizon": 5, "diameter": 1.0}):
        assert bound(**myopic, **extra) == pytest.approx(0.02, rel=1e-15)


def test_arrays_broadcast():
    gamma = np.array([0.1, 0.5, 0.9])
    L_f = np.array([[0.2], [0.4]])
    horizon = np.array([1, 10, 100])
    values = {**CONTRACTING, "gamma": gamma, "L_f": L_f}
    for extra in ({}, {"horizon": horizon}, {"diameter": [1.0, 2.0, 3.0]}):
        found = bound(**values, **extra)
        assert found.shape == (2, 3)
        for i in range(2):
            for j in range(3):
                one = {key: np.asarray(value)[j] for key, value in extra.items()}
                assert found[i, j] == bound(**{**CONTRACTING, "gamma": gamma[j], "L_f": L_f[i, 0]}, **one)


def test_a_single_value_is_a_float_and_an_empty_array_stays_empty():
    assert isinstance(bound(**CONTRACTING), float)
    assert bound(**{**CONTRACTING, "gamma": np.zeros((0, 2))}).shape == (0, 2)
    assert bound(**{**CONTRACTING, "gamma": np.zeros(0)}, horizon=5, diameter=1).shape == (0,)


# -- bad input -----------------------------------------------------------------------------------------------

BAD_NUMBERS = [
    -1.0, -1e-300, np.nan, np.inf, -np.inf, "0.5", True, 1j, None, [0.5, -0.5], [[0.5], [1, 2]], object
]  # fmt: skip


@pytest.mark.parametrize("value", BAD_NUMBERS, ids=repr)
@pytest.mark.parametrize("name", [*CONTRACTING, "diameter", "horizon"])
def test_bad_numbers_are_refused_by_name(name, value):
    values = {**CONTRACTING, "diameter": 1.0, "horizon": 5, name: value}
    if value is None and name in ("diameter", "horizon"):
        assert np.isfinite(bound(**values))
        return
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        bound(**values)


@pytest.mark.parametrize("gamma", [1.0, 1.5, 1 + 2.0**-52])
def test_the_discount_is_below_1(gamma):
    for extra in ({"horizon": 5}, {"diameter": 1.0}):
        with pytest.raises(HypothesisError, match=rf"gamma < 1.*gamma = {gamma!r}") as failure:
            bound(**{**CONTRACTING, "gamma": gamma}, **extra)
        assert failure.value.values == {"gamma": gamma}


@pytest.mark.parametrize("horizon", [0.5, -1, 1e300, [3, 4.5]])
def test_a_horizon_is_a_whole_number(horizon):
    with pytest.raises(HypothesisError, match="horizon to be a whole number") as failure:
        bound(**CONTRACTING, horizon=horizon)
    assert set(failure.value.values) == {"horizon"}


def test_whole_numbers_may_be_written_as_floats():
    assert bound(**CONTRACTING, horizon=7.0) == bound(**CONTRACTING, horizon=np.int32(7))


@pytest.mark.parametrize("factor", [1.0, 1 + 1e-15, 1.5])
def test_without_contraction_a_horizon_or_a_diameter_is_needed(factor):
    values = {**CONTRACTING, "gamma": 0.5, "L_f": factor, "L_pi": 1.0}
    with pytest.raises(HypothesisError, match=r"gamma \* L_f \* \(1 \+ L_pi\) < 1") as failure:
        bound(**values)
    assert failure.value.values == {"gamma": 0.5, "L_f": factor, "L_pi": 1.0}
    assert np.isfinite(bound(**values, horizon=20)) and np.isfinite(bound(**values, diameter=20.0))


def test_missing_and_unknown_arguments():
    with pytest.raises(TypeError, match="eps_rew"):
        bound(**{name: value for name, value in CONTRACTING.items() if name != "eps_rew"})
    with pytest.raises(TypeError, match="epsilon"):
        bound(**CONTRACTING, epsilon=1)
    with pytest.raises(ValueError, match="broadcast"):
        bound(**{**CONTRACTING, "gamma": [0.1, 0.2], "L_f": [0.1, 0.2, 0.3]})


# -- what the bounds must do ---------------------------------------------------------------------------------

NUMBERS = {
    "gamma": up_to(0.99),
    "L_f": up_to(3),
    "L_r": up_to(10),
    "L_pi": up_to(3),
    "eps_dyn": up_to(1),
    "eps_rew": up_to(1),
    "diameter": up_to(10),
    "horizon": st.integers(0, 300),
}
AT_LEAST = 1 - 1e-12


@pytest.mark.parametrize(
    ("form", "name"), [(form, name) for form, claim in rg.FORMS.items() for name in claim.arguments]
)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_no_bound_decreases_in_any_argument(form, name, data):
    values = {key: data.draw(NUMBERS[key]) for key in (*CONTRACTING, *form)}
    larger = {**values, name: max(values[name], data.draw(NUMBERS[name]))}
    assume(rg.FORMS[form].applies(**larger))
    assert bound(**larger) >= bound(**values) * AT_LEAST


@settings(max_examples=60, deadline=None)
@given(**NUMBERS)
@example(gamma=0.5, L_f=0.5, L_pi=1.0, L_r=1.0, eps_dyn=1.0, eps_rew=1.0, diameter=1.0, horizon=10)
def test_what_is_known_in_addition_tightens_the_bound(diameter, horizon, **values):
    both = bound(**values, diameter=diameter, horizon=horizon)
    assert both * AT_LEAST <= bound(**values, horizon=horizon)
    assert both * AT_LEAST <= bound(**values, diameter=diameter)
    if rg.LEMMA_1.applies(**values):
        assert bound(**values, horizon=horizon) * AT_LEAST <= bound(**values)
        assert bound(**values, diameter=diameter) * AT_LEAST <= bound(**values)


def test_the_finite_bound_grows_to_lemma_1():
    gaps = bound(**CONTRACTING) - bound(**CONTRACTING, horizon=np.array([0, 1, 10, 100, 1000, 10**6]))
    assert (np.diff(gaps) <= 0).all() and gaps[0] == bound(**CONTRACTING)
    assert abs(gaps[-1]) < 1e-13
    wide = bound(**CONTRACTING, diameter=np.array([1e-3, 1e-2, 1.0, 1e6]))
    assert (np.diff(wide) >= 0).all() and wide[-1] == pytest.approx(bound(**CONTRACTING), rel=1e-13)


def test_the_published_example():
    values = {**CONTRACTING, "L_r": 1.0, "L_pi": 0.5}
    assert bound(**values) == pytest.approx(0.2 + 0.0135 / 0.0325, rel=1e-14)


# -- what else is claimed ------------------------------------------------------------------------------------


@pytest.mark.parametrize("learned", [(0.2, 2.0), (0.9, 1.0), (5.0, 9.0)])
def test_either_side_is_lemma_1_with_the_smaller_constants(learned):
    L_f_hat, L_r_hat = learned
    smaller = {**CONTRACTING, "L_f": min(0.5, L_f_hat), "L_r": min(1.5, L_r_hat)}
    close(rg.EITHER_SIDE.evaluate(**CONTRACTING, L_f_hat=L_f_hat, L_r_hat=L_r_hat), lemma_1(**smaller))


def test_the_smaller_of_the_dynamics_constants_must_contract():
    wild = {**CONTRACTING, "L_f": 4.0, "L_r_hat": 1.0}
    assert np.isfinite(rg.EITHER_SIDE.evaluate(**wild, L_f_hat=0.1))
    with pytest.raises(HypothesisError, match="smoother of the two"):
        rg.EITHER_SIDE.evaluate(**wild, L_f_hat=3.0)


@pytest.mark.parametrize("name", ["L_f", "L_r", "L_pi", "L_f_hat", "L_r_hat", "eps_dyn", "eps_rew"])
def test_no_constant_of_either_side_is_negative(name):
    given = {**CONTRACTING, "L_f_hat": 0.5, "L_r_hat": 1.0} | {name: -0.01}
    with pytest.raises(HypothesisError, match=f"{name} >= 0"):
        rg.EITHER_SIDE.evaluate(**given)


def test_averages_that_are_the_suprema_give_lemma_1():
    constants = {name: CONTRACTING[name] for name in ("gamma", "L_f", "L_r", "L_pi")}
    slope = rg.VALUE_LIPSCHITZ.evaluate(**constants, distance=1.0)
    averages = {"average_dyn": CONTRACTING["eps_dyn"], "average_rew": CONTRACTING["eps_rew"]}
    close(rg.AVERAGE_ERROR.evaluate(gamma=0.9, L_V=slope, **averages), lemma_1(**CONTRACTING))
    close(rg.SUPREMA_GIVE_LEMMA_1.evaluate(**CONTRACTING), lemma_1(**CONTRACTING))


@pytest.mark.parametrize("horizon", [1, 2, 30])
def test_the_identity_and_its_mirror_image_on_a_curved_world(horizon):
    gamma, start = 0.9, 1.2
    real = (lambda s: 0.9 * np.sin(s) + 0.1, lambda s: -(s**2) / (1 + s**2))
    learned = (lambda s: real[0](s) + 0.05 * np.cos(3 * s), lambda s: real[1](s) + 0.03 * np.sin(5 * s))

    def value(world, n, state):
        total = 0.0
        for t in range(n):
            total, state = total + gamma**t * world[1](state), world[0](state)
        return total

    for claim, one, other in ((rg.PARTIAL_IDENTITY, real, learned), (rg.MIRROR, learned, real)):
        state, rewards, dynamics = start, 0.0, 0.0
        for t in range(horizon):  # along the rollout of the other
            rewards += gamma**t * (other[1](state) - one[1](state))
            left = horizon - t - 1
            worth = value(one, left, other[0](state)) - value(one, left, one[0](state))
            dynamics, state = dynamics + gamma ** (t + 1) * worth, other[0](state)
        gap = value(other, horizon, start) - value(one, horizon, start)
        assert claim.evaluate(reward_part=rewards, dynamics_part=dynamics) == pytest.approx(gap, abs=1e-13)
