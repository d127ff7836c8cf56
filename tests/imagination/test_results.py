"""The registry of results: what it names is there."""

import pytest

from imagination import results
from imagination.experiments import ledger_chapters
from imagination.formal import record
from imagination.results import RESULTS

CHAPTERS = {chapter.name: chapter for chapter in ledger_chapters.chapters()}


def test_no_two_results_share_a_name():
    assert len(RESULTS) == sum(len(topic.RESULTS) for topic in results.TOPICS.values())


@pytest.mark.parametrize("name", RESULTS)
def test_what_a_result_names_is_there(name):
    result = RESULTS[name]
    assert result.claims
    assert result.chapter in CHAPTERS
    assert not result.label or result.label in {each.label for each in CHAPTERS[result.chapter].results}
    assert set(result.rests_on) <= set(RESULTS) - {name}
    assert not result.theorem or record.theorem(result.theorem).result == name


def test_nothing_rests_on_itself():
    waiting = {name: set(result.rests_on) for name, result in RESULTS.items()}
    while ready := {name for name, needed in waiting.items() if not needed & set(waiting)}:
        waiting = {name: needed for name, needed in waiting.items() if name not in ready}
    assert not waiting


def test_no_theorem_proves_two_results():
    proved = [result.theorem for result in RESULTS.values() if result.theorem]
    assert len(set(proved)) == len(proved)


def test_a_topic_is_found():
    assert results.topic_of("Lemma 1") == "The return gap"
    with pytest.raises(KeyError):
        results.topic_of("Lemma 7")
