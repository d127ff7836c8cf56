"""What is varied beside the recorded sweep: one thing at a time, and the recorded tables computed again."""

import numpy as np
import pytest

from imagination.experiments import scaling
from imagination.experiments import scaling_ablations as ablations

SMALL = {"samples": 600, "seeds": [0, 1], "epochs": 2}


def test_all_outputs_under_the_tanh_are_the_dynamics():
    """Inputs, targets, starts and orders are the sweep's, so the models are."""
    dynamics = scaling.models(SMALL).query("quantity == 'dynamics'")
    found = ablations.outputs(SMALL | {"outputs": 12, "target": "tanh(z)"})
    for name in ("mean_norm", "mse", "spread"):
        np.testing.assert_allclose(found[name], dynamics[name], rtol=1e-3)


def test_targets_are_made_from_one_network():
    tables = {
        target: ablations.outputs(SMALL | {"outputs": 3, "target": target}) for target in ablations.TARGETS
    }
    assert tables["tanh(z)"]["spread"].lt(1).all() and tables["z/8"]["spread"].gt(1.5).all()
    assert (tables["tanh(z/8)"]["spread"] < tables["tanh(z)"]["spread"]).all()


def test_a_recipe_changes_what_it_says():
    changed = ablations.recipe_configurations("full")
    by_name = {made["recipe"]: made for made in changed}
    assert set(by_name) == set(ablations.RECIPES)
    for name, changes in ablations.RECIPES.items():
        assert {key: by_name[name][key] for key in changes} == changes
    with pytest.raises(ValueError, match="'huge'"):
        ablations.recipe_configurations("huge")
    with pytest.raises(ValueError, match="'huge'"):
        ablations.output_configurations("huge")
