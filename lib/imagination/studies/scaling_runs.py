"""How the error of learned models falls with the number of samples: [TSGLH26, §4.1] at the paper's scale.

Each seed has a teacher, data and students of its own. Where the reports leave a choice open, `CHOICES` says
what was taken and `ALTERNATIVES` are run at reduced scale. Every model is measured by all the usual averages
and by suprema, observed and certified, so that no choice of measure needs another run.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from imagination import records
from imagination.lipschitz import climbed_error, difference, jacobian_lipschitz, relu_enclosure
from imagination.models.fitting import Layers
from imagination.models.networks import train
from imagination.trials.recording import rounded
from imagination.trials.sweep import sweep
from imagination.worlds.continuous import UniformBox, norm
from imagination.worlds.teacher import NetworkDynamics, NetworkReward, normal_teacher

__all__ = [
    "ALTERNATIVES",
    "ANCHORS",
    "CHOICES",
    "CURVE",
    "SETTINGS",
    "alternatives",
    "complete",
    "configurations",
    "models",
    "parts",
    "run",
    "save",
    "torch_seed",
    "visit",
]

ANCHORS = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)
"""Numbers of training transitions."""

D_STATE, D_ACTION, WIDTH, HORIZON, VALIDATION = 12, 4, 64, 500, 5_000

SETTINGS: dict[str, Any] = {
    "epochs": 200,
    "batch_size": 256,
    "learning_rate": 1e-3,
    "cooling": False,
    "width": WIDTH,
    "squash": False,
    "states": "rollouts",
    "actions": "uniform",
    "biases": False,
    "curve": [],
    "suprema": True,
}
"""What a configuration may change: `cooling` lets the rate fall along half a cosine, `width` is that of the
student, `states` "rollouts" or "box", `actions` "uniform" or "normal", `biases` of the teacher, `curve` the
epochs after which models are measured besides the last, `suprema` whether these are measured too."""

CHOICES = (
    "Students are plain: two layers, ReLU between, nothing on the output. The reports put a tanh on the "
    "dynamics teacher and none on the student.",
    "States are those that rollouts of 500 steps visit, from a uniform start in [-1, 1]^12, with independent "
    "uniform actions in [-1, 1]^4. The reports give the length and not the actions.",
    "Teachers have no biases: the reports speak of weights only.",
    "Students start as PyTorch's linear layers do, and see data as they are.",
    "A seed's data at one anchor are the first of its data at the next. Validation has rollouts of its own.",
)
"""How we read the reports where they leave a choice open."""

ALTERNATIVES: dict[str, dict[str, Any]] = {
    "as read": {},
    "squashed student": {"squash": True},
    "uniform states": {"states": "box"},
    "normal actions": {"actions": "normal"},
    "teacher with biases": {"biases": True},
}
"""Other readings, by what they change."""

BOX = np.ones(D_STATE + D_ACTION)
"""The certified domain is [-BOX, BOX]: every state that tanh dynamics reach, every uniform action."""


def configurations(
    anchors: Sequence[int] = ANCHORS, seeds: Sequence[int] = range(100), *, size: int = 10, **changes: Any
) -> list[dict[str, Any]]:
    """Return configurations of `models`, small anchors first, `size` seeds each, `SETTINGS` changed."""
    unknown = sorted(set(changes) - set(SETTINGS))
    if unknown:
        raise ValueError(f"changes: {unknown} are no settings; there are {sorted(SETTINGS)}")
    groups = [list(seeds[i : i + size]) for i in range(0, len(seeds), size)]
    return [{"samples": n, "seeds": group, **changes} for n in anchors for group in groups]


def run(
    anchors: Sequence[int] = ANCHORS,
    seeds: Sequence[int] = range(100),
    *,
    size: int = 10,
    workers: int | None = 1,
    store: Any = None,
    progress: bool | None = None,
    scheduler: str | None = None,
    **changes: Any,
) -> pd.DataFrame:
    """Train and measure all models; one row a model (and epoch of its curve).

    `workers`, `store`, `progress` and `scheduler` are those of `sweep`; a chunk holds `size` seeds of one
    anchor.
    """
    return sweep(
        models,
        configurations(anchors, seeds, size=size, **changes),
        seed=0,
        workers=workers,
        store=store,
        progress=progress,
        scheduler=scheduler,
    ).drop(columns="configuration")


def models(configuration: Mapping[str, Any], rng: np.random.Generator | None = None) -> pd.DataFrame:
    """Train and measure the models of some seeds at one anchor.

    All randomness comes from the seeds in the configuration, `rng` is not used: a seed's models are the same
    whichever seeds it is grouped with.
    """
    settings = {**SETTINGS, **configuration}
    seeds, samples = settings["seeds"], settings["samples"]
    dynamics, reward = normal_teacher([(s, 0) for s in seeds], biases=settings["biases"])
    data = visit(dynamics, reward, seeds, samples, settings)
    reference = Reference(dynamics, reward, seeds, settings)
    tables = []
    for quantity, column, squash in (
        ("dynamics", slice(1, None), settings["squash"]),
        ("reward", slice(1), False),
    ):

        def measure(epoch: int, these: slice, students: Layers, quantity: str = quantity) -> None:
            if epoch in settings["curve"]:
                tables.append(reference.averages(students, quantity, these).assign(epoch=epoch))

        students = train(
            data[0],
            data[1][..., column],
            [torch_seed(seed, quantity) for seed in seeds],
            width=settings["width"],
            squash=squash,
            epochs=settings["epochs"],
            batch_size=settings["batch_size"],
            learning_rate=settings["learning_rate"],
            cooling="by epoch" if settings["cooling"] else "never",
            group=len(seeds),
            after_epoch=measure if settings["curve"] else None,
        )
        everything = slice(0, len(seeds))
        last = reference.averages(students, quantity, everything)
        if settings["suprema"]:
            last = last.join(reference.suprema(students, quantity))
        tables.append(last.assign(epoch=settings["epochs"]))
    table = pd.concat(tables, ignore_index=True)
    table.insert(0, "samples", samples)
    return table


# --- data -----------------------------------------------------------------------------------------

TRAINING, VALIDATING, FRESH = 1, 2, 3


def visit(
    dynamics: NetworkDynamics,
    reward: NetworkReward,
    seeds: Sequence[int],
    count: int,
    settings: Mapping[str, Any],
    purpose: int = TRAINING,
) -> tuple[np.ndarray, np.ndarray]:
    """Return `count` transitions of each seed: (C, N, 16) states and actions, (C, N, 13) rewards and states.

    The first transitions are the same whatever `count` is. Single precision.
    """
    rollouts = -(-count // HORIZON)
    by_rollout = settings["states"] == "rollouts"
    # In a box every transition has a start of its own: a rollout of one step.
    starts, steps = (rollouts, HORIZON) if by_rollout else (count, 1)
    state = np.stack([_rng(s, purpose, 0).uniform(-1, 1, (starts, D_STATE)) for s in seeds])
    shape = (starts, steps, D_ACTION)
    actions = np.stack(
        [
            _rng(s, purpose, 1).uniform(-1, 1, shape)
            if settings["actions"] == "uniform"
            else _rng(s, purpose, 1).standard_normal(shape)
            for s in seeds
        ]
    )
    inputs = np.empty((len(seeds), starts, steps, D_STATE + D_ACTION), dtype=np.float32)
    targets = np.empty((len(seeds), starts, steps, 1 + D_STATE), dtype=np.float32)
    for t in range(steps):
        action = actions[:, :, t]
        inputs[:, :, t, :D_STATE], inputs[:, :, t, D_STATE:] = state, action
        targets[:, :, t, 0] = reward(state, action)
        state = dynamics(state, action)
        targets[:, :, t, 1:] = state
    inputs, targets = (
        array.reshape(len(seeds), starts * steps, -1)[:, :count] for array in (inputs, targets)
    )
    return inputs, targets


def _rng(seed: int, *purpose: int) -> np.random.Generator:
    return np.random.default_rng((seed, *purpose))


def torch_seed(seed: int, quantity: str) -> int:
    """The seed of a network, which is another for the dynamics than for the reward."""
    purpose = {"dynamics": 4, "reward": 5}[quantity]
    return int(np.random.SeedSequence((seed, purpose)).generate_state(1)[0])


# --- measures -------------------------------------------------------------------------------------


class Reference:
    """What the students of some seeds are measured against."""

    def __init__(
        self,
        dynamics: NetworkDynamics,
        reward: NetworkReward,
        seeds: Sequence[int],
        settings: Mapping[str, Any],
    ) -> None:
        self.seeds = list(seeds)
        self.teachers: dict[str, NetworkDynamics | NetworkReward] = {"dynamics": dynamics, "reward": reward}
        x, y = visit(dynamics, reward, seeds, VALIDATION, settings, VALIDATING)
        self.validation = (
            x.astype(float),
            {"dynamics": y[..., 1:].astype(float), "reward": y[..., :1].astype(float)},
        )
        self.fresh = visit(dynamics, reward, seeds, 4 * VALIDATION, settings, FRESH)[0].astype(float)

    def averages(self, students: Layers, quantity: str, these: slice) -> pd.DataFrame:
        """Averages over the validation transitions, and the largest error among them."""
        x, y = self.validation[0][these], self.validation[1][quantity][these]
        predicted = _map(students, quantity)(x[..., :D_STATE], x[..., D_STATE:]).reshape(y.shape)
        error = predicted - y
        length = norm(error)
        squares = (error**2).mean(axis=(1, 2))
        return pd.DataFrame(
            {
                "quantity": quantity,
                "seed": self.seeds[these],
                "mean_norm": length.mean(axis=1),
                "rms_norm": np.sqrt((length**2).mean(axis=1)),
                "mse": squares,
                "rmse": np.sqrt(squares),
                "mae": np.abs(error).mean(axis=(1, 2)),
                "max_validation": length.max(axis=1),
                "spread": y.std(axis=1).mean(axis=1),
            }
        )

    def suprema(self, students: Layers, quantity: str) -> pd.DataFrame:
        """Largest errors observed and certified, and Lipschitz constants."""
        student, teacher = _map(students, quantity), self.teachers[quantity]
        count = len(self.seeds)
        states, actions = (
            UniformBox(-side, side) for side in (np.ones((count, D_STATE)), np.ones((count, D_ACTION)))
        )
        rngs = [_rng(seed, 6) for seed in self.seeds]
        box = np.stack([rng.uniform(-1, 1, (4 * VALIDATION, D_STATE + D_ACTION)) for rng in rngs])
        visited = difference(student, teacher, self.fresh[..., :D_STATE], self.fresh[..., D_STATE:])
        in_box = difference(student, teacher, box[..., :D_STATE], box[..., D_STATE:])
        found = climbed_error(
            student, teacher, states, actions, box[:, :4096, :D_STATE], box[:, :4096, D_STATE:]
        )
        near = self.validation[0][:, ::25]
        certified = _certified(students, teacher)
        blocks = np.stack(student.block_lipschitz())
        at_data = jacobian_lipschitz(student, near[..., :D_STATE], near[..., D_STATE:])
        return pd.DataFrame(
            {
                "max_visited": visited.max(axis=1),
                "mean_box": in_box.mean(axis=1),
                "max_box": in_box.max(axis=1),
                "max_searched": np.maximum(found, in_box.max(axis=1)),
                "certified_sup": certified,
                "lipschitz_state": blocks[0],
                "lipschitz_action": blocks[1],
                "lipschitz_observed": at_data,
                "teacher_lipschitz": teacher.lipschitz(),
                "teacher_observed": jacobian_lipschitz(teacher, near[..., :D_STATE], near[..., D_STATE:]),
            }
        )


def _map(students: Layers, quantity: str) -> NetworkDynamics | NetworkReward:
    """The students as maps of state and action."""
    parts = students.parts(D_STATE) | {"activation": "relu"}
    return (
        NetworkReward(**parts) if quantity == "reward" else NetworkDynamics(**parts, squash=students.squash)
    )


def _certified(students: Layers, teacher: NetworkDynamics | NetworkReward) -> np.ndarray:
    """Upper bound of the error on the whole domain, (C,)."""
    hidden = np.concatenate([teacher.hidden_state, teacher.hidden_action], axis=-1)
    if isinstance(teacher, NetworkReward):  # the difference of two ReLU networks is one
        lower, upper = relu_enclosure(
            np.concatenate([students.hidden, hidden], axis=1),
            np.concatenate([students.bias, teacher.bias], axis=1),
            np.concatenate([students.output, -teacher.output], axis=2),
            students.offset - teacher.offset,
            -BOX,
            BOX,
        )
    else:
        low, high = relu_enclosure(*students[:4], -BOX, BOX)
        if students.squash:
            low, high = np.tanh(low), np.tanh(high)
        true = relu_enclosure(hidden, teacher.bias, teacher.output, teacher.offset, -BOX, BOX)
        true_low, true_high = (np.tanh(bound) for bound in true)
        lower, upper = low - true_high, high - true_low
    return norm(np.maximum(np.abs(lower), np.abs(upper)))


# --- the record -----------------------------------------------------------------------------------

CURVE = (1, 2, 5, 10, 20, 50, 100)
"""Epochs after which recorded models are measured, besides the last."""

SHORT = (2_000, 5_000, 10_000, 20_000)
"""Anchors of the alternatives."""


def alternatives(
    anchors: Sequence[int] = SHORT, seeds: Sequence[int] = range(10), **options: Any
) -> pd.DataFrame:
    """Run every reading in `ALTERNATIVES`; the column ``reading`` names it."""
    tables = [
        run(anchors, seeds, **changes, **options).assign(reading=name)
        for name, changes in ALTERNATIVES.items()
    ]
    return pd.concat(tables, ignore_index=True)


def complete(
    table: pd.DataFrame,
    anchors: Sequence[int] = ANCHORS,
    seeds: Sequence[int] = range(100),
    *,
    size: int = 10,
    **options: Any,
) -> pd.DataFrame:
    """Compute what a table of the sweep lacks, and return all of it in the order of `run`.

    A group of `size` seeds at one anchor is computed if any of its models is missing; the rows of the others
    are those of `table`. Options are those of `sweep`.
    """
    made = configurations(anchors, seeds, size=size, curve=list(CURVE))
    there = set(zip(table["samples"], table["seed"], strict=True))
    lacking = [i for i, c in enumerate(made) if not {(c["samples"], s) for s in c["seeds"]} <= there]
    rows = {
        i: table[(table["samples"] == c["samples"]) & table["seed"].isin(c["seeds"])]
        for i, c in enumerate(made)
    }
    if lacking:
        found = sweep(models, made, seed=0, only=lacking, **options)
        rows |= {i: found[found["configuration"] == i] for i in lacking}
    return pd.concat([rows[i] for i in sorted(rows)], ignore_index=True)[list(table.columns)]


def save(record: str, table: pd.DataFrame, options: str, parameters: Mapping[str, Any], **about: Any) -> None:
    """Record a table, with the seven digits that models in single precision have."""
    command = f"python -m imagination.studies.scaling_runs {record}{options}"
    records.save(record, rounded(table, 7), command=command, parameters=parameters, **about)


def parts(record: records.Record) -> list[dict[str, Any]]:
    """Return which runs a record's rows come from; more than one if it was completed."""
    about = {"commit": record.commit, "date": None, "seconds": record.seconds, "workers": record.workers}
    return record.parameters.get("parts") or [about | {"rows": record.rows}]


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a record: ``python -m imagination.studies.scaling_runs RECORD``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("record", choices=["scaling", "scaling-alternatives"])
    parser.add_argument(
        "--seeds", type=int, default=None, help="number of seeds; 100 or, for alternatives, 10"
    )
    parser.add_argument("--anchors", type=int, nargs="+", default=None)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--store", help="folder of finished chunks, to continue a run that was killed")
    parser.add_argument("--scheduler", help="address of a Dask scheduler, to use its workers")
    only = "compute only the models that the record 'scaling' lacks, and keep the others"
    parser.add_argument("--complete", action="store_true", help=only)
    options = parser.parse_args(arguments)
    full = options.record == "scaling"
    if options.complete and not full:
        parser.error("--complete: only the record 'scaling' is completed")
    seeds = options.seeds or (100 if full else 10)
    anchors = options.anchors or (ANCHORS if full else SHORT)
    curve = list(CURVE) if full else []
    parameters = {"anchors": list(anchors), "seeds": seeds, **SETTINGS, "curve": curve}
    spelled = (f" --seeds {options.seeds}" if options.seeds else "") + " --complete" * options.complete
    shared: dict[str, Any] = {"workers": options.workers, "store": options.store, "progress": True}
    shared["scheduler"] = options.scheduler
    start, earlier = perf_counter(), []
    if options.complete:
        earlier = parts(records.describe(options.record))
        table = complete(records.load(options.record), anchors, range(seeds), **shared)
    elif full:
        table = run(anchors, range(seeds), curve=curve, **shared)
    else:
        table = alternatives(anchors, range(seeds), **shared)
    seconds = round(perf_counter() - start, 1)
    if earlier:
        now: dict[str, Any] = {"commit": records.commit(), "date": datetime.now(UTC).date().isoformat()}
        now |= {"seconds": seconds, "workers": options.workers}
        parameters["parts"] = [*earlier, now | {"rows": len(table) - sum(p["rows"] for p in earlier)}]
    total = seconds + sum(p["seconds"] for p in earlier)
    save(options.record, table, spelled, parameters, seconds=total, workers=options.workers)


if __name__ == "__main__":
    # By its own name, so that chunks stored by another program that ran the same task are found.
    from imagination.studies.scaling_runs import main as named

    named()
