"""What the exercises' files compute with: a module a chapter, where one is needed."""
