"""The registry of results: what it names is there, and every result is proved, derived or a definition."""

import importlib
import pkgutil
import re
from functools import cache

import pytest

from imagination import results, theory
from imagination.experiments import ledger_chapters
from imagination.formal import record
from imagination.results import RESULTS
from imagination.theory.claim import Claim

CHAPTERS = {chapter.name: chapter for chapter in ledger_chapters.chapters()}

DEFINITIONS = {"Noise by a power law", "Bounded noise", "Noise with a floor"}
"""Results that only say what a letter stands for."""

UNDONE: set[str] = {
    "Geometric bound",
    "Double geometric bound",
    "Error growth",
    "Discounted sum",
    "Bounded states, finite horizon",
    "The finite bound is attained",
    "Lemma 1 is attained",
    "Either side's constants",
    "The identity, n steps",
    "The identity",
    "The mirror image, n steps",
    "The value is Lipschitz",
    "Average errors suffice",
    "Suprema give Lemma 1 back",
    "Regret",
    "Geometric recursion",
    "Geometric sum",
    "Double geometric sum",
    "Double geometric identity",
    "Finite horizon, stochastic",
    "Lemma 1 for kernels",
    "Finite horizon, learned kernel and real reward",
    "Lemma 1 for kernels, learned kernel and real reward",
    "Asadi's value bound",
    "Asadi's value bound, learned side",
    "Simulation lemma",
    "One reward under two kernels",
    "Bounded states, n steps, stochastic",
    "Bounded states, n steps, stochastic, learned kernel",
    "Bounded states, stochastic",
    "Bounded states, stochastic, learned kernel",
    "Law of cosines",
    "Cauchy and Schwarz",
    "What moves goes on moving",
    "Curvature, sharp, in its short form",
    "The sharp bound is below Proposition 1's",
    "Curvature in the plane, sharp",
    "Curvature, sharp, through the plane",
    "The sharp bound is attained",
    "Straight maps stretch little",
    "Straight maps shrink little",
    "Straight and not smooth",
    "Squares double exponents",
    "A hidden unit lies below its chord",
    "A hidden unit lies above lines through the origin",
    "A gentle student misses a cliff",
    "Elasticities",
    "The multiplier",
    "A power law lies above its tangents",
    "A power law lies strictly above its tangents elsewhere",
    "A power law is convex",
    "Spending",
    "What is stationary is optimal",
    "The optimum is unique",
    "The error is convex",
    "Rewards that belong to dynamics",
    "The solution is optimal",
    "The remaining equation increases",
    "Where the remaining equation is above the budget",
    "Where the remaining equation is below the budget",
    "Equal exponents",
    "Rewards grow slowly",
    "The rewards' share",
    "Rewards grow no slower",
    "The rewards' share vanishes",
    "Floors move nothing",
    "Theorem 1 with floors",
    "The price of a wrong multiplier",
    "The price, in dynamics error",
    "The price, in reward error",
    "The largest price",
    "The price is exact",
    "The price for equal exponents",
    "Whole samples",
    "Whole samples, slow laws",
    "No fewer dynamics samples",
    "No fewer reward labels",
    "Joint samples that save nothing",
    "Joint samples only",
    "Every reward with a transition, and transitions besides",
    "Every transition with a reward, and rewards besides",
    "Costates price errors",
    "The first-order change of the return",
    "The global multiplier is never too small",
    "What a score hears of the errors",
    "However many errors",
    "Correlated errors leave the mean alone",
    "The mean, with errors under way",
    "Moments after one step",
    "What correlated errors add",
    "Correlated errors, exact",
    "What the square in Theorem 2 pays for",
    "Scores average to 0",
    "Some action is taken",
    "The mean adds up",
    "The second moment adds up",
    "Noise leaves the mean alone",
    "A baseline leaves the mean alone",
    "What noise adds",
    "Squared eligibility after one step",
    "Weighted sum after one step",
    "Squared eligibilities",
    "A maximum does not fall",
    "A maximum is above each",
    "Coordinates add up to the norm",
    "Theorem 2, sharp",
    "Theorem 2, discounted estimator",
    "Sharp below Theorem 2",
    "Variance of an average",
    "What an eligibility earns",
    "The discounted estimator estimates the gradient",
    "Theorem 2's estimator estimates something else",
    "Variance that a budget buys",
    "Slope of the objective, power law",
    "Where the slope vanishes",
    "Where the objective rises",
    "Where the objective falls",
    "Power law, p > 1, no fixed cost",
    "Power law, p < 1, no noise-free variance",
    "Floor, with a fixed cost",
    "Bounded noise, an end wins",
    "Bounded noise, which end",
    "Bounded noise, free or perfect",
    "Up to the crossing",
    "Beyond the crossing",
    "A frozen error is bias",
    "Shaping telescopes",
    "Shaping has no gradient",
}
"""Results that are neither proved nor derived yet."""

UNTRIED: dict[str, str] = {
    "State error": "not tried yet",
    "Finite horizon": "not tried yet",
    "Bounded states": "not tried yet",
    "Curvature, sharp": "not tried yet",
    "Theorem 2, exact": "not tried yet",
}
"""Results whose theorems have no instance, no weakening or fewer than two refuted mutants, and why."""

STATED_OTHERWISE = {"Lemma 1", "Theorem 2"}
"""Results of which it is not yet stated what Coq says that they rest on."""


@cache
def held() -> dict[str, tuple[Claim, set[str]]]:
    """Every claim that a module of the theory holds, by its name, and the names that code has for it."""
    found: dict[str, tuple[Claim, set[str]]] = {}
    for module in pkgutil.iter_modules(theory.__path__):
        for attribute, value in vars(importlib.import_module(f"{theory.__name__}.{module.name}")).items():
            for claim in value.values() if isinstance(value, dict) else (value,):
                if isinstance(claim, Claim):
                    found.setdefault(claim.name, (claim, set()))[1].add(attribute)
    return found


def shows(text, result):
    """Whether the text of a cell shows a result's card, or asserts something and names one of its claims."""
    if result.theorem and re.search(rf"card\(\s*['\"]{result.theorem}['\"]", text):
        return True
    names = set().union(*(held()[claim.name][1] for claim in result.claims if claim.name in held()))
    named = any(re.search(rf"\b{name}\b", text) for name in names)
    return named and re.search(r"^\s*assert\b", text, re.MULTILINE) is not None


def test_no_two_results_share_a_name():
    assert len(RESULTS) == sum(len(topic.RESULTS) for topic in results.TOPICS.values())


@pytest.mark.parametrize("name", RESULTS)
def test_what_a_result_names_is_there(name):
    result = RESULTS[name]
    assert result.claims
    assert result.chapter in CHAPTERS
    assert not result.label or result.label in {each.label for each in CHAPTERS[result.chapter].results}
    assert set(result.rests_on) <= set(RESULTS) - {name}
    assert not result.theorem or record.theorem(result.theorem).result == name


@pytest.mark.parametrize("name", [name for name, result in RESULTS.items() if result.cell])
def test_the_cell_of_a_result_shows_it(name):
    result = RESULTS[name]
    cells = CHAPTERS[result.chapter].cells
    assert result.cell in cells
    assert shows(cells[result.cell].text, result), f"{result.cell} neither derives {name} nor shows its card"


def test_what_shows_a_result():
    lemma, gap = RESULTS["Lemma 1"], RESULTS["Regret"]
    assert shows('card("lemma_1", return_gap.LEMMA_1)', lemma)
    assert shows("assert equal(found, return_gap.LEMMA_1.expression)", lemma)
    assert not shows('card("lemma_1_attained", return_gap.LEMMA_1)', lemma)
    assert not shows("found = equal(1, return_gap.LEMMA_1.expression)  # we assert", lemma)
    assert not shows("assert equal(found, return_gap.LEMMA_12)", lemma)
    assert not shows("card('regret_of_another', REGRET)", gap)


def test_every_result_is_proved_or_derived_or_a_definition():
    left = {name for name, result in RESULTS.items() if not (result.theorem or result.cell)}
    assert {name for name in left if RESULTS[name].defines} >= DEFINITIONS
    assert left - DEFINITIONS == UNDONE


def test_every_claim_belongs_to_one_result():
    stated = [claim for result in RESULTS.values() for claim in result.claims]
    assert len({claim.name for claim in stated}) == len(stated)
    assert {claim.name for claim in stated} >= held().keys()
    assert all(held()[claim.name][0] == claim for claim in stated if claim.name in held())


def test_every_result_from_elsewhere_says_what_differs():
    silent = [name for name, result in RESULTS.items() if "this book" not in result.source]
    assert [name for name in silent if not RESULTS[name].differs] == []


@pytest.mark.parametrize("name", [name for name, result in RESULTS.items() if result.theorem])
def test_every_theorem_has_an_instance_and_power(name):
    """Its hypotheses hold somewhere, a true weakening is proved, two wrong versions at least are refuted."""
    theorem, mutants = RESULTS[name].theorem, record.mutants(name)
    kin = {f"{theorem}_instance", f"weaker_{theorem}"}
    tried = kin <= record.load().keys() and len(mutants) >= 2
    assert all(mutant.statement.startswith("~") and mutant.words for mutant in mutants)
    assert record.theorem(theorem).words.startswith(f"{name}. ") or name in UNTRIED
    assert tried != (name in UNTRIED), f"{name}: tried {tried}, excused {name in UNTRIED}"


@pytest.mark.parametrize("name", [name for name, result in RESULTS.items() if result.theorem])
def test_what_is_stated_is_what_coq_says(name):
    """On which other theorems' results it rests: as declared with it, and as Coq's own files say."""
    result = RESULTS[name]
    stated = {RESULTS[other].theorem for other in result.rests_on} - {""}
    agrees = stated == set(record.theorem(result.theorem).rests_on)
    assert agrees != (name in STATED_OTHERWISE), f"{name}: Coq says {record.theorem(result.theorem).rests_on}"


def test_nobody_is_excused_who_is_not_there():
    assert set(UNTRIED) | STATED_OTHERWISE <= {name for name, result in RESULTS.items() if result.theorem}
    assert all(UNTRIED.values())


def test_nothing_rests_on_itself():
    waiting = {name: set(result.rests_on) for name, result in RESULTS.items()}
    while ready := {name for name, needed in waiting.items() if not needed & set(waiting)}:
        waiting = {name: needed for name, needed in waiting.items() if name not in ready}
    assert not waiting


def test_no_theorem_proves_two_results():
    proved = [result.theorem for result in RESULTS.values() if result.theorem]
    assert len(set(proved)) == len(proved)


def test_a_topic_is_found():
    assert results.topic_of("Lemma 1") == "The return gap"
    with pytest.raises(KeyError):
        results.topic_of("Lemma 7")
