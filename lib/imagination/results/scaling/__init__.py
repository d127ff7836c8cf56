"""How errors fall with data."""
