"""Measured findings: each follows its record, names the command that made it, and was typed by nobody."""

import ast
import importlib
import inspect
import pkgutil
import re

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.catalogue import chapter_contents, findings
from imagination.catalogue.findings import (
    FINDINGS,
    Estimate,
    Finding,
    Said,
    Versus,
)
from imagination.catalogue.findings.finding import (
    anywhere,
    counted,
    median,
    over,
    paired,
    share,
    shown,
    word,
)

RECORDED = re.compile(r"records\.load\(|\.recorded\(")


@pytest.fixture(scope="module")
def measured():
    return findings.read_all()


def changed(name, columns):
    """A record with other numbers in some columns, and the same in all others."""
    told = records.load(name)
    generator = np.random.default_rng(5)
    for column in columns:
        told[column] = told[column].astype(float) * np.exp(generator.normal(size=len(told)))
    return told


def test_names_are_told_apart():
    names = [finding.name for finding in FINDINGS]
    assert len(set(names)) == len(names)


def test_every_chapter_that_shows_a_record_has_a_finding():
    recorded = set()
    for path in chapter_contents.FOLDER.glob("[0-9][0-9]_*.ipynb"):
        if path.stem != "15_what_we_know_and_what_we_dont" and RECORDED.search(path.read_text("utf-8")):
            recorded.add(int(path.stem[:2]))
    assert recorded <= {finding.chapter for finding in FINDINGS}


def test_every_record_of_an_experiment_is_spoken_of():
    spoken = {name for finding in FINDINGS for name in finding.sources}
    parts = ("-steps", "-policies", "-tuning", "-check")
    silent = {name for name in records.names() if not name.endswith(parts)} - spoken
    silent = {name for name in silent if f"{name}-scores" not in spoken and f"{name}-seeds" not in spoken}
    assert silent <= {"outcomes"}


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.name)
def test_a_finding_changes_with_each_column_that_it_rests_on(finding):
    before = finding.read().said
    for column in finding.rests_on:
        tables = [
            changed(name, [column] if column in records.describe(name).columns else [])
            for name in finding.sources
        ]
        after = finding.say(*tables)
        assert (after.statement, str(after.estimate)) != (before.statement, str(before.estimate)), column
        assert after.statement != before.statement, column


def test_each_command_is_that_of_the_record(measured):
    for row in measured:
        assert set(row.commands) == {records.describe(name).command for name in row.finding.sources}
        assert all(command.startswith("python -m imagination") for command in row.commands)


def test_estimates_lie_within_their_intervals(measured):
    for row in measured:
        estimate = row.said.estimate
        assert estimate.low <= estimate.value <= estimate.high, row.finding.name
        assert "nan" not in row.said.statement, row.finding.name


def test_intervals_are_said(measured):
    silent = [row.finding.name for row in measured if not re.search(r"\[.+, .+\]", str(row.said.estimate))]
    assert silent == []


def typed(node):
    """What a piece of code says in strings that it spells out: format specifications are not said."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    children = [node.value] if isinstance(node, ast.FormattedValue) else ast.iter_child_nodes(node)
    for child in children:
        yield from typed(child)


def test_no_number_was_typed():
    """Digits stand in names only: W1, Theorem 2."""
    said = []
    for found in pkgutil.iter_modules(findings.__path__):
        tree = ast.parse(inspect.getsource(importlib.import_module(f"{findings.__name__}.{found.name}")))
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        said += [text for call in calls if getattr(call.func, "id", "") == "Said" for text in typed(call)]
    assert len(said) > 100
    named = re.compile(r"(?:Theorem|Corollary|Lemma) \d|[A-Za-z]\d")
    assert [text for text in said if re.search(r"\d", named.sub("", text))] == []


class TestWords:
    def test_a_verdict_needs_the_whole_interval(self):
        told = [word(Estimate(x, x - 1, x + 1), "less", "alike", "more") for x in (-2.0, 0.5, 2.0)]
        assert told == ["less", "alike", "more"]
        assert word(Estimate(2.0, 1.5, 2.5), "less", "alike", "more", at=2) == "alike"

    @pytest.mark.parametrize(
        ("estimate", "text"),
        [
            (Estimate(0.95310, 0.95193, 0.95422), "0.9531 [0.9519, 0.9542]"),
            (Estimate(-3.21, -4.4, -2.0), "−3.2 [−4.4, −2.0]"),
            (Estimate(1234.5, 1100, 1400), "1,234 [1,100, 1,400]"),
            (Estimate(0.0517, 0.0510, 0.0525, percent=True), "5.17% [5.10%, 5.25%]"),
            (Estimate(0.0, 0.0, 0.0), "0 [0, 0]"),
        ],
    )
    def test_estimates_show_what_the_interval_settles(self, estimate, text):
        assert str(estimate) == text

    def test_counts_and_signs(self):
        assert counted(1, "seed") == "1 seed" and counted(1200, "seed") == "1,200 seeds"
        assert shown(-0.001, 1) == "0.0" and shown(-1.25, 1) == "−1.2"


class TestIntervals:
    generator = np.random.default_rng(0)

    def test_of_a_median(self):
        covered = 0
        for _ in range(200):
            found = median(self.generator.exponential(size=101))
            covered += found.low <= np.log(2) <= found.high
        assert 182 <= covered <= 200

    def test_of_a_median_of_values_that_were_drawn_together(self):
        covered, alone = 0, 0
        for _ in range(100):
            groups = np.repeat(np.arange(40), 25)
            values = self.generator.normal(size=40)[groups] + 0.1 * self.generator.normal(size=1000)
            together = median(values, groups)
            covered += together.low <= 0 <= together.high
            alone += (found := median(values)).low <= 0 <= found.high
        assert covered >= 87 and alone < 60

    def test_of_a_median_of_nine_groups_of_one(self):
        # Redrawn, it is 1 or less with probability 0.0305: within an interval of 95%, not of 90%.
        assert median(np.arange(9.0), np.arange(9)) == Estimate(4.0, 1.0, 7.0)

    def test_of_what_holds_somewhere(self):
        found = anywhere(pd.Series([True, False, False, False]), pd.Series([0, 0, 1, 1]))
        assert found.value == 0.5 and found.low < 0.5 < found.high

    def test_of_a_share(self):
        found = share(np.zeros(1000, dtype=bool))
        assert found.value == found.low == 0 < found.high < 0.005

    def test_of_pairs(self):
        index = pd.RangeIndex(30)
        first = pd.Series(self.generator.normal(size=30), index)
        found = paired(first + 1, first)
        assert found.value == found.low == found.high == pytest.approx(1)
        twice = paired(2 * np.exp(first), np.exp(first).iloc[5:], ratio=True)
        assert twice.value == pytest.approx(2) and twice.high == pytest.approx(2)

    def test_of_seeds(self):
        found = over(np.r_[np.zeros(30), 1e6])
        assert found.value == 0 and found.high == 0  # one seed moves no interquartile mean
        assert over(np.r_[np.zeros(30), 1e6], np.mean).value > 0

    def test_of_two_arms(self):
        first, second = self.generator.normal(1, 1, 40), self.generator.normal(0, 1, 40)
        found = Versus.of(first, second)
        assert found.iqm.low < found.iqm.value < found.iqm.high
        assert found.mean.value == pytest.approx(first.mean() - second.mean())
        assert found.probability.value > 0.5 and found.worst == (first.min(), second.min())


def test_a_missing_record_is_an_error():
    finding = Finding("nothing", 4, "no-such-record", lambda told: Said("", Estimate(0, 0, 0), "", ""), ())
    with pytest.raises(records.RecordError, match="no-such-record"):
        finding.read()
