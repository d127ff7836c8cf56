"""The registry of results: what it names is there, and every result is proved, derived or a definition."""

import importlib
import pkgutil
import re
from functools import cache

import pytest

from imagination import results
from imagination.catalogue import chapter_contents
from imagination.claim import Claim
from imagination.formal import record
from imagination.results import registry
from imagination.results.registry import RESULTS

CHAPTERS = {chapter.name: chapter for chapter in chapter_contents.chapters()}

DEFINITIONS = {"Noise by a power law", "Bounded noise", "Noise with a floor"}
"""Results that only say what a letter stands for."""

UNDONE: set[str] = set()
"""Results that are neither proved nor derived yet."""

UNTRIED: dict[str, str] = {}
"""Results whose theorems have no instance, no weakening or fewer than two refuted mutants, and why."""

STATED_OTHERWISE: set[str] = set()
"""Results of which it is not yet stated what Coq says that they rest on."""


@cache
def held() -> dict[str, tuple[Claim, set[str]]]:
    """Every claim that a topic holds, by its name, and the names that code has for it."""
    found: dict[str, tuple[Claim, set[str]]] = {}
    modules = [module.name for module in pkgutil.walk_packages(results.__path__, "imagination.results.")]
    for module in [name for name in modules if name.endswith((".claims", ".further"))]:
        for attribute, value in vars(importlib.import_module(module)).items():
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
    assert len(RESULTS) == sum(len(topic.RESULTS) for topic in registry.TOPICS.values())


@pytest.mark.parametrize("name", RESULTS)
def test_what_a_result_names_is_there(name):
    result = RESULTS[name]
    assert result.claims
    assert result.chapter in CHAPTERS, f"{name}: there is no chapter {result.chapter}"
    labels = {each.label for each in CHAPTERS[result.chapter].results}
    assert not result.label or result.label in labels, f"{name}: {result.chapter} labels no {result.label}"
    assert set(result.rests_on) <= set(RESULTS) - {name}
    assert not result.theorem or record.theorem(result.theorem).result == name


@pytest.mark.parametrize("name", [name for name, result in RESULTS.items() if result.cell])
def test_the_cell_of_a_result_shows_it(name):
    result = RESULTS[name]
    cells = CHAPTERS[result.chapter].cells
    assert result.cell in cells, f"{name}: {result.chapter} has no cell with the id {result.cell}"
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
    missing = sorted(kin - record.load().keys())
    tried = not missing and len(mutants) >= 2
    assert all(mutant.statement.startswith("~") and mutant.words for mutant in mutants)
    begins = record.theorem(theorem).words.startswith(f"{name}. ")
    assert begins or name in UNTRIED, f"the comment over {theorem} does not begin with {f'{name}. '!r}"
    assert tried != (name in UNTRIED), (
        f"{name}: not in formal/checked.json: {', '.join(missing) or 'nothing'}; theorems named"
        f" mutant_{theorem}_...: {len(mutants)}, at least 2 are needed; excused: {name in UNTRIED}"
    )


@pytest.mark.parametrize("name", [name for name, result in RESULTS.items() if result.theorem])
def test_what_is_stated_is_what_coq_says(name):
    """On which other theorems' results it rests: as declared with it, and as Coq's own files say."""
    result = RESULTS[name]
    stated = {RESULTS[other].theorem for other in result.rests_on} - {""}
    agrees = stated == set(record.theorem(result.theorem).rests_on)
    says = [of.name for each in record.theorem(result.theorem).rests_on if (of := registry.of_theorem(each))]
    assert agrees != (name in STATED_OTHERWISE), f"{name}: rests_on says {result.rests_on}, Coq {says}"


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
    assert registry.topic_of("Lemma 1") == "The return gap"
    with pytest.raises(KeyError):
        registry.topic_of("Lemma 7")
