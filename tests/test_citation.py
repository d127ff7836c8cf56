"""How to cite the book: a valid CITATION.cff, and the same in BibTeX on the front page."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
FRONT = (ROOT / "chapters" / "index.md").read_text(encoding="utf-8")

KEYS = {
    "abstract",
    "authors",
    "cff-version",
    "contact",
    "commit",
    "date-released",
    "doi",
    "identifiers",
    "keywords",
    "license",
    "license-url",
    "message",
    "preferred-citation",
    "references",
    "repository",
    "repository-artifact",
    "repository-code",
    "title",
    "type",
    "url",
    "version",
}
"""What the Citation File Format 1.2.0 allows at its top."""

PERSON = {"affiliation", "alias", "email", "family-names", "given-names", "name-suffix", "orcid", "website"}
ENTITY = {"address", "alias", "city", "country", "email", "name", "orcid", "website"}
REFERENCE = {"authors", "doi", "identifiers", "journal", "notes", "title", "type", "url", "year"}


def bibtex(key):
    """The fields of an entry on the front page."""
    entry = re.search(rf"@misc\{{{key},\n(.*?)\n\}}", FRONT, re.DOTALL)[1]
    found = re.findall(r"^\s*(\w+)\s*= \{+(.*?)\}+,?$", entry, re.MULTILINE | re.DOTALL)
    return {name: " ".join(value.split()) for name, value in found}


def check_authors(authors):
    """Each is a person or an entity, and has a name."""
    assert authors
    for author in authors:
        assert author.keys() <= (ENTITY if "name" in author else PERSON)
        assert author.get("name") or author["family-names"]


def test_the_fields_are_those_of_the_format():
    assert CITATION.keys() <= KEYS
    assert {"cff-version", "message", "title", "authors"} <= CITATION.keys()
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["type"] in ("software", "dataset")
    check_authors(CITATION["authors"])
    for value in CITATION["keywords"]:
        assert isinstance(value, str)
    assert re.fullmatch(r"[\w.+-]+", str(CITATION["license"]))
    assert re.fullmatch(r"https://\S+", CITATION.get("repository-code", "https://x"))


def test_the_paper_is_a_valid_reference():
    (paper,) = CITATION["references"]
    assert paper.keys() <= REFERENCE
    assert {"type", "title", "authors"} <= paper.keys()
    assert paper["type"] in ("article", "unpublished", "report", "conference-paper", "generic")
    assert isinstance(paper["year"], int)
    check_authors(paper["authors"])


def test_the_front_page_says_the_same_in_bibtex():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    book, paper = bibtex("training-in-imagination-book"), bibtex("timor2026training")
    assert book["title"] == CITATION["title"]
    assert book["author"] == CITATION["authors"][0]["name"]
    assert book["note"] == f"Version {CITATION['version']}" == f"Version {project['version']}"
    (reference,) = CITATION["references"]
    names = [f"{each['family-names']}, {each['given-names']}" for each in reference["authors"]]
    assert paper["author"] == " and ".join(names)
    assert paper["title"] == reference["title"]
    assert int(paper["year"]) == reference["year"]
    assert reference["url"].endswith(paper["eprint"])
