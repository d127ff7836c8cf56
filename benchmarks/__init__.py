"""The library's tabular values and distances timed beside QuantEcon's and POT's, in one run.

`make bench`, or `python -m benchmarks`.
"""
