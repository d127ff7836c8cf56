"""The book's figures that answer back: what each of them computes, and from which claims."""

from __future__ import annotations

from functools import cache

import sympy as sp

from imagination import quantities as w
from imagination.claim import Claim, Quantity
from imagination.interactive.figure import Figure
from imagination.interactive.parts import (
    Axis,
    Curve,
    Level,
    Line,
    Marker,
    Note,
    Row,
    Slider,
    Upright,
    linear,
    logarithmic,
    whole,
)  # fmt: skip
from imagination.interactive.program import Let, Program, Root, Step, Value
from imagination.results.budget import claims as ac
from imagination.results.curvature import claims as st
from imagination.results.fidelity import claims as fc
from imagination.results.noise import claims as rn
from imagination.results.return_gap import claims as rg


def _names(*groups: Claim | Quantity | tuple[Quantity, ...]) -> dict[sp.Symbol, str]:
    """The code names of claims' symbols and of quantities."""
    found: dict[sp.Symbol, str] = {}
    for group in groups:
        quantities = (
            group.symbols if isinstance(group, Claim) else group if isinstance(group, tuple) else (group,)
        )
        found |= {quantity.symbol: quantity.code for quantity in quantities}
    return found


# -- Lemma 1 and its kin -------------------------------------------------------------------------------------


def _boundary(symbol: sp.Symbol) -> sp.Expr:
    """Where the contraction of Lemma 1 ends, as a value of one of its symbols."""
    edge = sp.Eq(w.CONTRACTION.relation.lts, w.CONTRACTION.relation.gts)
    (found,) = sp.solve(edge, symbol)
    return found


@cache
def return_gap() -> Figure:
    """Lemma 1, its finite-horizon form and its bounded-state form, with the boundary of contraction.

    Sliders for the discount, the three Lipschitz constants, both errors, the horizon and the diameter;
    curves along any of four of them. [TSGLH26, Lemma 1] and this book's forms
    for finite horizons and bounded states.
    """
    sliders = (
        Slider("gamma", "gamma", "discount", linear(0, 0.99, 0.01), 0.9),
        Slider("L_f", "L_f", "slope of the dynamics", linear(0, 2.5, 0.01), 0.5),
        Slider("L_r", "L_r", "slope of the reward", linear(0, 5, 0.05), 1),
        Slider("L_pi", "L_pi", "slope of the policy", linear(0, 2, 0.01), 0.5),
        Slider("eps_dyn", "epsilon_dyn", "error of the dynamics", logarithmic(1e-4, 1), 0.01),
        Slider("eps_rew", "epsilon_rew", "error of the reward", logarithmic(1e-4, 1, also=(0.02,)), 0.02),
        Slider("horizon", "H", "steps", whole(1, 200, also=(30,)), 30),
        Slider("diameter", "D", "diameter of the states", logarithmic(0.1, 100), 1),
    )
    claims = {"lemma_1": rg.LEMMA_1, "finite": rg.FINITE_HORIZON, "bounded": rg.BOUNDED_STATES}
    along_the_axis = (w.LIP_F, w.GAMMA, w.LIP_PI)
    program = Program(
        inputs=tuple(slider.code for slider in sliders),
        names=_names(*claims.values(), w.HORIZON),
        steps=(
            Let("growth", w.CONTRACTION.relation.lts),
            *(Let(f"edge_{q.code}", _boundary(q.symbol)) for q in along_the_axis),
            *(Value(name, claim) for name, claim in claims.items()),
        ),
    )
    labels = {
        "L_f": "L_f, Lipschitz constant of the dynamics",
        "gamma": "γ, discount",
        "L_pi": "L_π, Lipschitz constant of the policy",
    }
    stops = {slider.code: slider.stops for slider in sliders}
    edge = {q.code: Line(f"edge_{q.code}", "γ L = 1", shade=True) for q in along_the_axis}
    return Figure(
        name="return-gap",
        title="How far the imagined return can be off",
        description=(
            "Three curves of the bound on the return gap, on a logarithmic axis, against the Lipschitz"
            " constant of the dynamics. Lemma 1 rises to a pole where gamma L = 1 and does not exist beyond."
            " The finite-horizon curve passes the boundary and explodes; the bounded-states curve levels off."
        ),
        sliders=sliders,
        at=program,
        axes=(
            *(Axis(code, label, "linear", stops[code][0], stops[code][-1], lines=(edge[code],))
              for code, label in labels.items()),
            Axis("horizon", "H, steps", "log", 1, 200, points=stops["horizon"]),
        ),
        y=Upright("return gap (units of reward)", span=5),
        curves=(
            Curve("lemma_1", "Lemma 1", 0),
            Curve("finite", "finite horizon", 1),
            Curve("bounded", "bounded states", 2),
        ),
        markers=(Marker("lemma_1", 0), Marker("finite", 1), Marker("bounded", 2)),
        rows=(
            Row("growth", "γ L, growth of a state error against the discount", w.CONTRACTION.relation.lts),
            Row("lemma_1", "Lemma 1", rg.LEMMA_1.expression, 0),
            Row("finite", "Finite horizon", rg.FINITE_HORIZON.expression, 1),
            Row("bounded", "Bounded states, endless horizon", rg.BOUNDED_STATES.expression, 2),
        ),
        notes=(
            Note(
                "lemma_1",
                ("γ L = {growth} is below 1: discounting outweighs the growth of state errors, and all three"
                 " bounds hold.",),
                "γ L = {growth} has crossed the boundary: Lemma 1 says nothing. A finite horizon still gives"
                " a bound, which grows with every step, and bounded states keep one for ever.",
            ),
        ),
    )  # fmt: skip


# -- Theorem 1 -----------------------------------------------------------------------------------------------


def _plan(symbols: tuple[sp.Symbol, sp.Symbol], names: tuple[str, str], weight: sp.Expr) -> tuple[Step, ...]:
    """The steps to the plan that is optimal for a multiplier: the one that costs the whole budget."""
    dyn = symbols[0]
    rewards = ac.REWARDS_FOR.expression.xreplace({ac.N_d: dyn, ac.D: weight})
    # At the first of these the plan costs too little, at the second too much (ac.TOO_FEW, ac.TOO_MANY).
    few = sp.Min(*(h.relation.gts for h in ac.TOO_FEW.hypotheses if isinstance(h.relation, sp.Le)))
    return (
        Root(names[0], ac.cost(dyn, rewards) - ac.B, dyn, few.xreplace({ac.D: weight}), ac.B / ac.c_d),
        Let(names[1], rewards),
    )


_odds_of = {plan: ac.SPENDING.quantity.xreplace(dict(zip((ac.N_d, ac.N_r), plan, strict=True)))
            for plan in ((ac.N_d, ac.N_r), (ac.M_d, ac.M_r))}  # fmt: skip
_factor, _least, _misled, _odds = sp.symbols("m least misled odds", positive=True)
_SHARES = (0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)


@cache
def budget() -> Figure:
    """The budget split of Theorem 1, and what a wrong multiplier costs [TSGLH26, Thm. 1].

    The curves run along the share of the budget that buys dynamics samples; the optimum is marked, and so is
    the plan of someone who believes in a multiplier some times too large.
    """
    sliders = (
        Slider("multiplier", "D", "multiplier", logarithmic(0.01, 1e4), 1),
        Slider("budget", "B", "budget", logarithmic(1e3, 1e9), 1e6),
        Slider("factor", "m", "times too large", logarithmic(1e-4, 1e4), 10),
        Slider("alpha", "alpha", "exponent, dynamics", linear(0.05, 1.5, 0.01), 0.11),
        Slider("beta", "beta", "exponent, reward", linear(0.05, 1.5, 0.01), 0.96),
        Slider("A_dyn", "A_d", "error at one sample", logarithmic(0.01, 1000, also=(0.34,)), 0.34),
        Slider("A_rew", "A_r", "error at one label", logarithmic(0.01, 1000, also=(90.4,)), 90.4),
        Slider("c_rew", "c_r", "price of a label", logarithmic(0.01, 100), 1),
    )
    inputs = (*(slider.code for slider in sliders), "c_dyn")
    names = _names(ac.INPUTS, ac.BUDGET_B, ac.PLAN, ac.OTHER) | {
        _factor: "factor", _least: "least", _misled: "misled", _odds: "odds", ac.q: "money",
    }  # fmt: skip
    at = Program(
        inputs=inputs,
        names=names,
        steps=(
            *_plan((ac.N_d, ac.N_r), ("N_dyn", "N_rew"), ac.D),
            *_plan((ac.M_d, ac.M_r), ("M_dyn", "M_rew"), _factor * ac.D),
            Let("ratio", ac.RATIO.expression),
            Let("least", ac.error(ac.N_d, ac.N_r)),
            Let("misled", ac.error(ac.M_d, ac.M_r)),
            Let("price", 100 * (_misled - _least) / _least),
            *(Let(name, odds) for name, odds in zip(("odds", "odds_misled"), _odds_of.values(), strict=True)),
            Let("share", 100 * _odds / (1 + _odds)),
        ),
    )
    dyn, rew = ac.SPLIT  # samples for a division of the money
    along = Program(
        inputs=(*inputs, "money"),
        names=names,
        steps=(
            Let("total", ac.error(dyn, rew)),
            Let("dynamics", ac.D * ac.eps_d.xreplace({ac.N_d: dyn})),
            Let("reward", ac.eps_r.xreplace({ac.N_r: rew})),
        ),
    )
    ticks = tuple((share / (1 - share), f"{100 * share:g}%") for share in _SHARES)
    return Figure(
        name="budget",
        title="Splitting a budget, and the price of another split",
        description=(
            "The error against the share of the budget that is spent on dynamics samples: the part of the"
            " dynamics falls slowly, that of the reward rises steeply at the right end, and their sum has a"
            " flat minimum at 88 percent, which is marked. A second mark, the plan for a multiplier ten times"
            " too large, lies to the right of it and hardly higher."
        ),
        sliders=sliders,
        fixed={"c_dyn": 1.0},
        at=at,
        along=along,
        axes=(Axis("money", "share of the budget spent on dynamics", "log", 1e-4, 1e4, ticks=ticks),),
        y=Upright("error D ε_dyn + ε_rew (units of reward)", span=4),
        anchor=("total",),
        curves=(
            Curve("total", "error", 0),
            Curve("dynamics", "dynamics' part", 1),
            Curve("reward", "reward's part", 2),
        ),
        markers=(Marker("least", 0, "odds"), Marker("misled", 3, "odds_misled")),
        rows=(
            Row("least", "Least error", ac.error(ac.N_d, ac.N_r), 0),
            Row("share", "Best share for dynamics", unit="%"),
            Row("N_dyn", "Dynamics samples"),
            Row("N_rew", "Reward labels", ac.REWARDS_FOR.expression),
            Row("ratio", "Dynamics samples for each label, by Theorem 1", ac.RATIO.expression),
            Row("misled", "Error with the multiplier m times too large", ac.error(ac.M_d, ac.M_r), 3),
            Row("price", "Price of deviating", unit="% more error"),
        ),
    )


# -- fidelity ------------------------------------------------------------------------------------------------

_LOWEST, _HIGHEST = 0.1, 100.0
_low, _high = sp.symbols("lowest highest", positive=True)
_at = {name: sp.Symbol(f"cost_{name}", positive=True) for name in ("power", "floor", "bounded")}
_LAWS = {"power": fc.POWER_NOISE, "floor": fc.FLOOR_NOISE, "bounded": fc.BOUNDED_NOISE}


def _which(cost: sp.Expr) -> sp.Expr:
    """0 for the cheapest label, 1 for one inside the range, 2 for the dearest."""
    return sp.Piecewise((0, cost <= _low), (2, cost >= _high), (1, True))


@cache
def fidelity() -> Figure:
    """What a label should cost, under three laws of how money buys noise away [TSGLH26, Cor. 2].

    The objective Psi, variance times budget, along the cost of a label, with the best cost of each law.
    """
    sliders = (
        Slider("noise_free_variance", "V", "noise-free variance", logarithmic(0.01, 100), 1),
        Slider("noise_factor", "kappa", "noise factor", logarithmic(0.01, 100), 1),
        Slider("fixed_cost", "c_0", "cost before the label", (0.0, *logarithmic(0.01, 100)), 1),
        Slider("amplitude", "A", "noise variance at cost 1", logarithmic(0.01, 100), 10),
        Slider("exponent", "p", "exponent of the power law", linear(0.1, 3, 0.05), 2),
        Slider("floor", "sigma_f", "noise that stays", linear(0, 3, 0.05), 0.5),
        Slider("largest", "sigma_0", "noise of a free label", linear(0, 10, 0.1), 3),
        Slider("noise_free_cost", "c_max", "cost of a perfect label", logarithmic(0.2, 100), 20),
    )
    inputs = (*(slider.code for slider in sliders), "lowest", "highest")
    names = _names(
        *_LAWS.values(), fc.SLOPE, fc.WHICH_END, (fc.POSITIVE_V, fc.POSITIVE_FACTOR, fc.POSITIVE_FIXED)
    )
    names |= {_low: "lowest", _high: "highest", **{symbol: symbol.name for symbol in _at.values()}}
    dearer = fc.WHICH_END.expression.xreplace({fc.b: _low, fc.c: fc.c_max})
    at = Program(
        inputs=inputs,
        names=names,
        steps=(
            Root("cost_power", fc.SLOPE.expression, fc.c, _low, _high),
            Let("cost_floor", sp.Min(_high, sp.Max(_low, fc.FLOOR_OPTIMUM))),
            Let("cost_bounded", sp.Piecewise((fc.c_max, dearer < 0), (_low, True))),
            *(Let(f"least_{name}", fc.psi(law, _at[name])) for name, law in _LAWS.items()),
            Let("which_power", _which(_at["power"])),
            Let("which_floor", _which(_at["floor"])),
            Let("which_bounded", sp.Piecewise((1, _at["bounded"] > _low), (0, True))),
        ),
    )
    noise = {name: sp.Symbol(f"noise_{name}", real=True) for name in _LAWS}
    along = Program(
        inputs=(*inputs, "cost"),
        names=names | {symbol: symbol.name for symbol in noise.values()},
        steps=(
            *(Value(f"noise_{name}", law) for name, law in _LAWS.items()),
            *(Let(f"psi_{name}", fc.objective(noise[name])) for name in _LAWS),
        ),
    )
    said = {"power": "Power law", "floor": "Floor", "bounded": "Bounded"}
    ends = (
        "the cheapest label is best.",
        "the best cost lies inside, at {cost_KEY}.",
        "the dearest label is best.",
    )
    return Figure(
        name="fidelity",
        title="What a label should cost",
        description=(
            "The objective Psi against the cost of a label, both on logarithmic axes, under three laws of"
            " noise. Under the power law and the floor it falls, then rises, with a marked minimum inside;"
            " under bounded noise it is an arch whose left end, the cheapest label, is marked as the best."
        ),
        sliders=sliders,
        fixed={"lowest": _LOWEST, "highest": _HIGHEST},
        at=at,
        along=along,
        axes=(Axis("cost", "c, cost of a label (units of the budget)", "log", _LOWEST, _HIGHEST,
                   lines=(Line("noise_free_cost", "c_max"),)),),
        y=Upright("Ψ, variance times budget", span=5),
        curves=tuple(Curve(f"psi_{name}", said[name].lower(), k) for k, name in enumerate(_LAWS)),
        markers=tuple(Marker(f"least_{name}", k, f"cost_{name}") for k, name in enumerate(_LAWS)),
        rows=tuple(
            Row(f"least_{name}", f"Least Ψ, {said[name].lower()}", fc.psi(law, _at[name]), k)
            for k, (name, law) in enumerate(_LAWS.items())
        ),
        notes=(
            *(
                Note(f"which_{name}", tuple(f"{said[name]}: {end.replace('KEY', name)}" for end in ends))
                for name in ("power", "floor")
            ),
            Note(
                "which_bounded",
                ("Bounded: the arch is lower at its left end, so the cheapest label is best.",
                 "Bounded: the arch is lower at its right end, so the perfect label is best."),
            ),
        ),
    )  # fmt: skip


# -- noise ---------------------------------------------------------------------------------------------------


@cache
def noise() -> Figure:
    """The variance that noisy rewards add, in three forms [TSGLH26, Thm. 2]."""
    sliders = (
        Slider("gamma", "gamma", "discount", (*linear(0, 0.99, 0.01), 0.995, 0.999), 0.9),
        Slider("horizon", "H", "steps of a rollout", whole(1, 1000, also=(50,)), 50),
        Slider("rollouts", "K", "rollouts", whole(1, 10000), 10),
        Slider("sigma", "sigma", "noise, standard deviation", linear(0, 3, 0.05), 1),
        Slider("score_bound", "W", "bound of the score", linear(0, 5, 0.05), 1),
    )
    stops = {slider.code: slider.stops for slider in sliders}
    names = {"paper": "Theorem 2", "sharp": "sharp form", "discounted": "discounted estimator"}
    paper, sharp = sp.symbols("paper sharp", real=True)
    program = Program(
        inputs=tuple(slider.code for slider in sliders),
        names=_names(rn.PAPER) | {paper: "paper", sharp: "sharp"},
        steps=(*(Value(form, rn.FORMS[form]) for form in names), Let("looser", paper / sharp)),
    )
    return Figure(
        name="noise",
        title="The variance that noisy rewards add",
        description=(
            "Three curves of the added variance against the horizon, on logarithmic axes. Theorem 2 and its"
            " sharp form rise in parallel with the horizon, the sharp one nineteen times lower; that of the"
            " discounted estimator stays level."
        ),
        sliders=sliders,
        at=program,
        axes=(
            Axis("horizon", "H, steps of a rollout", "log", 1, 1000, points=stops["horizon"]),
            Axis("gamma", "γ, discount", "linear", 0, 0.999, points=stops["gamma"]),
            Axis("rollouts", "K, rollouts", "log", 1, 10000, points=stops["rollouts"]),
        ),
        y=Upright("added variance (reward² × score²)", span=9),
        curves=tuple(Curve(form, name, k) for k, (form, name) in enumerate(names.items())),
        markers=tuple(Marker(form, k) for k, form in enumerate(names)),
        rows=(
            *(
                Row(form, name[0].upper() + name[1:], rn.FORMS[form].expression, k)
                for k, (form, name) in enumerate(names.items())
            ),
            Row("looser", "Theorem 2 over the sharp form", none="both are 0"),
        ),
    )


# -- curvature -----------------------------------------------------------------------------------------------


@cache
def curvature() -> Figure:
    """The curvature loss that a Lipschitz velocity allows, in two forms [TSGLH26, Prop. 1]."""
    sliders = (Slider("eps", "epsilon", "Lipschitz constant of the velocity", linear(0.01, 1, 0.01), 0.6),)
    sharp, paper = sp.symbols("sharp paper", real=True)
    program = Program(
        inputs=("eps",),
        names=_names(st.SHARP) | {sharp: "sharp", paper: "paper"},
        steps=(
            Value("paper", st.PROPOSITION_1),
            Value("sharp", st.SHARP),
            Let("turn", sp.acos(1 - sharp) * 180 / sp.pi),
            Let("looser", paper / sharp),
            Let("possible", sp.Piecewise((0, paper <= 2), (1, True))),
        ),
    )
    return Figure(
        name="curvature",
        title="How much a trajectory can turn in a step",
        description=(
            "Two rising curves of the largest curvature loss against the Lipschitz constant of the velocity."
            " The sharp bound ends at 1; Proposition 1 lies above it, crosses 2, the largest loss there is,"
            " near 0.83, and leaves the picture."
        ),
        sliders=sliders,
        at=program,
        axes=(Axis("eps", "ε, Lipschitz constant of the velocity", "linear", 0.01, 1),),
        y=Upright("curvature loss 1 − cos", "linear", 0, 4.2),
        levels=(Level(2, "largest possible loss"),),
        curves=(Curve("paper", "Proposition 1", 0), Curve("sharp", "sharp bound", 1)),
        markers=(Marker("paper", 0), Marker("sharp", 1)),
        rows=(
            Row("paper", "Proposition 1", st.PROPOSITION_1.expression, 0),
            Row("sharp", "Sharp bound", st.SHARP.expression, 1),
            Row("turn", "Largest turn of the velocity, by the sharp bound", unit="°"),
            Row("looser", "Proposition 1 over the sharp bound"),
        ),
        notes=(
            Note(
                "possible",
                ("Proposition 1 allows a loss of {paper}, the sharp bound {sharp}.",
                 "Proposition 1 allows {paper}, more than the largest loss there is: it says nothing any"
                 " more. The sharp bound allows {sharp}."),
                "Proposition 1 supposes ε < 1. The sharp bound allows {sharp}.",
            ),
        ),
    )  # fmt: skip
