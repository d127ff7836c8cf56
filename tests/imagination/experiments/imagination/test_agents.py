"""Agents trained inside a learned cart: more imagined steps make them better in it and outside."""

import numpy as np
import torch

from imagination.experiments.imagination import agents
from imagination.experiments.imagination.rivals import score_agent
from imagination.mdps.episodic import CartPole


def test_an_agent_trained_in_a_learned_world_balances_the_real_pole():
    torch.set_num_threads(1)
    world, units = agents.learned(agents.FIRST), np.array(CartPole.units)
    agent = agents.inside(world, 0)
    imagined, real = (score_agent(agent, "CartPole-v1", 0, units, place) for place in (world, None))
    assert imagined > 3 * 22  # a random cart lasts 22 steps
    assert real > 3 * 22


def test_a_small_run_reports_every_agent(monkeypatch):
    monkeypatch.setitem(agents.SCALES, "quick", {"worlds": 2, "agents": 2, "steps": 64})
    table = agents.run("quick", seed=0)
    assert list(zip(table["world"], table["agent"], strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert table[["imagined", "real"]].stack().between(1, 500).all()
