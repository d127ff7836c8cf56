"""MyST in plain words."""

from classroom.markdown import plain


def test_a_theorem_is_a_quotation_with_its_name():
    text = "Before.\n\n```{prf:theorem} Lemma 1\n:label: thm-lemma-1\n\nIt holds.\n```\n\nAfter."
    assert plain(text) == "Before.\n\n> **Theorem** (Lemma 1).\n>\n> It holds.\n\nAfter."


def test_an_admonition_keeps_its_title():
    assert plain("```{admonition} Note well\n:class: tip\nOnce.\n```") == "> **Note well**\n>\n> Once."


def test_code_stays_code():
    text = "```python\nx = {1: `a`}\n```"
    assert plain(text) == text


def test_references_are_named():
    assert plain("See {numref}`fig-a`, {eq}`eq-b`, {cite:t}`A1, B2`.") == "See *fig-a*, (eq-b), [A1; B2]."
    assert plain("In {doc}`02_lemma_1` and {ref}`there <place>`.") == "In *02_lemma_1* and there."


def test_equations_keep_their_label_and_formulas_their_dollars():
    assert plain("$$\nx\n$$ (eq-x)\n") == "$$\nx\n$$\n\n(eq-x)\n"
    assert plain("```{math}\nx\n```") == "$$\nx\n$$"


def test_targets_are_left_out():
    assert plain("(place)=\n## Title\n") == "## Title\n"
