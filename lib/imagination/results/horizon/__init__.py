"""How long to imagine, and what to believe of it."""
