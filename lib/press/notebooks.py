"""Notebooks as plain JSON: what a source is, what it must have, what an executed copy may keep."""

import ast
import json
import re
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]

INJECTED = "injected-parameters"
"""Papermill's tag, and the id that its cell gets, for the cell with the parameters passed on."""

SCALES = ("quick", "full")

RANDOM_NAMES = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"  # elements' ids
    r"|\bT_[0-9a-f]{5}(?=[\"_ #])"  # those of pandas' styled tables
)


class ChapterError(ValueError):
    """A chapter lacks something that the press relies on, or did something that it does not print."""


def parse(content: bytes, name: str) -> Notebook:
    """A notebook file's contents.

    Raises
    ------
    ChapterError
        It is no notebook in format 4.
    """
    try:
        notebook = json.loads(content)
    except ValueError as error:
        raise ChapterError(f"{name} is no notebook: {error}") from error
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        raise ChapterError(f"{name} is no notebook of format 4")
    match notebook:
        case {"cells": list() as cells, "metadata": dict()} if all(map(_is_cell, cells)):
            return notebook
    raise ChapterError(f"{name} is damaged: a notebook has metadata and cells, each with its type and source")


def _is_cell(cell: Any) -> bool:
    match cell:
        case {"cell_type": str(), "metadata": dict(), "source": str() | list()}:
            return True
    return False


def read(path: Path) -> Notebook:
    """Read a notebook in format 4."""
    return parse(path.read_bytes(), path.name)


def to_bytes(notebook: Notebook) -> bytes:
    """The one way in which a notebook is written, so that equal notebooks are equal files."""
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def source_of(cell: dict[str, Any]) -> str:
    """A cell's text; the format allows a list of lines."""
    return text_of(cell["source"])


def text_of(text: str | list[str]) -> str:
    """A multi-line string of the format."""
    return text if isinstance(text, str) else "".join(text)


def without_outputs(notebook: Notebook) -> Notebook:
    """The notebook as its author wrote it: execution leaves no trace in what is returned."""
    cells = [
        {key: value for key, value in cell.items() if key not in ("outputs", "execution_count")}
        | {"source": source_of(cell)}
        for cell in notebook["cells"]
    ]
    return notebook | {"cells": cells}


def tags_of(cell: dict[str, Any]) -> list[str]:
    """A cell's tags."""
    return cell.get("metadata", {}).get("tags", [])


def check_parameters(notebook: Notebook) -> None:
    """A chapter has one cell tagged `parameters`, which sets `seed`, and `scale` to "quick".

    Raises
    ------
    ChapterError
        It says what is missing.
    """
    cells = [source_of(cell) for cell in notebook["cells"] if "parameters" in tags_of(cell)]
    if len(cells) != 1:
        raise ChapterError(f"it needs one cell tagged 'parameters', and has {len(cells)}")
    try:
        statements = ast.parse(cells[0]).body
    except SyntaxError as error:
        raise ChapterError(f"its parameters cell is no Python: {error}") from error
    values = {
        target.id: ast.unparse(statement.value)
        for statement in statements
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    for name in ("seed", "scale"):
        if name not in values:
            raise ChapterError(f"its parameters cell does not set {name!r}")
    if values["scale"] != repr("quick"):
        raise ChapterError(
            f'its parameters cell must set scale = "quick", the default, not {values["scale"]}'
        )


def reader_position(notebook: Notebook, index: int) -> str:
    """Where a cell is as a reader counts: all cells from 1, and its number among those that run."""
    shown = [cell for cell in notebook["cells"][: index + 1] if INJECTED not in tags_of(cell)]
    ran = sum(cell["cell_type"] == "code" for cell in shown)
    return f"cell {len(shown)} (In [{ran}])"


def first_line(cell: dict[str, Any]) -> str:
    """A cell's first line with something on it."""
    return next((line for line in source_of(cell).splitlines() if line.strip()), "")


def stderr_outputs(notebook: Notebook) -> list[tuple[int, str]]:
    """The cells, by index, that wrote to stderr, and what they wrote."""
    return [
        (index, text_of(output["text"]))
        for index, cell in enumerate(notebook["cells"])
        for output in cell.get("outputs", [])
        if output["output_type"] == "stream" and output["name"] == "stderr"
    ]


def normalised(notebook: Notebook, source: Notebook) -> Notebook:
    """An executed copy without what differs between two executions that computed the same.

    Times and papermill's record go; the source's own metadata come back; text that arrived in pieces is one
    piece; random element ids are numbered in order of appearance.

    Parameters
    ----------
    notebook : Notebook
        The executed copy.
    source : Notebook
        What it was executed from.
    """
    names: dict[str, str] = {}
    cells = [_normalised_cell(cell, names) for cell in notebook["cells"]]
    language = notebook["metadata"].get("language_info")
    metadata = source["metadata"] | ({"language_info": language} if language else {})
    return notebook | {"cells": cells, "metadata": metadata}


def _normalised_cell(cell: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    metadata = {
        key: value for key, value in cell["metadata"].items() if key not in ("execution", "papermill")
    }
    if not metadata.get("tags", True):  # papermill adds an empty list
        del metadata["tags"]
    cell = cell | {"metadata": metadata, "source": source_of(cell)}
    if INJECTED in tags_of(cell):
        cell["id"] = INJECTED
    if "outputs" in cell:
        cell["outputs"] = [_renamed(output, names) for output in _joined_streams(cell["outputs"])]
    return cell


def _joined_streams(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outputs with neighbouring pieces of one stream put together: how text is cut up depends on timing."""
    joined: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] == "stream":
            output = output | {"text": text_of(output["text"])}
            if joined and joined[-1].get("name") == output["name"]:
                joined[-1] = output | {"text": joined[-1]["text"] + output["text"]}
                continue
        joined.append(output)
    return joined


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """Random ids in an output's texts, replaced by their number in order of appearance."""
    if isinstance(value, str):
        return RANDOM_NAMES.sub(lambda match: names.setdefault(match[0], f"id-{len(names) + 1}"), value)
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _renamed(item, names) for key, item in value.items()}
    return value
