"""The record of what Coq checked belongs to the sources, and holds what the book says that it holds."""

import json
import re

import pytest

from imagination.formal import record
from imagination.results import registry
from imagination.results.registry import PRINTED

RESULTS = {
    "lemma_1": "Lemma 1",
    "lemma_1_attained": "Lemma 1 is attained",
    "finite_horizon": "Finite horizon",
    "bounded_states": "Bounded states",
    "either_side": "Either side's constants",
    "identity": "The identity, H steps",
    "identity_infinite": "The identity",
    "mirror_identity": "The mirror image",
    "average_error": "Average errors suffice",
    "regret": "Regret",
    "corollary_1": "Corollary 1",
    "proposition_1": "Proposition 1",
    "curvature_sharp": "Curvature, sharp",
    "theorem_1": "Theorem 1",
    "theorem_2": "Theorem 2",
    "exact_noise": "Theorem 2, exact",
    "corollary_2": "Corollary 2",
    "fidelity_objective": "The whole objective",
    "proposition_2": "Proposition 2",
    "kernel_bound": "Lemma 1 for kernels",
    "kernel_either_side": "Lemma 1 for kernels, either side's constants",
    "kernel_bounded_states": "Bounded states, stochastic",
    "kernel_identity": "The identity for kernels",
    "simulation_lemma": "Simulation lemma",
    "asadi_bound": "Asadi's value bound",
    "discounted_noise": "Theorem 2, discounted estimator",
    "which_gradient": "Which gradient",
    "shaping": "Shaping",
}
"""Names that are looked up from outside, and what the book calls them."""

SEVEN = [name for name in RESULTS if name.endswith(("_1", "_2"))]

SOURCES = sorted(record.folder().glob("*.v"))

FORBIDDEN = re.compile(
    r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjectures?|Abort|Unset\s+Guard|bypass_check|"
    r"type_in_type|Unset\s+Universe|Unset\s+Positivity|Cheat|Declare\s+ML|Require\s+\S*Unsafe)\b"
)
OF_SECTIONS = re.compile(r"(?m)^\s*(Variables?|Hypothes[ie]s|Context|Let)\b")


def code(path):
    """A file without its comments."""
    text, depth, kept = path.read_text(encoding="utf-8"), 0, []
    for part in re.split(r"(\(\*|\*\))", text):
        if part == "(*":
            depth += 1
        elif part == "*)":
            depth -= 1
        elif not depth:
            kept.append(part)
    return "".join(kept)


def test_the_record_belongs_to_the_sources():
    assert record.stored()["sources"] == record.digest(record.folder()), (
        "formal/checked.json is stale: run `python -m press formal`, which needs Coq"
    )


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_nothing_is_assumed_outside_of_hypotheses(path):
    text = code(path)
    assert not FORBIDDEN.search(text)
    open_sections = 0
    for line in text.splitlines():
        open_sections += bool(re.match(r"\s*(?:Section|Module Type) ", line))
        open_sections -= bool(re.match(r"\s*End ", line))
        assert open_sections or not OF_SECTIONS.match(line), line
    assert open_sections == 0


@pytest.mark.parametrize(
    "line", ["Axiom a : False.", "Parameter x : R.", "  Admitted.", "Unset Guard Checking."]
)
def test_what_assumes_something_would_be_seen(line):
    assert FORBIDDEN.search(line)


@pytest.mark.parametrize(("name", "result"), RESULTS.items())
def test_the_results_are_there(name, result):
    theorem = record.theorem(name)
    assert theorem.result == result
    assert theorem.words.startswith(f"{result}. ")
    assert theorem.statement
    line = (record.folder().parent / theorem.file).read_text(encoding="utf-8").splitlines()[theorem.line - 1]
    assert re.match(rf"Theorem {name}\b", line)


def test_what_everything_rests_on():
    kept = record.stored()
    assert set(kept["assumptions"]) <= record.ALLOWED.keys()
    for entry in [*kept["theorems"].values(), *kept["mutants"]]:
        assert set(entry["assumptions"]) <= record.ALLOWED.keys()


@pytest.mark.parametrize("name", SEVEN)
def test_each_result_has_an_instance(name):
    assert f"{name}_instance" in record.load()


@pytest.mark.parametrize("name", SEVEN)
def test_each_result_has_power(name):
    """Two wrong versions of what is proved, at least, are refuted; a true weakening is proved."""
    mutants = record.mutants(RESULTS[name])
    assert len(mutants) >= 2
    for mutant in mutants:
        assert mutant.name.startswith(f"mutant_{name}_")
        assert mutant.statement.startswith("~")
        assert mutant.words
    assert f"weaker_{name}" in record.load()
    if any(f"{name}_with" in mutant.statement for mutant in mutants):
        same = record.theorem(f"same_{name}").statement
        assert same.startswith(f"{name}_with ")


def test_statements_hide_no_quantifier():
    """They are Coq's own answer: closed, so that every variable is bound where one reads it."""
    for name in RESULTS:
        assert re.match(r"\(?forall ", record.theorem(name).statement)


@pytest.mark.parametrize(
    ("supposed", "concluded"),
    [
        ("ReturnGap.described", {"ReturnGap.J", "ReturnGap.J_hat", "ReturnGap.real_reward", "Loops.ret"}),
        ("Either.described_either", {"ReturnGap.J", "ReturnGap.J_hat", "ReturnGap.real_reward", "Loops.ret"}),
        ("Sensitivity.adjoint_pass", {"Sensitivity.rollout", "Sensitivity.nudges", "Sensitivity.return_of"}),
        ("Kernels.smooth", {"Kernels.J", "Kernels.J_hat", "Kernels.real_reward", "Loops.ret"}),
        ("KernelIdentity.bounded_rewards", {"KernelIdentity.value", "Kernels.J", "Kernels.J_hat"}),
        ("Curvature.follows", {"Curvature.cosine"}),
        ("Rollouts.proper", {"Rollouts.reinforce", "Rollouts.estimate_variance", "Laws.variance"}),
        ("Rollouts.two_moments", {"Rollouts.reinforce", "Rollouts.estimate_variance", "Laws.variance"}),
        ("Errors.errors", {"Rollouts.reinforce", "Errors.average_variance", "Errors.heard"}),
        ("LeaveOneOut.label_errors", {"LeaveOneOut.one_out", "LeaveOneOut.one_out_variance"}),
    ],
)
def test_what_is_supposed_does_not_speak_of_what_is_concluded(supposed, concluded):
    """So no conclusion can have been put among the hypotheses, whole or in parts."""
    kept = record.stored()["definitions"]
    assert concluded <= kept.keys()
    spoken_of, waiting = set(), [supposed]
    while waiting:
        name = waiting.pop()
        spoken_of.add(name)
        waiting += set(kept[name]["uses"]) - spoken_of
    assert not spoken_of & concluded


def test_noise_of_every_size_has_a_model():
    statement = record.theorem("theorem_2_instance").statement
    assert re.match(r"forall \(gamma sigma : R\)", statement)
    assert "two_moments (fair sigma x a) sigma" in statement


def test_the_exact_amount_meets_the_bound():
    """They are about the same W: a bound and an exact value that never meet may be about different things."""
    statement = record.theorem("theorem_2_attained").statement
    assert re.search(r"theorem_2_added .* =\s+theorem_2_bound ", statement)


def test_every_mutant_is_of_one_of_the_results():
    assert {mutant.result for mutant in record.mutants()} <= registry.RESULTS.keys()


def test_every_printed_definition_is_spoken_of():
    """A bound that no theorem mentions is proved of nothing."""
    said = " ".join(theorem.statement for theorem in record.load().values())
    for _, parts in PRINTED.values():
        for name in parts.values():
            assert re.search(rf"\b{name}\b", said), name


def test_series_that_are_printed_are_shown_to_converge():
    bounds = (record.folder() / "Bounds.v").read_text(encoding="utf-8")
    said = " ".join(theorem.statement for theorem in record.load().values())
    for name in re.findall(r"Definition (\w+_converges)", bounds):
        assert name in said


def test_the_statements_definitions_are_there():
    kept = record.stored()
    for entry in kept["theorems"].values():
        for name in entry["definitions"]:
            assert name.partition(".")[2] in kept["definitions"][name]["text"]
    assert "Bounds.lemma_1_bound" in kept["theorems"]["lemma_1"]["definitions"]
    assert "ReturnGap.described" in kept["theorems"]["lemma_1"]["definitions"]


def test_a_record_of_other_sources_is_refused(monkeypatch, tmp_path):
    for path in [*SOURCES, record.folder() / "_CoqProject", record.folder() / "checked.json"]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(record, "folder", lambda: tmp_path)
    record.load.cache_clear()
    assert "lemma_1" in record.load()
    with pytest.raises(record.FormalError, match="no such theorem"):
        record.theorem("lemma_7")
    (tmp_path / "Sums.v").write_text("(* another file *)")
    record.load.cache_clear()
    with pytest.raises(record.FormalError, match="other sources"):
        record.load()
    (tmp_path / "checked.json").unlink()
    with pytest.raises(record.FormalError, match="not there"):
        record.load()
    record.load.cache_clear()


def test_the_record_is_stored_in_a_fixed_form():
    path = record.folder() / "checked.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert path.read_text(encoding="utf-8") == json.dumps(kept, indent=1, ensure_ascii=False) + "\n"
    assert list(kept["theorems"]) == sorted(kept["theorems"])
