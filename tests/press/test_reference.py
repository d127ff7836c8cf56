"""The reference names each module once, and what is public in it is described there as it is meant."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest

import imagination
from imagination.results.kernels import claims as kernels
from imagination.results.return_gap import claims
from press import reference

PAGES = sorted((Path(__file__).parents[2] / reference.FOLDER).glob("*.md"))

LEFT_OUT = ("declared", "__main__")
"""Declarations are data, which the table of results shows."""


def documented() -> list[Path]:
    """The files of the library, without what is left out, and without its face and the topics' empty ones."""
    bare = {reference.LIBRARY / "__init__.py", *(reference.LIBRARY / "results").rglob("__init__.py")}
    return [path for path in sorted({*reference.LIBRARY.rglob("*.py")} - bare) if path.stem not in LEFT_OUT]


def test_every_module_of_the_library_stands_on_one_page():
    asked: dict[str, str] = {}
    for page in PAGES:
        for place in reference.places(page):
            found = list(reference.modules(place))
            assert found, f"{page.name}: there is nothing in {place}"
            for name in found:
                assert name not in asked, f"{name} is on {page.name} and on {asked[name]}"
                asked[name] = page.name
    missing = [path for path in documented() if reference.module_name(path) not in asked]
    places = [path.relative_to(reference.LIBRARY).with_suffix("").as_posix() for path in missing]
    assert not places, f"add these, or their folder, to a line {{modules}} in {reference.FOLDER}: {places}"


def test_what_is_public_has_a_docstring():
    silent = [found for path in documented() for found in undescribed(path)]
    assert not silent, f"say in a docstring what it is: {silent}"


def undescribed(path):
    """What is public in a file and has no docstring; a method may have that of another class there."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    name = reference.module_name(path)
    yield from () if ast.get_docstring(module) else [name]
    methods = [(each, method) for each in defined(module, ast.ClassDef) for method in defined(each)]
    described = {method.name for _, method in methods if ast.get_docstring(method)}
    for node in defined(module):
        yield from () if is_private(node) or ast.get_docstring(node) else [f"{name}.{node.name}"]
    for each, method in methods:
        inherits = each.bases and method.name in described
        if not (is_private(each) or is_private(method) or ast.get_docstring(method) or inherits):
            yield f"{name}.{each.name}.{method.name}"


def defined(node, kinds=(ast.FunctionDef, ast.ClassDef)):
    """The functions and classes in a body."""
    return [each for each in node.body if isinstance(each, kinds)]


def is_private(node):
    """Whether a name begins with an underscore."""
    return node.name.startswith("_")


def test_a_silent_function_is_noticed(tmp_path, monkeypatch):
    file = tmp_path / "silent.py"
    file.write_text('"""A module."""\n\n\nclass A:\n    """A class."""\n\n    def go(self):\n        pass\n')
    monkeypatch.setattr(reference, "LIBRARY", tmp_path)
    assert [name.partition(".")[2] for name in undescribed(file)] == ["silent.A.go"]


def test_what_is_public():
    assert reference.public(claims) == claims.__all__
    assert reference.public(kernels) == [name for name in vars(kernels) if name in reference.public(kernels)]
    assert {"SIMULATION_LEMMA"} < set(reference.public(kernels))
    assert not {"Claim", "sp", "GAMMA"} & set(reference.public(kernels))


def test_marks_become_the_modules_and_the_face():
    source = ["# Worlds\n\n{modules} rollouts trials\n\n{face}\n"]
    reference.expand(None, "chapters/reference/worlds", source)
    assert source[0].count(".. automodule:: ") == 1 + len(list(reference.modules("trials")))
    assert "## rollouts\n" in source[0] and "{modules}" not in source[0]
    for short in imagination.__all__:
        assert f":py:mod:`{short} <imagination." in source[0]
    assert ":py:obj:`return_gap.bound <imagination.results.return_gap.claims.bound>`" in source[0]
    untouched = ["{modules} rollouts"]
    reference.expand(None, "chapters/01_x", untouched)
    assert untouched == ["{modules} rollouts"]


@pytest.mark.parametrize(
    ("line", "escaped"),
    [
        ("a gap |J - J'| is", "a gap \\|J - J'\\| is"),
        ("``|x|`` and |y|", "``|x|`` and \\|y\\|"),
        (":math:`|x|` and `|z|`", ":math:`|x|` and `|z|`"),
        (">>> a | b", ">>> a | b"),
    ],
)
def test_bars_are_bars(line, escaped):
    lines = [line]
    reference.read(None, "function", "", None, None, lines)
    assert lines == [escaped]


def test_commands_are_no_prose():
    lines = ["A study.", "", "    python -m a --scale full", "    python -m b", "", "makes it."]
    reference.read(None, "module", "", None, None, lines)
    assert lines[:7] == [*lines[:2], "::", "", *("    python -m a --scale full", "    python -m b"), ""]


@pytest.mark.parametrize("what", ["data", "attribute", "property", "function"])
def test_what_is_before_a_colon_is_no_type(what):
    lines = ["Rules: what a split may be."]
    reference.read(None, what, "RULES", (), None, lines)
    assert lines == ["Rules: what a split may be."]


def test_what_is_described_together_stays_together():
    lines = ["Split.", "", "Parameters", "----------", "a, b : float", "    Samples.", ""]
    lines += ["Attributes", "----------", "c, d : int", "    Rows."]
    reference.read(None, "class", "Split", None, None, lines)
    assert lines[2:] == [
        *(":Parameters: **a, b** (*float*) -- Samples.", "", ":Attributes: **c, d** (*int*) -- Rows.", "")
    ]


def test_all_that_is_public_is_kept_and_what_others_wrote_is_left_out():
    module = SimpleNamespace(env=SimpleNamespace(temp_data={"autodoc:module": claims.__name__}))
    assert reference.skip(module, "module", "LEMMA_1", claims.LEMMA_1, True, None) is False
    assert reference.skip(module, "module", "finite_gap", claims.finite_gap, True, None) is None
    assert reference.skip(None, "class", "copy", Path.exists, False, None) is True
    assert reference.skip(None, "class", "bound", claims.bound, False, None) is None


def described(name):
    """A datum of the claims on the return gap, as autodoc meets it."""
    datum = object.__new__(reference.Data)
    datum.modname, datum.objpath, datum.object = claims.__name__, [name], getattr(claims, name)
    return datum


def test_a_claim_says_what_it_claims_and_long_values_are_left_out():
    said, _, formula, _, takes, _ = described("LEMMA_1").get_doc()[0]
    assert said.startswith("Lemma 1 [TSGLH26, Lemma 1]. The gap of discounted returns")
    assert formula.startswith(r".. math:: \lvert J - \hat{J} \rvert \leq")
    assert takes == "It takes ``gamma, L_f, L_r, L_pi, eps_dyn, eps_rew``."
    assert described("FORMS").get_doc()[0][0].startswith("The form of the bound")
    assert described("FORMS").should_suppress_value_header()
