"""Agents trained inside learned carts: one is made again, and what the record of all says."""

import numpy as np
import pytest
import torch

from imagination import records
from imagination.studies.loop import agents
from imagination.studies.loop.rivals import score_agent
from imagination.worlds.episodic import CartPole


@pytest.fixture(scope="module")
def table():
    return agents.recorded()


def test_an_agent_of_the_record_is_made_again_and_balances_the_real_pole(table):
    torch.set_num_threads(1)
    first = table[(table["world"] == 0) & (table["agent"] == 0)].iloc[0]
    world, units = agents.learned(agents.FIRST), np.array(CartPole.units)
    agent = agents.inside(world, 0)
    found = [score_agent(agent, "CartPole-v1", 0, units, place) for place in (world, None)]
    # elsewhere sums are rounded otherwise, and 8,000 steps of training amplify that
    np.testing.assert_allclose(found, first[["imagined", "real"]].astype(float), rtol=0.5)
    assert found[1] > 3 * 22  # a random cart lasts 22 steps


def test_all_agents_of_all_worlds_are_reported(table):
    about = records.describe(agents.RECORD).parameters
    assert len(table) == about["worlds"] * about["agents"] >= 64
    assert not table.duplicated(["world", "agent"]).any()
    assert table["real"].between(1, 500).all() and (table["imagined"] >= 1).all()
