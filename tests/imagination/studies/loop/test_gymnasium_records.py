"""What the commands keep: four tables that fit together, and policies that come back as they were."""

from dataclasses import replace

import numpy as np
import pytest

from imagination import records
from imagination.studies.loop import cartpole, gymnasium_records
from imagination.studies.loop.gymnasium_records import Recording, saved_policy
from imagination.studies.loop.gymnasium_score import in_gymnasium

SMALL = replace(
    cartpole.SETTING, rounds=2, length=60, fits=60, steps=3, rollouts=8, horizon=20, real_rollouts=2
)


@pytest.fixture
def small(tmp_path, monkeypatch) -> Recording:
    monkeypatch.setenv("IMAGINATION_DATA", str(tmp_path))
    monkeypatch.setattr(gymnasium_records, "EPISODES", 5)
    return Recording("cartpole", SMALL, budget=200, every=2)


def test_a_run_is_kept_and_its_policies_come_back(small, capsys):
    assert small(["--seeds", "2", "--seed", "3", "--record"]) == 0
    assert "by Gymnasium" in capsys.readouterr().out
    loaded = {suffix: records.load(f"imagination-cartpole{suffix}") for suffix in ("", "-steps", "-scores")}
    rounds, steps, scores = loaded.values()
    assert len(rounds) == 4 and set(steps["round"]) == {0, 1}
    arms = scores.groupby("arm", sort=False)["score"]
    assert sorted(arms.groups) == [
        "imagination",
        "imagination, by Gymnasium",
        "random",
        "real",
        "uncontrolled",
    ]
    again = in_gymnasium(saved_policy("cartpole", SMALL), 5, 3).mean(axis=1)
    np.testing.assert_allclose(arms.get_group("imagination, by Gymnasium"), again)
    record = records.describe("imagination-cartpole")
    assert record.command == "python -m imagination.studies.loop.cartpole --seeds 2 --seed 3 --record"
    assert record.parameters["rate"] == SMALL.rate and "chosen on" in record.parameters["note"]


def test_without_the_word_nothing_is_kept(small):
    assert small(["--seeds", "2"]) == 0
    assert records.names() == []
