"""What is varied beside the recorded sweep: one thing at a time, and the recorded tables computed again."""

import numpy as np
import pytest

from imagination.studies import scaling_ablations, scaling_runs

SMALL = {"samples": 600, "seeds": [0, 1], "epochs": 2}
OUTPUTS, RECIPES = (
    scaling_ablations.output_configurations("full"),
    scaling_ablations.recipe_configurations("full"),
)


def test_all_outputs_under_the_tanh_are_the_dynamics():
    """Inputs, targets, starts and orders are the sweep's, so the models are."""
    dynamics = scaling_runs.models(SMALL).query("quantity == 'dynamics'")
    found = scaling_ablations.outputs(SMALL | {"outputs": 12, "target": "tanh(z)"})
    for name in ("mean_norm", "mse", "spread"):
        np.testing.assert_allclose(found[name], dynamics[name], rtol=1e-3)


def test_targets_are_made_from_one_network():
    tables = {
        target: scaling_ablations.outputs(SMALL | {"outputs": 3, "target": target})
        for target in scaling_ablations.TARGETS
    }
    assert tables["tanh(z)"]["spread"].lt(1).all() and tables["z/8"]["spread"].gt(1.5).all()
    assert (tables["tanh(z/8)"]["spread"] < tables["tanh(z)"]["spread"]).all()


def test_a_recipe_changes_what_it_says():
    changed = scaling_ablations.recipe_configurations("full")
    by_name = {made["recipe"]: made for made in changed}
    assert set(by_name) == set(scaling_ablations.RECIPES)
    for name, changes in scaling_ablations.RECIPES.items():
        assert {key: by_name[name][key] for key in changes} == changes
    with pytest.raises(ValueError, match="'huge'"):
        scaling_ablations.recipe_configurations("huge")
    with pytest.raises(ValueError, match="'huge'"):
        scaling_ablations.output_configurations("huge")


# --- the records ----------------------------------------------------------------------------------


def test_the_records_hold_what_the_scale_says():
    outputs, recipes = scaling_ablations.recorded_outputs(), scaling_ablations.recorded_recipes()
    wanted = {(c["target"], c["outputs"], c["samples"], s) for c in OUTPUTS for s in c["seeds"]}
    assert set(outputs[["target", "outputs", "samples", "seed"]].itertuples(index=False, name=None)) == wanted
    assert len(outputs) == len(wanted)
    wanted = {(c["recipe"], c["samples"], s) for c in RECIPES for s in c["seeds"]}
    assert set(recipes[["recipe", "samples", "seed"]].itertuples(index=False, name=None)) == wanted


@pytest.mark.parametrize("place", [0, len(scaling_ablations.OUTPUTS) * 8])
def test_recorded_outputs_computed_again(place):
    configuration = OUTPUTS[place]
    again = scaling_ablations.outputs(configuration)
    same(scaling_ablations.recorded_outputs(), again, ["target", "outputs", "samples", "seed"])


def test_recorded_recipes_computed_again():
    again = scaling_ablations.recipes(RECIPES[0])
    same(scaling_ablations.recorded_recipes(), again, ["quantity", "recipe", "samples", "seed", "epoch"])


def same(recorded, again, keys):
    """Means over five seeds may differ by what another processor's rounding does (see the sweep's test)."""
    both = recorded.merge(again, on=keys, suffixes=("", "_again"))
    assert len(both) == len(again)
    means = both.mean(numeric_only=True)
    for name in ("mean_norm", "mse", "spread"):
        np.testing.assert_allclose(means[f"{name}_again"], means[name], rtol=0.02, err_msg=name)
