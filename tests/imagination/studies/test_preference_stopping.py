"""Rules that say when to stop climbing a learned reward."""

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.studies import preference_stopping as stopping
from imagination.trials import sweep


@pytest.fixture(scope="module")
def tried():
    about = {"part": "tuning", "family": "rare is bad", "comparisons": 200, "batch": 0, "size": 20}
    return stopping.gains(about, np.random.default_rng(0))


def test_every_rule_is_tried_with_every_number(tried):
    found = tried.groupby(["model", "rule"])["knob"].nunique()
    for name, (_, knobs) in stopping.RULES.items():
        assert (found[:, name] == len(knobs)).all()
    assert not tried["gain"].isna().any()


def test_rules_that_are_one_rule_agree(tried):
    flat = tried[tried["model"] == "flat"].set_index(["rule", "knob", "seed"])["gain"].sort_index()
    end = flat["to the end", 0.0]
    assert flat["lower bound", 0.0].equals(end) and np.allclose(flat["distance", 3.0], end)
    same = np.isclose(flat["cautious rewards", 0.0], end, atol=1e-5)  # but for ties, and ends beyond the grid
    assert same.mean() > 0.8
    assert np.allclose(flat["penalty", 2.0**-8], end, atol=0.05)


def test_no_stop_on_its_own_curve_beats_the_oracle(tried):
    own = tried[tried["rule"].isin(["to the end", "distance", "lower bound", "ensemble", "second judge"])]
    assert (own["gain"] <= own["oracle"] + 1e-9).all()
    assert (tried["gain"] > tried["oracle"] + 0.1).any()  # with other rewards one may


def test_caution_pays_where_what_is_rare_is_bad(tried):
    flat = tried[tried["model"] == "flat"].groupby(["rule", "knob"])["gain"].mean()
    assert flat["lower bound", 1.0] > flat["to the end", 0.0] + 0.2
    assert flat["cautious rewards", 1.0] > flat["lower bound", 1.0]


def test_a_number_is_chosen_here_and_elsewhere():
    rows = [
        ("a", 1, "flat", "r", 0.0, 1.0, 2.0), ("a", 1, "flat", "r", 1.0, 2.0, 2.0),
        ("b", 1, "flat", "r", 0.0, 9.0, 10.0), ("b", 1, "flat", "r", 1.0, 4.0, 10.0),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["family", "comparisons", "model", "rule", "knob", "gain", "oracle"])
    found = stopping.chosen(table).set_index(["family", "knob"])
    assert found["own"].to_dict() == {
        ("a", 0.0): False,
        ("a", 1.0): True,
        ("b", 0.0): True,
        ("b", 1.0): False,
    }
    assert found["elsewhere"].to_dict() == {key: not value for key, value in found["own"].items()}
    with pytest.raises(ValueError, match="scale must be one of"):
        stopping.run("huge")


def test_regret_is_counted_against_the_flat_oracle():
    rows = [
        (family, 1, model, rule, seed, oracle - lost, oracle - lost, oracle)
        for family, oracle in (("a", 2.0), ("b", 4.0))
        for model, rule, lost in (("flat", "r", 1.0), ("shrunk", "s", -1.0))
        for seed in range(3)
    ]
    names = ["family", "comparisons", "model", "rule", "seed", "own", "elsewhere", "oracle"]
    found = stopping.regrets(pd.DataFrame(rows, columns=names), np.random.default_rng(0))
    assert np.allclose(found.loc[1, "flat", "r"], [0.375, 0.375, 0.375, 0.5])
    assert np.allclose(found.loc[1, "shrunk", "s"], [-0.375, -0.375, -0.375, -0.25])


def test_a_recorded_batch_is_computed_again(monkeypatch):
    quick = {name: rule for name, rule in stopping.RULES.items() if name != "gradient steps"}
    monkeypatch.setattr(stopping, "RULES", quick)
    about = stopping.SCALES["full"]
    table = stopping.recorded()
    own = table[(table["family"] == "answers") & (table["comparisons"] == 50)]
    position = about["tuning"]  # the first batch that is judged
    rng = sweep.generator(records.describe(stopping.RECORD).parameters["seed"], position)
    size, batch = about["size"], about["tuning"]
    again = stopping.gains(
        {"part": "judged", "family": "answers", "comparisons": 50, "batch": batch, "size": size}, rng
    )
    best = again.groupby(["model", "rule", "seed"])["oracle"].first()
    own = own[own["seed"].isin(again["seed"]) & own["rule"].isin(quick)]
    for (model, rule), part in own.groupby(["model", "rule"]):
        assert np.allclose(part["oracle"], best[model, rule], atol=2e-3)
        same = again[(again["model"] == model) & (again["rule"] == rule)]
        values = same.pivot(index="seed", columns="knob", values="gain").to_numpy()
        for how in ("own", "elsewhere"):
            apart = np.abs(values - part[how].to_numpy()[:, None]).max(axis=0)
            assert apart.min() < 2e-3, (model, rule, how)
