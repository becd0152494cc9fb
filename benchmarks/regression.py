"""Regression with groups, measured: `python -m benchmarks regression`.

Effective draws per second of the blocked Gibbs sampler beside NUTS by PyMC (nutpie) and by NumPyro, in one process, in
turn; and what a sweep costs as the rows become many, and how much memory. The measure is the
worst of all parameters: the smallest bulk ESS of any coefficient, offset or variance.
"""

import json
import os
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable, Mapping
from datetime import date
from importlib import import_module, metadata
from pathlib import Path

import arviz_stats
import jax
import numpy as np
import nutpie
from numpyro.infer import MCMC, NUTS
from rich.console import Console

from hbm_lib import fit, seeds
from hbm_lib.models import regression
from hbm_lib.models.regression import gibbs
from hbm_lib.priors import InverseGamma

RESULTS = Path(__file__).parent / "results"
TARGET_ACCEPT = 0.8  # the default of both
PACKAGES = ("numpy", "scipy", "pymc", "nutpie", "numpyro", "jax", "arviz-stats")
SEED, ROWS, GROUPS, COLUMNS = 1981, 20_000, 200, 5
SIZES = (10_000, 100_000, 1_000_000)
MODEL = regression.hierarchical(regression.Prior(0, 0.01, InverseGamma(2, 2), tau2=InverseGamma(2, 1)))
WATCHED = ("beta", "gamma", "sigma2", "tau2")
# engine -> chains and form; Gibbs runs many chains in one sweep, NUTS four. Centered is the form that suits groups of 100 rows
ENGINES = {"gibbs": (256, "blocked"), "gibbs of four chains": (4, "blocked"), "pymc": (4, "centered"),
           "pymc noncentered": (4, "noncentered"), "numpyro": (4, "centered")}


def make(rows: int, groups: int = GROUPS, columns: int = COLUMNS) -> regression.Data:
    """Make up rows in groups drawn at random: an intercept and standard normal columns, sigma 2, tau 1."""
    rng = seeds.rng(SEED, "regression", rows)
    index = np.concatenate([np.arange(groups), rng.integers(groups, size=rows - groups)])
    x = np.column_stack([np.ones(rows), rng.standard_normal((rows, columns - 1))])
    beta, gamma = np.linspace(2, -1, columns), rng.standard_normal(groups)
    return regression.Data(x, x @ beta + gamma[index] + 2 * rng.standard_normal(rows), index)


def smallest(draws: Mapping[str, np.ndarray]) -> tuple[float, str]:
    """Return the smallest bulk ESS of any scalar, and which it is."""
    found = {}
    for name, values in draws.items():
        columns = values[..., None] if values.ndim == 2 else values
        found |= {f"{name}[{k}]": float(arviz_stats.ess(columns[..., k], method="bulk")) for k in range(columns.shape[-1])}
    least = min(found, key=found.get)
    return found[least], least


class _Clocks:
    """Wall and processor seconds since it was made."""

    def __init__(self) -> None:
        self.wall, self.busy = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Return both."""
        return time.perf_counter() - self.wall, time.process_time() - self.busy


def timed(name: str, data: regression.Data, seed: int, draws: int) -> dict[str, object]:
    """Run one engine and return its least ESS per second of drawing, by the wall's clock and by the processor's.

    Gibbs runs through ``fit``. NUTS is compiled first and then timed, so that it is excused its compilation. Warm-up is
    taken off by its share of the sweeps or steps. Processor seconds are those of all threads.
    """
    chains, form = ENGINES[name]
    runs, engine = {"pymc": _pymc, "numpyro": _numpyro}, name.split()[0]
    if engine in runs:
        draw, compiling = runs[engine](data, seed, chains, form, draws)
        clocks = _Clocks()
        found = draw()
        wall, busy = clocks.read()
        share = 0.5
    else:
        compiling, clocks = 0.0, _Clocks()
        tree = fit(MODEL, data, engine="gibbs", seed=seed, draws=draws, tune=50, chains=chains, form=form)
        _, busy = clocks.read()
        wall, share = tree.attrs["seconds"], draws / (draws + 50)
        found = {v: tree["posterior"][v].values for v in WATCHED}
    ess, which = smallest(found)
    return {"ess": ess, "which": which, "draws": chains * draws, "compile_seconds": compiling, "seconds": wall,
            "processor_seconds": busy, "ess_per_second": ess / (wall * share), "ess_per_processor_second": ess / (busy * share)}


def _pymc(data: regression.Data, seed: int, chains: int, form: str, draws: int) -> tuple[Callable[[], dict], float]:
    """Compile with nutpie; return what draws, and the seconds it took to compile."""
    clocks = _Clocks()
    compiled = nutpie.compile_pymc_model(import_module(MODEL.module("pymc")).build(data, MODEL.prior, form))

    def draw() -> dict[str, np.ndarray]:
        tree = nutpie.sample(compiled, draws=draws, tune=draws, chains=chains, seed=seeds.integer(seed, "pymc"),
                             target_accept=TARGET_ACCEPT, progress_bar=False)
        posterior = tree["posterior"] if hasattr(tree, "children") else tree.posterior
        return {v: posterior[v].values for v in WATCHED}

    return draw, clocks.read()[0]


def _numpyro(data: regression.Data, seed: int, chains: int, form: str, draws: int) -> tuple[Callable[[], dict], float]:
    """Compile the whole run; return what draws, and the seconds it took to compile."""
    built, clocks = import_module(MODEL.module("numpyro")).build(data, MODEL.prior, form), _Clocks()

    def sample(key: jax.Array) -> dict[str, jax.Array]:
        mcmc = MCMC(NUTS(built, target_accept_prob=TARGET_ACCEPT), num_warmup=draws, num_samples=draws, num_chains=chains,
                    chain_method="vectorized", progress_bar=False)
        mcmc.run(key, data.y)
        found = mcmc.get_samples(group_by_chain=True)
        return {v: found[v] for v in WATCHED}

    with jax.enable_x64(True):
        key = seeds.jax_key(seed, "numpyro")
        compiled = jax.jit(sample).lower(key).compile()

    def draw() -> dict[str, np.ndarray]:
        with jax.enable_x64(True):
            return {v: np.asarray(values) for v, values in compiled(key).items()}

    return draw, clocks.read()[0]


def race(rounds: int, draws: int, console: Console) -> dict[str, dict[str, object]]:
    """Run every engine once a round, in turn, so that a busy moment hits all alike; return medians and ratios."""
    data = make(ROWS)
    data.sums  # noqa: B018 -- taken once and kept
    found: dict[str, list] = {name: [] for name in ENGINES}
    for i in range(rounds):
        for name, runs in found.items():
            runs.append(timed(name, data, SEED + i, 500 if name.startswith("gibbs") else draws))
            console.print(name, {k: v if isinstance(v, str) else float(f"{v:.4g}") for k, v in runs[-1].items()})
    out = {}
    for name, runs in found.items():
        out[name] = {key: runs[0][key] if isinstance(runs[0][key], str) else float(statistics.median(r[key] for r in runs))
                     for key in runs[0]}
    best = out["gibbs"]
    for row in out.values():
        row |= {"gibbs_times": best["ess_per_second"] / row["ess_per_second"],
                "gibbs_times_by_processor": best["ess_per_processor_second"] / row["ess_per_processor_second"]}
    return out


def sweeps(sizes: tuple[int, ...] = SIZES, times: int = 200, blocks: int = 7) -> dict[str, dict[str, float]]:
    """Time blocked sweeps of four chains on ever more rows of the same 200 groups, sizes in turn; medians of processor time."""
    ready, spent, out = {}, {n: [] for n in sizes}, {}
    for n in sizes:
        data = make(n)
        start = time.perf_counter()
        data.sums  # noqa: B018 -- taken once and kept
        out[str(n)] = {"sums_seconds": time.perf_counter() - start}
        rng = seeds.rng(SEED, "sweeps", n)
        ready[n] = rng, data, gibbs.init(rng, data, MODEL.prior, 4)
    for _ in range(blocks):
        for n, (rng, data, state) in ready.items():
            start = time.process_time()
            for _ in range(times):
                state, _ = gibbs.step(rng, state, data, MODEL.prior, "blocked")
            spent[n].append((time.process_time() - start) / times)
            ready[n] = rng, data, state
    for n in sizes:
        out[str(n)] |= {"milliseconds": 1000 * statistics.median(spent[n])} | memory(n)
    return out


def memory(rows: int) -> dict[str, float]:
    """Measure megabytes of arrays and objects: of the rows alone, and with them at the peak of the sums and 4 x 500 draws."""
    tracemalloc.start()
    try:
        data = make(rows)
        tracemalloc.reset_peak()
        fit(MODEL, data, engine="gibbs", seed=SEED, draws=500, tune=50, form="blocked")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    own = data.x.nbytes + data.y.nbytes + data.index.nbytes
    return {"megabytes_of_rows": own / 2**20, "megabytes_peak": peak / 2**20}


def measure(console: Console, *, quick: bool, rounds: int | None) -> None:
    """Run the race and the sweeps, print them and (unless quick) write the results."""
    busy = os.getloadavg()[0]
    times, draws = (1, 50) if quick else (rounds or 3, 1000)
    if busy > os.cpu_count() / 2:
        console.print(f"This machine is busy (load {busy:.1f} on {os.cpu_count()} cores): trust no second, and ratios with care.")
    found = race(times, draws, console)
    for name, row in found.items():
        console.print(f"{name:>20}: {row['ess_per_second']:>10,.0f} ESS a second (least: {row['which']}); Gibbs "
                      f"{row['gibbs_times']:,.0f} times, by the processor's clock {row['gibbs_times_by_processor']:,.0f} times")
    many = sweeps(times=20 if quick else 200)
    for n, row in many.items():
        console.print(f"{int(n):>9,} rows: {row['milliseconds']:.3f} ms a sweep of four chains, once {row['sums_seconds']:.2f} s "
                      f"of sums; {row['megabytes_peak']:.0f} MB at the peak, of them {row['megabytes_of_rows']:.0f} MB of rows.")
    if quick:
        return
    result = {
        "what": f"regression.hierarchical, {ROWS} rows, {GROUPS} groups, {COLUMNS} columns: least bulk ESS a second",
        "date": date.today().isoformat(), "rounds": times, "draws": draws, "seed": SEED, "cores": os.cpu_count(),
        "load": round(busy, 2), "versions": {"python": platform.python_version()} | {p: metadata.version(p) for p in PACKAGES},
        "engines": _rounded(found), "sweeps": _rounded(many),
    }
    path = RESULTS / "regression.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(f"Written to benchmarks/results/{path.name}.")


def _rounded(rows: dict[str, dict]) -> dict[str, dict]:
    """Return the rows with four digits."""
    return {k: {n: v if isinstance(v, str) else float(f"{v:.4g}") for n, v in row.items()} for k, row in rows.items()}
