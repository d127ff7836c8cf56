"""The classroom: automatic checks of the exercises' answers, and assignments made from the chapters."""

from classroom.checking import WrongAnswer, check, require

__all__ = ["WrongAnswer", "check", "require"]
