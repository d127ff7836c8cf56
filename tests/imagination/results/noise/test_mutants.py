import numpy as np
import pandas as pd
import pytest

from imagination.results.noise.claims import FORMS
from imagination.results.noise.mutants import BORNE, PLANTED, Planted, catch, caught, power


@pytest.fixture(scope="module")
def table(quick_noise_trial):
    return quick_noise_trial


def test_every_form_has_several_and_they_differ():
    assert all(sum(p.form == form for p in PLANTED) >= 2 for form in FORMS)
    everything = PLANTED + BORNE
    assert len({(planted.form, planted.name) for planted in everything}) == len(everything)
    for planted in everything:
        right = FORMS[planted.form]
        assert planted.claim.expression != right.expression or planted.instead
        assert planted.claim.hypotheses == right.hypotheses


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.form}: {planted.name}")
def test_every_one_is_caught(planted, table):
    assert caught(planted, table).sum() >= 3


@pytest.mark.parametrize("planted", BORNE, ids=lambda planted: f"{planted.form}: {planted.name}")
def test_what_theorem_2_is_loose_enough_to_bear(planted, table):
    assert not caught(planted, table).any()
    assert catch(planted, table)["lowest"] < 0.9


def test_right_bounds_are_not_caught(table):
    for form in FORMS:
        right = Planted("as it is", form)
        assert not caught(right, table).any()
        assert catch(right, table)["lowest"] == pytest.approx(1, rel=1e-12)


def test_the_table_counts_what_is_caught(table):
    for planted, (_, row) in zip(PLANTED, power(table).iterrows(), strict=True):
        assert row["caught by"] == caught(planted, table).sum()
        assert row["added / wrong bound"] > 1 and row["by other families"] > 0


def test_wrong_versions_evaluate_by_hand():
    by_name = {(planted.form, planted.name): planted for planted in PLANTED + BORNE}
    row = {"sigma": 2.0, "horizon": 4, "gamma": 0.5, "rollouts": 10, "W_H": 3.0, "W_bar": 2.0}
    frame = pd.DataFrame([row | {"W_first": 1.0, "W_mean": 1.5, "W_max_mean": 2.5, "family": "even"}])

    def value(form, name):
        return float(by_name[form, name].evaluate(frame)[0])

    paper, sharp, discounted = 4 * 4 * 9 / 10 / 0.25, 4 * 4 * 4 / 10 / 0.75, 4 * 4 / 10 / 0.75**2
    assert value("paper", "H dropped") == pytest.approx(paper / 4)
    assert value("paper", "σ for σ²") == pytest.approx(paper / 2)
    assert value("paper", "1 − γ for (1 − γ)²") == pytest.approx(paper / 2)
    assert value("paper", "1 + γ for 1 − γ") == pytest.approx(paper / 9)
    assert value("paper", "norm at t = 0 for the largest") == pytest.approx(paper / 9)
    assert value("sharp", "γ squared twice") == pytest.approx(sharp * 0.75 / (1 - 0.5**4))
    assert value("sharp", "H off by one") == pytest.approx(sharp * 3 / 4)
    assert value("sharp", "W for W²") == pytest.approx(sharp / 2)
    assert value("discounted", "norm averaged over time") == pytest.approx(discounted * 2.25 / 4)
    assert np.isfinite(value("discounted", "K squared"))
