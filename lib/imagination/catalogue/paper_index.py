"""The paper index: what the paper states and reports, and what this book has for each of it.

    python -m imagination.catalogue.paper_index

writes the page again. Items are declared here. What is proved is read from the registry of results and from
Coq's record, and every number of ours is computed: from a record, or by the trial that a chapter runs.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from imagination import records
from imagination.catalogue import chapter_contents, outcomes
from imagination.catalogue.findings import FINDINGS
from imagination.catalogue.findings.finding import share
from imagination.catalogue.results_table import Row, rows
from imagination.formal.cards import label
from imagination.results.sensitivity import trial as sensitivity
from imagination.studies import calibration, distances, scaling_fits

__all__ = ["FILE", "NUMBERED", "REPORTS", "Number", "Report", "main", "of_item", "page"]

FILE = chapter_contents.FOLDER / "paper-index.md"
"""The page of the book."""

NUMBERED = (
    "Lemma 1", "Corollary 1", "Theorem 1", "Corollary 2", "Theorem 2", "Proposition 1", "Proposition 2",
)  # fmt: skip
"""The paper's numbered items."""

SHORT = {"Lemma": "Lem.", "Corollary": "Cor.", "Theorem": "Thm.", "Proposition": "Prop."}


@dataclass(frozen=True)
class Number:
    """A reported number beside ours, with the ends of our 95% interval where there is one.

    Attributes
    ----------
    of : str
        What it is.
    reported, ours : float
    low, high : float
    form : str
        How it is written.
    near : float
        A difference up to this is none.
    """

    of: str
    reported: float
    ours: float
    low: float = np.nan
    high: float = np.nan
    form: str = ".3g"
    near: float = 0.0

    @property
    def verdict(self) -> str:
        """Whether they agree: where our interval holds the reported number, or both are written alike."""
        alike = format(self.ours, self.form) == format(self.reported, self.form)
        if alike or self.low <= self.reported <= self.high or abs(self.ours - self.reported) <= self.near:
            return "agrees"
        if not self.reported:
            return "differs"
        ratio = self.ours / self.reported
        if 2 / 3 < ratio < 3 / 2:
            return f"{ratio - 1:+.1%}".replace("-", "−")
        return f"{ratio:.2g} times that"

    def cells(self) -> str:
        """The row of a table."""
        reported = format(self.reported, self.form if self.form[-1] == "%" or "," in self.form else "g")
        ours = format(self.ours, self.form)
        if np.isfinite(self.low):
            ours += f" [{self.low:{self.form}}, {self.high:{self.form}}]"
        return f"| {self.of} | {reported} | {ours} | {self.verdict} |"


def _nothing() -> Sequence[Number]:
    return ()


@dataclass(frozen=True)
class Report:
    """Something that the paper reports.

    Attributes
    ----------
    where, says : str
        The place, and what is reported there, in words.
    cells : tuple of str
        Where the book has it: names of code cells, which begin with the chapter's number.
    record : str
        The record that our numbers come from; empty if the chapter computes them.
    unknown : tuple of str
        What the report leaves open.
    numbers : callable
        Returns the numbers, ours computed.
    finding : str
        Name of a measured finding that answers it in a sentence.
    """

    where: str
    says: str
    cells: tuple[str, ...]
    record: str = ""
    unknown: tuple[str, ...] = ()
    numbers: Callable[[], Sequence[Number]] = _nothing
    finding: str = ""


# -- the numbers ---------------------------------------------------------------------------------------------


def _ratios() -> Iterator[Number]:
    beside = calibration.beside_reported(calibration.run())
    forms = {"configurations": ".0f", "median": ".3g", "largest": ".4f", "above 1": ".0f"}
    for systems, ours in beside["ours"].iterrows():
        reported = beside["reported"].loc[systems]
        for what, form in forms.items():
            if np.isfinite(value := float(reported[what])):
                of = f"{systems}: {what if what == 'configurations' else f'gap over bound, {what}'}"
                yield Number(of, value, float(ours[what]), form=form)


MEASURES = ("mean_norm", "mse")
"""Errors that "the error" may mean: ours, and the one that comes nearest to what is reported."""


def _laws() -> Iterator[Number]:
    measures = tuple(scaling_fits.MEASURES)
    fitted = scaling_fits.laws(records.load("scaling"), measures, rng=np.random.default_rng(0))
    table = scaling_fits.beside_reported(fitted)
    for measure in MEASURES:
        name = scaling_fits.MEASURES[measure]
        for quantity in scaling_fits.QUANTITIES:
            ours, theirs = table.loc[quantity, name], scaling_fits.REPORTED.loc[quantity]
            yield Number(f"{quantity}, {name}: error at one sample", theirs["scale"], ours["scale"])
            of = f"{quantity}, {name}: exponent"
            ends = ours["low"], ours["high"]
            yield Number(of, theirs["exponent"], ours["exponent"], *ends, form=".2f")
            yield Number(f"{quantity}, {name}: R²", theirs["R2"], ours["R2"], form=".3f")


def _multipliers() -> Iterator[Number]:
    table = sensitivity.recorded()
    table = table[table["budget"] == 1e6]
    of = "median of the log of best over predicted ratio, its size"
    ours = sensitivity.summary(table)
    for group, reported in sensitivity.REPORTED["median |l|"].items():
        row = ours.loc[group, "global"]
        ends = row["low"], row["high"]
        yield Number(f"{group}: {of}", reported, row["median |l|"], *ends, near=sensitivity.NOTHING)
    off = ours.loc["LQG, constant, radius 100", "global"]
    yield Number(
        f"LQG, but models off by a constant, in a ball of radius 100: {of}",
        sensitivity.REPORTED["median |l|"]["LQG"],
        off["median |l|"],
        *(off["low"], off["high"]),
    )
    for name, group in (("LQG", "LQG"), ("LQG, but models off by a constant", "LQG, constant errors")):
        signed = table[(table["group"] == group) & (table["multiplier"] == "step by step")]["l"]
        near = share(signed.abs() <= np.log(3))
        of_near = f"{name}: realised sensitivities right to a factor of three"
        yield Number(of_near, 1.0, near.value, near.low, near.high, form=".0%")


def _signs() -> Iterator[Number]:
    table = sensitivity.recorded()
    rows_ = table[(table["group"] == "LQG") & (table["multiplier"] == "global") & (table["budget"] == 1e6)]
    found = share(rows_["l"] < -sensitivity.NOTHING)
    yield Number(
        "LQG: predicted ratios that are too large", 1.0, found.value, found.low, found.high, form=".0%"
    )


def _pairs() -> Iterator[Number]:
    table = records.load(distances.RECORD)
    yield Number("pairs of kernels for each discount", 50000, float(table["pairs"].max()), form=",.0f")
    yield Number("discounts", 19, float(table["gamma"].nunique()), form=".0f")


# -- what is reported ----------------------------------------------------------------------------------------

REPORTS = (
    Report(
        "§3.1",
        "True return gaps over Lemma 1's bound, in synthetic systems with global Lipschitz constants and in "
        "linear-quadratic ones (LQG).",
        ("04-82a07936", "04-c28bb3da"),
        numbers=lambda: tuple(_ratios()),
        unknown=(
            "Which synthetic systems were drawn. The median is a fact about a generator.",
            "How the constants were certified, and which ball LQG systems live on.",
        ),
    ),
    Report(
        "§4.1, the fits",
        "Errors of networks that learn networks fall as power laws of the number of samples: the reward's "
        "far faster than the dynamics'. Fitted are averages, while Lemma 1 speaks of the largest error.",
        ("06-1c6c162a",),
        "scaling",
        numbers=lambda: tuple(_laws()),
        unknown=(
            "Which error is plotted, which loss the students minimise, and whether their output is squashed.",
        ),
    ),
    Report(
        "§4.1, the reason",
        "The exponents are said to differ because a reward is one number and a state has twelve.",
        ("06-outputs-fit",),
        "scaling-outputs",
        finding="Scalar against vector",
    ),
    Report(
        "§4.2",
        "Theorem 1's ratio of samples from global constants, beside the split that is best in truth; and "
        "from realised sensitivities, which are reported to agree within a factor of three.",
        ("08-a4707bcd", "08-c7fd6982"),
        "sensitivity",
        numbers=lambda: tuple(_multipliers()),
        unknown=(
            "The ball of the LQG systems and how they were generated.",
            "The logarithm is printed without the multiplier, so that our reading of it is a reading. The "
            "quadratic group's 0.684 is also called a factor of 9.25, which it cannot be.",
        ),
    ),
    Report(
        "Figure 4",
        "All thirty LQG predictions are too large: a fair coin is so one-sided once in 2³⁰ times.",
        ("08-a4707bcd",),
        "sensitivity",
        numbers=lambda: tuple(_signs()),
    ),
    Report(
        "Random reward processes",
        "Which distance between kernels of ten states predicts the error of values: total variation, "
        "Kullback and Leibler's, or Wasserstein's.",
        ("05-8b66050b",),
        distances.RECORD,
        numbers=lambda: tuple(_pairs()),
        unknown=(
            "Whether the experiment is the paper's at all: some accounts of the paper do not have it. It is "
            "that of {cite:t}`AML18`.",
            "How rewards and states are laid out, on which the answer turns.",
        ),
        finding="Which distance: even kernels, ramp",
    ),
    Report(
        "Deterministic worlds",
        "To suppose them is said to cost little, since history can be put into the state; worlds with "
        "chance are left open.",
        ("05-283e10d9", "21-history-figure"),
    ),
    Report(
        "Straightening",
        "Not the paper's: {cite:t}`WBZBRLR26` straighten with a weight λ = 0.1.",
        ("13-2d9de515",),
        "representations-latent",
        finding="Straightened: stopped target",
    ),
)
"""What is reported, in the order of the book."""


# -- the page ------------------------------------------------------------------------------------------------

_INTRODUCTION = """\
# Paper index

What {cite:t}`TSGLH26` states and reports, item by item, and what this book has for it. The page is made from
the registry of results, from Coq's record and from the records in `data/`: none of our numbers was typed.
What is *reported* we know from accounts of the paper, which leave some things open; those are listed. No
experiment was tuned until it agreed. `make formal` checks the theorems again. A trial is named by its record,
or by the topic whose trial was run, see {doc}`15_what_we_know_and_what_we_dont`. Commands make records again.

## Numbered items
"""

_REPORTED = """
## Figures and reported numbers

A number *agrees* where our 95% interval, in brackets, holds the reported one, or where both are the same to
the digits shown.
"""


def of_item(item: str, found: Sequence[Row]) -> list[Row]:
    """Rows of results that come from a numbered item of the paper: the item itself, then what Coq proves."""
    kind, number = item.split()
    named = re.compile(rf"^\[TSGLH26, .*\b(?:{kind}|{re.escape(SHORT[kind])}) {number}\]")
    chosen = [row for row in found if named.search(row.result.source)]
    return sorted(chosen, key=lambda row: (row.name != item, row.checked is None))


def _numbered(found: Sequence[Row]) -> Iterator[str]:
    for item in NUMBERED:
        yield f"\n### {item}\n"
        for row in of_item(item, found):
            result = row.result
            where = f"{{prf:ref}}`{result.label}`" if result.label else f"{{doc}}`{result.chapter}`"
            if not row.checked:
                yield f"- *{result.name}*: a definition, in {where}. {result.differs}"
                continue
            place = label(Path(row.checked.file).stem)
            yield (
                f"- *{result.name}*: derived in {where}; proved as `{row.checked.name}` in"
                f" {{ref}}`{row.checked.file} <formal-{place}>`, line {row.checked.line}, with"
                f" {row.refuted} wrong versions refuted. {result.differs}"
            )
            if tried := sum(trial.problems for trial in row.trials):
                broken = sum(trial.violations for trial in row.trials)
                sources = dict.fromkeys(f"`{trial.shown}`" for trial in row.trials)
                yield f"  Tried on {tried:,} problems, {broken} violations ({', '.join(sources)})."


def _report(report: Report) -> Iterator[str]:
    yield f"\n### {report.where}\n\n{report.says}\n"
    read = {chapter.name[:2]: chapter for chapter in chapter_contents.chapters()}
    places = dict.fromkeys(
        f"{{doc}}`{(chapter := read[cell[:2]]).name}`, *{chapter.cells[cell].heading}*"
        for cell in report.cells
    )
    made = "computed there"
    if report.record:
        made = f"record `{report.record}`, made by `{records.describe(report.record).command}`"
    yield f"- In this book: {'; '.join(places)}; {made}."
    if report.finding:
        (finding,) = (each for each in FINDINGS if each.name == report.finding)
        yield f"- Found: {finding.read().said.statement}"
    yield from (f"- Unknown: {what}" for what in report.unknown)
    if numbers := report.numbers():
        yield "\n| number | reported | ours | |\n| --- | --- | --- | --- |"
        yield from (number.cells() for number in numbers)


def page() -> str:
    """Return the page, in MyST."""
    found = rows(outcomes.read_all())
    reported = [line for report in REPORTS for line in _report(report)]
    return _INTRODUCTION + "\n".join([*_numbered(found), _REPORTED.rstrip(), *reported]) + "\n"


def main() -> Path:
    """Write the page."""
    FILE.write_text(page(), encoding="utf-8")
    return FILE


if __name__ == "__main__":
    print(main())
