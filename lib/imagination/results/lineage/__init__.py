"""Where these bounds come from: the bounds of others, in the notation of this book."""
