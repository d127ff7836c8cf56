"""The letters of the claims are told apart, in code and in print."""

from collections.abc import Iterable

from imagination import quantities as w
from imagination.claim import Hypothesis
from imagination.latex import latex


def test_no_two_quantities_share_a_name() -> None:
    quantities = [value for value in vars(w).values() if isinstance(value, w.Quantity)]
    assert len({quantity.code for quantity in quantities}) == len(quantities)
    assert len({latex(quantity.symbol) for quantity in quantities}) == len(quantities)


def test_what_is_shown_is_only_shown() -> None:
    gap = w.shown(r"\left| J - \hat J \right|")
    assert gap.is_real
    assert latex(gap) == r"\left| J - \hat J \right|"


def test_what_a_bound_supposes_of_its_numbers() -> None:
    def said(hypotheses: Iterable[Hypothesis]) -> list[str]:
        return [hypothesis.name for hypothesis in hypotheses]

    assert said(w.DISCOUNT) == ["gamma >= 0", "gamma < 1"]
    assert said(w.CONSTANTS) == ["L_f >= 0", "L_r >= 0", "L_pi >= 0"]
    assert said(w.ERRORS) == ["eps_dyn >= 0", "eps_rew >= 0"]


def test_a_sign_is_a_hypothesis_with_the_quantitys_meaning() -> None:
    sign = w.nonnegative(w.LIP_F)
    assert (sign.name, sign.meaning) == ("L_f >= 0", w.LIP_F.meaning)
    assert sign.relation == (w.L_f >= 0)
