"""A good call of each public function: arguments by name, and by function where a name means another thing."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import sympy as sp
import torch
from matplotlib.figure import Figure
from tests.fuzz.hostile import Answers

from imagination import rollouts
from imagination.audit.episodes import episodes as logged
from imagination.audit.policies import Policy
from imagination.audit.readers import NAMES
from imagination.claim import Claim, Quantity
from imagination.decide.planner import Plan, plan
from imagination.models.fitting import generators_of, start_layers
from imagination.models.latent_training import LatentSetting, pendulum_trajectories
from imagination.models.learned_world import LearnedWorld, Steps, learn
from imagination.models.smooth import Smoothing
from imagination.reinforce import sampling
from imagination.reinforce.episodes import Baseline, Episodes, act, play
from imagination.reinforce.problems import THEOREM_2, Problem, tabular_policy
from imagination.reinforce.torch_policies import CategoricalPolicy, TabularPolicy, random_categorical_policy
from imagination.reinforce.training import Adam
from imagination.trials.trial import Mutant, Trial, times
from imagination.worlds import continuous, makers, policies, teacher
from imagination.worlds.episodic import CartPole, Pendulum
from imagination.worlds.linear_quadratic import linear_quadratic
from imagination.worlds.perturbations import ConstantPerturbation
from imagination.worlds.pixels import Camera
from imagination.worlds.tabular import TabularMDP

# Batches of 2; tables of 3 states and 2 actions; vectors of 2 and 1 numbers, 4 points of each.
RNG = np.random.default_rng
PILOT = str(Path(__file__).parents[2] / "data" / "pilot.csv")
ONES, TWO = np.ones(2), np.array([0.5, 0.9])


def drawn(*shape: int) -> np.ndarray:
    return RNG(7).uniform(0.1, 0.9, shape)


def tensor(*shape: int) -> torch.Tensor:
    return torch.tensor(drawn(*shape))


def table() -> TabularMDP:
    return makers.garnet(2, 3, 2, 2, TWO, RNG(0))


def world() -> continuous.ContinuousMDP:
    return teacher.teacher(RNG(0), L_f=TWO, L_r=ONES, discount=TWO, d_state=2, d_action=1, width=3)


def linear() -> policies.LinearPolicy:
    return policies.LinearPolicy(drawn(2, 1, 2))


def problem() -> Problem:
    return Problem(table(), tabular_policy(drawn(2, 3, 2)), 3)


def log() -> continuous.Transitions:
    return rollouts.transitions(rollouts.rollout(world(), linear(), drawn(2, 4, 2), 5))


def tabular_trajectories() -> sampling.Trajectories:
    logits, generator = TabularPolicy(tensor(2, 3, 2)), torch.Generator().manual_seed(0)
    return sampling.sample(sampling.TabularWorld(table()), logits, 4, 3, generator)


def box() -> continuous.UniformBox:
    return continuous.UniformBox(-np.ones((2, 2)), np.ones((2, 2)))


def pilot() -> pd.DataFrame:
    return pd.DataFrame(
        [
            (quantity, samples, samples**-0.4 * factor, seed)
            for quantity in ("dynamics", "reward")
            for samples in (10, 20, 40, 80)
            for seed, factor in enumerate((0.9, 1.0, 1.15))
        ],
        columns=["quantity", "samples", "error", "seed"],
    )


def regrets() -> pd.DataFrame:
    return pilot().assign(regret=2 * pilot()["error"] ** 2)


@cache
def made_plan() -> Plan:
    return plan(pilot(), budget=1e4, cost_dyn=1, cost_rew=5, multiplier=3, replicates=100, rng=RNG(0))


def tuning() -> pd.DataFrame:
    arms = [(arm, step, seed) for arm in "ab" for step in (0.1, 0.2) for seed in (0, 1)]
    return pd.DataFrame(arms, columns=["arm", "step", "seed"]).assign(**{"return": drawn(8)})


def areas() -> pd.DataFrame:
    return pd.DataFrame({"side": [0.5, 1.0, 2.0], "area": [0.25, 1.0, 3.0], "family": ["a", "a", "b"]})


SQUARE = Claim(
    "Area", "[test]", (Quantity(sp.Symbol("s", real=True), "side", "a side"),), (),
    sp.Symbol("A", real=True), sp.Symbol("s", real=True) ** 2,
)  # fmt: skip
AREA = Trial(SQUARE, areas, "area")


def cart_policy() -> CategoricalPolicy:
    return random_categorical_policy(torch.Generator().manual_seed(0), 2, 4, 2, dtype=torch.float32)


def episodes() -> Episodes:
    world, generator = CartPole(2, torch.float32), torch.Generator().manual_seed(0)
    return play(world, act(cart_policy(), generator), world.start(3, generator), 4)


def steps_seen() -> Steps:
    return Steps(
        tensor(2, 4, 2), tensor(2, 4, 1), tensor(2, 4), tensor(2, 4, 2), torch.tensor([[0, 0, 0, 1]] * 2) > 0
    )


def learned() -> LearnedWorld:
    return learn(steps_seen(), tensor(2, 4, 2), [0, 1], width=2, epochs=1, learning_rate=0.01)


ACTING = Answers(lambda state: np.cos(2 * state[:, :1]) - 0.5 * state[:, 1:])
MODEL = {
    "next_state": Answers(lambda state, action: np.tanh(state + [0.3, -0.2] * action)),
    "reward": Answers(lambda state, action: state[:, 0] - action[:, 0] ** 2),
    "proceed": Answers(lambda state, action: np.full(len(state), 0.9)),
}


STEPPED = {
    "reset": Answers(lambda states: states),
    "step": Answers(lambda action, held: (held, held[:, 0], np.zeros(len(held)), held)),
}
LATENT = {
    "observe": Answers(lambda states, actions: states),
    "imagine": MODEL["next_state"],
    "reward": Answers(lambda latent: latent[:, 0]),
    "decode": Answers(lambda latent: latent),
}


def audited() -> dict[str, np.ndarray]:
    """A log of six episodes of five steps by `ACTING`, of which one ends in the world."""
    state = RNG(3).normal(size=(6, 2))
    steps = []
    for t in range(5):
        action = ACTING(state)
        following = np.tanh(state + [0.25, -0.2] * action)
        ended = (np.arange(6) == 0) & (t == 4)
        reward = state[:, 0] - 1.1 * action[:, 0] ** 2
        steps.append((state, action, reward, following, ended, np.full(6, t == 4) & ~ended, np.arange(6)))
        state = following
    return {name: np.concatenate(parts) for name, parts in zip(NAMES, zip(*steps, strict=True), strict=True)}


METRIC = np.array([[0.0, 1, 1], [1, 0, 1], [1, 1, 0]])

# By the argument's name, unless the function below says otherwise.
BY_NAME: dict[str, Callable[[], Any]] = {
    **dict.fromkeys(("gamma", "discount", "L_f", "L_pi", "correlation", "coefficient", "level"), lambda: 0.5),
    **dict.fromkeys(("L_r", "eps_dyn", "eps_rew", "diameter", "sigma", "tolerance", "sharp"), lambda: 0.2),
    **dict.fromkeys(
        ("horizon", "count", "draws", "steps", "replicates", "rollouts", "n", "k", "pairs", "votes"),
        lambda: 3,
    ),
    **dict.fromkeys(("d_state", "d_action", "batch", "branching", "rows", "columns", "width"), lambda: 2),
    **dict.fromkeys(("n_states", "n_points", "n_actions", "dimension", "batch_size"), lambda: 3),
    **dict.fromkeys(("A_dyn", "A_rew", "c_dyn", "c_rew", "c_joint", "multiplier", "floor"), lambda: 1.5),
    **dict.fromkeys(("alpha", "beta", "exponent", "amplitude", "scale", "rate", "weight"), lambda: 0.5),
    **dict.fromkeys(("p", "q"), lambda: np.array([[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]])),
    **dict.fromkeys(("x", "y", "values", "a", "cap"), lambda: drawn(4)),
    **dict.fromkeys(("state", "other_state", "initial_state", "points", "queries"), lambda: drawn(2, 4, 2)),
    **dict.fromkeys(("action", "other_action"), lambda: drawn(2, 4, 1)),
    **dict.fromkeys(("low", "radius", "action_radius", "state_radius", "velocity_unit"), lambda: drawn(2)),
    **dict.fromkeys(("ground", "source", "state_metric", "target"), lambda: METRIC),
    **dict.fromkeys(("real", "imagined"), world),
    **dict.fromkeys(("states", "initial"), box),
    **dict.fromkeys(("real_table", "imagined_table"), table),
    "budget": lambda: 1e4,
    "high": lambda: 2 * ONES,
    "positions": lambda: np.arange(3.0),
    "kernel": lambda: table().transition[:, :, 0],
    "transition": lambda: table().transition,
    "action_metric": lambda: METRIC[:2, :2],
    "generator": lambda: RNG(0),
    "rng": lambda: RNG(0),
    "mdp": world,
    "policy": linear,
    "problem": problem,
    "estimator": lambda: THEOREM_2,
    "transitions": log,
    "trajectories": lambda: rollouts.rollout(world(), linear(), drawn(2, 4, 2), 5),
    "actions": lambda: continuous.UniformBox(-np.ones((2, 1)), np.ones((2, 1))),
    "map_": lambda: world().dynamics,
    "other": lambda: world().dynamics,
    "dynamics": lambda: world().dynamics,
    "base": lambda: world().dynamics,
    "perturbation": lambda: ConstantPerturbation(drawn(2, 2)),
    "vectors": lambda: drawn(2, 4, 2),
    "logits": lambda: drawn(2, 3, 2),
    "noise": lambda: None,
    "seeds": lambda: [0, 1],
    "form": lambda: "loose",
    "samples": lambda: np.array([10.0, 20, 40, 80, 160]),
    "errors": lambda: np.array([0.5, 0.36, 0.25, 0.18, 0.12]),
    "slip": lambda: 0.1,
    "seed": lambda: 0,
    "index": lambda: 0,
}

_LAYERS = {"hidden_state": lambda: drawn(2, 3, 2), "hidden_action": lambda: drawn(2, 3, 1)}
_LAYERS |= {"bias": lambda: drawn(2, 3), "output": lambda: drawn(2, 2, 3), "offset": lambda: drawn(2, 2)}
_POINTS = {"state_points": lambda: drawn(2, 3, 2), "action_points": lambda: drawn(2, 2, 1)}
_TABLES = {"policy": lambda: drawn(2, 3, 2) / drawn(2, 3, 2).sum(-1, keepdims=True)}
_TORCH = {"policy": lambda: TabularPolicy(tensor(2, 3, 2)), "trajectories": tabular_trajectories}
_TORCH |= {"discount": lambda: tensor(2), "generator": lambda: torch.Generator().manual_seed(0)}
_TORCH |= {"reward": lambda: tensor(2, 4, 3), "world": lambda: sampling.TabularWorld(table())}
_ROLLED = {"rollouts": lambda: table().sample(_TABLES["policy"](), 4, 3, RNG(0)), "rewards": lambda: None}
_ROLLED |= {"baseline": lambda: None}

_PROBLEM = ("A_dyn", "alpha", "A_rew", "beta", "c_dyn", "c_rew", "budget", "multiplier")
_SPLIT = {name: BY_NAME[name] for name in _PROBLEM}

# By "module" or "module.function" below imagination: what is meant there.
BY_PLACE: dict[str, dict[str, Callable[[], Any]]] = {
    "audit": {"model": lambda: MODEL, "policy": lambda: ACTING, "data": audited, "level": lambda: 0.9, "episodes": lambda: logged(audited()), "seen": lambda: audited()["state"], "action": lambda: audited()["action"]},
    "audit.audit": {"gamma": lambda: 0.9, "horizons": lambda: [1, 2, 4], "value": lambda: Answers(lambda state: state[:, 0]), "calls": lambda: 100},
    "audit.stopping.horizon": {"gamma": lambda: 0.5, "horizons": lambda: [1], "value": lambda: Answers(lambda state: state[:, 0]), "calls": lambda: 100},
    "audit.ranking.rank": {"policies": lambda: {"one": ACTING, "two": ACTING}, "data": lambda: {"one": audited(), "two": audited()}, "value": lambda: Answers(lambda state: state[:, 0])},
    "audit.collecting.collect": {"env": lambda: "Pendulum-v1", "policy": lambda: Answers(lambda state: state[:, :1]), "episodes": lambda: 2, "max_steps": lambda: 4, "seed": lambda: 0},
    "audit.models.as_world_model": {"model": lambda: STEPPED},
    "audit.latent.LatentModel": {"model": lambda: LATENT},
    "audit.policies.on_policy": {"policy": lambda: Policy(ACTING, audited()["state"], audited()["action"])},
    "audit.trust": {"horizons": lambda: np.array([1, 2, 4]), "low": lambda: -drawn(3), "high": lambda: drawn(3), "real": lambda: drawn(6),},
    "audit.intervals": {"values": lambda: drawn(6), "one": lambda: drawn(6), "other": lambda: drawn(5)},
    "rollouts": {"discount": lambda: TWO, "reward_range": lambda: ONES, "rewards": lambda: drawn(2, 4, 3)},
    "rollouts.horizon_for": {"tolerance": lambda: 0.1 * ONES},
    "rollouts.gaussian_noise": {"scale": lambda: ONES},
    "lipschitz": {"states": box},
    "lipschitz.jacobian_lipschitz": {"state": lambda: drawn(2, 4, 2)},
    "lipschitz.climbed_error": {"state": lambda: drawn(2, 4, 2)},
    "lipschitz.certified_supremum": {
        "function": lambda: lambda x: np.sin(x).sum(-1),
        "slopes": lambda: np.ones((1, 2)),
        "low": lambda: np.zeros(2),
    },
    "lipschitz.relu_enclosure": {
        "hidden": lambda: drawn(2, 3, 2),
        "bias": lambda: drawn(2, 3),
        "output": lambda: drawn(2, 1, 3),
        "offset": lambda: drawn(2, 1),
        "low": lambda: np.zeros(2),
    },
    "decide.loop_constant": {"following": lambda: drawn(2, 4, 2) ** 2, "noise": lambda: 0.1, "largest": lambda: 1.0, "values": lambda: drawn(2, 4), "spacing": lambda: 0.1, "curvature": lambda: 1.0},
    "sensitivities": {"parameters": lambda: ["dynamics.bias"]},
    "wasserstein.function_lipschitz": {"values": lambda: drawn(3)},
    "wasserstein": {"reward": lambda: table().reward, **_TABLES},
    "worlds.continuous": {"discount": lambda: TWO, "reward": lambda: world().reward, "diameter": lambda: ONES},
    "worlds.continuous.UniformBox": {"low": lambda: np.zeros((2, 2)), "high": lambda: np.ones((2, 2))},
    "worlds.continuous.FixedInitial": {"state": lambda: drawn(2, 2)},
    "worlds.continuous.UniformBall": {"dimension": lambda: 2},
    "worlds.continuous.Transitions": {"next_state": lambda: drawn(2, 4, 2), "reward": lambda: drawn(2, 4)},
    "worlds.continuous.BoxProjected": {"low": lambda: np.zeros((2, 2)), "high": lambda: np.ones((2, 2))},
    "worlds.continuous.project_box": {"low": lambda: np.zeros((2, 2)), "high": lambda: np.ones((2, 2))},
    "worlds.continuous.AffineDynamics": {
        "state_matrix": lambda: drawn(2, 2, 2),
        "action_matrix": lambda: drawn(2, 2, 1),
        "offset": lambda: drawn(2, 2),
    },
    "worlds.continuous.AffineReward": {
        "state_weight": lambda: drawn(2, 2),
        "action_weight": lambda: drawn(2, 1),
        "offset": lambda: drawn(2),
    },
    "worlds.continuous.spectral_norm": {"matrices": lambda: drawn(2, 3, 3)},
    "worlds.continuous.apply_matrix": {"matrix": lambda: drawn(2, 2, 2)},
    "worlds.embedded": {"table": lambda: drawn(2, 3, 2), **_POINTS, "choice": lambda: np.zeros((2, 3), int)},
    "worlds.embedded.TableDynamics": {"table": lambda: np.zeros((2, 3, 2), int)},
    "worlds.extremal": dict.fromkeys(("gamma", "L_f", "L_r", "L_pi", "eps_dyn", "eps_rew"), lambda: 0.5 * ONES),
    "worlds.linear_quadratic": {"L_f": lambda: TWO, "discount": lambda: TWO},
    "worlds.linear_quadratic.QuadraticReward": {
        "state_cost": lambda: drawn(2, 2, 2),
        "action_cost": lambda: drawn(2, 1, 1),
    },
    "worlds.makers.random_kernels": {"batch": lambda: 2},
    "worlds.makers.towards_mean": {"distributions": lambda: table().transition, "weight": lambda: TWO},
    "worlds.makers.on_grid": {"means": lambda: 2 * drawn(2, 3), "positions": lambda: np.tile(np.arange(3.0), (2, 1))},
    "worlds.makers": {"discount": lambda: 0.9},
    "worlds.perturbations": {"direction": lambda: drawn(2, 2), "scale": lambda: ONES, "core": lambda: ONES},
    "worlds.perturbations.SinePerturbation": {
        "state_frequency": lambda: drawn(2, 2),
        "action_frequency": lambda: drawn(2, 1),
        "phase": lambda: drawn(2),
    },
    "worlds.perturbations.TanhPerturbation": _LAYERS,
    "worlds.perturbations.PerturbedReward": {"base": lambda: world().reward},
    "worlds.policies": {"gain": lambda: drawn(2, 1, 2), "lipschitz": lambda: ONES, "base": linear},
    "worlds.policies.NetworkPolicy": {
        "hidden": lambda: drawn(2, 3, 2), "bias": lambda: drawn(2, 3), "output": lambda: drawn(2, 1, 3)
    },
    "worlds.policies.ConstantPolicy": {"action": lambda: drawn(2, 1)},
    "worlds.policies.ClippedPolicy": {"low": lambda: np.zeros((2, 1)), "high": lambda: np.ones((2, 1))},
    "worlds.tabular": {"reward": lambda: table().reward, "discount": lambda: TWO, "probabilities": lambda: drawn(2, 3)},
    "worlds.teacher": {"L_f": lambda: TWO, "L_r": lambda: ONES, "discount": lambda: TWO, **_LAYERS},
    "worlds.teacher.random_network": {"lipschitz": lambda: ONES, "d_out": lambda: 2},
    "worlds.teacher.NetworkReward": {"output": lambda: drawn(2, 1, 3), "offset": lambda: drawn(2, 1)},
    "worlds.pixels": {"velocity_unit": lambda: 3.8},
    "worlds.gymnasium.pendulum": {"velocity_unit": lambda: 3.8, "torque_unit": lambda: 2.0},
    "models.counts.CountModel": {"counts": lambda: np.ones((2, 3, 2, 3)), "reward_sums": lambda: drawn(2, 3, 2)},
    "models.least_squares.ridge": {"features": lambda: drawn(2, 4, 2), "targets": lambda: drawn(2, 4, 2)},
    "models": {"penalty": lambda: 0.1},
    "models.networks": {"inputs": lambda: drawn(2, 4, 2), "targets": lambda: drawn(2, 4, 1)},
    "reinforce.exact": {"bias": lambda: table().reward, "name": lambda: "reward", "table": lambda: table().reward},
    "reinforce.estimators": _ROLLED,
    "reinforce.critics": _ROLLED | {"critic": lambda: drawn(2, 4, 3), "lam": lambda: 0.5, "end": lambda: drawn(2, 3), "noise_variance": lambda: 0.2, "differences": lambda: drawn(2, 4, 3), "rewards": lambda: drawn(2, 4, 3)},
    "decide.lambda_choice": {"scores": lambda: drawn(2, 4, 3, 2), "differences": lambda: drawn(2, 4, 3), "outer": lambda: 1.0, "lambdas": lambda: [0.0, 0.5, 1.0]},
    "reinforce.estimators.sample": {"count": lambda: 4},
    "reinforce.estimators.ascend": {"rollouts": lambda: 4},
    "reinforce.gradients": _TORCH,
    "reinforce.gradients.solve_ridge": {"gram": lambda: tensor(2, 1, 1), "right": lambda: tensor(2, 1, 1), "ridge": lambda: 1e-3},
    "reinforce.sampling": _TORCH,
    "reinforce.training": _TORCH,
    "reinforce.sampling.ContinuousWorld": {"mdp": world},
    "reinforce.sampling.TabularWorld": {"mdp": table},
    "reinforce.problems": {"mdp": table, "policy": lambda: tabular_policy(drawn(2, 3, 2))},
    "reinforce.problems.SoftmaxPolicy": {"parameters": lambda: drawn(2, 3), "features": lambda: drawn(2, 3, 2, 3)},
    "reinforce.reward_errors": {"deviation": lambda: drawn(2, 3, 2), "degrees": lambda: 5.0, "table": lambda: drawn(2, 3, 2), "chance": lambda: drawn(2, 3, 2)},
    "reinforce.reward_errors.Correlated": {"correlation": lambda: np.eye(3)},
    "reinforce.torch_policies": {"generator": lambda: torch.Generator().manual_seed(0), "logits": lambda: tensor(2, 3, 2)},
    "trials.compare": {"table": lambda: pd.DataFrame({"arm": ["a", "b"] * 4, "seed": [0, 0, 1, 1, 2, 2, 3, 3], "v": drawn(8)}), "column": lambda: "v"},
    "trials.recording": {"table": lambda: pd.DataFrame({"v": drawn(8)}), "digits": lambda: 3},
    "decide.label_cost": {"noise": lambda: lambda c: 1 / (1 + c), "cost_range": lambda: (0.1, 10.0)},
    "decide.label_cost.crossing": {"variance_noisy": lambda: 4.0, "variance_biased": lambda: 1.0, "bias_norm": lambda: 0.5},
    "decide.label_cost.mean_squared_error": {"variance": lambda: 1.0, "bias_norm": lambda: 0.5},
    **{f"decide.allocation.{name}": _SPLIT for name in ("allocate", "allocate_joint", "allocate_whole", "elasticities")},
    "decide.label_cost.along_gradient": {"gradient": lambda: drawn(2, 3), "judged": lambda: drawn(2, 3)},
    "decide.baselines": {"scores": lambda: drawn(5, 2, 3), "returns": lambda: drawn(5, 2), "baseline": lambda: drawn(2)},
    "decide.noise_laws.ballots": {"rate": lambda: 0.5, "correlation": lambda: 0.2, "votes": lambda: 3},
    "decide.noise_laws.Verifier": {"tpr": lambda: 0.9, "fpr": lambda: 0.2, "share_of_ones": lambda: 0.5, "correlation": lambda: 0.1},
    "decide.verifier_rates": {"table": lambda: [[5, 3, 1], [1, 2, 6]], "count": lambda: 5, "correlation": lambda: 0.2, "share_of_ones": lambda: 0.5, "most": lambda: 4, "price": lambda: 1.0, "draws": lambda: 20, "right": lambda: [True, False], "yes": lambda: [1, 0]},
    "decide.noise_laws": {"largest": lambda: 1.0, "noise_free_cost": lambda: 5.0},
    "results.noise.claims": {"score_bound": lambda: 1.0, "form": lambda: "simplified"},
    "results.curvature.claims": {"eps": lambda: 0.3, "sharp": lambda: True},
    "worlds.tabular.TabularMDP": {"initial": lambda: np.full((2, 3), 1 / 3), **_TABLES, "values": lambda: drawn(2, 3), "actions": lambda: np.zeros((2, 3), int), "n_rollouts": lambda: 3},
    "worlds.tabular.TabularRollouts": {"states": lambda: np.zeros((2, 1, 4), int), "actions": lambda: np.zeros((2, 1, 3), int), "rewards": lambda: drawn(2, 1, 3)},
    "worlds.tabular.distributions": {"name": lambda: "p", "value": lambda: np.full((2, 3), 1 / 3)},
    "worlds.tabular.metric": {"name": lambda: "m", "value": lambda: METRIC},
    "worlds.perturbations.unit": {"vectors": lambda: drawn(2, 3)},
    "worlds.linear_quadratic.optimal_gain": {"mdp": lambda: linear_quadratic(RNG(0), L_f=TWO, discount=TWO, d_state=2, d_action=1)},
    "worlds.gymnasium": {"torque_unit": lambda: drawn(2), "max_speed": lambda: 8 * ONES, "env": lambda: "Pendulum-v1", "floor": lambda: 0.1 * ONES},
    "worlds.gymnasium.collect": {"policy": lambda: None, "count": lambda: 8, "num_envs": lambda: 2},
    "worlds.environments.WorldEnvironment": {"bound": lambda: np.ones(3)},
    "worlds.adapted.adapt": {"env": lambda: "Pendulum-v1", "L_f": lambda: np.ones(1), "L_r": lambda: np.ones(1)},
    "worlds.environments": {"state_bound": lambda: ONES, "world": lambda: Pendulum(2)},
    "sensitivities.forward_mode": {"noise": lambda: None},
    "sums.divided_power": {"nodes": lambda: [0.5, 0.9, 1.0]},
    "figures": {"axes": lambda: Figure().subplots(), "groups": lambda: [drawn(4), drawn(5)], "names": lambda: ["a", "b"]},
    "figures.colour": {"name": lambda: "blue"},
    "figures.ecdf": {"name": lambda: "blue"},
    "records": {"name": lambda: "fidelity"},
    "models.latent_beforehand": {"seen": lambda: tensor(2, 4, 3).float(), "start": lambda: start_layers(generators_of([0, 1]), (3, 4, 4, 2)), "steps": lambda: 2, "batch_size": lambda: 4, "learning_rate": lambda: 0.01},
    "models.latent_training": {"generators": lambda: [RNG(0), RNG(1)], "episodes": lambda: 2, "steps": lambda: 3, "data": lambda: pendulum_trajectories([RNG(0), RNG(1)], 2, 4), "settings": lambda: [LatentSetting()], "camera": lambda: Camera(size=4), "batch_size": lambda: 4},
    "models.latent_training.state_grid": {"angles": lambda: 4, "speeds": lambda: 3},
    "models.learned_world.learn": {"steps": steps_seen, "initial": lambda: tensor(2, 4, 2), "epochs": lambda: 1, "learning_rate": lambda: 0.01},
    "models.learned_world.Regrouped": {"world": learned, "batch_size": lambda: 4},
    "models.smooth": {"settings": lambda: [Smoothing(penalty=0.1)], "inputs": lambda: drawn(2, 4, 2), "targets": lambda: drawn(2, 4, 1), "hidden": lambda: tensor(2, 3, 2), "output": lambda: tensor(2, 1, 3), "slope": lambda: tensor(2, 4, 3), "matrices": lambda: tensor(2, 3, 3), "limit": lambda: tensor(2), "steps": lambda: 4},
    "models.latent_codes": {**dict.fromkeys(("first", "second", "third", "codes"), lambda: tensor(2, 8, 3)), "matrix": lambda: tensor(2, 3, 3)},
    "models.fitting": {"generators": lambda: [torch.Generator().manual_seed(0)], "size": lambda: 8, "epochs": lambda: 2, "learning_rate": lambda: 0.1, "inputs": lambda: drawn(2, 4, 2), "targets": lambda: drawn(2, 4, 1), "sizes": lambda: [2, 3, 1], "shape": lambda: (2, 3), "fan_in": lambda: 2, "generator": lambda: torch.Generator().manual_seed(0)},
    "models.networks.starting_layers": {"d_in": lambda: 2, "d_out": lambda: 1},
    "models.learned_world": {**dict.fromkeys(("state", "following"), lambda: tensor(2, 4, 2)), "action": lambda: tensor(2, 4, 1), "reward": lambda: tensor(2, 4), "ended": lambda: torch.zeros(2, 4, dtype=torch.bool)},
    "models.quadratic.QuadraticFormReward": {"form": lambda: drawn(2, 4, 4)},
    "reinforce.estimators.coefficients": {"rewards": lambda: drawn(2, 4, 3), "baseline": lambda: drawn(2, 3, 3), "states": lambda: np.zeros((2, 4, 3), int)},
    "reinforce.exact.added_noise_variance": {"correlation": lambda: np.eye(3)},
    "reinforce.linear_policies": {"gain": lambda: tensor(2, 1, 2), "std": lambda: 0.5},
    "reinforce.torch_policies.TabularPolicy": {"logits": lambda: tensor(2, 3, 2)},
    "reinforce.torch_policies.draw": {"cumulative": lambda: tensor(2, 4, 3).cumsum(-1)},
    **{f"reinforce.torch_policies.{name}": {"hidden": lambda: tensor(2, 3, 2), "bias": lambda: tensor(2, 3), "output": lambda: tensor(2, 1, 3), "offset": lambda: tensor(2, 1), "log_std": lambda: tensor(2, 1)} for name in ("GaussianPolicy", "CategoricalPolicy", "NetworkTorchPolicy")},
    "reinforce.sampling.Trajectories": {"state": lambda: tensor(2, 4, 3, 2), "action": lambda: tensor(2, 4, 3, 1), "reward": lambda: tensor(2, 4, 3)},
    "reinforce.reward_errors.look_up": {"name": lambda: "table", "states": lambda: np.zeros((2, 4, 3), int), "actions": lambda: np.zeros((2, 4, 3), int)},
    "reinforce.episodes.play": {"choose": lambda: act(cart_policy(), torch.Generator().manual_seed(0)), "start": lambda: 0.01 * tensor(2, 3, 4).float(), "world": lambda: CartPole(2, torch.float32)},
    "reinforce.episodes.steps_used": {"episodes": episodes},
    "reinforce.episodes.advantages": {"episodes": episodes, "discount": lambda: 0.9, "baseline": lambda: Baseline(torch.Generator().manual_seed(0), 2, 4)},
    "reinforce.episodes.ascend": {"episodes": episodes, "discount": lambda: 0.9, "optimiser": Adam, "baseline": lambda: Baseline(torch.Generator().manual_seed(0), 2, 4)},
    "reinforce.episodes": {"generator": lambda: torch.Generator().manual_seed(0), "world": lambda: CartPole(2), "policy": cart_policy, "d_state": lambda: 4},
    "trials.trial": {"factor": lambda: 2, "old": lambda: sp.Symbol("x"), "new": lambda: 2, "one": lambda: sp.Symbol("x"), "other": lambda: sp.Symbol("y")},
    "trials.trial.violations": {"trials": lambda: [AREA], "table": areas},
    "trials.trial.mutation_scores": {"trials": lambda: [AREA], "mutants": lambda: [Mutant("larger", SQUARE, times(2))], "table": areas},
    "trials.compare.chosen": {"tuning": tuning, "knob": lambda: "step", "column": lambda: "return", "evaluated": lambda: [7, 8]},
    "trials.compare.after_tuning": {"tuned": tuning, "curves": lambda: lambda *of: (pd.DataFrame({"arm": [of[0]]}),) * 2, "evaluated": lambda: [7, 8], "by": lambda: ["arm"]},
    "trials.compare.curves": {"by": lambda: ["arm"], "keep": list},
    "trials.sweep.sweep": {"task": lambda: lambda configuration, rng: pd.DataFrame({"x": [rng.random()]}), "configurations": lambda: [{"a": 1}]},
    "decide.kappas.fit": {"regrets": regrets},
    "decide.objective.chosen": {"objective": lambda: "regret", "multiplier": lambda: None, "constants": lambda: None, "kappas": lambda: {"kappa_dyn": 2.0, "kappa_rew": 1.0}},
    "decide.scaling_laws.intervals": {"value": lambda: drawn(2), "draws": lambda: drawn(5, 2), "freedom": lambda: 4.0, "scale": lambda: "log", "alike": lambda: np.array([1, 1, 0, 1, 1]) > 0, "further": lambda: 0.1},
    "decide.scaling_laws.power_law": {"floor": lambda: 0.1},
    "decide.scaling_laws.compare": {"rng": lambda: RNG(0), "replicates": lambda: 5},
    "decide.scaling_laws": {"seeds": lambda: None, "floor": lambda: False, "rng": lambda: RNG(0), "replicates": lambda: 5},
    "decide.pilot": {"pilot": pilot, "name": lambda: "dynamics", "path": lambda: PILOT},
    "decide.planner.plan": {"pilot": pilot, "constants": lambda: {"gamma": 0.5, "L_f": 0.9, "L_r": 1.0, "L_pi": 0.5}, "cost_dyn": lambda: 1.0, "cost_rew": lambda: 5.0, "replicates": lambda: 100},
    "decide.planner_figure": {"plan": made_plan},
    "decide.planner_report": {"plan": made_plan},
    "decide.label_search.bought": {"price": lambda: 3.0},
    "results.noise.claims.added_variance_bound": {"form": lambda: "sharp"},
    "results.budget.claims": dict.fromkeys(("dyn", "rew"), lambda: 3.0),
    **dict.fromkeys(("claims.A power law is convex", "claims.A power law lies above its tangents"), dict.fromkeys("apxyuv", lambda: 0.5)),
    "claims.A hidden unit lies below its chord": {"low": lambda: -0.5, "high": lambda: 0.5},
    "claims": {"noise": lambda: 0.5},
    "claims.The remaining equation increases": {"N_dyn": lambda: 0.25},
    "claims.No fewer dynamics samples": {"N_dyn": lambda: 3.0, "N_rew": lambda: 1.0, "M_dyn": lambda: 3.2},
    "claims.Where the objective falls": {"noise_free_variance": lambda: 0.0, "exponent": lambda: 0.9},
    "claims.Up to the crossing": {"rollouts": lambda: 1, "variance_noisy": lambda: 2.0},
    "claims.Up to the rescaled crossing": {"variance_noisy": lambda: 20.0},
    "claims.What a verifier is worth": {"tpr": lambda: 0.9, "fpr": lambda: 0.1},
    "claims.Along a chain of comparisons": {"links": lambda: 3},
    "claims.State error": {"t": lambda: 3},
    "claims.Straight and not smooth": {"factor": lambda: 2.0},
    "claims.Rewards grow no slower": {"alpha": lambda: 0.3, "beta": lambda: 0.6},
    "claims.Corollary 2, p > 1": {"exponent": lambda: 1.5},
    "claims.Bounded noise, an end wins": {"noise_free_cost": lambda: 3.0, "highest": lambda: 2.0, "reference": lambda: 0.5, "lowest": lambda: 0.1},
    "claims.Bounded noise, which end": {"cost": lambda: 2.0, "reference": lambda: 0.5},
    "claims.Joint samples that save nothing": {"c_joint": lambda: 4.0},
}  # fmt: skip
