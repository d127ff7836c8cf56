"""What lists results: table, map, indices, findings; all read from the registry and the records."""
