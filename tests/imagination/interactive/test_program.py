"""Programs: the same steps in Python and in the browser."""

import math

import numpy as np
import pytest
import sympy as sp

from imagination.interactive import gallery
from imagination.interactive.program import Let, Program, Root, Value
from imagination.results.curvature import claims as st

a, b, u = sp.symbols("a b u", positive=True)
NAMES = {a: "a", b: "b", u: "u", st.eps: "eps"}

PROGRAM = Program(
    inputs=("a", "eps"),
    names=NAMES,
    steps=(
        Let("b", a**2 + 1),
        Root("u", u**3 - b, u, sp.Rational(1, 10), 1 + b),
        Value("loss", st.PROPOSITION_1),
    ),
)


def test_steps_are_taken_in_order():
    found = PROGRAM.run({"a": 2.0, "eps": 0.5})
    assert found == {"a": 2.0, "eps": 0.5, "b": 5.0, "u": pytest.approx(5 ** (1 / 3)), "loss": 0.25}
    assert tuple(found) == PROGRAM.outputs


def test_a_claim_without_its_hypothesis_has_no_value():
    assert math.isnan(PROGRAM.run({"a": 2.0, "eps": 1.0})["loss"])
    assert math.isnan(PROGRAM.run({"a": 2.0, "eps": math.nan})["loss"])


def test_a_root_that_is_not_there_is_the_nearer_end():
    below = Program(("a",), NAMES, (Root("u", u - a, u, sp.Integer(2), sp.Integer(3)),))
    assert [below.run({"a": value})["u"] for value in (1, 2.5, 9)] == [2, pytest.approx(2.5), 3]


@pytest.mark.parametrize(
    ("inputs", "steps", "words"),
    [
        (("a", "a"), (), "repeat"),
        (("a",), (Let("a", a),), "given twice"),
        (("a",), (Let("c", b),), "uses b, not known yet"),
        (("a",), (Let("c", sp.Symbol("w")),), "have none"),
        (("a",), (Value("c", st.SHARP),), "uses eps, not known yet"),
        (("a",), (Root("c", u - a, u, a, b),), "uses b, not known yet"),
    ],
)
def test_steps_that_cannot_be_taken_are_refused(inputs, steps, words):
    with pytest.raises(ValueError, match=words):
        Program(inputs, NAMES, steps)


def test_the_browser_takes_the_same_steps(javascript):
    rng = np.random.default_rng(0)
    cases = rng.uniform(0.1, 1.3, (50, 2)).tolist()
    for name in PROGRAM.outputs:
        script = f"(a, eps) => ({PROGRAM.javascript()})({{a, eps}}).{name}"
        wanted = [PROGRAM.run(dict(zip(("a", "eps"), case, strict=True)))[name] for case in cases]
        np.testing.assert_allclose(javascript(script, cases), wanted, rtol=1e-14)


@pytest.mark.parametrize("make", [gallery.return_gap, gallery.budget, gallery.fidelity, gallery.noise])
def test_the_figures_programs_are_printed_alike_twice(make):
    figure = make()
    again = make.__wrapped__()
    assert figure.at.javascript() == again.at.javascript()
    assert figure.curve_program.javascript() == again.curve_program.javascript()
