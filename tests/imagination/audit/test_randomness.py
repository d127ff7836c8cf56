"""Shared random numbers, and generators that are put back."""

import functools
import random

import numpy as np
import pytest
import torch

from imagination.audit.randomness import forked, within_reach

OWN = np.random.default_rng(3)


class Holder:
    def __init__(self):
        self.rng, self.generator = np.random.default_rng(1), torch.Generator().manual_seed(1)

    def __call__(self, count):
        return torch.rand(count, generator=self.generator).tolist() + self.rng.random(count).tolist()


def everyone(count, holder):
    globals_ = [random.random(), *np.random.rand(count), *torch.rand(count).tolist()]  # noqa: NPY002
    return [*globals_, *OWN.random(count), *holder(count)]


@pytest.mark.parametrize("seed", [None, 7])
def test_draws_are_shared_and_generators_put_back(seed):
    draw = functools.partial(everyone, holder=Holder())
    untouched = draw(3)
    with forked(seed, draw):
        first = draw(3)
    with forked(seed, draw):
        assert draw(3) == first
    following = draw(3)
    assert following != untouched
    assert (first == following) == (seed is None)
    for one, other in zip(first, untouched, strict=True):
        assert one != other


def test_generators_are_put_back_after_an_error():
    holder = Holder()
    state = holder.rng.bit_generator.state
    with pytest.raises(KeyError), forked(1, holder):
        holder(2)
        raise KeyError
    assert holder.rng.bit_generator.state == state


def test_what_a_function_uses_is_within_reach():
    inside, network = Holder(), torch.nn.Linear(1, 1)

    def helper():
        return inside

    found = within_reach(functools.partial(lambda a: helper(), {"net": [network]}))
    assert any(each is inside.rng for each in found) and any(each is network for each in found)
    assert any(each is inside.generator for each in within_reach(inside.__call__))


def test_large_memories_are_not_searched_for_ever():
    assert len(within_reach([[i] for i in range(100_000)])) <= 1000
