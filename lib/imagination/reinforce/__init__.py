"""REINFORCE, exactly and by sampling: policy gradients whose mean and variance are known."""
