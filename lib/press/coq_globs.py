"""What rests on what, read from the files that Coq writes beside compiled proofs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["reached", "references"]

_NAMED = re.compile(rb"(?m)^(?:R(\d+):\d+ (\S+)|(prf|def|var|proj|rec|ind) (\d+):\d+) (\S+) (\S+)")
_END = {b"prf": re.compile(rb"\b(?:Qed|Defined)\.\s"), b"rec": re.compile(rb"\}\.\s")}
_SENTENCE = re.compile(rb"\.\s")


def references(source: Path) -> dict[str, set[str]]:
    """What each lemma, definition and variable of a compiled file names, statement and proof together.

    Parameters
    ----------
    source : Path
        The file ``Name.v``, with the ``Name.glob`` that Coq wrote beside it.

    Returns
    -------
    dict of set
        By full name, such as ``"Imagination.Sums.geom"``. What is named outside of them, such as in a tactic,
        counts for none.
    """
    text, said = source.read_bytes(), source.with_suffix(".glob").read_bytes()
    library = re.search(rb"(?m)^F(\S+)", said)
    if library is None:
        raise ValueError(f"source: {source.with_suffix('.glob')} does not say of which file it is")
    starts, spans, named = [], [], []
    for at, where, kind, start, inside, name in _NAMED.findall(said):
        full = b".".join((where or library[1], *([inside] if inside != b"<>" else []), name)).decode()
        if kind:
            end = _END.get(kind, _SENTENCE).search(text, int(start))
            starts.append(int(start))
            spans.append((full, end.start() if end else len(text)))
        else:
            named.append((int(at), full))
    found: dict[str, set[str]] = {full: set() for full, _ in spans}
    for at, full in named:
        holder, until = spans[bisect_right(starts, at) - 1] if starts and at >= starts[0] else ("", 0)
        if at < until:
            found[holder].add(full)
    return found


def reached(start: str, uses: Mapping[str, Iterable[str]], stops: Iterable[str]) -> set[str]:
    """Those of `stops` that something uses, straight or by ways on which no other of them lies."""
    ends, seen, waiting = set(stops), {start}, list(uses.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += () if name in ends else uses.get(name, ())
    return (seen & ends) - {start}
