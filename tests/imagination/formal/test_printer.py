"""What is printed for Coq: nothing but what is on the list, and nothing that could be mistaken."""

import pytest
import sympy as sp

from imagination import quantities as w
from imagination.claim import Claim, Hypothesis, Quantity
from imagination.formal.bounds import text
from imagination.formal.printer import NotPrintable, check_claim, check_glyphs, definition
from imagination.formal.record import folder
from imagination.results.registry import PRINTED
from imagination.results.return_gap import claims as return_gap
from imagination.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum, MajoritySum
from imagination.symbols import natural, positive, real

x, y = real("x y")
n, k = natural("n k")
X, Y, N, K = (Quantity(s, s.name, "") for s in (x, y, n, k))


def printed(value, *symbols):
    """The definition of an expression, without its head."""
    (made, *_) = definition("it", value, symbols or (X, Y, N, K))
    return " ".join(made.partition(":=")[2].split()).removesuffix(".")


def test_the_file_is_what_the_claims_print():
    assert (folder() / "Bounds.v").read_text(encoding="utf-8") == text(), "python -m press formal --print"


@pytest.mark.parametrize(
    ("value", "coq"),
    [
        (sp.Rational(1, 2), "(1 / 2)"),
        (x - y, "(x + ((-1) * y))"),
        (x / y, "(x * (/ y))"),
        (x**-2, "(/ (x ^ 2))"),
        (sp.sqrt(x), "(sqrt x)"),
        (1 / sp.sqrt(x), "(/ (sqrt x))"),
        (x**n, "(x ^ n)"),
        (x * n, "(x * (INR n))"),
        (sp.Abs(x), "(Rabs x)"),
        (sp.Max(x, y), "(Rmax x y)"),
        (GeometricSum(x, n), "(geom x n)"),
        (
            MajoritySum(x, n),
            "(sum n (fun t : nat => ((x ^ (1 + t)%nat) * (Binomial.C (1 + (2 * t)%nat)%nat t))))",
        ),
        (sp.cos(x) + sp.sin(x), "((cos x) + (sin x))"),
        (DoubleGeometricSum(x, y, n), "(sum n (fun t : nat => ((x ^ t) * (geom y t))))"),
        (sp.Sum(x**k, (k, 0, n - 1)), "(sum n (fun k : nat => (x ^ k)))"),
    ],
)
def test_expressions(value, coq):
    assert printed(value, X, Y, N) == coq


def test_real_powers_need_a_positive_base():
    a = positive("a")
    assert printed(a**x, Quantity(a, "a", ""), X) == "(Rpower a x)"
    with pytest.raises(NotPrintable, match="positive"):
        printed(y**x)


def test_arguments_stand_as_the_claim_declares_them_whatever_sympy_does():
    for order in ((X, Y), (Y, X)):
        (made,) = definition("it", x - y, order)
        assert made.startswith(f"Definition it ({order[0].code} {order[1].code} : R) : R")


def test_arguments_are_called_as_in_code():
    (made,) = definition("it", return_gap.LEMMA_1.expression, return_gap.LEMMA_1.symbols)
    assert made.startswith("Definition it (gamma L_f L_r L_pi eps_dyn eps_rew : R) : R")


def test_what_holds_for_all_values_is_an_argument_and_no_hidden_quantifier():
    """Who is "for all" and who is given is said in the theorem, and nowhere else."""
    t = natural("t")
    (made,) = definition("it", x**t, (X,), (t,))
    assert made.startswith("Definition it (x : R) (t : nat) : R")
    (made,) = definition("it", [sp.Le(x, y)], (X,), (y,))
    assert made.startswith("Definition it (x y : R) : Prop")
    assert "forall" not in text()


def test_hypotheses_about_numbers():
    made = printed([sp.Ge(x, 0), sp.Lt(x * y, 1), sp.Ge(n, 1)])
    assert made == "x >= 0 /\\ (x * y) < 1 /\\ (n >= 1)%nat"


class Half(sp.Function):
    """Evaluates as nothing that Coq knows of."""


class MyAbs(sp.Abs):
    """Prints as its parent would, and may evaluate as anything."""


@pytest.mark.parametrize(
    "value",
    [
        sp.tan(x),
        Half(x),
        MyAbs(x),
        sp.pi * x,
        sp.Float(0.5) * x,
        sp.oo,
        sp.Piecewise((x, x > 0), (y, True)),
        GeometricSum(x, n - k),
        sp.Sum(x**k, (k, 1, n)),
        sp.Symbol("z", complex=True) * x,
        sp.Function("c", real=True)(),
        sp.Function("f", real=True)(x),
        sp.Function("f", real=True)(n, n),
        sp.Function("f")(n),
    ],
    ids=str,
)
def test_what_is_not_on_the_list_is_refused(value):
    with pytest.raises(NotPrintable):
        printed(value)


def test_a_map_without_arguments_does_not_print_as_a_number():
    """In Coq it would be a free name, or that of a definition."""
    with pytest.raises(NotPrintable, match="only sequences"):
        printed(sp.Function("R", real=True)() + x)


def test_names_are_not_captured():
    with pytest.raises(NotPrintable, match="captures"):
        printed(sp.Sum(x**k, (k, 0, n - 1)) + k)
    t = natural("t")
    with pytest.raises(NotPrintable, match="captures"):
        printed(DoubleGeometricSum(x, y, n) * t, X, Y, N, Quantity(t, "t", ""))
    with pytest.raises(NotPrintable, match="captures"):
        printed(DoubleGeometricSum(x, y, n), Quantity(x, "t", ""), Y, N)


@pytest.mark.parametrize("code", ["sum", "Series", "fun", "in", "R", "a b", "γ", "1x", ""])
def test_names_that_mean_something_else_are_refused(code):
    with pytest.raises(NotPrintable):
        printed(x, Quantity(x, code, ""))


def test_one_name_for_two_things_is_refused():
    b = sp.Function("b", real=True)
    with pytest.raises(NotPrintable, match="used twice"):
        printed(b(n) + x, Quantity(x, "b", ""), N)
    with pytest.raises(NotPrintable, match="used twice"):
        printed(x + y, X, Quantity(y, "x", ""))


def test_a_symbol_that_the_claim_does_not_declare_is_refused():
    with pytest.raises(NotPrintable, match="no symbol of the claim"):
        printed(x + y, X)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (real("ε"), real("ϵ")),
        (real("epsilon"), real("varepsilon")),
        (real("epsilon"), real("ε")),
        (real("x"), positive("x")),
        (real("x"), sp.Symbol("x")),
        (sp.Function("J", real=True)(n), sp.Function("J")(n)),
    ],
    ids=str,
)
def test_two_things_with_one_glyph_are_refused(one, other):
    with pytest.raises(NotPrintable, match="look the same"):
        check_glyphs([sp.Tuple(one, other)])
    check_glyphs([sp.Tuple(one, one)])


def test_no_printed_claim_has_two_things_with_one_glyph():
    for claim, _ in PRINTED.values():
        check_claim(claim)


def test_a_claim_whose_hypothesis_uses_another_epsilon_is_refused():
    """The bound would then speak of one number, and what is supposed of the other."""
    one, other = real("ε"), real("ϵ")
    claim = Claim(
        name="Two epsilons",
        source="",
        symbols=(Quantity(one, "eps", ""), Quantity(other, "eps_other", "")),
        hypotheses=(Hypothesis("small", sp.Le(other, 1)),),
        quantity=one,
        expression=sp.Integer(1),
    )
    with pytest.raises(NotPrintable, match="look the same"):
        check_claim(claim)


def test_a_series_to_infinity_comes_with_its_convergence():
    """A series that diverges has a value in Coq, and a bound by it means nothing."""
    value = CappedGeometricSum(x, y, sp.Integer(1), sp.Integer(2), sp.oo)
    bound, converges = definition("it", value, (X, Y))
    assert "(Series (fun t : nat" in bound
    assert converges.startswith("Definition it_converges (x y : R) : Prop")
    assert "(ex_series (fun t : nat" in converges
    assert len(definition("it", GeometricSum(x, n), (X, N))) == 1


def test_what_is_printed_of_a_claim_changes_with_it():
    right = definition("it", return_gap.LEMMA_1.expression, return_gap.LEMMA_1.symbols)
    wrong = definition("it", return_gap.LEMMA_1.expression / 2, return_gap.LEMMA_1.symbols)
    swapped = return_gap.LEMMA_1.expression.subs({w.L_f: w.L_r, w.L_r: w.L_f}, simultaneous=True)
    assert right != wrong
    assert right != definition("it", swapped, return_gap.LEMMA_1.symbols)
