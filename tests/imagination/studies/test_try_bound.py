"""Anyone's formula on trial: wrong ones are caught, with a counterexample that holds; right ones are not."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import sympy as sp

from imagination import return_gap
from imagination.results.return_gap.systems import FAMILIES, draw
from imagination.results.tutorial.claims import REWARD_IGNORES_ACTION
from imagination.rollouts import return_gap as rolled_out
from imagination.studies import formula_search, formula_worlds
from imagination.studies.formula_worlds import LINE, line
from imagination.studies.formulas import CONSTANTS, CONTRACTION, read
from imagination.studies.try_bound import reward_of_state, try_bound
from imagination.worlds.extremal import extremal_system

gamma, L_f, L_r, L_pi, eps_dyn, eps_rew = sp.symbols("gamma L_f L_r L_pi eps_dyn eps_rew", nonnegative=True)
D, H = sp.symbols("D H", nonnegative=True)
L = L_f * (1 + L_pi)
OF_REWARD, WEIGHT = eps_rew / (1 - gamma), gamma * L_r * (1 + L_pi) * eps_dyn
DYNAMICS = WEIGHT / ((1 - gamma) * (1 - gamma * L))

WRONG = {
    "the policy is forgotten in the loop": OF_REWARD + WEIGHT / ((1 - gamma) * (1 - gamma * L_f)),
    "the reward's error counts once": eps_rew + DYNAMICS,
    "one factor twice": OF_REWARD + WEIGHT / (1 - gamma * L) ** 2,
    "gamma squared": OF_REWARD + gamma * DYNAMICS,
    "a hundred-millionth too small": (OF_REWARD + DYNAMICS) * (1 - sp.Rational(1, 10**8)),
    "negative": eps_rew - eps_dyn,
}
RIGHT = {
    "Lemma 1": OF_REWARD + DYNAMICS,
    "the slower of both sums twice": OF_REWARD + WEIGHT / (1 - gamma * sp.Max(1, L)) ** 2,
    "gamma is at most 1": OF_REWARD + DYNAMICS / gamma,
}


def gap_by_rollout(constants, *, sees_action=True, steps=600):
    """The gap on the line, step by step, with nothing of the library."""
    gamma, L_f, L_r, L_pi, eps_dyn, eps_rew = (constants[n] for n in CONSTANTS)
    steps = int(constants.get("horizon", steps))
    real, imagined, gap, weight = 0.0, 0.0, 0.0, 1.0
    for _ in range(steps):
        slope = L_r * (1 + L_pi) if sees_action else L_r
        gap += weight * (slope * imagined + eps_rew - slope * real)
        weight *= gamma
        real, imagined = L_f * (1 + L_pi) * real, L_f * (1 + L_pi) * imagined + eps_dyn
        if "diameter" in constants:
            real, imagined = min(real, constants["diameter"]), min(imagined, constants["diameter"])
    return gap


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_formula_is_caught_and_its_counterexample_holds(name):
    found = try_bound(WRONG[name])
    assert not found.survived
    assert found.violations > 100
    example = found.counterexample
    assert example.place == LINE
    numbers = {s: example.constants[s.name] for s in WRONG[name].free_symbols}
    assert float(WRONG[name].subs(numbers)) == pytest.approx(example.claimed, rel=1e-12)
    gap = gap_by_rollout(example.constants)
    assert gap == pytest.approx(example.gap, rel=1e-9)
    assert gap > example.claimed


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_formula_is_not_caught(name):
    found = try_bound(RIGHT[name])
    assert found.survived
    assert found.counterexample is None
    assert (found.places["largest"] <= 1 + 1e-9).all()
    assert found.speaks > 50_000


def test_the_weakening_is_one():
    """1 - γ and 1 - γL are both at least 1 - γ max(1, L), which is positive."""
    rng = np.random.default_rng(0)
    loop, patience = rng.uniform(0, 3, 1000), rng.uniform(0, 1, 1000)
    discount = patience / np.maximum(1, loop)
    slower = 1 - discount * np.maximum(1, loop)
    assert (slower > 0).all()
    assert ((1 - discount) * (1 - discount * loop) >= slower**2 * (1 - 1e-12)).all()


def test_a_counterexample_is_simple():
    found = try_bound(WRONG["the reward's error counts once"]).counterexample
    assert found.constants == {"gamma": 0.5, "L_f": 0, "L_r": 0, "L_pi": 0, "eps_dyn": 0, "eps_rew": 1}
    assert (found.gap, found.claimed) == (2, 1)
    found = try_bound(WRONG["the policy is forgotten in the loop"]).counterexample
    assert all(value in formula_search.SIMPLE for value in found.constants.values())


def test_finite_horizons_and_bounded_states():
    for claim in (return_gap.FINITE_HORIZON, return_gap.BOUNDED_STATES, return_gap.BOUNDED_STATES_FINITE):
        assert try_bound(claim).survived
    finite = return_gap.FINITE_HORIZON.in_letters(
        gamma=gamma, L_f=L_f, L_r=L_r, L_pi=L_pi, eps_dyn=eps_dyn, eps_rew=eps_rew, horizon=H - 1
    )
    found = try_bound(finite)
    assert found.violations > 1000
    assert gap_by_rollout(found.counterexample.constants) == pytest.approx(found.counterexample.gap)
    radius = return_gap.BOUNDED_STATES.in_letters(
        gamma=gamma, L_f=L_f, L_r=L_r, L_pi=L_pi, eps_dyn=eps_dyn, eps_rew=eps_rew, diameter=D / 2
    )
    found = try_bound(radius)
    assert list(found.places.index) == ["recorded systems", LINE]
    example = found.counterexample
    assert gap_by_rollout(example.constants) == pytest.approx(example.gap, rel=1e-9)
    assert example.gap > example.claimed


def test_a_theorem_about_fewer_worlds():
    """Where the reward may see the action the formula falls, and where it may not it stands."""
    assert not try_bound(REWARD_IGNORES_ACTION).survived
    found = try_bound(REWARD_IGNORES_ACTION, worlds=reward_of_state)
    assert found.survived
    assert found.places.loc[LINE, "largest"] == pytest.approx(1)
    assert found.places.loc["drawn systems", "tried"] == formula_worlds.DRAWN * len(FAMILIES)
    slip = OF_REWARD + gamma * L_r * eps_dyn / ((1 - gamma) * (1 - gamma * L_f))
    example = try_bound(slip, worlds=reward_of_state).counterexample
    assert gap_by_rollout(example.constants, sees_action=False) == pytest.approx(example.gap, rel=1e-9)
    assert example.gap > example.claimed


class AtRest:
    """Dynamics as they are at action 0, as a reader would write it."""

    def __init__(self, base):
        self.base = base

    def __call__(self, state, action, noise=None):
        return self.base(state, 0 * action, noise)

    def lipschitz(self):
        return self.base.lipschitz()


def dynamics_of_state(pair):
    real, learned = (mdp.swap(dynamics=AtRest(mdp.dynamics)) for mdp in (pair.real, pair.learned))
    return replace(pair, real=real, learned=learned)


def test_worlds_of_ones_own():
    small = {"worlds": dynamics_of_state, "draws": 200, "restarts": 2, "steps": 5}
    formula = OF_REWARD + WEIGHT / ((1 - gamma) * (1 - gamma * L_f))
    found = try_bound(formula, **small)
    assert found.survived
    assert found.places.loc[LINE, "largest"] == pytest.approx(1)
    assert not try_bound(formula - eps_dyn * gamma * L_r / 10, **small).survived


@pytest.mark.parametrize("family", FAMILIES)
def test_rewards_of_the_state_alone_keep_their_constants(family):
    rng = np.random.default_rng(0)
    pair = draw(family, rng, 5)
    changed = reward_of_state(pair)
    state, far = pair.start, pair.start[:, ::-1]
    action = changed.policy(state)
    for mdp in (changed.real,):
        np.testing.assert_array_equal(mdp.reward(state, action), mdp.reward(state, 0 * action))
        moved = np.abs(mdp.reward(state, action) - mdp.reward(far, action))
        apart = np.linalg.norm(state - far, axis=-1)
        assert (moved <= mdp.reward.lipschitz()[:, None] * apart * (1 + 1e-9) + 1e-12).all()
    off = np.abs(changed.learned.reward(state, action) - changed.real.reward(state, action))
    assert (off <= pair.eps_rew[:, None] * (1 + 1e-9) + 1e-12).all()
    assert (changed.constants()["L_r"] <= pair.constants()["L_r"] * (1 + 1e-12)).all()


def test_worlds_on_the_line_are_measured_exactly():
    rng = np.random.default_rng(1)
    columns = formula_search._random(read(RIGHT["Lemma 1"]), rng, 50)
    table = line(columns, None)
    growth, slope = (columns[name] * (1 + columns["L_pi"]) for name in ("L_f", "L_r"))
    slope = slope / (1 - columns["gamma"] * growth)  # of the imagined value, which is affine on the line
    exact = (columns["eps_rew"] + columns["gamma"] * slope * columns["eps_dyn"]) / (1 - columns["gamma"])
    np.testing.assert_allclose(table["gap"], exact, rtol=1e-10)
    finite = line(columns | {"horizon": np.full(50, 7.0)}, None)
    system = extremal_system(**columns)
    direct = rolled_out(*system, np.zeros((50, 1, 1)), 7)[:, 0]
    np.testing.assert_allclose(finite["gap"], direct, rtol=1e-12)


def test_the_digits_that_the_records_have_lost_are_allowed_for():
    """Lemma 1 needs no allowance, since the records hold gap / bound; other formulas do."""
    table = formula_worlds.recorded(read(RIGHT["Lemma 1"])).query("regime == 'contracting'").iloc[::300]
    rng = np.random.default_rng(0)
    for formula, some in ((RIGHT["Lemma 1"], False), (OF_REWARD, True), (DYNAMICS / gamma, True)):
        tried = read(formula)

        def share(rows, tried=tried):
            return tried(formula_search._columns(rows)) / formula_worlds.unit(rows)

        allowed = formula_search._lost_digits(tried, table, share(table))
        assert (allowed.max() > 1e-6) == some
        for _ in range(10):
            off = {
                n: table[n] * (1 + rng.uniform(-1, 1, len(table)) * formula_worlds.HALF) for n in CONSTANTS
            }
            moved = np.abs(share(table.assign(**off)) - share(table))
            assert (moved <= 2 * allowed + 1e-14).all()


def test_what_is_left_unsaid_is_counted():
    found = try_bound(sp.Piecewise((RIGHT["Lemma 1"], L_f < 1), (sp.nan, True)))
    assert found.survived
    assert found.silent[CONTRACTION] > 10_000
    assert sum(found.silent.values()) + found.speaks == found.places["tried"].sum()
    assert found.negative == 0
    nothing = try_bound(lambda gamma: np.nan * gamma)
    assert not nothing.survived and nothing.speaks == 0 and nothing.violations == 0
    assert "none of the worlds" in nothing.verdict


def test_a_negative_formula_is_said_to_be_one():
    found = try_bound(WRONG["negative"])
    assert found.negative > 1000
    assert "no gap is" in repr(found)
    assert np.isinf(found.places["largest"]).all()


def test_the_same_seed_gives_the_same_and_another_one_does_not():
    one, other = (try_bound(WRONG["one factor twice"], seed=seed, draws=50) for seed in (3, 3))
    pd.testing.assert_frame_equal(one.places, other.places)
    assert one.counterexample == other.counterexample
    another = try_bound(WRONG["one factor twice"], seed=4, draws=50)
    assert another.places.loc[LINE, "median"] != one.places.loc[LINE, "median"]


def test_the_page():
    found = try_bound(WRONG["one factor twice"])
    page = found._repr_html_()
    assert "✗ It is no bound" in page and r"\(\gamma = 0.5\)" in page and "1e-09" in page
    for tag in ("div", "p", "ul", "li", "table"):
        assert len(re.findall(rf"<{tag}[ >]", page)) == page.count(f"</{tag}>"), tag
    named = try_bound(lambda eps_rew: eps_rew < 0 or 1e30)
    assert "&lt;lambda&gt;" in named._repr_html_()
    assert named.survived


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"seed": -1}, "seed: must be a whole number >= 0, got -1"),
        ({"draws": 0}, "draws: must be a whole number >= 1, got 0"),
        ({"steps": 2.5}, "steps: must be a whole number >= 1, got 2.5"),
        ({"restarts": True}, "restarts: must be a whole number >= 1, got True"),
        ({"worlds": "all"}, "worlds: must be a function that changes a pair of worlds, got 'all'"),
        ({"worlds": lambda pair: None}, "worlds: must return a pair of worlds, got None"),
    ],
)
def test_bad_input_is_refused(given, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        try_bound(1 / (1 - gamma), **given)
