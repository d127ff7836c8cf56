"""Formulas with places for numbers, in the order of the book's other formulas."""

import xml.etree.ElementTree as ET

import pytest
import sympy as sp

from imagination.interactive import gallery, mathml
from imagination.results.noise import claims as rn
from imagination.sums import DoubleGeometricSum, GeometricSum

x, y, L_f = sp.symbols("x y L_f", positive=True)
n = sp.Symbol("n", integer=True, nonnegative=True)


def text(markup: str) -> str:
    """What is read off the markup, from left to right."""
    return "".join(ET.fromstring(f"<math>{markup}</math>").itertext())


@pytest.mark.parametrize(
    ("expression", "read"),
    [
        (1 - x, "1−x"),
        (x * (1 + y), "x·(1+y)"),
        (x / (1 - y), "x1−y"),
        ((1 + x) ** 2, "(1+x)2"),
        (-x * y, "−x·y"),
        (sp.Min(x, y), "min(x,y)"),
        (sp.sqrt(x), "x"),
        (x**-y, "1xy"),
        (sp.Rational(1, 2) + x, "12+x"),
        (GeometricSum(x, n) + DoubleGeometricSum(x, y, n), "Gn(x)+Sn(x,y)"),
        (GeometricSum(x, sp.oo, evaluate=False), "G∞(x)"),
        (L_f, "Lf"),
    ],
    ids=str,
)
def test_formulas_read_as_the_books_do(expression, read):
    assert text(mathml.formula(expression)) == read


def test_symbols_become_places():
    root = ET.fromstring(f"<math>{mathml.formula(x / (1 + y), {x: 'first'})}</math>")
    (slot,) = root.iter("mn") if len(list(root.iter("mn"))) == 1 else [m for m in root.iter("mn") if m.attrib]
    assert slot.attrib == {"data-slot": "first"}
    assert slot.text is None


def test_the_base_of_a_power_is_known_as_such():
    markup = mathml.formula(x**2 + y, {x: "x", y: "y"})
    assert '<mn data-base data-slot="x">' in markup
    assert '<mn data-slot="y">' in markup


def test_what_cannot_be_written_is_refused():
    with pytest.raises(ValueError, match="erf"):
        mathml.formula(x + sp.erf(x))


@pytest.mark.parametrize(
    ("name", "read", "plain", "letters"),
    [
        ("epsilon_dyn", "εdyn", "epsilon dyn", "ε_dyn"),
        ("L_pi", "Lπ", "L pi", "L_π"),
        ("c_0", "c0", "c 0", "c_0"),
        (r"c_{\max}", "cmax", "c max", "c_max"),
        ("H", "H", "H", "H"),
    ],
)
def test_symbols_in_markup_and_in_plain_text(name, read, plain, letters):
    assert text(mathml.symbol(name)) == read
    assert mathml.plain(name) == plain
    assert mathml.letters(name) == letters


def test_every_symbol_of_a_shown_formula_has_a_number():
    for make in (gallery.return_gap, gallery.budget, gallery.fidelity, gallery.noise, gallery.curvature):
        figure = make()
        for row in figure.rows:
            if row.formula is not None:
                assert {figure.at.names[s] for s in row.formula.free_symbols} <= set(figure.at.outputs)
    assert rn.PAPER.expression in [row.formula for row in gallery.noise().rows]
