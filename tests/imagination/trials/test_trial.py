"""The engine of trials, on claims about squares that are easily checked by hand."""

import numpy as np
import pandas as pd
import pytest
import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.symbols import real
from imagination.trials.trial import Mutant, Trial, mutation_scores, put, swap, times, violations

x, y, e = real("x y e")
X, Y = Quantity(x, "side", "a side"), Quantity(y, "other", "another side")
POSITIVE = Hypothesis("side > 0", sp.Gt(x, 0, evaluate=False))
AREA = Claim("Area", "[test]", (X,), (POSITIVE,), e, x**2)
EXACT = Claim("Exact", "[test]", (X,), (POSITIVE,), e, x**2, relation="==")
PRODUCT = Claim("Product", "[test]", (X, Y), (), e, x * y**2)

TABLE = pd.DataFrame(
    {
        "side": [1.0, 2.0, 3.0, -1.0],
        "width": [2.0, 2.0, 2.0, 2.0],
        "area": [1.0, 3.0, 8.0, 99.0],
        "family": ["even", "odd", "odd", "odd"],
    }
)


def systems(scale: str = "quick", *, seed: int = 0) -> pd.DataFrame:
    return TABLE


def test_a_trial_speaks_only_where_the_hypotheses_hold() -> None:
    trial = Trial(AREA, systems, "area")
    assert trial.spoken_of(TABLE).tolist() == [True, True, True, False]
    assert np.isnan(trial.excess(TABLE)[3]) and not trial.refuted(TABLE)[3]
    assert trial.excess(TABLE)[:3] == pytest.approx([0, -1 / 4, -1 / 9])


def test_a_row_refutes_what_it_exceeds_by_more_than_the_doubt() -> None:
    table = TABLE.assign(area=[1 + 2e-9, 4 + 3e-9, 9.0, 0.0])
    assert Trial(AREA, systems, "area").refuted(table).tolist() == [True, False, False, False]
    assert not Trial(AREA, systems, "area", tolerance=1e-8).refuted(table).any()
    assert Trial(AREA, systems, "area", tolerance=lambda t: t["side"] * 1e-9).refuted(table)[0]


def test_an_equality_is_refuted_from_both_sides() -> None:
    trial = Trial(EXACT, systems, "area")
    assert trial.excess(TABLE)[:3] == pytest.approx([0, 1 / 4, 1 / 9])
    assert trial.outcome(TABLE).off == pytest.approx(1 / 4)


def test_a_bound_from_below_is_refuted_by_less() -> None:
    trial = Trial(AREA, systems, "area", below=True)
    assert trial.refuted(TABLE).tolist() == [False, True, True, False]
    assert trial.outcome(TABLE).largest == pytest.approx(4 / 3)
    assert trial.outcome(TABLE).median == pytest.approx(9 / 8)


def test_a_number_that_is_none_refutes() -> None:
    assert Trial(AREA, systems, "area").refuted(TABLE.assign(area=np.nan)).tolist() == [
        True,
        True,
        True,
        False,
    ]


def test_nothing_measured_where_nothing_is_stated_refutes_nothing() -> None:
    nothing = Claim("Nothing", "[test]", (X,), (), e, 0 * x)
    trial = Trial(nothing, systems, lambda t: 0 * t["area"])
    assert not trial.refuted(TABLE).any()
    assert Trial(nothing, systems, "area").excess(TABLE)[0] == np.inf


def test_nothing_is_used_of_an_infinite_bound_nor_of_0_by_0():
    table = TABLE.assign(side=[1e200, 0.5, 0.0, 1e200], area=[7.0, 0.125, 0.0, np.inf])
    trial = Trial(Claim("Any area", "[test]", (X,), (), e, x**2), systems, "area")
    assert trial.excess(table).tolist() == [-1.0, -0.5, -1.0, np.inf]
    assert trial.outcome(table[:3]).median == 0


def test_a_mutant_is_not_tried_on_a_table_that_lacks_its_columns():
    mutants = (Mutant("another", AREA, instead={"side": "mean"}), Mutant("half", AREA, times(0)))
    trial = Trial(AREA, systems, "area")
    assert trial.outcome(TABLE, mutants).mutants == 1
    assert trial.outcome(TABLE.assign(mean=0.5), mutants).mutants == 2


def test_excess_may_be_counted_in_another_unit() -> None:
    trial = Trial(AREA, systems, "area", unit=lambda t: np.full(len(t), 10.0))
    assert trial.excess(TABLE)[1] == pytest.approx(-0.1)
    assert np.isnan(trial.outcome(TABLE).median)


def test_an_outcome_counts_what_is_tried() -> None:
    mutants = (Mutant("half", AREA, times(sp.Rational(1, 2))), Mutant("twice", AREA, times(2)))
    found = Trial(AREA, systems, "area").outcome(TABLE, (*mutants, Mutant("half", EXACT, times(2))))
    assert (found.problems, found.violations, found.mutants, found.caught) == (3, 0, 2, 1)
    assert found.largest == 1 and found.median == pytest.approx(8 / 9)
    assert found.source == __name__


def test_mutants_are_scored() -> None:
    mutants = (
        Mutant("half", AREA, times(sp.Rational(1, 2))),
        Mutant("the side itself", AREA, put(x**2, x)),
        Mutant("another column", AREA, instead={"side": lambda t: t["side"] - 0.5}),
        Mutant("of large ones alone", AREA, times(sp.Rational(8, 10)), speaks=lambda t: t["side"] > 2),
        Mutant("none", AREA),
    )
    found = mutation_scores([Trial(AREA, systems, "area")], mutants, TABLE, extreme=["even"])
    assert found["caught by"].tolist() == [3, 2, 3, 1, 0]
    assert found["others"].tolist() == [2, 2, 2, 1, 0]
    assert found["speaks of"].tolist() == [3, 3, 3, 1, 3]
    assert found["family"].tolist() == ["even", "odd", "even", "odd", "none"]
    assert found["lowest"].tolist() == pytest.approx([0.5, 1 / 3, 0.25, 0.8, 1.0])
    assert found["excess"].tolist() == pytest.approx([0.5, 5 / 9, 0.75, 8 / 9 - 0.8, 0.0])
    assert found["share"].tolist() == pytest.approx([1, 2 / 3, 1, 1, 0])


def test_a_mutant_may_be_doubted_more_than_the_claim() -> None:
    trial = Trial(AREA, systems, "area", doubt=0.6)
    assert not trial.refuted(TABLE, Mutant("half", AREA, times(sp.Rational(1, 2)))).any()
    assert trial.refuted(TABLE, Mutant("a tenth", AREA, times(sp.Rational(1, 10))))[:3].all()
    assert trial.refuted(TABLE.assign(area=TABLE["area"] + 1.1)).tolist() == [True, True, True, False]


def test_a_mutant_may_bring_symbols_and_swap_others() -> None:
    table = TABLE.assign(other=2.0)
    swapped = Mutant("swapped", PRODUCT, swap(x, y))
    assert swapped.claim.expression == y * x**2
    with_side = Mutant("the other side", AREA, put(x**2, x * y), brings=(Y,))
    assert with_side.claim.arguments == ("side", "other")
    trial = Trial(AREA, systems, "area", columns={"other": "width"})
    assert trial.stated(table[:3], with_side.claim).tolist() == [2.0, 4.0, 6.0]


def test_a_mutant_of_nothing_that_is_tried_is_refused() -> None:
    with pytest.raises(ValueError, match="'half' changes 'Product', which no trial tries"):
        mutation_scores([Trial(AREA, systems, "area")], [Mutant("half", PRODUCT)], TABLE)


def test_what_a_claim_states_may_stand_in_the_table() -> None:
    trial = Trial(AREA, systems, "area", states=lambda t: 4 * t["width"], speaks=lambda t: t["side"] != 2)
    assert trial.spoken_of(TABLE).tolist() == [True, False, True, True]
    assert trial.excess(TABLE)[[0, 2, 3]] == pytest.approx([-7 / 8, 0, 91 / 8])
    wider = Mutant("wider", AREA, instead={"width": lambda t: 0 * t["width"]})
    assert trial.refuted(TABLE, wider).tolist() == [True, False, True, True]
    with pytest.raises(ValueError, match="'Area' is not evaluated"):
        trial.refuted(TABLE, Mutant("twice", AREA, times(2)))


def test_violations_are_the_rows_that_refute_some_claim() -> None:
    low = Trial(AREA, systems, "area", states=2.0)
    high = Trial(AREA, systems, "area", states=0.5, speaks=lambda t: t["side"] == 1)
    assert violations((low, high), TABLE).index.tolist() == [0, 1, 2, 3]
    assert violations((high,), TABLE).index.tolist() == [0]
