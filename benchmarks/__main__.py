"""Measure the engines against each other: `python -m benchmarks [study]`, or `--quick` for a look.

Peers run beside each other in one process, one after the other, several times in
turn; every figure is a median over the repeats, and what is worth comparing is the
ratios. The accuracy asked of everybody is that of PyMC's 4 chains of 1,000 draws:
its MCSE of the means of two scalars or three, E[mu] and E[tau] or their like.
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

from benchmarks.races import RACES, SEED, Race
from benchmarks.regression import measure as measure_regression
from benchmarks.scale import measure as measure_scale
from benchmarks.sweeps import sweep_times

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("numpy", "scipy", "pymc", "nutpie", "numpyro", "jax", "arviz-stats")
NAMES = {"exact": "exact: quadrature", "exact points": "exact: weighted points", "pymc": "PyMC, nutpie",
         "pymc eager": "PyMC, nutpie at its own target", "pymc own": "PyMC, its own NUTS", "numpyro": "NumPyro"} | {
    f"gibbs {form}": f"Gibbs, {form.replace('nonc', 'non-c')}" for form in ("noncentered", "centered", "interwoven")}


def repeat(race: Race, times: int, draws: int) -> list[dict]:
    """Run every engine once a round, in turn, so that a busy moment hits all alike."""
    runners = race.runners(draws)
    return [{name: run(SEED + i) for name, run in runners.items()} for i in range(times)]


def at_equal_accuracy(rounds: list[dict], watch: tuple[str, ...]) -> dict[str, dict]:
    """Return for each engine the seconds to the accuracy of PyMC's run: time goes with the square of the MCSE."""
    median = lambda name, key: statistics.median(r[name][key] for r in rounds)  # noqa: E731
    goal = {q: median("pymc", f"mcse_{q}") for q in watch}
    out = {}
    for name in rounds[0]:
        keys = rounds[0][name]
        row = {key: median(name, key) for key in keys}
        if not name.startswith("exact"):
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


def show(title: str, found: dict[str, dict], watch: tuple[str, ...], console: Console) -> None:
    """Print the table."""
    table = Table(title=f"{title}: seconds to the accuracy of PyMC's run")
    columns = ("engine", "seconds", "with compiling", "times exact", "with compiling",
               *(f"ESS of {q} per s" for q in watch[::-1]))
    for column in columns:
        table.add_column(column, justify="left" if column == "engine" else "right")
    for name, row in found.items():
        if name in NAMES:
            ess = [f"{row[f'ess_{q}_per_second']:,.0f}" if not name.startswith("exact") else "–" for q in watch[::-1]]
            table.add_row(NAMES[name], f"{row['seconds_to_goal']:.4f}", f"{row['seconds_to_goal_with_compilation']:.4f}",
                          f"{row['ratio_to_exact']:,.0f}", f"{row['ratio_to_exact_with_compilation']:,.0f}", *ess)
    console.print(table)


def show_sweeps(found: dict[str, dict], console: Console) -> None:
    """Print what a sweep costs as pupils become many."""
    for n, row in found.items():
        console.print(f"{int(n):>9,} pupils: {row['milliseconds']:.3f} ms a Gibbs sweep of four chains; "
                      f"before it, once, {row['construction_seconds']:.2f} s checks and {row['sums_seconds']:.2f} s sums.")


def rounded(rows: dict[str, dict]) -> dict[str, dict]:
    """Return the rows with four digits."""
    return {k: {n: float(f"{v:.4g}") for n, v in row.items()} for k, row in rows.items()}


def measure(name: str, console: Console, *, quick: bool, rounds: int | None) -> None:
    """Run one study's race, print it and (unless quick) write the results that the performance page shows."""
    race, busy = RACES[name](), os.getloadavg()[0]
    times, draws = (1, 250) if quick else (rounds or race.rounds, 1000)
    console.print(f"{race.title}: {times} round{'s' * (times > 1)}, medians; 4 chains of {draws} draws for NUTS.")
    if busy > os.cpu_count() / 2:
        console.print(f"This machine is busy (load {busy:.1f} on {os.cpu_count()} cores): trust no second, and ratios with care.")
    found = at_equal_accuracy(repeat(race, times, draws), race.watch)
    show(race.title, found, race.watch, console)
    result = {
        "what": race.what, "date": date.today().isoformat(), "rounds": times, "chains": 4, "draws": draws, "seed": SEED,
        "cores": os.cpu_count(), "load": round(busy, 2),
        "versions": {"python": platform.python_version()} | {p: metadata.version(p) for p in PACKAGES},
        "engines": rounded({k: v for k, v in found.items() if k != "goal"}), "goal": rounded(found)["goal"],
    }
    if name == "schools":
        sweeps = sweep_times(sweeps=100) if quick else sweep_times()
        show_sweeps(sweeps, console)
        result["sweeps"] = rounded(sweeps)
    if not quick:
        (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        console.print(f"Written to benchmarks/results/{name}.json.")


def main() -> None:
    """Measure the study named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("study", nargs="?", choices=[*RACES, "regression", "scale"])
    parser.add_argument("--quick", action="store_true", help="one small round, nothing written")
    parser.add_argument("--repeats", type=int, help="rounds; by default five for eight schools, three for the others")
    parser.add_argument("--rows", type=int, default=10**7, help="rows of users in the study 'scale'")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    for name in [options.study] if options.study else [*RACES, "regression", "scale"]:
        if name == "scale":
            measure_scale(Console(), quick=options.quick, rounds=options.repeats, rows=options.rows)
        elif name == "regression":
            measure_regression(Console(), quick=options.quick, rounds=options.repeats)
        else:
            measure(name, Console(), quick=options.quick, rounds=options.repeats)


if __name__ == "__main__":
    main()
