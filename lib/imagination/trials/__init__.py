"""Trials: the engines that put a claim on trial, and know no topic."""
