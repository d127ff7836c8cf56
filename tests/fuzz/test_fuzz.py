"""A sample of the calls that `make fuzz` makes by the thousand, and what such calls have found."""

import inspect
import json
import os
import pkgutil
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("resource")  # the limits of a call are Unix's

from tests.fuzz import doors, fuzz
from tests.fuzz.good_calls import ACTING, MODEL, RNG, audited, drawn, regrets, tensor, world

import imagination

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{ROOT / 'lib'}{os.pathsep}{ROOT}", "OMP_NUM_THREADS": "1"}
DOORS = {door.name: door for door in doors.doors()}

FOUND = [
    ("reinforce.problems.softmax", {"logits": tensor(2, 3)}),
    ("reinforce.problems.softmax", {"logits": np.array(0.5)}),
    ("reinforce.exact.expected_maximal_score", {"power": "2"}),
    ("reinforce.estimators.coefficients", {"states": np.array(0)}),
    ("reinforce.estimators.coefficients", {"states": np.full((2, 4, 3), 7)}),
    ("reinforce.estimators.estimate", {"bias": np.array(0.5)}),
    ("reinforce.training.Adam", {"rate": None}),
    ("reinforce.gradients.returns", {"discount": torch.tensor([0.5, np.nan])}),
    ("rollouts.rollout", {"initial_state": tensor(2, 4, 2)}),
    ("rollouts.rollout", {"initial_state": drawn(2, 4, 7)}),
    ("rollouts.discounted_return", {"discount": tensor(2)}),
    ("rollouts.truncated_tail", {"discount": np.array([0.5, np.nan])}),
    ("rollouts.gaussian_noise", {"count": 10**400}),
    ("lipschitz.relu_enclosure", {"output": np.full((2, 1, 3), np.inf)}),
    ("lipschitz.jacobian_lipschitz", {"state": drawn(2, 4, 2)[:, ::-1]}),
    ("lipschitz.difference", {"action": np.full((2, 4, 1), 1e308)}),
    ("wasserstein.policy_lipschitz", {"action_metric": np.ones((2, 2))}),
    ("wasserstein.total_variation", {"q": np.ones((7, 3)) / 3}),
    ("worlds.continuous.UniformBox", {"low": tensor(2, 2)}),
    ("worlds.continuous.AffineDynamics", {"offset": np.array(0.5)}),
    ("worlds.makers.on_grid", {"positions": np.array(1.0)}),
    ("worlds.environments.WorldEnvironment", {"bound": np.full(3, 1e308)}),
    ("worlds.teacher.normal_teacher", {"seeds": [-1]}),
    ("models.fitting.passes", {"size": 0}),
    ("models.fitting.draws", {"generators": []}),
    ("models.networks.train", {"learning_rate": 1e308}),
    ("models.latent_codes.effective_rank", {"codes": 1e308 * tensor(2, 8, 3)}),
    ("models.smooth.train_smooth", {"settings": None}),
    ("trials.compare.interval", {"draws": 2**70}),
    ("trials.compare.means", {"values": []}),
    ("trials.compare.curves", {"by": [None]}),
    ("trials.sweep.generator", {"seed": -1}),
    ("figures.panels", {"width": np.nan}),
    ("records.load", {"name": None}),
    ("decide.scaling_laws.power_law", {"exponent": 1e308}),
    ("decide.scaling_laws.fit", {"errors": [10**400] * 5}),
    ("decide.planner.plan", {"multiplier": []}),
    ("decide.planner.plan", {"rng": 3}),
    ("decide.planner.plan", {"pilot": None}),
    ("decide.planner.plan", {"constants": {"gamma": [0.5], "L_f": 0.9, "L_r": 1, "L_pi": 0.5}}),
    ("decide.kappas.fit", {"level": Fraction(1, 3)}),
    ("decide.kappas.fit", {"regrets": regrets().assign(regret=1e308)}),
    ("decide.objective.chosen", {"kappas": {"kappa_dyn": "2", "kappa_rew": 1.0}}),
    ("decide.scaling_laws.intervals.student", {"value": np.array([-0.5, 0.5])}),
    ("decide.scaling_laws.intervals.student", {"alike": np.ones(5)}),
    ("decide.scaling_laws.intervals.students_factor", {"freedom": 5e-324}),
    ("trials.compare.interval", {"draws": 1}),
    ("reinforce.gradients.solve_ridge", {"right": None}),
    ("lipschitz.observed_error", {"rate": 1e308}),
    ("models.latent_training.train_latent", {"learning_rate": 1e30}),
    ("wasserstein.kantorovich_potential", {"p": np.ones((1, 3)) / 3}),
    ("wasserstein.reward_lipschitz", {"reward": np.ones((2, 3, 0))}),
    ("audit.audit", {"gamma": Decimal("0.5")}),
    ("audit.audit", {"horizons": [10**12]}),
    ("audit.audit", {"calls": "many"}),
    ("audit.audit", {"rng": 3}),
    ("audit.audit", {"data": audited() | {"next_state": None}}),
    ("audit.audit", {"data": audited() | {"reward": np.full(30, 1e308)}}),
    ("audit.audit", {"model": MODEL | {"next_state": lambda state, action: state + 0j}}),
    ("audit.audit", {"model": MODEL | {"next_state": lambda state, action: 1e308 * state}}),
    ("audit.audit", {"value": lambda seen: np.full(len(seen), 1e200)}),
    ("audit.ranking.rank", {"policies": {"one": ACTING, "two": np.cos}}),
    ("audit.ranking.rank", {"policies": [ACTING, ACTING]}),
    ("audit.ranking.rank", {"horizon": 10**12}),
    ("audit.collecting.collect", {"policy": lambda state: np.full((len(state), 1), 1e308)}),
    ("audit.latent.LatentModel", {"model": {"decode": ACTING}}),
    ("audit.policies.as_policy", {"action": audited()["reward"]}),
    ("audit.policies.on_policy", {"seed": -1}),
    ("audit.policies.on_policy", {"seen": drawn(2, 2)}),
    ("audit.intervals.means", {"level": np.nan}),
    ("audit.intervals.estimate", {"values": np.full(6, 1e308)}),
    ("audit.intervals.welch", {"one": np.array([])}),
    ("audit.trust.longest", {"low": ["many"] * 3}),
    ("audit.trust.tolerance_from", {"real": np.full(6, np.inf)}),
    ("claims.Where the objective falls", {"exponent": 1e308}),
    ("claims.No fewer reward labels", {"c_dyn": 5e-324}),
    ("claims.The rewards' share", {"c_rew": 5e-324, "beta": 1e308}),
]


@pytest.mark.parametrize(("name", "hostile"), FOUND, ids=lambda part: part if isinstance(part, str) else None)
def test_what_was_found_is_answered_or_refused(name, hostile):
    door = DOORS[name]
    outcome, why = fuzz.call(door, door.arguments() | hostile)
    assert outcome in ("result", "refused"), why


def test_every_public_function_is_called_or_it_is_said_why_not():
    found = {place for place, function in doors.public() if inspect.signature(function).parameters}
    listed = {place for place in found if doors.why_not(place)}
    assert found - listed - set(DOORS) == set()
    modules = {module.name for module in pkgutil.walk_packages(imagination.__path__, "imagination.")}
    stale = set(doors.LISTED) - found - {name.removeprefix("imagination.") for name in modules}
    assert stale == set()


def test_good_calls_are_answered():
    """A tenth of them: a good call that is refused would say nothing about hostile ones."""
    for door in list(DOORS.values())[::10]:
        assert fuzz.call(door, door.arguments()) == ("result", ""), door.name


def alone(code):
    """What a Python of its own prints: a child of this one could inherit a lock that another thread holds."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_hostile_calls_are_answered_or_refused():
    told = alone(
        "import json; from tests.fuzz import fuzz; counted, wrong = fuzz.fuzz(200, seed=0); "
        "print(json.dumps({'wrong': wrong, 'all': {k: int(v) for k, v in counted.loc['all'].items()}}))"
    )
    assert not told["wrong"], "\n".join(told["wrong"])
    assert told["all"]["result"] > 40 and told["all"]["refused"] > 40


def test_a_door_that_does_not_check_is_noticed():
    def door(x, y):
        if y == "warn":
            return np.float64(1e308) * 10
        if y == "loop":
            while True:
                pass
        if y == "large":
            return np.ones(10**11)
        if y == "unnamed":
            raise ValueError("something is wrong")
        return [float("nan")] if y == "nan" else {"a": 1}[x]

    made = doors.Door("a.door", door, {})
    outcomes = {y: fuzz.call(made, {"x": "a", "y": y})[0] for y in ("warn", "nan", "unnamed", "fine")}
    assert outcomes == {"warn": "warning", "nan": "silent NaN", "unnamed": "wrong error", "fine": "result"}
    assert fuzz.call(made, {"x": "b", "y": ""}) == ("wrong error", "KeyError: 'b'")


HANGS = """
import json
from collections import Counter
import numpy as np
from tests.fuzz import doors, fuzz

def door(x):
    if x == 0.5:
        while True:
            pass
    return np.ones(10**11 if np.ndim(x) == 0 and x == 1 else 1)

fuzz.SECONDS = 0.2
made = doors.Door("a.door", door, {"x": lambda: 0.1})
print(json.dumps(Counter(outcome for _, _, outcome, _, _ in fuzz.outcomes([made], 60, seed=1))))
"""


def test_a_call_that_hangs_or_takes_all_memory_costs_itself_alone():
    seen = alone(HANGS)
    assert seen["hang"] > 0 and seen["wrong error"] > 0 and seen["result"] > 40


def test_a_run_is_the_same_twice():
    found = doors.doors()
    one, two = (fuzz.attempt(found, 17, 5)[2] for _ in range(2))
    assert one == two
    assert world() is not world() and RNG(0) is not RNG(0)  # arguments are made anew for each call
