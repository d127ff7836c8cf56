"""Straight trajectories: its results."""

from collections.abc import Mapping

from imagination.results.curvature import claims as straightening
from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "WORDS"]

RESULTS: tuple[Result, ...] = (
    Result(
        "Curvature, sharp",
        (straightening.SHARP,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
        theorem="curvature_sharp",
        cell="12-card",
        differs="The smallest bound there is: about the paper's at small eps, far below near 1.",
    ),
    Result(
        "What moves goes on moving",
        (straightening.NEVER_STOPS,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
        theorem="never_stops",
    ),
    Result(
        "The sharp bound is below Proposition 1's",
        (straightening.SHARPER,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
        theorem="sharper",
    ),
    Result(
        "Proposition 1",
        (straightening.PROPOSITION_1,),
        chapter="12_straight_trajectories",
        label="prop-curvature",
        theorem="proposition_1",
        cell="12-card",
        rests_on=(
            "Curvature, sharp",
            "The sharp bound is below Proposition 1's",
            "What moves goes on moving",
        ),
        differs="As in the paper. Not sharp: near eps = 0.83 it passes 2, the largest loss there is.",
    ),
    Result(
        "The sharp bound is attained",
        (straightening.ATTAINED,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
        theorem="curvature_attained",
        rests_on=("What moves goes on moving",),
    ),
    Result(
        "No bound is smaller",
        (straightening.BEST,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
        theorem="curvature_best",
        cell="12-attained",
        rests_on=("The sharp bound is attained",),
        differs="For eps = 1 the bound is approached, and never reached.",
    ),
    Result(
        "Near 1",
        (straightening.SHRINK, straightening.STRETCH),
        chapter="12_straight_trajectories",
        label="prop-towards-one",
        theorem="near_one",
        cell="12-ce6a215e",
        differs="A small constant of the velocity keeps that of the map near 1, not near 0.",
    ),
    Result(
        "Straight and not smooth",
        (straightening.STRAIGHT_IS_NOT_SMOOTH,),
        chapter="12_straight_trajectories",
        theorem="straight_not_smooth",
        cell="12-ee37028c",
        differs="The paper proves that smooth is straight. The converse fails.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "proposition_1": (
        straightening.PROPOSITION_1,
        {"expression": "proposition_1_bound", "supposes": "proposition_1_supposes"},
    ),
    "curvature_sharp": (
        straightening.SHARP,
        {"expression": "curvature_bound", "supposes": "curvature_supposes"},
    ),
    "never_stops": (
        straightening.NEVER_STOPS,
        {"quantity": "never_stops_bound", "supposes": "never_stops_supposes"},
    ),
    "near_one_stretch": (
        straightening.STRETCH,
        {"expression": "stretch_bound", "supposes": "stretch_supposes"},
    ),
    "near_one_shrink": (straightening.SHRINK, {"quantity": "shrink_bound"}),
    "straight_not_smooth": (
        straightening.STRAIGHT_IS_NOT_SMOOTH,
        {"supposes": "straight_not_smooth_supposes"},
    ),
}

_TRAJECTORY = (
    r"\(\lVert p \rVert = \sqrt{\langle p, p \rangle}\), and "
    r"\(\cos\angle(p, q) = \langle p, q \rangle / (\lVert p \rVert \lVert q \rVert)\)",
)
_SPACE = r"a real inner product space of any dimension, a velocity field \(v\) on it"

WORDS: Mapping[str, Words] = {
    "proposition_1": Words(
        title="Proposition 1",
        source="[TSGLH26, Proposition 1]",
        also="What moves at first never stops: no velocity along the trajectory is 0. That is part of the "
        "conclusion.",
        fixed=rf"{_SPACE}, a trajectory \(z\), and a number \(0 < \varepsilon < 1\).",
        for_all=r"every time \(t\).",
        definitions=_TRAJECTORY,
        assumptions=straightening.PROPOSITION_1.assumes,
    ),
    "curvature_sharp": Words(
        title="The sharp constant",
        source="[this book]",
        fixed=rf"{_SPACE}, a trajectory \(z\), and a number \(0 < \varepsilon \le 1\).",
        for_all=r"every time \(t\).",
        definitions=_TRAJECTORY,
        assumptions=straightening.SHARP.assumes,
    ),
    "curvature_best": Words(
        title="No bound is smaller",
        source="[this book]",
        also=r"Here \(\beta\) is any number that is at least the loss of every such trajectory. For "
        r"\(\varepsilon < 1\) a spiral in the plane reaches the bound at every step "
        r"(the theorem curvature_attained). For \(\varepsilon = 1\) "
        "every loss is below it, and comes as close as one likes. That is concluded, too.",
        fixed=r"a number \(0 < \varepsilon \le 1\).",
        for_all=r"real inner product spaces of any dimension, velocity fields \(v\) on them and trajectories "
        r"\(z\).",
        definitions=_TRAJECTORY,
        assumptions=straightening.SHARP.assumes,
    ),
    "near_one": Words(
        title="Near 1",
        source="[this book]",
        also=r"So the map is \((1 + \varepsilon)\)-Lipschitz and, where there are two different states, has "
        r"no constant below \(1 - \varepsilon\). Both ends are met (the theorem near_one_attained): by "
        r"\(v(z) = \varepsilon z\), and for \(\varepsilon \le 1\) by \(v(z) = -\varepsilon z\).",
        fixed=rf"{_SPACE}, and a number \(\varepsilon > 0\).",
        for_all=r"pairs of different states \(x\) and \(y\).",
        definitions=(r"\(s = \lVert F(x) - F(y) \rVert / \lVert x - y \rVert\)",),
        assumptions=straightening.STRETCH.assumes,
    ),
    "straight_not_smooth": Words(
        title="Straight and not smooth",
        source="[this book]",
        also=r"And \(\lVert F(x) - F(y) \rVert = c\, \lVert x - y \rVert\) for all states: where two states "
        r"differ, no smaller number than \(c\) is a Lipschitz constant of \(F\).",
        fixed=r"a real inner product space of any dimension, and a number \(c > 1\).",
        for_all=r"states \(z_t\).",
        definitions=(r"\(v(z) = F(z) - z\), and \(z_{t+1} = F(z_t)\)",),
        assumptions=straightening.STRAIGHT_IS_NOT_SMOOTH.assumes,
    ),
}
