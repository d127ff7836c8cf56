"""What the chapter on learning speed claims is proved, and wrong versions of it are not."""

import numpy as np
import pytest
import sympy as sp

from imagination.theory import scaling as sc
from imagination.theory import scaling_proofs as proofs
from imagination.theory.proof import ProofError


@pytest.mark.parametrize("prove", proofs.ALL, ids=lambda f: f.__name__)
def test_each_claim_is_proved(prove) -> None:  # type: ignore[no-untyped-def]
    assert prove().claim.name


WRONG = {
    ("squares", "the same exponent"): sc.A**2 * sc.N ** (-sc.alpha),
    ("squares", "the exponent squared"): sc.A**2 * sc.N ** (-(sc.alpha**2)),
    ("squares", "the scale not squared"): sc.A * sc.N ** (-2 * sc.alpha),
    ("upper_line", "a lower chord"): sc.high / (sc.high - sc.low) * (sc.z - sc.low) / 2,
    ("upper_line", "a line through the origin"): sc.high / (sc.high - sc.low) * sc.z,
    ("lower_line", "twice the slope allowed"): sp.Max(sc.z, 0) / 2,
    ("cliff", "half the error"): sc.worst / 2,
}


@pytest.mark.parametrize(("theorem", "name"), WRONG)
def test_wrong_versions_are_not_proved(theorem: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = getattr(sc, theorem.upper())
    monkeypatch.setattr(sc, theorem.upper(), claim.mutated("wrong", WRONG[theorem, name]))
    with pytest.raises(ProofError):
        getattr(proofs, theorem).__wrapped__()


def test_the_lines_enclose_a_hidden_unit() -> None:
    inputs = np.linspace(-2, 3, 101)
    unit = np.maximum(inputs, 0)
    assert np.all(unit <= sc.UPPER_LINE.evaluate(low=-2, high=3, input=inputs) + 1e-15)
    assert sc.UPPER_LINE.evaluate(low=-2, high=3, input=[-2, 3]) == pytest.approx([0, 3])  # and it is a chord
