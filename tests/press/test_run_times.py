"""Times to run: coarse steps, one record, and when it is far from what happens."""

import pytest
import yaml

from press import run_times


@pytest.mark.parametrize(("seconds", "step"), [(0.3, 10), (11, 10), (12, 20), (40, 60), (61, 60), (400, 600)])
def test_a_time_falls_into_a_step(seconds, step):
    assert run_times.step(seconds) == step
    assert run_times.in_words(step) == run_times.STEPS[step]


def test_a_time_that_no_chapter_may_take():
    with pytest.raises(ValueError, match="seconds: 1000 is too long"):
        run_times.step(1000)


def test_the_record_is_written_from_the_last_executions(tiny):
    for name in ("01_one", "02_two", "03_three"):
        tiny.chapter(name, "print(seed)")
    tiny.write(run_times.PLACE, "02_two: 30\n99_gone: 10\n")
    source = tiny.executed("01_one").chapter.read_bytes()
    tiny.executed("01_one").keep(tiny.executed("01_one").key(source), b"", [], 17.0)
    assert run_times.write(tiny.book) == {"01_one": 20, "02_two": 30}
    assert run_times.read(tiny.root / run_times.PLACE) == {"01_one": 20, "02_two": 30}
    assert (tiny.root / run_times.PLACE).read_text().startswith("# Seconds")


def test_a_record_that_was_typed_wrong(tiny):
    path = tiny.write(run_times.PLACE, yaml.safe_dump({"01_one": 17}))
    with pytest.raises(ValueError, match="01_one: 17 is none of the steps"):
        run_times.read(path)
    assert run_times.read(path.with_name("none.yml")) == {}


def test_what_is_grossly_different(tiny):
    for name in ("01_one", "02_two", "03_three", "04_four"):
        tiny.chapter(name, "print(seed)")
    chapters = [tiny.executed(name) for name in ("01_one", "02_two", "03_three", "04_four")]
    for chapter, seconds in zip(chapters[:3], (300.0, 50.0, 1.0), strict=True):
        chapter.keep(chapter.key(chapter.chapter.read_bytes()), b"", [], seconds)
    found = run_times.grossly_different({"01_one": 60, "02_two": 60, "03_three": 60}, chapters)
    assert found == [
        "01_one: took 300 s, and 60 s are recorded",
        "03_three: took 1 s, and 60 s are recorded",
        "04_four: no time to run is recorded",
    ]
