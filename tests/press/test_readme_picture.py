"""The README's picture shows every world of the trial."""

import matplotlib.pyplot as plt
import pandas as pd

from imagination import figures
from imagination.results.return_gap.systems import FAMILIES
from press.readme_picture import GROUPS, figure


def test_every_family_has_its_place():
    assert sorted(family for families in GROUPS.values() for family in families) == sorted(FAMILIES)


def test_every_pair_is_drawn():
    rows = [{"family": family, "bound": 2.0, "gap": 1.0} for family in FAMILIES]
    ratios = dict.fromkeys(("ratio", "ratio_f_hat", "ratio_r_hat", "ratio_hat"), 0.5)
    with figures.style():
        drawn = figure(pd.DataFrame(rows).assign(**ratios))
    (axes,) = drawn.axes
    assert sum(len(line.get_xdata()) for line in axes.lines if line.get_label() in GROUPS) == len(FAMILIES)
    assert axes.get_title(loc="left").startswith(f"{len(FAMILIES)} ")
    assert "0 violations" in axes.get_title(loc="left")
    plt.close(drawn)
