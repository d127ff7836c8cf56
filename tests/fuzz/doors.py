"""The public functions of the library, each with a good call, or with the reason why it has none."""

import importlib
import inspect
import pkgutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from tests.fuzz.good_calls import BY_NAME, BY_PLACE, table

import imagination
from imagination.claim import Claim
from imagination.results.registry import RESULTS
from imagination.worlds.tabular import TabularMDP

NAN = {
    "decide.pilot.checked",
    "trials.recording.rounded",
    "trials.trial.mutation_scores",
    "trials.trial.violations",
}
"""What may return NaN, as its documentation says."""

_WHY_NOT = {
    "what functions return, and nobody makes": """
        audit.episodes.Episodes audit.policies.OnPolicy audit.ranking.Ranking audit.result.Audit
        audit.stopping.Stopping
        decide.allocation.Allocation decide.allocation.JointAllocation decide.label_cost.OptimalCost
        decide.lambda_choice.LambdaChoice decide.verifier_rates.Advice
        decide.baselines.LeaveOneOut
        decide.kappas.Kappa decide.objective.Objective decide.planner.Estimate decide.planner.Plan
        decide.scaling_laws.Comparison
        decide.scaling_laws.ScalingLaw
        models.latent.Encoder models.latent.DecodedPolicy models.latent.CodeInitial models.latent.LatentModels
        models.latent.Health models.latent_training.PendulumTrajectories models.learned_world.LearnedWorld
        records.Record reinforce.episodes.Episodes reinforce.estimators.Estimate reinforce.exact.Moments
        reinforce.gradients.StateValue reinforce.training.Training rollouts.Rollout sensitivities.Adjoint
        trials.trial.Outcome worlds.tabular.Solution worlds.tabular.TabularRollouts
        """,
    "what doors are made of: it takes what has been checked": """
        checks decide.budget_problem decide.second_order decide.scaling_laws.draws
        decide.scaling_laws.hindcast decide.label_search decide.votes trials.sweep.batches
        decide.scaling_laws.huber models.fitting.check_data
        models.fitting.check_options models.fitting.trained decide.pilot.columns_of decide.pilot.measurements
        models.latent_beforehand.encoder_beforehand reinforce.reward_errors.look_up
        worlds.continuous.certified worlds.continuous.converter worlds.gymnasium.one_dimensional
        worlds.gymnasium.within_box worlds.tabular.distributions worlds.tabular.metric reinforce.exact.timed
        """,
    "a step of `audit.audit` and `audit.rank`, which are called": """
        audit.calls audit.chances audit.constants audit.evidence audit.findings
        audit.trust.default_horizons audit.lags audit.parts
        audit.places audit.plain audit.prepared audit.priorities audit.promises audit.randomness audit.readers
        audit.intervals.table audit.result.estimates audit.result.tables audit.spaces
        audit.stopping.default_horizons audit.stopping.stopping audit.suspicions audit.trees audit.trust.scale
        """,
    "one step of a rollout or of training, also inside torch's transforms: who takes steps has checked": """
        worlds.continuous.additive_distance worlds.continuous.apply_matrix worlds.continuous.moved
        worlds.continuous.norm worlds.continuous.project_ball worlds.continuous.project_box
        worlds.continuous.spectral_norm worlds.embedded.nearest worlds.perturbations.unit
        models.fitting.by_autograd models.fitting.descend models.fitting.through
        models.fitting.uniform models.latent_codes.covariance_penalty models.latent_codes.variance_penalty
        models.smooth.jacobian_square models.smooth.largest_singular_value models.smooth.shrinking
        reinforce.torch_policies.draw worlds.tabular.draw
        """,
    "what `Claim.evaluate` is made of; the claims are called": "sums claim symbols quantities latex",
    "it declares what the command line takes, and its own tests run it": "commands",
    "it prints claims, or reads what is recorded": "formal interactive catalogue __main__ extras",
    "what a chapter runs, at sizes and on worlds of its own": "studies",
    "symbols go in and out": """
        derivation
        decide.noise_laws.value results.fidelity.claims.objective results.fidelity.claims.at
        results.fidelity.claims.psi results.fidelity.claims.slope results.fidelity.claims.at_least_0
        results.budget.claims.signs results.budget.further.kept_dyn results.budget.further.kept_rew
        results.budget.claims.cost results.budget.claims.error results.budget.claims.rewards_for
        """,
    "declared once, in code: it takes claims and functions": """
        trials.recording.Command trials.trial.Mutant trials.trial.Trial
        """,
    "it reads or writes files, and its own tests give it bad ones": """
        decide.kappas.read_regrets decide.pilot.read_pilot decide.pilot.read_table
        figures.save records.save records.write_whole
        """,
    "matplotlib checks its own settings": "figures.style",
    "it takes what a function returned, and nothing else": """
        audit.figure audit.report decide.planner_figure.figure decide.planner_report.text
        reinforce.episodes.act
        reinforce.episodes.greedy reinforce.episodes.steps_used models.least_squares.state_and_action
        """,
}
LISTED = {place: why for why, places in _WHY_NOT.items() for place in places.split()}
"""Public functions that are not called, and modules of such, each with the reason."""


@dataclass(frozen=True)
class Door:
    """A public function and one good call of it; the arguments are made anew for each call."""

    name: str
    function: Callable[..., Any]
    good: Mapping[str, Callable[[], Any]]

    @property
    def room(self) -> str:
        return self.name.split(".")[0]

    @property
    def nan(self) -> bool:
        return self.name in NAN

    def arguments(self) -> dict[str, Any]:
        return {name: value() for name, value in self.good.items()}


def public() -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public functions and classes of the rooms, and the methods of tables, with their places."""
    for module in pkgutil.walk_packages(imagination.__path__, "imagination."):
        place = module.name.removeprefix("imagination.")
        trial = place.startswith("results.") and not place.endswith((".claims", ".further"))
        if trial or why_not(place):  # a topic's trial draws and measures systems of its own
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = importlib.import_module(module.name)
        for name in getattr(found, "__all__", [n for n in vars(found) if not n.startswith("_")]):
            thing = getattr(found, name)
            if callable(thing) and getattr(thing, "__module__", None) == module.name and not _passive(thing):
                yield f"{place}.{name}", thing
    for name, method in vars(TabularMDP).items():
        if not name.startswith("_") and callable(method):
            yield f"worlds.tabular.TabularMDP.{name}", getattr(table(), name)


def _passive(thing: Any) -> bool:
    """Whether it is a protocol, an error, a symbol, or only holds what it is given."""
    held = (BaseException, tuple, dict, sp.Basic)
    return isinstance(thing, type) and (issubclass(thing, held) or getattr(thing, "_is_protocol", False))


def why_not(place: str) -> str:
    """Why a public function is not called, or nothing."""
    while place and place not in LISTED:
        place = place.rpartition(".")[0]
    return LISTED.get(place, "")


def meant(place: str, name: str) -> Callable[[], Any] | None:
    """The good value of an argument: what its function, its module, its room or all of them mean by it."""
    while place:
        if name in BY_PLACE.get(place, {}):
            return BY_PLACE[place][name]
        place = place.rpartition(".")[0]
    return BY_NAME.get(name)


def good(place: str, function: Callable[..., Any]) -> dict[str, Callable[[], Any]]:
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind == parameter.VAR_POSITIONAL:
            continue
        if parameter.kind == parameter.VAR_KEYWORD:
            found |= BY_PLACE.get(place, {})
        elif (value := meant(place, name)) is not None:
            found[name] = value
        elif parameter.default is not parameter.empty:
            found[name] = lambda default=parameter.default: default
    return found


def has_value(claim: Claim) -> bool:
    """Whether a claim says a number of numbers: some state an equation, or speak of any function."""
    asked = {quantity.symbol for quantity in claim.symbols if quantity.code in claim.arguments}
    equations = [
        h for h in claim.hypotheses if isinstance(h.relation, sp.Eq) and h.relation.free_symbols <= asked
    ]
    return not equations and not claim.expression.atoms(AppliedUndef)


@cache
def doors(within: tuple[str, ...] = ("",)) -> list[Door]:
    """What can be called well, and has a name that begins so."""
    found = [
        Door(place, function, good(place, function)) for place, function in public() if not why_not(place)
    ]
    for result in RESULTS.values():
        for claim in filter(has_value, result.claims):
            names = {name: meant(f"claims.{claim.name}", name) or (lambda: 0.5) for name in claim.arguments}
            found.append(Door(f"claims.{claim.name}", claim.evaluate, names))
    return [door for door in found if door.good and door.name.startswith(within)]
