"""Figures that answer back: sliders on the book's claims, without a kernel and without a network.

Each function returns an object that a notebook shows as a self-contained piece of HTML: in the printed
book, in JupyterLab, and in any page that it is copied to. The numbers are computed in the browser by
JavaScript that is printed from the claims' own expressions.

Examples
--------
>>> from imagination import interactive
>>> interactive.return_gap()
<Figure 'return-gap': How far the imagined return can be off>
"""

from imagination.interactive.gallery import budget, curvature, fidelity, noise, return_gap

__all__ = ["budget", "curvature", "fidelity", "noise", "return_gap"]
