"""The command line of trials and studies: run, say what came out, and with ``--record`` keep the table."""

import argparse
import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from imagination import records
from imagination.checks import whole

__all__ = ["Command", "rounded"]


def rounded(table: pd.DataFrame, digits: int | Mapping[str, int]) -> pd.DataFrame:
    """Keep so many significant digits of every number, or of those of the named columns.

    A record's size is that of its digits, and those beyond an experiment's accuracy do not compress.

    Parameters
    ----------
    table : DataFrame
    digits : int or mapping
        One number for all columns of floats, or one for each column to round.

    Returns
    -------
    DataFrame
        A copy.

    Raises
    ------
    ValueError
        If a number of digits is below 1, or a named column is not there.
    """
    chosen = (
        digits
        if isinstance(digits, Mapping)
        else {str(column): digits for column in table.select_dtypes("float")}
    )
    for name, count in chosen.items():
        if name not in table:
            raise ValueError(f"digits: no column {name!r}; there are: {', '.join(map(str, table))}")
        whole(f"digits for {name!r}", count, least=1)
    return table.assign(
        **{name: [float(f"{x:.{min(count, 17)}g}") for x in table[name]] for name, count in chosen.items()}
    )


@dataclass(frozen=True)
class Command:
    """``python -m imagination.MODULE``: one trial or study on the command line.

    Attributes
    ----------
    module : str
        Full name of the module.
    record : str
        Name under which ``--record`` keeps the table (`imagination.records`).
    run : callable
        ``run(scale, seed=...)``, or ``run(seed=...)`` when there are no scales, gives the table; or several,
        by the end of their records' names: ``{"": ..., "-steps": ...}``.
    say : callable
        What to print of what `run` gave.
    parameters : callable
        ``parameters(scale)``: what the table depends on beside scale and seed.
    scales : mapping
        Scales by name; empty if there is one only.
    default : str
        The scale when none is named.
    options : sequence of str
        Which of ``workers`` and ``store`` the command line takes and hands to `run`.
    compact : callable
        What is kept of each table; everything, unless given.
    violations : callable, optional
        Rows of the one table that break the claim: with any, the exit status is 1.
    unit : str
        What a row is, in the plural.
    """

    module: str
    record: str
    run: Callable[..., Any]
    say: Callable[[Any], str]
    parameters: Callable[[str], Mapping[str, Any]]
    scales: Mapping[str, Any]
    default: str = "full"
    options: Sequence[str] = ()
    compact: Callable[[pd.DataFrame], pd.DataFrame] = pd.DataFrame.copy
    violations: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    unit: str = "problems"

    def __call__(self, arguments: Sequence[str] | None = None) -> int:
        """Run it; return the exit status."""
        chosen = self._parser().parse_args(arguments)
        options = {name: getattr(chosen, name) for name in self.options}
        named = (chosen.scale,) if self.scales else ()
        begun = time.perf_counter()
        found = self.run(*named, seed=chosen.seed, **options)
        seconds = time.perf_counter() - begun
        broken = 0 if self.violations is None else len(self.violations(found))
        print(self.say(found))
        if self.violations is not None:
            print(f"{len(found)} {self.unit}, {broken} violations")
        if chosen.record:
            scale = {"scale": chosen.scale} if self.scales else {}
            spelled = "".join(f" --{name} {value}" for name, value in (scale | {"seed": chosen.seed}).items())
            for suffix, table in ({"": found} if isinstance(found, pd.DataFrame) else found).items():
                records.save(
                    self.record + suffix,
                    self.compact(table),
                    command=f"python -m {self.module}{spelled} --record",
                    parameters=scale | {"seed": chosen.seed} | dict(self.parameters(scale.get("scale", ""))),
                    seconds=seconds,
                    workers=options.get("workers", 1),
                )
        return int(broken > 0)

    def _summary(self) -> str:
        return (inspect.getdoc(self.run) or "").partition("\n")[0]

    def _parser(self) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(prog=f"python -m {self.module}", description=self._summary())
        if self.scales:
            parser.add_argument("--scale", choices=list(self.scales), default=self.default)
        parser.add_argument("--seed", type=int, default=0)
        if "workers" in self.options:
            parser.add_argument("--workers", type=int, default=1)
        if "store" in self.options:
            parser.add_argument("--store", help="folder for finished chunks, so that a killed run continues")
        kept = f"write data/{self.record}* with how they were made"
        parser.add_argument("--record", action="store_true", help=kept)
        return parser
