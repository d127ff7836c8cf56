"""The trial of objectives: its plans, its verdicts, and a sample of its record."""

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.studies.loop import objectives
from imagination.studies.loop.objectives import SCALES, Scale
from imagination.studies.loop.objectives_report import ARMS, RECORD, compared, orders, recorded
from imagination.studies.loop.split_systems import Grid

SMALL = Scale(pilots=2, seeds=5, tried=3, good=8)


@pytest.fixture(scope="module")
def table():
    return recorded()


@pytest.fixture(scope="module")
def pilots():
    return records.load(f"{RECORD}-pilots")


def sample(table, pilots, system, number):
    return [part[(part["system"] == system) & (part["pilot"] == number)] for part in (table, pilots)]


def planned(system, part):
    measured = part[["quantity", "samples", "seed", "error"]].reset_index(drop=True)
    swapped = part.dropna()[["quantity", "samples", "seed", "error", "regret", "gap"]]
    return objectives.planned(system, measured, swapped, np.random.default_rng(0))


def test_a_pilot_measures_both_laws_and_swaps_one_component_at_a_time():
    measured, swapped = objectives.pilot(Grid(), SMALL, np.random.default_rng(0))
    assert measured.groupby("quantity")["samples"].nunique().eq(4).all() and len(measured) == 40
    assert sorted(swapped["samples"].unique()) == [200, 400] and len(swapped) == 20
    means = swapped.groupby(["quantity", "samples"])["regret"].mean()
    assert means["dynamics", 200] > means["dynamics", 400] > 0  # and of few samples rewards lose less


def test_plans_spend_the_budget_and_differ_by_objective_alone():
    measured, swapped = objectives.pilot(Grid(), SMALL, np.random.default_rng(0))
    plans = objectives.planned(Grid(), measured, swapped, np.random.default_rng(0)).set_index("arm")
    assert tuple(plans.index) == ARMS
    spent = plans["N_dyn"] + 5 * plans["N_rew"]
    assert spent.between(2000 - 6, 2000).all()
    assert tuple(plans.loc["half and half", ["N_dyn", "N_rew"]]) == (1000, 200)
    assert plans.loc["by cost", "N_dyn"] == plans.loc["by cost", "N_rew"] == 333
    gap = swapped.groupby("quantity")[["gap", "error"]].mean()
    weight = (gap["gap"] / gap["error"])["dynamics"] / (gap["gap"] / gap["error"])["reward"]
    assert plans.loc["bound", "multiplier"] == pytest.approx(weight)


def test_a_refused_pilot_takes_half_and_half():
    measured, swapped = objectives.pilot(Grid(), SMALL, np.random.default_rng(0))
    flat = measured.assign(error=1.0)
    plans = objectives.planned(Grid(), flat, swapped, np.random.default_rng(0)).set_index("arm")
    assert (plans.loc[["regret", "bound"], "N_dyn"] == 1000).all() and plans["multiplier"].isna().all()


def test_verdicts():
    rng = np.random.default_rng(0)
    rows = [(p, 20 * p + s, rng.lognormal()) for p in range(10) for s in range(20)]
    base = pd.DataFrame(rows, columns=["pilot", "seed", "regret"]).assign(system="one")
    arms = {"regret": 1.0, "bound": 1.2, "half and half": 0.8, "by cost": 1.0}
    noise = {arm: 1e-3 * rng.standard_normal(200) for arm in arms}
    table = pd.concat([base.assign(arm=a, regret=base["regret"] * f + noise[a]) for a, f in arms.items()])
    found = compared(table).loc["one"]
    assert found["verdict"].to_dict() == {"bound": "wins", "half and half": "loses", "by cost": "undecided"}
    assert found.loc["bound", "difference"] == pytest.approx(1 / 1.2 - 1, abs=1e-3)


def test_the_order_of_regret_in_the_error():
    rng = np.random.default_rng(0)
    rows = [
        {"system": "one", "pilot": p, "seed": s, "quantity": q, "samples": n, "error": n**-0.5, "gap": 1.0}
        for q in ("dynamics", "reward") for n in (64, 128) for p in range(3) for s in range(20)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    order = np.where(table["quantity"] == "reward", 1.0, 3.0)
    table["regret"] = table["error"] ** order * rng.lognormal(sigma=0.01, size=len(table))
    found = orders(pd.concat([table, table.assign(regret=np.nan)]))["one"]
    assert found["reward"].order == pytest.approx(1, abs=0.05) and found["reward"].runs == 120
    assert found["dynamics"].order == pytest.approx(3, abs=0.05)


def test_the_record_is_whole(table, pilots):
    full = SCALES["full"]
    assert records.describe(RECORD).parameters["pilots"] == full.pilots
    assert table.groupby(["system", "arm"]).size().eq(full.pilots * full.tried).all()
    assert table.groupby("system")["seed"].nunique().eq(200).all() and len(table) == 2400
    assert (
        table["N_dyn"] + 5 * table["N_rew"] <= table["system"].map(lambda s: objectives.SYSTEMS[s].budget)
    ).all()
    assert pilots.groupby(["system", "pilot", "quantity", "samples"]).size().eq(full.seeds).all()
    tuned = records.load(f"{RECORD}-tuning").groupby("rate")["regret"].mean()
    assert f"rate={tuned.idxmin()}" in records.describe(RECORD).parameters["systems"]["spiral"]


@pytest.mark.parametrize("name", ["grid", "Pendulum-v1"])
def test_regrets_of_the_record_are_made_again(table, pilots, name):
    mine, _ = sample(table, pilots, name, 0)
    system = objectives.systems()[name]
    plans = mine.drop_duplicates("arm")[["arm", "pilot", "N_dyn", "N_rew"]]
    plans = plans if name == "grid" else plans[plans["arm"] == "regret"]
    rng = np.random.default_rng(objectives._streams(0, name)[1])
    made = objectives.tried(system, plans.reset_index(drop=True), SCALES["full"].tried, rng)
    kept = mine[mine["arm"].isin(plans["arm"])]
    np.testing.assert_allclose(made["regret"], kept["regret"], rtol=1e-6, atol=1e-6)


def test_a_pilot_of_the_record_is_made_again(pilots):
    streams = np.random.default_rng(objectives._streams(0, "grid")[0]).spawn(SCALES["full"].pilots)
    measured, swapped = objectives.pilot(Grid(), SCALES["full"], streams[7])
    kept = pilots[(pilots["system"] == "grid") & (pilots["pilot"] == 7)]
    np.testing.assert_allclose(measured["error"], kept["error"])
    np.testing.assert_allclose(swapped[["regret", "gap"]], kept[["regret", "gap"]].dropna(), atol=1e-9)


def test_plans_of_the_record_are_made_again(table, pilots):
    for name, system in objectives.systems().items():
        mine, part = sample(table, pilots, name, 2)
        kept = mine.drop_duplicates("arm").set_index("arm")[["N_dyn", "N_rew", "multiplier"]]
        made = planned(system, part).set_index("arm")
        pd.testing.assert_frame_equal(
            made.loc[list(ARMS)], kept.loc[list(ARMS)], check_dtype=False, rtol=1e-6
        )
