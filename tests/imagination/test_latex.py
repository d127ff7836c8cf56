"""Formulas in the book's notation."""

import sympy as sp

from imagination import quantities as w
from imagination.latex import latex
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
