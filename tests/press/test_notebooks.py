"""What a source must have, and what an executed copy may keep."""

import copy

import nbformat
import pytest

from press import notebooks
from press.notebooks import ChapterError


def source(*cells, parameters='seed = 1\nscale = "quick"'):
    made = [nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="parameters")]
    made += [nbformat.v4.new_code_cell(cell, id=f"cell-{place}") for place, cell in enumerate(cells)]
    return nbformat.v4.new_notebook(
        cells=made, metadata={"kernelspec": {"display_name": "P", "name": "python3"}}
    )


def test_accepts_a_cell_with_seed_and_scale():
    notebooks.check_parameters(source(parameters='seed = 20260511  # any\nscale = "quick"\nmore = [1, 2]'))


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ('scale = "quick"', "'seed'"),
        ("seed = 1", "'scale'"),
        ('seed = 1\nscale = "full"', '"quick"|quick'),
        ("seed = ", "no Python"),
        ('seed == 1\nscale = "quick"', "'seed'"),
    ],
)
def test_refuses_incomplete_parameters(parameters, complaint):
    with pytest.raises(ChapterError, match=complaint):
        notebooks.check_parameters(source(parameters=parameters))


@pytest.mark.parametrize("count", [0, 2])
def test_refuses_any_number_of_parameters_cells_but_one(count):
    notebook = source()
    notebook.cells = notebook.cells * count
    with pytest.raises(ChapterError, match=f"has {count}"):
        notebooks.check_parameters(notebook)


DAMAGED = [
    '{"nbformat": 4}',
    '{"nbformat": 4, "metadata": {}, "cells": [{}]}',
    '{"nbformat": 3}',
    "",
    "[]",
    "# x",
]


@pytest.mark.parametrize("content", [b"\xff", *(text.encode() for text in DAMAGED)])
def test_refuses_what_is_no_notebook(content):
    with pytest.raises(ChapterError, match=r"x\.ipynb"):
        notebooks.parse(content, "x.ipynb")


def stream(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


def executed_twice():
    """Two executed copies of one source that computed the same: other times, pieces and names."""
    original = source("print('ab')", "figure")
    copies = []
    for time, pieces, identifier in (
        ("16:00", ["a", "b"], "0c5a1b9e-0000-4000-8000-aaaaaaaaaaaa"),
        ("17:00", ["ab"], "f00dbabe-1111-4111-9111-bbbbbbbbbbbb"),
    ):
        notebook = copy.deepcopy(original)
        notebook.metadata["papermill"] = {"start_time": time}
        notebook.metadata["language_info"] = {"name": "python"}
        for cell in notebook.cells:
            cell.metadata["papermill"] = {"start_time": time}
            cell.metadata["execution"] = {"iopub.execute_input": time}
            cell.metadata.setdefault("tags", [])
        notebook.cells[1].outputs = [stream(piece) for piece in pieces]
        html = f"<div id='{identifier}'></div><script>draw('{identifier}')</script>"
        notebook.cells[2].outputs = [nbformat.v4.new_output("display_data", data={"text/html": html})]
        copies.append(notebook)
    return original, copies


def test_equal_computations_become_equal_bytes():
    original, (one, other) = executed_twice()
    assert notebooks.to_bytes(one) != notebooks.to_bytes(other)
    first, second = (notebooks.to_bytes(notebooks.normalised(item, original)) for item in (one, other))
    assert first == second


def test_different_results_stay_different():
    original, (one, other) = executed_twice()
    other.cells[1].outputs = [stream("ac")]
    first, second = (notebooks.to_bytes(notebooks.normalised(item, original)) for item in (one, other))
    assert first != second


def test_two_ids_stay_two():
    original, (one, _) = executed_twice()
    one.cells[2].outputs[0]["data"]["text/html"] += "<i id='12345678-1234-4234-8234-123456789abc'></i>"
    html = notebooks.normalised(one, original)["cells"][2]["outputs"][0]["data"]["text/html"]
    assert html.count("id-1") == 2
    assert html.count("id-2") == 1


def test_streams_stay_apart_and_in_order():
    original, (one, _) = executed_twice()
    one.cells[1].outputs = [stream("a"), stream("b"), stream("c", "stderr"), stream("d")]
    outputs = notebooks.normalised(one, original)["cells"][1]["outputs"]
    assert [(each["name"], each["text"]) for each in outputs] == [
        ("stdout", "ab"),
        ("stderr", "c"),
        ("stdout", "d"),
    ]


def test_keeps_what_the_author_wrote():
    original, (one, _) = executed_twice()
    original.metadata["title"] = "mine"
    normalised = notebooks.normalised(one, original)
    assert normalised["metadata"]["title"] == "mine"
    assert notebooks.tags_of(normalised["cells"][0]) == ["parameters"]
    nbformat.validate(nbformat.from_dict(normalised))


def test_sources_differ_by_cells_and_metadata_alone():
    one = source("1 + 1")
    other = copy.deepcopy(one)
    other.cells[1].outputs = [stream("left over")]
    other.cells[1].execution_count = 7
    assert notebooks.without_outputs(one) == notebooks.without_outputs(other)
    other.cells[1].metadata["tags"] = ["hide-input"]
    assert notebooks.without_outputs(one) != notebooks.without_outputs(other)


def test_counts_cells_as_a_reader_does():
    notebook = source("a", "b")
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("# Title"))
    assert notebooks.reader_position(notebook, 3) == "cell 4 (In [3])"
    injected = nbformat.v4.new_code_cell("seed = 2", metadata={"tags": [notebooks.INJECTED]})
    notebook.cells.insert(2, injected)
    assert notebooks.reader_position(notebook, 4) == "cell 4 (In [3])"


def test_finds_what_was_written_to_stderr():
    notebook = source("warn()")
    notebook.cells[1].outputs = [stream("fine"), stream("Warning: old", "stderr")]
    assert notebooks.stderr_outputs(notebook) == [(1, "Warning: old")]
