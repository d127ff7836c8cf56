import json
import subprocess
import sys

import pytest

from imagination.__main__ import main
from imagination.decide.planner import plan, read_pilot


@pytest.fixture
def pilot(tmp_path):
    rows = ["quantity,samples,error"]
    for seed, factor in enumerate((0.97, 1.0, 1.02, 0.99)):
        rows += [f"dynamics,{n},{factor * 0.5 * n**-0.2}" for n in (300, 1000, 3000, 10_000)]
        rows += [f"reward,{n},{(2 - factor) * 20 * n**-0.7 * (1 + 0.01 * seed)}" for n in (300, 1000, 3000)]
    path = tmp_path / "pilot.csv"
    path.write_text("\n".join(rows))
    return path


@pytest.fixture
def ask(pilot, tmp_path, monkeypatch, capsys):
    """Run the planner with the pilot and these options; return its status and what it printed."""
    monkeypatch.chdir(tmp_path)

    def asked(*options, path=pilot, prices=("--budget", "1e5", "--cost-dyn", "1", "--cost-rew", "5")):
        status = main(["plan", str(path), *prices, "--replicates", "100", *options])
        return status, *capsys.readouterr()

    return asked


def test_a_plan_is_printed_and_leaves_no_file(ask, tmp_path):
    status, printed, complaint = ask("--multiplier", "3")
    assert status == 0 and complaint == ""
    assert "How to split a budget of 100,000" in printed and "half the budget each" in printed
    assert "Figure" not in printed
    assert [path.name for path in tmp_path.iterdir()] == ["pilot.csv"]


def test_a_plan_is_drawn_where_it_is_asked_for(ask, tmp_path):
    status, printed, complaint = ask("--multiplier", "3", "--figure", "plan.png")
    assert status == 0 and complaint == ""
    assert printed.endswith("\nFigure: plan.png\n")
    assert (tmp_path / "plan.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("figure", ["nowhere/plan.png", "plan.pdf", "."])
def test_a_plan_outlives_its_figure(ask, figure):
    _, plain, _ = ask("--multiplier", "3")
    status, printed, complaint = ask("--multiplier", "3", "--figure", figure)
    assert status == 1 and printed.startswith(plain.rstrip("\n"))
    assert f"Warning: figure: {figure} was not written" in printed and figure in complaint
    status, printed, _ = ask("--multiplier", "3", "--figure", figure, "--json")
    answer = json.loads(printed)
    assert status == 1 and answer["figure"] is None and figure in answer["warnings"][-1]


def test_json_is_the_functions_answer(ask, pilot, tmp_path):
    import numpy as np

    status, printed, _ = ask("--multiplier", "3", "--json", "--figure", "mine.svg", "--seed", "4")
    answer = json.loads(printed)
    made = plan(
        read_pilot(pilot), budget=1e5, cost_dyn=1, cost_rew=5, multiplier=3, replicates=100,
        rng=np.random.default_rng(4),
    )  # fmt: skip
    assert status == 0 and answer.pop("figure") == "mine.svg"
    assert answer == json.loads(json.dumps(made.to_dict()))
    assert "<svg" in (tmp_path / "mine.svg").read_text()


def test_a_plan_for_a_policy(ask, tmp_path):
    status, printed, _ = ask("--objective", "regret", "--kappa-dyn", "6", "--kappa-rew", "2", "--json")
    given = json.loads(printed)
    assert status == 0 and (given["objective"], given["multiplier"], given["kappas"]) == ("regret", 3, None)
    rows = ["quantity,error,regret"]
    rows += [
        f"{name},{e},{kappa * e**2}"
        for name, kappa in (("dynamics", 6), ("reward", 2))
        for e in (0.1, 0.3, 0.2)
    ]
    (tmp_path / "regrets.csv").write_text("\n".join(rows))
    status, printed, _ = ask("--objective", "regret", "--regrets", "regrets.csv", "--json")
    measured = json.loads(printed)
    assert status == 0 and measured["kappas"]["dynamics"]["runs"] == 3
    assert measured["split"] == given["split"] and measured["kappa_dyn"] == pytest.approx(6)
    _, printed, _ = ask("--objective", "regret", "--regrets", "regrets.csv", "--labels-on-visited")
    assert printed.startswith("Return lost for each squared error") and "reward    2 [2, 2]" in printed
    for options, said in (
        ((), "--objective regret: give --kappa-dyn and --kappa-rew, or --regrets"),
        (("--kappa-dyn", "6"), "give --kappa-dyn and --kappa-rew"),
        (("--kappa-dyn", "6", "--regrets", "regrets.csv"), "leave out --kappa-dyn"),
        (("--regrets", "nowhere.csv"), "nowhere.csv: No such file"),
        (("--kappa-dyn", "6", "--kappa-rew", "2", "--multiplier", "3"), "multiplier: 3.0 weighs errors"),
    ):
        status, _, complaint = ask("--objective", "regret", *options)
        assert status == 2 and said in complaint


def test_constants_for_the_multiplier(ask):
    constants = ("--gamma", "0.5", "--L-f", "0.5", "--L-r", "2", "--L-pi", "1")
    status, printed, _ = ask(*constants)
    assert status == 0 and "multiplier 4)" in printed
    status, printed, _ = ask(*constants, "--multiplier", "1")
    assert "Theorem 1 with global constants (multiplier 4)" in printed
    status, printed, _ = ask(*constants, "--L-f", "2", "--multiplier", "1")
    assert status == 0 and "Warning: constants: the rule of Theorem 1 is left out" in printed


@pytest.mark.parametrize(
    "options, message",
    [
        ((), "give --multiplier, or all of --gamma"),
        (("--gamma", "0.9", "--L-f", "1"), "missing: --L-r, --L-pi"),
        (("--multiplier", "-3"), "multiplier must be finite and > 0, got -3"),
        (("--gamma", "0.9", "--L-f", "2", "--L-r", "1", "--L-pi", "0"), "fails for"),
        (("--multiplier", "3", "--seed", "-1"), "--seed: -1"),
    ],
)
def test_bad_options_are_told_and_end_with_2(ask, options, message):
    status, printed, complaint = ask(*options)
    assert status == 2 and printed == ""
    assert message in complaint and complaint.startswith("imagination plan: ")
    assert "Traceback" not in complaint


@pytest.mark.parametrize(
    "content, message",
    [
        ("quantity,samples\ndynamics,1\n", "no column 'error'"),
        ("quantity,samples,error\ndynamics,10,1\nreward,10,1\n", "1 different sample sizes"),
        ("quantity,samples,error\ndynamics,10,-1\n", "error: -1 in measurement 1"),
        ("", "not a CSV file"),
        (
            "quantity,samples,error\n"
            + "".join(f"{q},{n},{n}\n" for q in ("dynamics", "reward") for n in (1, 2, 3)),
            "do not fall",
        ),
    ],
)
def test_bad_pilots_are_told_and_end_with_2(ask, tmp_path, content, message):
    path = tmp_path / "bad.csv"
    path.write_text(content)
    status, printed, complaint = ask("--multiplier", "3", path=path)
    assert status == 2 and printed == "" and message in complaint


def test_a_missing_file(ask, tmp_path):
    status, _, complaint = ask("--multiplier", "3", path=tmp_path / "none.csv")
    assert status == 2 and "none.csv" in complaint


def test_the_module_runs_and_ends_without_a_traceback(tmp_path):
    command = [sys.executable, "-m", "imagination", "plan", "none.csv", "--budget", "1", "--cost-dyn", "1"]
    done = subprocess.run([*command, "--cost-rew", "1"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == ""
    assert "none.csv" in done.stderr and "Traceback" not in done.stderr
