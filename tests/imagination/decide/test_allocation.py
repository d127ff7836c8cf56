"""The optimal split: against a grid search, closed forms, 50 digits, and for arguments that make no sense."""

import itertools
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy.optimize.elementwise import find_minimum

from imagination.claim import HypothesisError
from imagination.decide.allocation import (
    INPUTS,
    Allocation,
    allocate,
    allocate_joint,
    allocate_whole,
    elasticities,
)

REPORTED = {"A_dyn": 0.34, "alpha": 0.11, "A_rew": 90.4, "beta": 0.96, "c_dyn": 1.0, "c_rew": 1.0}
ONES = dict.fromkeys(INPUTS, 1.0) | {"alpha": 0.5, "beta": 0.5, "budget": 1e3}


def problems(count: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Random problems over the whole range that the function promises."""
    rng = np.random.default_rng(seed)
    spans = {"A_dyn": 3, "A_rew": 3, "c_dyn": 3, "c_rew": 3, "multiplier": 9}
    made = {name: 10 ** rng.uniform(-span, span, count) for name, span in spans.items()}
    made["budget"] = 10 ** rng.uniform(-3, 15, count)
    return made | {name: rng.uniform(0.02, 2, count) for name in ("alpha", "beta")}


def weighted_error(A_dyn, alpha, A_rew, beta, c_dyn, c_rew, budget, multiplier, log_odds):  # type: ignore[no-untyped-def]
    """Written here once more: the search must know nothing of the claims."""
    N_dyn = budget / c_dyn / (1 + np.exp(-log_odds))
    N_rew = budget / c_rew / (1 + np.exp(log_odds))
    return multiplier * A_dyn * N_dyn**-alpha + A_rew * N_rew**-beta


def test_a_grid_search_finds_nothing_better_in_10_000_problems() -> None:
    many = problems(10_000)
    arguments = tuple(many[name] for name in INPUTS)
    objective = lambda u, *a: np.log(weighted_error(*a, u))  # noqa: E731
    grid = np.linspace(-300, 300, 301)
    lowest = np.argmin([objective(u, *arguments) for u in grid], axis=0)
    bracket = tuple(grid[np.clip(lowest + step, 0, 300)] for step in (-1, 0, 1))
    found = find_minimum(objective, bracket, args=arguments, maxiter=500)
    assert found.success.mean() > 0.999
    ours = allocate(**many).error
    np.testing.assert_allclose(ours[found.success], np.exp(found.f_x[found.success]), rtol=1e-9)
    assert np.all(np.log(ours) <= np.min([objective(u, *arguments) for u in grid], axis=0) + 1e-12)


def test_the_split_spends_the_budget_and_satisfies_the_spending_condition() -> None:
    many = problems(100_000, seed=1)
    split = allocate(**many)
    spent = many["c_dyn"] * split.N_dyn + many["c_rew"] * split.N_rew
    np.testing.assert_allclose(spent, many["budget"], rtol=1e-14)
    left = np.log(many["c_dyn"] * split.N_dyn) - np.log(many["c_rew"] * split.N_rew)
    right = np.log(many["alpha"] * many["multiplier"] * split.eps_dyn) - np.log(many["beta"] * split.eps_rew)
    np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-12)


def test_equal_exponents_have_the_closed_form() -> None:
    many = problems(1_000, seed=2)
    many["beta"] = many["alpha"]
    split = allocate(**many)
    ratio = many["multiplier"] * many["A_dyn"] * many["c_rew"] / (many["A_rew"] * many["c_dyn"])
    np.testing.assert_allclose(
        np.log(split.N_dyn / split.N_rew), np.log(ratio) / (1 + many["alpha"]), rtol=1e-12, atol=1e-12
    )


def with_60_digits(problem: dict[str, float]) -> tuple[Decimal, Decimal, Decimal]:
    """Samples and error of the best split, by bisection."""
    with localcontext() as context:
        context.prec = 60
        A, a, R, b, c, d, B, D = (Decimal(problem[name]) for name in INPUTS)
        low, high = Decimal(-5000), Decimal(5000)
        for _ in range(200):
            u = (low + high) / 2
            n, m = B / c / (1 + (-u).exp()), B / d / (1 + u.exp())
            # u grows with the left side less the right side of the spending condition.
            if (c * n / (d * m)).ln() < (a * D * A / (b * R)).ln() - a * n.ln() + b * m.ln():
                low = u
            else:
                high = u
        return n, m, D * A * (-a * n.ln()).exp() + R * (-b * m.ln()).exp()


EXTREME = [
    REPORTED | {"c_dyn": 2.0, "c_rew": 0.1, "alpha": a, "beta": b, "budget": B, "multiplier": D}
    for B, D, (a, b) in itertools.product(
        (1e-3, 1.0, 1e15), (1e-9, 1.0, 1e9), ((0.01, 3.0), (3.0, 0.01), (0.11, 0.96))
    )
]
BEYOND = [
    ONES | {"c_rew": 1e-310, "A_rew": 1e-290},  # the budget buys more labels than there are floats
    ONES | {"A_dyn": 1e280, "alpha": 1.5, "budget": 1e200, "multiplier": 1e30},
    ONES | {"beta": 40.0, "budget": 1e9},  # N**-beta is no ordinary float, the error is
    ONES | {"alpha": 600.0, "budget": 1.2},
]


@pytest.mark.parametrize("problem", EXTREME + BEYOND, ids=range(len(EXTREME + BEYOND)))
def test_extreme_problems_agree_with_50_digits(problem: dict[str, float]) -> None:
    """Budgets from 1e-3, multipliers to 1e9, steep against flat laws; and quotients beyond all floats."""
    split = allocate(**problem)
    expected = [float(number) for number in with_60_digits(problem)]
    np.testing.assert_allclose((split.N_dyn, split.N_rew, split.error), expected, rtol=1e-12)


@pytest.mark.parametrize(
    "changes",
    [
        {"alpha": 240.0, "beta": 640.0},  # both errors are less than the least float
        {"alpha": 130669.9, "beta": 0.046, "c_rew": 1e-320, "budget": 0.795},
        {"beta": 1e17, "budget": 1e-320},
        {"beta": 1e300, "multiplier": 1e300, "A_rew": 1e-300},
        {"alpha": 1e200, "c_dyn": 1e9},
    ],
)
def test_beyond_all_floats_there_is_a_value(changes: dict[str, float]) -> None:
    problem = ONES | changes
    plans = [allocate(**problem), allocate_joint(**problem, c_joint=1.5), *elasticities(**problem).values()]
    for plan in plans:
        assert not np.isnan([getattr(plan, name) for name in Allocation.__slots__]).any()
    assert plans[0].error in (0, np.inf) or 0 < plans[0].error < np.inf
    of = elasticities(**problem)
    assert sum(of[name].error for name in ("A_dyn", "A_rew")) == pytest.approx(1)
    assert sum(of[name].N_dyn for name in ("budget", "c_dyn", "c_rew")) == pytest.approx(0, abs=1e-9)


def test_numbers_of_any_size_give_a_value_or_are_refused() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        exponents = np.where(rng.random(8) < 0.4, rng.uniform(-320, 308, 8), rng.uniform(-2, 2, 8))
        problem = dict(zip(INPUTS, map(float, 10**exponents), strict=True))
        for plan in (allocate, elasticities, allocate_whole):
            try:
                found = plan(**problem)
            except HypothesisError as refused:
                assert set(refused.values) & set(INPUTS)
                continue
            for part in found.values() if isinstance(found, dict) else [found]:
                assert not np.isnan([getattr(part, name) for name in Allocation.__slots__]).any(), problem


def test_floors_move_the_errors_and_not_the_split() -> None:
    bare = allocate(**REPORTED, budget=1e6, multiplier=2.0)
    floored = allocate(**REPORTED, budget=1e6, multiplier=2.0, floor_dyn=0.5, floor_rew=3.0)
    assert (bare.N_dyn, bare.N_rew) == (floored.N_dyn, floored.N_rew)
    assert floored.eps_dyn == pytest.approx(bare.eps_dyn + 0.5)
    assert floored.eps_rew == pytest.approx(bare.eps_rew + 3.0)
    assert floored.error == pytest.approx(bare.error + 2 * 0.5 + 3.0)


def test_arguments_broadcast_and_one_problem_is_a_batch_of_one() -> None:
    grid = allocate(**REPORTED, budget=np.geomspace(1e3, 1e9, 4)[:, None], multiplier=[0.1, 1.0, 10.0])
    assert grid.N_dyn.shape == grid.error.shape == (4, 3)
    alone = allocate(**REPORTED, budget=1e3, multiplier=0.1)
    assert isinstance(alone.error, float)
    assert alone.error == grid.error[0, 0]
    assert allocate(**REPORTED, budget=np.empty(0), multiplier=1.0).error.shape == (0,)


@pytest.mark.parametrize("chunk", [1, 7, 1 << 14])
def test_results_do_not_depend_on_how_problems_are_grouped(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = problems(50, seed=3)
    together = allocate(**many)
    monkeypatch.setattr("imagination.decide.allocation._CHUNK", chunk)
    np.testing.assert_allclose(allocate(**many).N_rew, together.N_rew, rtol=1e-13)


@pytest.mark.parametrize("name", [*INPUTS, "floor_dyn", "floor_rew"])
@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf, 0.0])
def test_bad_values_are_refused_by_name(name: str, value: float) -> None:
    arguments = {**REPORTED, "budget": 1e3, "multiplier": 1.0, name: [1.0, value]}
    if name.startswith("floor") and value == 0:
        assert np.isfinite(allocate(**arguments).error).all()
        return
    with pytest.raises(HypothesisError, match=rf"{name} >=? 0.*index \(1,\).*{name} = {value}"):
        allocate(**arguments)


@pytest.mark.parametrize("value", ["many", "5", None, 1j, 10**400, [[1.0, 2.0], [3.0]]])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="budget"):
        allocate(**REPORTED, budget=value, multiplier=1.0)


def test_shapes_that_do_not_broadcast_are_named() -> None:
    with pytest.raises(ValueError, match=r"budget.*\(2,\).*multiplier.*\(3,\)"):
        allocate(**REPORTED, budget=[1.0, 2.0], multiplier=[1.0, 2.0, 3.0])


def test_what_is_missing_or_unknown_is_named() -> None:
    with pytest.raises(TypeError, match="allocate also needs multiplier"):
        allocate(**REPORTED, budget=1.0)
    with pytest.raises(TypeError, match="allocate does not take gamma; it takes A_dyn, alpha,"):
        allocate(**REPORTED, budget=1.0, multiplier=1.0, gamma=0.9)
    with pytest.raises(HypothesisError, match=r"beta > 0 and at most 1e\+300"):
        allocate(**ONES | {"beta": 1.7e308})


# -- whole samples -------------------------------------------------------------------------------------------


def small_problems(count: int, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    spans = {"A_dyn": (0.1, 10), "alpha": (0.05, 2), "A_rew": (0.1, 10), "beta": (0.05, 2)}
    spans |= {"c_dyn": (0.2, 9), "c_rew": (0.2, 9), "budget": (40, 300)}
    made = {name: rng.uniform(*span, count) for name, span in spans.items()}
    return made | {"multiplier": 10 ** rng.uniform(-2, 2, count)}


def test_whole_samples_are_the_best_of_all_pairs() -> None:
    many = small_problems(300, seed=4)
    split = allocate_whole(**many, minimum_dyn=2, minimum_rew=3)
    for i in range(300):
        p = {name: value[i] for name, value in many.items()}
        N_dyn, N_rew = np.meshgrid(np.arange(2, 1501), np.arange(3, 1501), sparse=True)
        affordable = p["c_dyn"] * N_dyn + p["c_rew"] * N_rew <= p["budget"]
        errors = p["multiplier"] * p["A_dyn"] * N_dyn ** -p["alpha"] + p["A_rew"] * N_rew ** -p["beta"]
        assert split.error[i] == pytest.approx(errors[affordable].min(), rel=1e-12)
        assert p["c_dyn"] * split.N_dyn[i] + p["c_rew"] * split.N_rew[i] <= p["budget"] * (1 + 1e-12)
    assert np.all(split.N_dyn == np.floor(split.N_dyn)) and split.N_dyn.min() >= 2
    assert np.all(split.N_rew == np.floor(split.N_rew)) and split.N_rew.min() >= 3


def test_rounding_down_is_not_always_best() -> None:
    """What rounding leaves over buys more of the cheaper kind: the reason for a search."""
    many = small_problems(300, seed=5)
    split, exact = allocate_whole(**many), allocate(**many)
    rounded = [np.maximum(1, np.floor(n)) for n in (exact.N_dyn, exact.N_rew)]
    plain = (
        many["multiplier"] * many["A_dyn"] * rounded[0] ** -many["alpha"]
        + many["A_rew"] * rounded[1] ** -many["beta"]
    )
    affordable = many["c_dyn"] * rounded[0] + many["c_rew"] * rounded[1] <= many["budget"]
    assert np.all(split.error[affordable] <= plain[affordable] * (1 + 1e-12))
    assert np.mean(split.error[affordable] < plain[affordable] * (1 - 1e-6)) > 0.2


def test_whole_samples_of_a_large_budget_lose_nothing_that_matters() -> None:
    problem = {**REPORTED, "c_rew": 5.0, "budget": 1e9, "multiplier": 3.0}
    assert allocate_whole(**problem).error == pytest.approx(allocate(**problem).error, rel=1e-9)


def test_a_budget_below_the_minimum_and_broken_minima_are_refused() -> None:
    with pytest.raises(HypothesisError, match="budget to buy the fewest"):
        allocate_whole(**REPORTED, budget=10.0, multiplier=1.0, minimum_dyn=6, minimum_rew=5)
    with pytest.raises(HypothesisError, match="minimum_rew to be a whole number"):
        allocate_whole(**REPORTED, budget=10.0, multiplier=1.0, minimum_rew=1.5)
    with pytest.raises(HypothesisError, match="minimum_dyn > 0"):
        allocate_whole(**REPORTED, budget=10.0, multiplier=1.0, minimum_dyn=0)
    with pytest.raises(HypothesisError, match=r"budget to buy at most 2\*\*53 samples"):
        allocate_whole(**REPORTED, budget=1e17, multiplier=1.0)


# -- samples that carry both labels --------------------------------------------------------------------------


def test_joint_samples_against_a_grid() -> None:
    many = small_problems(100, seed=6)
    discount = np.random.default_rng(7).uniform(0.2, 1.2, 100)
    c_joint = discount * (many["c_dyn"] + many["c_rew"])
    split = allocate_joint(**many, c_joint=c_joint)
    joint_share, dynamics_share = np.meshgrid(np.linspace(0, 1, 301), np.linspace(0, 1, 301))
    for i in range(100):
        p = {name: value[i] for name, value in many.items()}
        joint = joint_share * p["budget"] / c_joint[i]
        rest = p["budget"] - c_joint[i] * joint
        N_dyn = joint + dynamics_share * rest / p["c_dyn"]
        N_rew = joint + (1 - dynamics_share) * rest / p["c_rew"]
        with np.errstate(divide="ignore"):
            grid = p["multiplier"] * p["A_dyn"] * N_dyn ** -p["alpha"] + p["A_rew"] * N_rew ** -p["beta"]
        assert split.error[i] <= grid.min() * (1 + 1e-12)
        assert split.error[i] >= grid.min() * (1 - 1e-3)  # the grid's coarseness
        # The plan can be paid for.
        single = [max(0.0, n - split.N_joint[i]) for n in (split.N_dyn[i], split.N_rew[i])]
        cost = c_joint[i] * split.N_joint[i] + p["c_dyn"] * single[0] + p["c_rew"] * single[1]
        assert cost == pytest.approx(p["budget"], rel=1e-12)
    assert np.all((split.N_joint == 0) == (discount >= 1))


def test_joint_samples_all_three_ways() -> None:
    same = {name: value for name, value in (ONES | {"budget": 100.0}).items() if name != "multiplier"}
    edge, dynamics, reward = (allocate_joint(**same, multiplier=m, c_joint=1.5) for m in (1.0, 100.0, 0.01))
    assert edge.N_dyn == edge.N_rew == edge.N_joint == pytest.approx(100 / 1.5)
    assert dynamics.N_dyn > dynamics.N_rew == dynamics.N_joint > 0
    assert reward.N_rew > reward.N_dyn == reward.N_joint > 0
    dear = allocate_joint(**same, multiplier=3.0, c_joint=2.5)
    plain = allocate(**same, multiplier=3.0)
    assert (dear.N_dyn, dear.N_rew, dear.N_joint) == (plain.N_dyn, plain.N_rew, 0.0)


# -- how the plan moves --------------------------------------------------------------------------------------


@pytest.mark.parametrize("floors", [{}, {"floor_dyn": 0.3, "floor_rew": 0.01}])
def test_elasticities_are_the_slopes_of_the_optimum(floors: dict[str, float]) -> None:
    many = small_problems(200, seed=8)
    moved = elasticities(**many, **floors)
    assert set(moved) == set(INPUTS)
    step = 1e-5
    for name, elasticity in moved.items():
        up, down = (
            allocate(**{**many, name: many[name] * np.exp(sign * step)}, **floors) for sign in (1, -1)
        )
        for field in ("N_dyn", "N_rew", "eps_dyn", "eps_rew", "error"):
            slope = np.log(getattr(up, field) / getattr(down, field)) / (2 * step)
            np.testing.assert_allclose(getattr(elasticity, field), slope, rtol=1e-6, atol=1e-8)


def test_only_relative_prices_and_weights_matter() -> None:
    """Dearer samples are a smaller budget; both error scales together change the error and not the plan."""
    many = small_problems(50, seed=9)
    moved = elasticities(**many)
    for field in ("N_dyn", "N_rew", "error"):
        together = sum(getattr(moved[name], field) for name in ("budget", "c_dyn", "c_rew"))
        np.testing.assert_allclose(together, 0, atol=1e-12)
    np.testing.assert_allclose(moved["A_dyn"].N_dyn, -moved["A_rew"].N_dyn, rtol=1e-12)
    np.testing.assert_allclose(moved["A_dyn"].error + moved["A_rew"].error, 1, rtol=1e-12)
    np.testing.assert_array_equal(moved["multiplier"].N_rew, moved["A_dyn"].N_rew)


# The objective of regret, and labels where one has been


FLOORS = {"floor_dyn": 0.3, "floor_rew": 1e-3}


def squares(
    log_odds, floor_dyn=0.0, floor_rew=0.0, *, A_dyn, alpha, A_rew, beta, c_dyn, c_rew, budget, multiplier
):  # type: ignore[no-untyped-def]
    """What "regret" minimises, written here once more."""
    eps_dyn = A_dyn * (budget / c_dyn / (1 + np.exp(-log_odds))) ** -alpha + floor_dyn
    eps_rew = A_rew * (budget / c_rew / (1 + np.exp(log_odds))) ** -beta + floor_rew
    with np.errstate(over="ignore"):
        return multiplier * eps_dyn**2 + eps_rew**2


def test_regret_without_floors_is_theorem_1_with_doubled_exponents_and_squared_amplitudes() -> None:
    many = problems(2000, seed=5)
    doubled = {"A_dyn": many["A_dyn"] ** 2, "A_rew": many["A_rew"] ** 2}
    doubled |= {"alpha": 2 * many["alpha"], "beta": 2 * many["beta"]}
    ours, theorem = allocate(**many, objective="regret"), allocate(**many | doubled)
    for name in ("N_dyn", "N_rew", "error"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theorem, name), rtol=1e-9)


def test_a_grid_finds_no_less_regret_with_floors() -> None:
    """And floors do move the split: their cross terms fall with the samples."""
    many = problems(300, seed=6)
    floors = {"floor_dyn": many["A_dyn"][::-1] / 30, "floor_rew": many["A_rew"][::-1] / 30}
    split = allocate(**many, **floors, objective="regret")
    grid = squares(np.linspace(-300, 300, 6001)[:, None], **floors, **many)
    assert np.all(split.error <= grid.min(axis=0) * (1 + 1e-12))
    fine = np.log(split.N_dyn * many["c_dyn"] / (split.N_rew * many["c_rew"]))
    around = squares(fine + np.linspace(-0.1, 0.1, 201)[:, None], **floors, **many)
    np.testing.assert_allclose(split.error, around.min(axis=0), rtol=1e-12)
    moved = np.abs(split.N_rew / allocate(**many, objective="regret").N_rew - 1)
    assert np.median(moved) > 0.01


def test_whole_samples_of_least_regret_are_the_best_of_all_pairs() -> None:
    for visited in (False, True):
        one = ONES | FLOORS | {"budget": 60, "c_rew": 2.7, "multiplier": 0.01}
        split = allocate_whole(**one, objective="regret", labels_on_visited=visited)
        pairs = [
            (n, m)
            for n in range(1, 60)
            for m in range(1, 23)
            if n + 2.7 * m <= 60 and (m <= n or not visited)
        ]
        errors = [0.01 * (n**-0.5 + 0.3) ** 2 + (m**-0.5 + 1e-3) ** 2 for n, m in pairs]
        assert (split.N_dyn, split.N_rew) == pairs[int(np.argmin(errors))]
        assert split.error == pytest.approx(min(errors))


@pytest.mark.parametrize("objective", ["bound", "regret"])
def test_labels_on_visited_transitions_against_a_grid(objective: str) -> None:
    many = problems(500, seed=7)
    free = allocate(**many, objective=objective)
    split = allocate(**many, objective=objective, labels_on_visited=True)
    obeys = free.N_rew <= free.N_dyn
    assert 50 < obeys.sum() < 450
    assert np.array_equal(split.N_dyn[obeys], free.N_dyn[obeys])
    even = many["budget"] / (many["c_dyn"] + many["c_rew"])
    np.testing.assert_allclose(split.N_dyn[~obeys], even[~obeys], rtol=1e-12)
    assert np.all(split.N_rew <= split.N_dyn)
    least = np.log(many["c_dyn"] / many["c_rew"])  # the log-odds of as many of each; more dynamics lie above
    odds = least + np.concatenate([[0], np.logspace(-6, 2.5, 400)])[:, None]
    if objective == "bound":
        grid = weighted_error(*(many[name] for name in INPUTS), odds)
    else:
        grid = squares(odds, **many)
    assert np.all(split.error <= grid.min(axis=0) * (1 + 1e-9))


@pytest.mark.parametrize("c_rew", [0.3, 1.0, 2.7])
def test_whole_labels_on_visited_transitions_are_the_best_of_all_pairs(c_rew: float) -> None:
    for multiplier in (0.001, 0.1, 1.0, 100.0):
        one = ONES | {"budget": 40, "c_rew": c_rew, "multiplier": multiplier, "beta": 0.9}
        split = allocate_whole(**one, labels_on_visited=True, minimum_rew=2)
        pairs = [(n, m) for n in range(1, 41) for m in range(2, n + 1) if n + c_rew * m <= 40 + 1e-9]
        errors = [multiplier * n**-0.5 + m**-0.9 for n, m in pairs]
        assert split.error == pytest.approx(min(errors)) and split.N_rew <= split.N_dyn


def test_an_objective_that_is_none_is_refused() -> None:
    for function in (allocate, allocate_whole):
        with pytest.raises(ValueError, match="objective: 'return'; need 'bound' or 'regret'"):
            function(**ONES, objective="return")
