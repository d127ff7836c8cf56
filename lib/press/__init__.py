"""The press: executes the chapters in fresh kernels and prints the book."""
