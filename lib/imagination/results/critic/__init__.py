"""A critic in place of the rest of the sum: what its errors and the labels' noise do to a policy gradient."""
