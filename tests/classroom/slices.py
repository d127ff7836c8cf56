"""As much of a chapter's story as its exercises need: a whole chapter takes up to a minute."""

import ast
from collections.abc import Iterable

from classroom.chapters import Code, Piece, source_of


def names_read(code: str | ast.AST) -> set[str]:
    """The names that code reads anywhere in it."""
    tree = ast.parse(code) if isinstance(code, str) else code
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def names_given(code: str | ast.AST) -> set[str]:
    """The names that code gives a value, or whose value it changes in place, at the top level."""
    tree = ast.parse(code) if isinstance(code, str) else code
    given = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            given.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            given |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.add(node.id)
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            given.add(_base(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            given.add(_base(node.value.func))  # rows.append(...)
    return given - {""}


def _base(node: ast.AST) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def story(pieces: Iterable[Piece]) -> list[str]:
    """The code cells of the story."""
    return [source_of(piece.cell) for piece in pieces if isinstance(piece, Code)]


def needed(cells: list[str], names: set[str]) -> str:
    """The statements of the story on which some names depend, in order.

    Whether they are enough shows when they run: what was left out by mistake is a NameError.
    """
    wanted, kept = set(names), []
    statements = [statement for cell in cells for statement in ast.parse(cell).body]
    for statement in reversed(statements):
        if names_given(statement) & wanted:
            kept.append(statement)
            wanted |= names_read(statement)
    return "\n".join(ast.unparse(statement) for statement in reversed(kept))
