"""A page that asks for constants and answers with every bound of the return gap: which apply, which is least.

    python -m imagination.catalogue.which_bound

writes it again. The browser computes with the claims' own expressions, printed as in the figures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from pathlib import Path

import sympy as sp

from imagination import interactive
from imagination import quantities as w
from imagination.catalogue import chapter_contents
from imagination.catalogue.chapter_contents import Numbered
from imagination.claim import Claim, Quantity
from imagination.interactive.javascript import claim as printed_claim
from imagination.interactive.javascript import number
from imagination.results.horizon import claims as horizon
from imagination.results.kernels import claims as kernels
from imagination.results.lineage import claims as lineage
from imagination.results.registry import RESULTS
from imagination.results.return_gap import claims as maps
from imagination.sums import GeometricSum

__all__ = ["BOUNDS", "DERIVED", "FILE", "INPUTS", "PRESETS", "TRIVIAL", "Bound", "Input", "fragment", "main"]

FILE = chapter_contents.FOLDER / "_static" / "which-bound.html"
"""What the page includes."""

EPS_TV = Quantity(sp.Symbol("epsilon_TV", real=True), "eps_tv", "largest total variation of next states")
BOTH = Quantity(sp.Symbol("R_both", real=True), "both_width", lineage.BOTH.meaning)


@dataclass(frozen=True)
class Input:
    """A number that the reader may know: its letter (an index after ``_``), what it is, unit and limits."""

    quantity: Quantity
    letter: str
    words: str
    unit: str = ""
    most: float | None = None
    below: float | None = None

    @property
    def code(self) -> str:
        """Its name in programs and in the page's address."""
        return self.quantity.code


INPUTS: Mapping[str, tuple[Input, ...]] = {
    "The task": (
        Input(w.GAMMA, "γ", "discount", "no unit", below=1),
        Input(w.HORIZON, "H", "steps of a rollout", "steps", most=10_000),
        Input(kernels.WIDTH, "R", "largest reward minus smallest", "reward"),
        Input(BOTH, "R_both", "the same, learned rewards included", "reward"),
        Input(w.DIAMETER, "D", "largest distance of two states", "distance"),
    ),
    "Errors of the model": (
        Input(w.EPS_DYN, "ε_dyn", "largest error of a next state", "distance"),
        Input(w.EPS_REW, "ε_rew", "largest error of the reward", "reward"),
        Input(maps.AVERAGE_DYN, "ε̄_dyn", "average along imagined rollouts", "distance"),
        Input(maps.AVERAGE_REW, "ε̄_rew", "average along imagined rollouts", "reward"),
        Input(EPS_TV, "ε_TV", "largest total variation of next states", "no unit", most=1),
        Input(lineage.EPS_M, "ε_m", "largest at any time, expected on real rollouts", "no unit", most=1),
    ),
    "Lipschitz constants": (
        Input(w.LIP_F, "L_f", "of the dynamics", "no unit"),
        Input(w.LIP_R, "L_r", "of the reward", "reward per distance"),
        Input(w.LIP_PI, "L_π", "of the policy", "no unit"),
        Input(w.LIP_F_HAT, "L̂_f", "of the learned dynamics", "no unit"),
        Input(w.LIP_R_HAT, "L̂_r", "of the learned reward", "reward per distance"),
    ),
    "The closed loop, and values": (
        Input(horizon.RHO, "ρ", "Lipschitz constant of the loop, in any one distance", "no unit"),
        Input(horizon.SLOPE, "λ", "that of the reward under the policy", "reward per distance"),
        Input(w.LIP_V, "L_V", "that of the value", "reward per distance"),
        Input(kernels.SPAN, "sp V", "largest value minus smallest", "reward"),
        Input(horizon.STEP_ERROR, "δ", "largest error of a step, in the value", "reward"),
        Input(horizon.ESTIMATE_ERROR, "ε_V", "error of the critic where rollouts end", "reward"),
    ),
}

ABOUT = {
    "endless": "the discounted return |J − Ĵ|",
    "steps": "the return of H steps |J_H − Ĵ_H|",
    "critic": "H imagined steps, then a critic, against the real value",
}
WORLDS = {"maps": "deterministic", "kernels": "stochastic"}


@dataclass(frozen=True)
class Bound:
    """A bound of the return gap.

    Attributes
    ----------
    claim : Claim
        Its value and hypotheses.
    about : str
        Of what it speaks, a key of `ABOUT`.
    worlds : str
        Keys of `WORLDS` for which it is stated, with a space between them.
    supposes, why : str
        Its hypotheses in words, and what it goes by.
    given : mapping
        The input's code for an argument of the claim, where it is another.
    """

    claim: Claim
    about: str
    worlds: str
    supposes: str
    why: str
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The codes of the inputs that are the claim's arguments, in its order."""
        return tuple(self.given.get(code, code) for code in self.claim.arguments)


_SMOOTH = "f, r and π are Lipschitz with these constants; the errors hold at every state and action"
_KERNELS = "kernel and policy are Lipschitz in W1, r is Lipschitz; ε_dyn is the largest W1 distance"
_CAPPED = "; no two states are further apart than D"
_TOTAL = "ε_TV is the largest total variation anywhere; no metric on states, nothing is Lipschitz"
_WORST = "It goes by the worst errors anywhere and by how fast they can grow."
_STEPS = "It adds up H steps, so errors may grow: no contraction is asked for."
_CAP = "It caps by D how far apart two rollouts can ever be, so errors may grow."
_EITHER = "It takes the smoother of the real and the learned side, for dynamics and reward apart."

BOUNDS: tuple[Bound, ...] = (
    Bound(maps.LEMMA_1, "endless", "maps", _SMOOTH, _WORST),
    Bound(maps.EITHER_SIDE, "endless", "maps", f"{_SMOOTH}, hats for the learned pair", _EITHER),
    Bound(maps.BOUNDED_STATES, "endless", "maps", _SMOOTH + _CAPPED, _CAP),
    Bound(
        maps.AVERAGE_ERROR,
        "endless",
        "maps",
        "the real value is L_V-Lipschitz; errors are averages along the imagined rollout",
        "It averages errors where imagination goes, and prices them by the value itself.",
    ),
    Bound(
        horizon.CLOSED_LOOP,
        "endless",
        "maps",
        "where both rollouts stay, the real loop is ρ-Lipschitz and the reward under the policy λ-Lipschitz, "
        "both in the distance in which the errors are measured",
        "It goes by the closed loop, in which feedback tames growth, and averages errors where imagination "
        "goes.",
    ),
    Bound(maps.FINITE_HORIZON, "steps", "maps", _SMOOTH, _STEPS),
    Bound(maps.BOUNDED_STATES_FINITE, "steps", "maps", _SMOOTH + _CAPPED, _CAP),
    Bound(kernels.WASSERSTEIN_BOUND, "endless", "kernels", _KERNELS, _WORST),
    Bound(kernels.EITHER_SIDE, "endless", "kernels", f"{_KERNELS}; hats for the learned pair", _EITHER),
    Bound(kernels.BOUNDED, "endless", "kernels", _KERNELS + _CAPPED, _CAP),
    Bound(kernels.STOCHASTIC_FINITE, "steps", "kernels", _KERNELS, _STEPS),
    Bound(kernels.BOUNDED_FINITE, "steps", "kernels", _KERNELS + _CAPPED, _CAP),
    Bound(
        kernels.SIMULATION_LEMMA,
        "endless",
        "maps kernels",
        _TOTAL,
        "It goes by chances alone, and by how much values differ at most.",
        {"eps_dyn": "eps_tv"},
    ),
    Bound(
        kernels.TIGHT_SIMULATION,
        "endless",
        "maps kernels",
        _TOTAL,
        "It goes by chances alone, and knows that two rollouts that part can lose no more than all.",
        {"eps_dyn": "eps_tv"},
    ),
    Bound(
        lineage.BOTH_IN_RANGE,
        "endless",
        "maps kernels",
        f"{_TOTAL}; real and learned rewards lie in one interval of length R_both",
        "It goes by chances alone, and where rollouts part no reward can err by more than the interval.",
        {"eps_dyn": "eps_tv", "common_width": "both_width"},
    ),
    Bound(
        lineage.LARGEST_MEAN,
        "endless",
        "maps kernels",
        "ε_m is at least the total variation that is expected at each time of the real rollout",
        "It goes by what is expected where the policy goes, at the worst time.",
    ),
    Bound(
        horizon.CONSTANT_ERRORS,
        "critic",
        "maps",
        "along the imagined rollout each step errs by at most δ in the real value, and the critic by at most "
        "ε_V at its end",
        "It stops imagining after H steps, and discounts the critic's error.",
    ),
)
"""Every bound of the book that speaks of how far an imagined return is from the real one."""

_at_most = {maps.AVERAGE_REW.symbol: w.eps_rew, maps.AVERAGE_DYN.symbol: w.eps_dyn}
DERIVED: Mapping[str, tuple[sp.Expr, str]] = {
    "average_dyn": (w.eps_dyn, "the largest error, for want of an average"),
    "average_rew": (w.eps_rew, "the largest error, for want of an average"),
    "span": (kernels.WIDTH.symbol / (1 - w.gamma), "at most R / (1 − γ)"),
    "step_error": (
        sp.cancel((1 - w.gamma) * maps.AVERAGE_ERROR.expression.xreplace(_at_most)),
        "at most ε_rew + γ L_V ε_dyn",
    ),
}
"""What stands in for an input that is not known, and in words."""

OTHER_SIDE = {"L_f": "L_f_hat", "L_r": "L_r_hat", "L_f_hat": "L_f", "L_r_hat": "L_r"}
"""Whose constant may stand for which, in a bound that takes the smaller of the two."""

TRIVIAL: Mapping[str, sp.Expr] = {
    "endless": kernels.WIDTH.symbol / (1 - w.gamma),
    "steps": kernels.WIDTH.symbol * GeometricSum(w.gamma, w.H),
}
"""What rewards within a range of R allow, whatever the model."""

_CLASSIC = {"gamma": 0.95, "L_f": 0.8, "L_r": 1, "L_pi": 0.2, "eps_dyn": 0.01, "eps_rew": 0.01}
_GROWING = {**_CLASSIC, "L_f": 1.2, "L_pi": 0, "diameter": 1, "width": 1}
PRESETS: Mapping[str, Mapping[str, float | str]] = {
    "Chapter 2: errors that die out": _CLASSIC,
    "Chapter 3: errors that grow, among bounded states": _GROWING,
    "Chapter 3: the same for 15 steps": {**_GROWING, "about": "steps", "horizon": 15},
    "Chapter 5: chances that are a little off": {
        "world": "kernels", "gamma": 0.9, "width": 1, "eps_tv": 0.05, "eps_rew": 0,
    },
    "Chapter 16: a loop that feedback tames": {
        "gamma": 0.9, "L_f": 2, "L_r": 1, "L_pi": 1, "eps_dyn": 0.1, "eps_rew": 0, "rho": 0.5, "slope": 1,
    },
    "Chapter 16: a critic after 15 steps": {
        "about": "critic", "gamma": 0.95, "horizon": 15, "step_error": 0.01, "estimate_error": 0.5,
    },
}  # fmt: skip
"""Settings of chapters' examples."""


# -- the page ------------------------------------------------------------------------------------------------


def _inputs() -> tuple[Input, ...]:
    return tuple(each for group in INPUTS.values() for each in group)


def _names() -> dict[sp.Symbol, str]:
    return {each.quantity.symbol: each.code for each in _inputs()}


def _letters(text: str) -> str:
    """A hypothesis's name with letters for codes."""
    for each in sorted(_inputs(), key=lambda each: -len(each.code)):
        text = text.replace(each.code, each.letter)
    return text.replace(" * ", " ").replace("<=", "≤").replace(">=", "≥")


def _condition(name: str, given: Mapping[str, str]) -> str:
    for code, asked in given.items():
        name = name.replace(code, asked)
    return _letters(name)


def _stated(bound: Bound) -> tuple[Numbered, str]:
    """Under which number it stands, and the theorem that proves it in Coq."""
    (result,) = (result for result in RESULTS.values() if bound.claim in result.claims)
    return chapter_contents.results(chapter_contents.chapters())[result.label], result.theorem


def _line(bound: Bound) -> str:
    """A bound for who has no scripts."""
    numbered, _ = _stated(bound)
    link = f"<a href='{escape(numbered.address)}'>{numbered.number} ({escape(bound.claim.name)})</a>"
    return f"<li>{link}: {escape(ABOUT[bound.about])}. {escape(bound.why)}</li>"


def _bound(bound: Bound) -> str:
    """A bound as a JavaScript object."""
    numbered, theorem = _stated(bound)
    said = {
        "name": bound.claim.name,
        "number": numbered.number,
        "address": numbered.address,
        "theorem": theorem,
        "about": bound.about,
        "worlds": bound.worlds.split(),
        "supposes": bound.supposes,
        "why": bound.why,
        "inputs": bound.inputs,
        "conditions": [_condition(h.name, bound.given) for h in bound.claim.hypotheses],
    }
    return f"{{...{_json(said)}, claim: {printed_claim(bound.claim)}}}"


def _function(expression: sp.Expr) -> str:
    """An expression of inputs as a JavaScript function, and the inputs that it needs."""
    names = {symbol: code for symbol, code in _names().items() if symbol in expression.free_symbols}
    codes = sorted(names.values())
    return f"{{needs: {_json(codes)}, value: ({{{', '.join(codes)}}}) => {number(expression, names)}}}"


def _script() -> str:
    derived = ", ".join(
        f"{code}: {{said: {_json(said)}, ...{_function(expression)}}}"
        for code, (expression, said) in DERIVED.items()
    )
    trivial = ", ".join(f"{about}: {_function(expression)}" for about, expression in TRIVIAL.items())
    fields = {
        each.code: {
            "letter": each.letter,
            "words": each.words,
            "unit": each.unit,
            "whole": bool(each.quantity.symbol.is_integer),
            "most": each.most,
            "below": each.below,
        }
        for each in _inputs()
    }
    return "\n".join([
        "(() => {",
        files(interactive).joinpath("numbers.js").read_text(encoding="utf-8"),
        "const bounds = [",
        ",\n".join(map(_bound, BOUNDS)),
        "];",
        f"const derived = {{{derived}}};",
        f"const trivial = {{{trivial}}};",
        f"const otherSide = {_json(OTHER_SIDE)};",
        f"const fields = {_json(fields)};",
        f"const words = {_json({'about': ABOUT, 'world': WORLDS})};",
        f"const presets = {_json(list(PRESETS.values()))};",
        f"{_resource('which_bound.js')}(document.currentScript.parentElement,",
        "  { bounds, derived, otherSide, trivial, fields, words, presets });",
        "})();",
        "",
    ])  # fmt: skip


def _field(each: Input) -> str:
    letter, _, index = each.letter.partition("_")
    shown = f"<i>{letter}</i>{f'<sub>{index}</sub>' if index else ''}"
    return (
        f"<label><span>{shown} {escape(each.words)}</span>"
        f"<input name='{each.code}' inputmode='decimal' autocomplete='off' "
        f"aria-describedby='note-{each.code}'>"
        f"<small id='note-{each.code}'>{escape(each.unit)}</small></label>"
    )


def _select(name: str, words: str, options: Mapping[str, str]) -> str:
    inside = "".join(f"<option value='{escape(k)}'>{escape(v)}</option>" for k, v in options.items())
    return f"<label><span>{words}</span><select name='{name}' autocomplete='off'>{inside}</select></label>"


def fragment() -> str:
    """Return the page's form, its answer, and its script, as a piece of HTML."""
    known = {"": "choose an example", **{str(k): name for k, name in enumerate(PRESETS)}}
    groups = "".join(
        f"<fieldset><legend>{escape(name)}</legend>{''.join(map(_field, group))}</fieldset>"
        for name, group in INPUTS.items()
    )
    return (
        f"<style>\n{_resource('which_bound.css')}</style>\n"
        "<div class='which-bound'>\n"
        "<div class='still'><p>On a screen, with JavaScript, this page answers as you type. It asks these "
        "bounds:</p>"
        f"<ul>{''.join(map(_line, BOUNDS))}</ul></div>\n"
        f"<form hidden><fieldset class='wide'><legend>What for?</legend>"
        f"{_select('preset', 'Begin with', known)}{_select('about', 'Bound', ABOUT)}"
        f"{_select('world', 'The world is', WORLDS)}</fieldset>\n{groups}\n"
        "<button type='reset'>Clear</button><p class='best' role='status'></p></form>\n"
        "<section hidden aria-label='Answer'><p class='why'></p>"
        "<h2>What applies</h2><ol></ol><h2>What does not, and why</h2><ul class='lacks'></ul>"
        "<details><summary>Bounds of something else, or for another world</summary><ul class='apart'></ul>"
        "</details><label><span>A card to copy</span><textarea readonly rows='16'></textarea></label>"
        "<button type='button'>Copy the card</button><span class='copied' role='status'></span></section>\n"
        f"<script>\n{_script()}</script>\n</div>\n"
    )


def _json(value: object) -> str:
    # A page's script ends at the first "</", in a string too.
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def main() -> Path:
    """Write what the page includes."""
    FILE.write_text(fragment(), encoding="utf-8")
    return FILE


if __name__ == "__main__":
    print(main())
