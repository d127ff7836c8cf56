"""What a chapter invites its reader to change can be changed: each place is tried with three others."""

import ast
import re
from dataclasses import replace
from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pytest

from classroom.chapters import Solution, path_of, read, source_of
from classroom.computations import chapter_05
from imagination.worlds import makers

from .slices import CHAPTERS, names_needed, needed, parts_of, story

DISCOUNT = 0.4


def cell(number: str, identity: str) -> str:
    """The code of one cell."""
    (found,) = (each for each in read(path_of(number, CHAPTERS)) if each["id"] == identity)
    return source_of(found)


def before(number: str, code: str, identity: str, given: dict) -> str:
    """As much of the story as this code needs, but what is given, up to the cell that it comes from."""
    cells = [source_of(each) for each in read(path_of(number, CHAPTERS)) if each["cell_type"] == "code"]
    functions = (
        node for node in ast.walk(ast.parse(code)) if isinstance(node, (ast.FunctionDef, ast.Lambda))
    )
    inside = {
        name
        for function in functions
        for node in ast.walk(function)
        for name in (getattr(node, "arg", ""), getattr(node, "id", "") if _stored(node) else "")
    }
    names = names_needed([code]) - inside - set(given)
    return needed(cells[: cells.index(cell(number, identity))], names)


def _stored(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store)


def swapped(code: str, swaps: dict[str, str]) -> str:
    """Code with the values of these names replaced: `name = ...` as a statement of its own."""
    tree = ast.parse(code)
    for name, value in swaps.items():
        (statement,) = (
            each
            for each in tree.body
            if isinstance(each, ast.Assign) and [ast.unparse(target) for target in each.targets] == [name]
        )
        statement.value = ast.parse(value, mode="eval").body
    return ast.unparse(tree)


def run(code: str, variables: dict) -> dict:
    """Run code as a cell would, without showing anything."""
    variables.setdefault("display", lambda *shown: None)
    exec(compile(code, "swapped", "exec"), variables)
    plt.close("all")
    return variables


@pytest.fixture(autouse=True)
def no_windows(monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: None)


# -- worlds --------------------------------------------------------------------------------------------------


@cache
def worlds() -> dict[str, tuple]:
    """A real world and a model of it: the machine of the page for lecturers, a chain, and a Garnet."""
    page = (CHAPTERS / "lecturers.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    machine: dict = {}
    exec(compile(code, "lecturers.md", "exec"), machine)
    garnet = makers.garnet(2, 6, 2, 3, DISCOUNT / 4, np.random.default_rng(5))
    mixed = (2 * garnet.transition[:1] + garnet.transition[1:]) / 3
    return {
        "machine": tuple(replace(machine[name], discount=DISCOUNT) for name in ("real", "imagined")),
        "chain": tuple(makers.chain(5, slip, DISCOUNT) for slip in (0.1, 0.25)),
        "garnet": (garnet[0], garnet[0].with_model(transition=mixed)),
    }


@pytest.mark.parametrize("name", ["machine", "chain", "garnet"])
def test_chapter_5_takes_another_world(name, capsys):
    """The constants, the figure, and the two solutions that use the worlds."""
    variables = {"my_real": worlds()[name][0], "my_imagined": worlds()[name][1]}
    (constants, figure) = (cell("05", identity) for identity in ("05-b48e7ac7", "05-9d41942c"))
    solutions = [
        code
        for piece in parts_of("05")
        if isinstance(piece, Solution) and piece.label in ("ex-how-much-data", "ex-choose-the-unit")
        for code in piece.code
    ]
    assert len(solutions) == 2
    imports = needed(story(parts_of("05")), {"rng"})
    mine = swapped(constants, {"real": "my_real", "imagined": "my_imagined"})
    run("\n".join([imports, mine, figure, *solutions]), variables)
    assert variables["known"]["L_f"].shape == (1,) and variables["inside"].any()
    assert (variables["gap"] <= variables["bounds"][variables["inside"]]).all()
    assert capsys.readouterr().out.count("right") == 2


def test_chapter_5_says_where_no_scale_will_do():
    real, imagined = worlds()["machine"]
    patient = replace(real, discount=0.9)
    policy = makers.towards_mean(patient.solve().policy, 0.5)
    with pytest.raises(ValueError, match="gamma L < 1 at some scale of actions, got none"):
        chapter_05.best_scale(patient, imagined, policy)
    with pytest.raises(ValueError, match="real, imagined and policy must have the same states"):
        chapter_05.best_scale(worlds()["chain"][0], imagined, policy)
    with pytest.raises(ValueError, match="real needs a state_metric"):
        chapter_05.best_scale(replace(real, action_metric=None), imagined, policy)


@pytest.mark.parametrize("name", ["machine", "chain", "garnet"])
def test_chapter_9_takes_another_world(name):
    mine = swapped(cell("09", "09-d260e52e"), {"my_world": "given_world"})
    given = {"given_world": worlds()[name][0]}
    found = run(before("09", mine, "09-d260e52e", given) + "\n" + mine, given)
    added = [row["added by noise"] for row in found["rows"].values()]
    assert len(added) >= 2 and (np.array(added) > 0).all()


def _is_best(variables: dict) -> bool:
    return 0 < variables["my_split"].error <= variables["my_half"] * (1 + 1e-9)


def _below_the_bound(variables: dict) -> bool:
    return (variables["my_ratio"] <= 1 + 1e-9).all()


def _within_the_range(variables: dict) -> bool:
    low, high = variables["my_range"]
    return low <= variables["mine"].cost <= high


def _is_a_metric(variables: dict) -> bool:
    return np.linalg.eigvalsh(variables["P"]).min() > 0


# -- numbers, rules and functions of one's own ---------------------------------------------------------------

PLACES: dict[str, list] = {
    "03-18447b06": [
        ({"lambda s: 0.9 * np.sin(s) + 0.1 + 0.05 * np.cos(3 * s)": other}, lambda v: v["gap"] != 0)
        for other in ("lambda s: f(s + 0.05)", "lambda s: 0.5 * s", "lambda s: 0 * s + 1")
    ],
    "04-0b47de71": [
        ({'"sine networks"': f'"{family}"', "= 0.9": f"= {discount}"}, _below_the_bound)
        for family, discount in (("extremal", 0.5), ("tabular", 0.99), ("linear-quadratic", 0.8))
    ],
    "07-cf573a50": [
        ({'"alpha": 0.3': f'"alpha": {alpha}', '"c_rew": 20.0': f'"c_rew": {price}'}, _is_best)
        for alpha, price in ((0.5, 20.0), (0.11, 1.0), (1.2, 0.05))
    ],
    "10-3dafb0d9": [
        ({"0.05 + 4 * crowd + 1 * expert": law}, _within_the_range)
        for law in ("1 / cost", "9 / cost**2", "0.3 + 0 * cost")
    ],
    "12-4de851c1": [
        ({"np.stack([np.sin(y), np.cos(x + 0.5 * y)], axis=-1)": law}, lambda v: v["verdict"] == "fine")
        for law in ("z", "np.stack([y, -x], axis=-1)", "np.tanh(z)")
    ],
    "16-norm-picture": [
        ({"[[0.8, 1.2], [0.0, 0.8]]": loop, "0.9\n": "0.95\n"}, _is_a_metric)
        for loop in ("[[0.5, 3.0], [0.0, -0.5]]", "[[0.0, 0.9], [-0.9, 0.0]]", "0.1 * np.eye(2)")
    ],
    "18-grid": [
        ({"tpr=0.7, fpr=0.1": rates}, lambda v: abs(abs(v["cosine"]) - 1) < 1e-9)
        for rates in ("tpr=0.7, fpr=0.8", "tpr=1.0, fpr=0.0", "tpr=0.5, fpr=0.4")
    ],
    "21-history-chance": [
        ({"[[0.9, 0.1], [0.2, 0.8]]": law}, lambda v: v["table"].gap.loc[8] < 1e-12)
        for law in ("[[0.5, 0.5], [0.5, 0.5]]", "[[0.1, 0.9], [0.8, 0.2]]", "[[1.0, 0.0], [0.0, 1.0]]")
    ],
}
"""By the cell that says so: what is put in the place of what, and what must hold then."""


GIVEN = {"10-3dafb0d9": {"V": 30.0, "kappa": 5.0}}
"""What takes the story too long to compute."""


@pytest.mark.parametrize(
    ("identity", "swap", "holds"),
    [(identity, *each) for identity, places in PLACES.items() for each in places],
)
def test_what_may_be_changed_can_be(identity, swap, holds):
    number = identity[:2]
    code = cell(number, identity)
    given = dict(GIVEN.get(identity, {}))
    story_before = before(number, code, identity, given)
    for old, new in swap.items():
        assert code.count(old) == 1, old
        code = code.replace(old, new)
    assert holds(run(story_before + "\n" + code, given))


def test_chapter_1_names_its_discount_once():
    """And uses it everywhere: what was a number nine times is a name."""
    code = "\n".join(source_of(each) for each in read(path_of("01", CHAPTERS)) if each["cell_type"] == "code")
    assert code.count("0.95") == 1 and code.count("discount = 0.95") == 1
    assert len(re.findall(r"\bdiscount\b", code)) >= 10
