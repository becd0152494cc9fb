"""Measure the engines on eight schools: `python -m benchmarks`, or `--quick` for a look.

Peers run beside each other in one process, one after the other, several times in
turn; every figure is a median over the repeats, and what is worth comparing is the
ratios. The accuracy asked of everybody is that of PyMC's 4 chains of 1,000 draws:
its MCSE of E[mu] and of E[tau].
"""

import argparse
import json
import os
import platform
import statistics
import warnings
from datetime import date
from importlib import metadata
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.engines import exact_run, gibbs_run, numpyro_runs, pymc_runs
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools.gibbs import FORMS

RESULTS = Path(__file__).parent / "results" / "eight_schools.json"
SEED = 1981
PACKAGES = ("numpy", "scipy", "pymc", "nutpie", "numpyro", "jax", "arviz-stats")
TITLES = {"exact": "exact: quadrature", "pymc": "PyMC, nutpie", "numpyro": "NumPyro"} | {
    f"gibbs {form}": f"Gibbs, {form.replace('nonc', 'non-c')}" for form in FORMS}


def repeat(times: int, draws: int) -> list[dict]:
    """Run every engine once a round, in turn, so that a busy moment hits all alike."""
    model, data = es.noncentered(), es.eight_schools()
    pymc, numpyro = pymc_runs(model, data, draws), numpyro_runs(model, data, draws)
    rounds = []
    for i in range(times):
        found = {"exact": exact_run(model, data), "pymc": pymc(SEED + i), "numpyro": numpyro(SEED + i)}
        found |= {f"gibbs {form}": gibbs_run(model, data, form, 5 * draws, SEED + i) for form in FORMS}
        rounds.append(found)
    return rounds


def at_equal_accuracy(rounds: list[dict]) -> dict[str, dict]:
    """Return for each engine the seconds to the accuracy of PyMC's run: time goes with the square of the MCSE."""
    median = lambda name, key: statistics.median(r[name][key] for r in rounds)  # noqa: E731
    goal = {q: median("pymc", f"mcse_{q}") for q in ("mu", "tau")}
    out = {}
    for name in rounds[0]:
        keys = rounds[0][name]
        row = {key: median(name, key) for key in keys}
        if name != "exact":
            # warm-up is paid once; drawing goes on until the worse of the two means is as good as the goal
            more = max((row[f"mcse_{q}"] / goal[q]) ** 2 for q in goal)
            row["seconds_to_goal"] = row["warm_up_seconds"] + row["sampling_seconds"] * more
            row["seconds_to_goal_with_compilation"] = row["seconds_to_goal"] + row.get("compile_seconds", 0.0)
        else:
            row["seconds_to_goal"] = row["seconds_to_goal_with_compilation"] = row["seconds"]
        out[name] = row
    base = out["exact"]["seconds_to_goal"]
    for row in out.values():
        row["ratio_to_exact"] = row["seconds_to_goal"] / base
        row["ratio_to_exact_with_compilation"] = row["seconds_to_goal_with_compilation"] / base
    out["goal"] = {f"mcse_{q}": v for q, v in goal.items()}
    return out


def show(found: dict[str, dict], console: Console) -> None:
    """Print the table."""
    table = Table(title="Eight schools, model 1: seconds to the accuracy of PyMC's run")
    for column in ("engine", "seconds", "with compilation", "times the exact", "with compilation", "ESS of tau per second"):
        table.add_column(column, justify="left" if column == "engine" else "right")
    for name, title in TITLES.items():
        row = found[name]
        ess = f"{row['ess_tau_per_second']:,.0f}" if "ess_tau_per_second" in row else "not Monte Carlo"
        table.add_row(title, f"{row['seconds_to_goal']:.4f}", f"{row['seconds_to_goal_with_compilation']:.4f}",
                      f"{row['ratio_to_exact']:,.0f}", f"{row['ratio_to_exact_with_compilation']:,.0f}", ess)
    console.print(table)


def main() -> None:
    """Run, print, and (unless --quick) write the results that the performance page shows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small round, nothing written")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    times, draws = (1, 250) if options.quick else (options.repeats, 1000)
    console = Console()
    console.print(f"{times} round{'s' * (times > 1)}, medians; 4 chains of {draws} draws for NUTS.")
    found = at_equal_accuracy(repeat(times, draws))
    show(found, console)
    if options.quick:
        return
    rounded = {k: {n: float(f"{v:.4g}") for n, v in row.items()} for k, row in found.items()}
    result = {
        "what": "eight schools, model 1, non-centered; medians over rounds in one process",
        "date": date.today().isoformat(), "rounds": times, "chains": 4, "draws": draws, "seed": SEED,
        "cores": os.cpu_count(), "versions": {"python": platform.python_version()} | {p: metadata.version(p) for p in PACKAGES},
        "engines": {k: v for k, v in rounded.items() if k != "goal"}, "goal": rounded["goal"],
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(f"Written to benchmarks/results/{RESULTS.name}.")


if __name__ == "__main__":
    main()
