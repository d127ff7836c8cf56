"""What chapters run that is no trial of a claim: scaling runs, representations, the loop, goodhart."""
