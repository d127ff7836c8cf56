"""A judge who says yes or no: what its verdicts do to a policy gradient, and what they are worth."""
