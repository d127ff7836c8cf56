"""Straight trajectories: its results."""

from collections.abc import Mapping

from imagination.results.result import Printed, Result, Words
from imagination.theory import straightening

__all__ = ["PRINTED", "RESULTS", "WORDS"]

RESULTS: tuple[Result, ...] = (
    Result(
        "Law of cosines",
        (straightening.LAW_OF_COSINES,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
        differs="From the inner product, for points of any space that has one.",
    ),
    Result(
        "Cauchy and Schwarz",
        (straightening.CAUCHY_SCHWARZ,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
        differs="From the inner product, too, and multiples of vectors; they need no coordinates.",
    ),
    Result(
        "Curvature, sharp",
        (straightening.SHARP,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
        theorem="curvature_sharp",
        cell="12-card",
        rests_on=("Law of cosines",),
        differs="The smallest bound there is: about the paper's at small eps, far below near 1.",
    ),
    Result(
        "What moves goes on moving",
        (straightening.NEVER_STOPS,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
        rests_on=("Law of cosines",),
    ),
    Result(
        "Curvature, sharp, in its short form",
        (straightening.SHARP_FORM,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
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
        ),
        differs=("As in the paper. Not sharp: near eps = 0.83 it passes 2, the largest loss there is."),
    ),
    Result(
        "The sharp bound is below Proposition 1's",
        (straightening.SHARPER,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
    ),
    Result(
        "Curvature in the plane, sharp", (straightening.IN_THE_PLANE,), chapter="12_straight_trajectories"
    ),
    Result(
        "Curvature, sharp, through the plane",
        (straightening.THROUGH_THE_PLANE,),
        chapter="12_straight_trajectories",
        rests_on=(
            "Cauchy and Schwarz",
            "Law of cosines",
            "Curvature in the plane, sharp",
        ),
    ),
    Result(
        "The sharp bound is attained",
        (straightening.ATTAINED,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
    ),
    Result(
        "Straight maps stretch little",
        (straightening.STRETCH,),
        chapter="12_straight_trajectories",
        label="prop-towards-one",
    ),
    Result(
        "Straight maps shrink little",
        (straightening.SHRINK,),
        chapter="12_straight_trajectories",
        label="prop-towards-one",
        differs="A small constant of the velocity keeps that of the map near 1.",
    ),
    Result(
        "Straight and not smooth",
        (straightening.STRAIGHT_IS_NOT_SMOOTH,),
        chapter="12_straight_trajectories",
        label="thm-curvature",
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
}

_LIPSCHITZ_VELOCITY = (
    r"the velocity is Lipschitz: \(\lVert v(x) - v(y) \rVert \le \varepsilon \lVert x - y \rVert\) for all "
    r"\(x, y\)",
)
_TRAJECTORY = (
    r"\(z_{t+1} = z_t + v(z_t)\)",
    r"\(\lVert p \rVert = \sqrt{\langle p, p \rangle}\), and "
    r"\(\cos\angle(p, q) = \langle p, q \rangle / (\lVert p \rVert \lVert q \rVert)\)",
)

WORDS: Mapping[str, Words] = {
    "proposition_1": Words(
        title="Proposition 1",
        source="[TSGLH26, Proposition 1]",
        left=r"1 - \cos\angle\bigl(v(z_t), v(z_{t+1})\bigr)",
        also="What moves at first never stops: no velocity along the trajectory is 0. That is part of the "
        "conclusion.",
        fixed=r"a real inner product space of any dimension, a velocity field \(v\) on it, a trajectory "
        r"\(z\), and a "
        r"number \(0 < \varepsilon < 1\).",
        for_all=r"every time \(t\).",
        definitions=_TRAJECTORY,
        assumptions=(*_LIPSCHITZ_VELOCITY, r"the trajectory moves at first: \(v(z_0) \ne 0\)"),
    ),
    "curvature_sharp": Words(
        title="The sharp constant",
        source="[this book]",
        left=r"1 - \cos\angle\bigl(v(z_t), v(z_{t+1})\bigr)",
        fixed=r"a real inner product space of any dimension, a velocity field \(v\) on it, a trajectory "
        r"\(z\), and a "
        r"number \(0 < \varepsilon \le 1\).",
        for_all=r"every time \(t\).",
        definitions=_TRAJECTORY,
        assumptions=(*_LIPSCHITZ_VELOCITY, r"the trajectory moves: \(v(z_t) \ne 0\) for every \(t\)"),
    ),
}
