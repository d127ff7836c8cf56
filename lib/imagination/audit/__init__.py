"""How far does a world model mislead a policy? An audit of a model that need not be this book's."""

from imagination.audit.evidence import Finding

__all__ = ["Finding"]
