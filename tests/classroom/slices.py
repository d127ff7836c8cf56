"""As much of a chapter's story as its exercises need: a whole chapter takes up to a minute."""

import ast
import builtins
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from classroom.chapters import Code, Piece, Solution, path_of, pieces, read, source_of

CHAPTERS = Path(__file__).parents[2] / "chapters"
SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def names_read(code: str | ast.AST) -> set[str]:
    """The names that code takes from around it, as far as one can tell from its text."""
    tree = ast.parse(code) if isinstance(code, str) else code
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    own = {
        node.id
        for scope in ast.walk(tree)
        if isinstance(scope, ast.comprehension)
        for node in ast.walk(scope.target)
        if isinstance(node, ast.Name)
    }
    updated = {_base(node.target) for node in ast.walk(tree) if isinstance(node, ast.AugAssign)}
    return {node.id for node in names if isinstance(node.ctx, ast.Load)} - own | updated - {""}


def names_given(code: str | ast.AST) -> set[str]:
    """The names that code gives a value, or whose value it changes in place, at the top level."""
    node = ast.parse(code) if isinstance(code, str) else code
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}  # what is inside stays inside
    if isinstance(node, SCOPES):
        return {inner.target.id for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr)}
    given = set().union(*map(names_given, ast.iter_child_nodes(node)))
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        given |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    elif isinstance(node, (ast.Name, ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
        given.add(_base(node))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        given.add(_base(node.value.func))  # rows.append(...)
    return given - {""}


def _base(node: ast.AST) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def names_needed(cells: Iterable[str]) -> set[str]:
    """The names that cells, run one after the other, must find."""
    return _needed([statement for cell in cells for statement in ast.parse(cell).body])


def _needed(statements: Iterable[ast.AST]) -> set[str]:
    found: set[str] = set()
    missing: set[str] = set()
    for statement in statements:
        missing |= _needs(statement) - found
        found |= names_given(statement)
    return missing


def _needs(statement: ast.AST) -> set[str]:
    """What one statement must find; a loop's own variable is there."""
    if isinstance(statement, ast.For):
        return names_read(statement.iter) | (_needed(statement.body) - names_given(statement.target))
    return names_read(statement)


def story(pieces: Iterable[Piece]) -> list[str]:
    """The code cells of the story."""
    return [source_of(piece.cell) for piece in pieces if isinstance(piece, Code)]


def needed(cells: list[str], names: set[str]) -> str:
    """The statements of the story on which some names depend, in order.

    Whether they are enough shows when they run: what was left out by mistake is a NameError.
    """
    statements = [statement for cell in cells for statement in ast.parse(cell).body]
    imports = [s for s in statements if isinstance(s, (ast.Import, ast.ImportFrom))]
    modules = set().union(*map(names_given, imports))
    never = modules | set(dir(builtins))
    wanted, kept = set(names), []
    for statement in reversed(statements):
        given = names_given(statement)
        if statement in imports or given & (wanted - never):
            kept.append(statement)
            if isinstance(statement, ast.Assign):  # what was there before does not matter
                targets = (node for target in statement.targets for node in ast.walk(target))
                wanted -= {node.id for node in targets if isinstance(node, ast.Name) and _stored(node)}
            wanted |= _needs(statement)
    return "\n".join(ast.unparse(statement) for statement in reversed(kept))


def _stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


@cache
def parts_of(number: str) -> list[Piece]:
    """A chapter taken apart."""
    return pieces(read(path_of(number, CHAPTERS)))


def setting(number: str) -> str:
    """What a chapter's solutions need of its story."""
    solutions = [piece for piece in parts_of(number) if isinstance(piece, Solution)]
    return needed(story(parts_of(number)), set().union(*(names_needed(each.code) for each in solutions)))
