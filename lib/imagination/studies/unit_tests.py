"""Unit tests as a verifier of programs: their rates by number of tests, and more tests against more samples.

The programs are slips of one that is right: how many days a month has. Which are right all the same is found
by all inputs; a verifier looks at a few, drawn at random, and says yes if none of these tests fails.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from imagination.decide.label_cost import Verifier, along_gradient
from imagination.reinforce.problems import softmax

__all__ = [
    "INPUTS",
    "SOURCE",
    "STEPS",
    "Programs",
    "choices",
    "learned",
    "plans",
    "problem",
    "sampled",
    "slips",
    "written",
]

Array = NDArray[np.floating]

SOURCE = """
def days(year, month):
    if month == 2:
        if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
            return 29
        return 28
    if month in (4, 6, 9, 11):
        return 30
    return 31
"""

INPUTS = [(year, month) for year in range(1, 401) for month in range(1, 13)]
"""All of them: the calendar repeats itself after 400 years."""

_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def slips(source: str) -> list[str]:
    """All programs that differ from `source` by one slip.

    Another comparison, "not in" for "in", "or" for "and" and the reverse, or a number too large or too small
    by 1.
    """
    tree = ast.parse(source)
    return [_slipped(tree, *place) for place in _places(tree)]


def _places(tree: ast.AST) -> list[tuple[int, str, object]]:
    """Nodes by number in the order of `ast.walk`, each with a field and a wrong value for it."""
    return [(index, *wrong) for index, node in enumerate(ast.walk(tree)) for wrong in _wrong(node)]


def _slipped(tree: ast.AST, index: int, field: str, value: object) -> str:
    other = copy.deepcopy(tree)
    setattr(next(islice(ast.walk(other), index, None)), field, value)
    return ast.unparse(other)


def _wrong(node: ast.AST) -> Iterator[tuple[str, object]]:
    if isinstance(node, ast.Compare):
        if isinstance(node.ops[0], ast.In):
            yield "ops", [ast.NotIn()]
        else:
            yield from (("ops", [kind()]) for kind in _COMPARISONS if not isinstance(node.ops[0], kind))
    elif isinstance(node, ast.BoolOp):
        yield "op", ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield from (("value", node.value + step) for step in (-1, 1))


@dataclass(frozen=True, eq=False)
class Programs:
    """Programs, and which tests each passes.

    Attributes
    ----------
    sources : tuple of str
    passes : (P, inputs) array of bool
    """

    sources: tuple[str, ...]
    passes: NDArray[np.bool_]

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """Whether each passes every test, (P,)."""
        return np.all(self.passes, axis=1)

    @cached_property
    def rate(self) -> Array:
        """Share of the tests that each passes, (P,)."""
        return np.mean(self.passes, axis=1)

    def accepted(self, tests: ArrayLike, flaky: float = 0.0) -> Array:
        """Probability that each passes so many random tests, (..., P)."""
        return (self.rate * (1 - flaky)) ** np.asarray(tests)[..., None]

    def writer(self, share: float) -> Array:
        """A policy (P,) that is right with probability `share`, and else makes any slip alike."""
        return np.where(self.right, share / self.right.sum(), (1 - share) / (~self.right).sum())

    def verifier(self, policy: Array, *, price: float = 1.0, flaky: float = 0.0) -> Verifier:
        """One test as a vote, all of which must be yes: its rates under a `policy` (P,).

        The correlation is that of two tests of a wrong program. Right ones pass all but flaky tests, which
        have nothing to do with each other.
        """
        wrong = policy * ~self.right
        once, twice = (self.accepted(n, flaky) @ wrong / wrong.sum() for n in (1, 2))
        shared = max(twice - once**2, 0.0) / (once * (1 - once))
        return Verifier(
            tpr=1 - flaky, fpr=once, correlation=shared,
            share_of_ones=problem(self, policy)["share_of_ones"], price=price, rule="all",
        )  # fmt: skip


def written(count: int, rng: np.random.Generator) -> Programs:
    """The right program, all that are one slip away, and so many with two that they are `count`."""
    once = slips(SOURCE)
    known = dict.fromkeys([ast.unparse(ast.parse(SOURCE)), *once])
    while len(known) < count:
        tree = ast.parse(once[rng.integers(len(once))])
        places = _places(tree)
        known[_slipped(tree, *places[rng.integers(len(places))])] = None
    sources = tuple(known)[:count]
    answers = np.array([_answers(source) for source in sources])
    return Programs(sources, answers == answers[0])


def _answers(source: str) -> list[int]:
    space: dict[str, Any] = {}
    exec(source, space)
    days = space["days"]
    return [days(*each) for each in INPUTS]


# More tests, or more samples


def problem(programs: Programs, policy: Array) -> dict[str, Any]:
    """What `optimal_cost` has to know of a softmax `policy` (P,): V, as a function of what false yeses add to
    each reward, and the noise factor; and `share_of_ones`, which part of that comes from right programs.
    """
    right = policy * programs.right
    weight = policy * _square(policy)
    gradient = right - policy * right.sum()
    ones, total = weight @ programs.right, weight.sum()

    def variance(added: ArrayLike) -> Array:
        f = np.asarray(added)
        return ones * (1 + f) ** 2 + (total - ones) * f**2 - (gradient**2).sum()

    return {"noise_free_variance": variance, "noise_factor": total, "share_of_ones": ones / total}


def _square(policy: Array) -> Array:
    """Squared norm of each program's score, (P,)."""
    return 1 - 2 * policy + (policy**2).sum()


def plans(
    programs: Programs,
    policy: Array,
    *,
    tests: ArrayLike,
    budget: float,
    fixed_cost: float,
    price: float,
    flaky: float = 0.0,
) -> pd.DataFrame:
    """What a budget buys with each number of tests: the gradient's mean squared error, exactly.

    A softmax `policy` (P,) writes K programs, each of which is tested; the estimate averages verdict times
    score. It is divided by what its mean has along the true gradient.

    Returns
    -------
    DataFrame
        By `tests`: `samples` K that are bought, `TPR`, `FPR`, `along` a, `across` as a share of the
        gradient's norm, `variance` of the rescaled estimate, `bias` squared, and `error`, their sum.
    """
    tests = np.asarray(tests)
    accepted = programs.accepted(tests, flaky)
    right = policy * programs.right
    gradient = right - policy * right.sum()
    judged = policy * accepted - policy * (accepted @ policy)[:, None]
    along, across = along_gradient(gradient=gradient, judged=judged)
    variance = accepted @ (policy * _square(policy)) - (judged**2).sum(axis=1)
    samples = np.floor(budget / (fixed_cost + price * tests))
    with np.errstate(divide="ignore"):
        variance = variance / along**2 / samples
    wrong = policy - right
    table = {
        "samples": samples.astype(int), "TPR": accepted @ right / right.sum(),
        "FPR": accepted @ wrong / wrong.sum(), "along": along,
        "across": across / np.linalg.norm(gradient), "variance": variance,
        "bias": (across / along) ** 2, "error": variance + (across / along) ** 2,
    }  # fmt: skip
    return pd.DataFrame(table, index=pd.Index(tests, name="tests"))


def choices(programs: Programs, policy: Array, budgets: ArrayLike, **plan: Any) -> pd.DataFrame:
    """The number of tests, up to 64, with the least error for each budget.

    Returns
    -------
    DataFrame
        By `budget`: `tests` and `samples` of the least error; `error`; `1 test` and `64 tests`, how many
        times as large it is with these.
    """
    rows = {}
    for budget in np.asarray(budgets):
        table = plans(programs, policy, tests=np.arange(1, 65), budget=float(budget), **plan)
        best = table["error"].idxmin()
        of = table.loc[best]
        rows[budget] = {
            "tests": best, "samples": int(of["samples"]), "error": of["error"],
            "1 test": table.loc[1, "error"] / of["error"], "64 tests": table.loc[64, "error"] / of["error"],
        }  # fmt: skip
    return pd.DataFrame(rows).T.rename_axis("budget")


def sampled(
    programs: Programs,
    policy: Array,
    *,
    tests: int,
    samples: int,
    groups: int,
    rng: np.random.Generator,
    flaky: float = 0.0,
) -> Array:
    """Estimates of the gradient, (`groups`, P), from programs that are drawn and tested, input by input."""
    drawn = rng.choice(len(policy), size=(groups, samples), p=policy)
    inputs = rng.integers(programs.passes.shape[1], size=(groups, samples, tests))
    passed = programs.passes[drawn[..., None], inputs] & (rng.random(inputs.shape) >= flaky)
    verdict = passed.all(axis=-1)
    total = np.zeros((groups, len(policy)))
    np.add.at(total, (np.arange(groups)[:, None], drawn), verdict)
    return (total - verdict.sum(axis=1, keepdims=True) * policy) / samples


# Learning at equal budgets

STEPS = tuple(2.0**power for power in range(-2, 8))
"""Step sizes among which each number of tests chooses its own."""


def learned(
    programs: Programs,
    policy: Array,
    *,
    tests: ArrayLike,
    budget: float,
    updates: int,
    fixed_cost: float,
    price: float,
    tuning: int = 100,
    seeds: int = 200,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Train from `policy` with each number of tests, the same budget at every update, and a step of its own.

    The step is chosen by the mean of the last return on `tuning` seeds, which counts those that settle on a
    wrong program; other `seeds` are evaluated. Of a sample only counts matter, by program and by verdict.

    Returns
    -------
    DataFrame
        A row for each number of `tests` and each `seed` that is evaluated, with its `step`, and `return`, the
        probability of a right program in the end.
    """
    parts = []
    for n in np.atleast_1d(tests):
        samples, accepted = int(budget // (fixed_cost + price * n)), programs.accepted(n)

        def trained(steps: Array, seeds: int, samples: int = samples, accepted: Array = accepted) -> Array:
            return _trained(programs, policy, accepted, steps, seeds, samples, updates, rng)

        steps = np.asarray(STEPS)
        chosen = steps[trained(steps, tuning).mean(axis=1).argmax()]
        last = trained(np.array([chosen]), seeds)[0]
        seed = np.arange(tuning, tuning + seeds)
        parts.append(pd.DataFrame({"tests": n, "seed": seed, "step": chosen, "return": last}))
    return pd.concat(parts, ignore_index=True)


def _trained(
    programs: Programs,
    policy: Array,
    accepted: Array,
    steps: Array,
    seeds: int,
    samples: int,
    updates: int,
    rng: np.random.Generator,
) -> Array:
    """Probability of a right program after training, (steps, `seeds`)."""
    logits = np.tile(np.log(policy), (len(steps), seeds, 1))
    for _ in range(updates):
        now = softmax(logits)
        passed = rng.binomial(rng.multinomial(samples, now), accepted)
        gradient = (passed - passed.sum(axis=-1, keepdims=True) * now) / samples
        logits += steps[:, None, None] * gradient
    return np.asarray(softmax(logits) @ programs.right)
