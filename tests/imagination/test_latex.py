"""Formulas in the book's notation."""

import sympy as sp

from imagination import quantities as w
from imagination.latex import in_lines, latex
from imagination.results.budget import claims as c
from imagination.results.return_gap import claims as return_gap


def test_factors_come_in_the_papers_order() -> None:
    assert latex(return_gap.LEMMA_1.expression) == (
        r"\frac{\varepsilon_{\mathrm{rew}}}{1 - \gamma}"
        r" + \frac{\gamma L_{r} \left(1 + L_{\pi}\right) \varepsilon_{\mathrm{dyn}}}"
        r"{\left(1 - \gamma\right) \left(1 - \gamma L_{f} \left(1 + L_{\pi}\right)\right)}"
    )


def test_differences_start_with_what_is_kept() -> None:
    assert latex(w.L_f - w.gamma) == r"L_{f} - \gamma"
    assert latex(-(w.L_f + w.gamma)) in (r"- L_{f} - \gamma", r"- \gamma - L_{f}")
    assert latex(w.gamma - (w.L_f + w.L_r)).count("-") == 2


def test_negative_numbers_and_fractions() -> None:
    assert latex(-w.gamma) == r"- \gamma"
    assert latex(sp.Rational(1, 2) * w.gamma) == r"\frac{\gamma}{2}"


def test_negative_powers_of_positive_numbers_stand_below() -> None:
    assert latex(c.RATIO.expression) == (
        r"\frac{\alpha D A_{d} c_{r} N_{r}^{\beta}}{\beta A_{r} c_{d} N_{d}^{\alpha}}"
    )
    assert latex(w.gamma * w.L_f ** (-w.L_pi)) == r"\gamma L_{f}^{- L_{\pi}}"


def test_powers_whose_sign_is_open_stay_above() -> None:
    assert latex(c.A_d * c.N_d ** (1 - c.alpha)) == r"A_{d} N_{d}^{1 - \alpha}"
    assert latex(c.A_d * c.N_d ** (c.alpha - 1)) == r"A_{d} N_{d}^{\alpha - 1}"


def rows(text: str, width: float = 12) -> list[str]:
    """The lines that a formula is printed in."""
    begin, end = r"\begin{aligned} & ", r" \end{aligned}"
    broken = in_lines(text, width)
    assert broken.startswith(begin) and broken.endswith(end)
    return broken.removeprefix(begin).removesuffix(end).split(r" \\ & ")


def test_what_fits_stays_in_one_line() -> None:
    assert in_lines("a = b + c") == "a = b + c"
    assert in_lines(r"\frac{a + b + c + d}{e}", 12) == r"\frac{a + b + c + d}{e}"


def test_relations_begin_lines_and_signs_do_where_a_side_is_too_wide() -> None:
    assert rows("a + b = c + d + e + f") == ["a + b", r"\quad = c + d", r"\qquad + e + f"]
    assert rows(r"a b c d e f g \leq - x - y", 14) == ["a b c d e f g", r"\quad \leq - x - y"]


def test_signs_within_a_fraction_a_power_or_brackets_begin_no_line() -> None:
    text = r"x^{n + 1} = \left(a + b\right) \frac{c - d}{e + f}"
    assert rows(text, 14) == ["x^{n + 1}", r"\quad = \left(a + b\right) \frac{c - d}{e + f}"]


def test_a_term_that_is_too_wide_is_cut_in_its_widest_brackets() -> None:
    text = r"x = \left(a b c d + e f g h + i j k l\right) \left(y + z\right)"
    found = rows(text, 14)
    assert found[:2] == ["x", r"\quad = \bigl(a b c d"]
    assert found[2:] == [r"\qquad\quad + e f g h", r"\qquad\quad + i j k l\bigr) \left(y + z\right)"]


def test_every_letter_of_a_claim_is_in_its_lines() -> None:
    text = latex(return_gap.LEMMA_1.statement)
    letters = "".join(rows(text, 8)).replace(r"\qquad", "").replace(r"\quad", "").replace(" ", "")
    letters = letters.replace(r"\bigl", r"\left").replace(r"\bigr", r"\right")
    assert letters == text.replace(" ", "")
