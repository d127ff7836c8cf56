"""One module for each tool of the command line: what it can be told, and how it runs."""
