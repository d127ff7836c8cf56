"""Worlds: batches of Markov decision processes, tabular and continuous, that know nothing of any claim."""
