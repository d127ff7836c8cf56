"""Histories in the place of a state: what a model that reads the last few observations can get wrong."""
