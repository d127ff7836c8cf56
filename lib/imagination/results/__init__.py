"""Every result of the book, one folder a topic: its claims, its trial, its mutants, its declaration."""
