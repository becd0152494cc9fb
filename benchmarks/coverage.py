"""Coverage and error of the three poolings where the truth is known: ``python -m benchmarks.coverage``.

Districts are made up with fixed mu, tau and sigma, and fitted under the chapter's prior. A central
interval of probability p holds the truth exactly if the posterior distribution function at the truth
lies in [(1 - p) / 2, (1 + p) / 2], so one evaluation a quantity answers for every level.

Bias and variance belong to fixed schools: their true means are kept, and the pupils are drawn anew.
For no and complete pooling both are closed forms; for partial pooling they are measured.
"""

import argparse
import json
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np

from hbm_lib import fit_exact, seeds
from hbm_lib.draws import versions
from hbm_lib.models import schools
from hbm_lib.models.schools import baselines, simulate
from hbm_lib.models.schools.exact import ExactPosterior

RESULTS = Path(__file__).parent / "results" / "schools_coverage.json"
SEED = 20260102
LEVELS = (0.5, 0.9)
POOLINGS = ("no", "complete", "partial")
BINS = ((2, 4), (5, 11), (12, 30), (31, 90), (91, 300))
SCALARS = ("mu", "tau", "sigma")


def position(posterior: ExactPosterior, name: str, truth: np.ndarray | float) -> np.ndarray | float:
    """Return the posterior distribution function at the truth, of one quantity or of every school's mean."""
    return posterior.law(name).cdf(truth)


def one_district(seed: int, which: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit one district.

    Returns
    -------
    tuple
        Positions of mu, tau and sigma (3,), of the schools' means (J,), and errors of the
        three poolings (3, J), schools from small to large.
    """
    data, truth = simulate.district(seeds.integer(seed, "coverage", which))
    order = np.argsort(truth.sizes, kind="stable")
    posterior = fit_exact(schools.partial_pooling(), data)
    scalars = np.array([float(position(posterior, name, getattr(truth, name))) for name in SCALARS])
    estimates = [baselines.no_pooling(data)["estimate"], baselines.complete_pooling(data)["estimate"], posterior.mean("theta")]
    errors = np.array([np.asarray(e) - truth.theta for e in estimates])
    return scalars, np.asarray(position(posterior, "theta", truth.theta))[order], errors[:, order]


def groups() -> dict[str, np.ndarray]:
    """Return which schools, from small to large, fall in each bin of sizes; all of them under ``all``."""
    counts = simulate.sizes()
    return {"all": counts > 0} | {f"{low} to {high}": (counts >= low) & (counts <= high) for low, high in BINS}


def mean_and_error(values: np.ndarray) -> dict[str, float]:
    """Return mean and Monte Carlo standard error of one value a district: (D,)."""
    return {"value": float(values.mean()), "error": float(values.std(ddof=1) / np.sqrt(len(values)))}


def coverage(districts: int, seed: int = SEED) -> dict:
    """Measure how often intervals hold the truth, and the mean squared error of each pooling.

    Parameters
    ----------
    districts : int
        How many districts are made up.
    seed : int
        Of all of them.

    Returns
    -------
    dict
        ``coverage``: for each level the share of districts whose interval of mu, tau and sigma
        holds the truth, and for ``theta`` the share of schools, overall and by size; ``mse``: for each
        pooling, overall and by size, in squared points. Everything with its Monte Carlo error, for which
        districts are the units, since schools of one district share mu, tau and sigma.
    """
    found = [one_district(seed, i) for i in range(districts)]
    scalars, theta, errors = (np.array(part) for part in zip(*found, strict=True))
    covered = {}
    for level in LEVELS:
        inside = lambda u, level=level: np.abs(u - 0.5) <= level / 2  # noqa: E731
        row = {name: mean_and_error(inside(scalars[:, i])) for i, name in enumerate(SCALARS)}
        row["theta"] = {name: mean_and_error(inside(theta[:, rows]).mean(1)) for name, rows in groups().items()}
        covered[f"{level:g}"] = row
    mse = {name: {k: mean_and_error((errors[:, i][:, rows] ** 2).mean(1)) for k, rows in groups().items()}
           for i, name in enumerate(POOLINGS)}
    return {"coverage": covered, "mse": mse}


def fixed_schools(seed: int, which: int, replications: int) -> dict[str, np.ndarray]:
    """Return squared bias and variance of each pooling for the schools of one district, pupils drawn anew.

    Returns
    -------
    dict of str to array of shape (2, J)
        For each pooling squared bias and variance, schools from small to large. Of the measured squared
        bias its own noise is taken off, so that it may fall a little below 0.
    """
    data, truth = simulate.district(seeds.integer(seed, "fixed schools", which))
    rng, model = seeds.rng(seed, "pupils", which), schools.partial_pooling()
    counts, theta = data.counts, truth.theta
    everyone = counts @ theta / counts.sum()
    y = simulate.scores(rng, np.broadcast_to(theta, (replications, len(theta))), counts, truth.sigma)
    school = np.repeat(data.labels, counts)
    means = np.array([fit_exact(model, schools.Data(row, school)).mean("theta") for row in y])
    variance = means.var(0, ddof=1)
    found = {
        "no": np.array([np.zeros(len(theta)), truth.sigma**2 / counts]),
        "complete": np.array([(everyone - theta) ** 2, np.full(len(theta), truth.sigma**2 / counts.sum())]),
        "partial": np.array([(means.mean(0) - theta) ** 2 - variance / replications, variance]),
    }
    return {name: parts[:, np.argsort(counts, kind="stable")] for name, parts in found.items()}


def bias_variance(districts: int, replications: int, seed: int = SEED) -> dict:
    """Average squared bias, variance and their sum over schools of like size, for each pooling.

    Returns
    -------
    dict
        For each pooling and bin of sizes ``bias2``, ``variance`` and ``mse``, each a value with its
        standard error over districts, in squared points.
    """
    found = [fixed_schools(seed, i, replications) for i in range(districts)]
    out: dict[str, dict] = {}
    for name in POOLINGS:
        parts = np.array([f[name] for f in found])
        parts = np.concatenate([parts, parts.sum(1, keepdims=True)], axis=1)
        named = dict(zip(("bias2", "variance", "mse"), np.moveaxis(parts, 1, 0), strict=True))
        out[name] = {k: {what: mean_and_error(part[:, rows].mean(1)) for what, part in named.items()}
                     for k, rows in groups().items()}
    return out


def rounded(value: object) -> object:
    """Return nested numbers with four digits."""
    if isinstance(value, Mapping):
        return {k: rounded(v) for k, v in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def measure(districts: int, fixed: int, replications: int, seed: int = SEED) -> dict:
    """Measure everything and say how."""
    start = time.perf_counter()
    truth = simulate.district(seed)[1]
    return {
        "what": "simulated districts with known truth, schools.partial_pooling, exact engine",
        "date": date.today().isoformat(), "seed": seed, "districts": districts,
        "fixed_districts": fixed, "replications": replications,
        "truth": {"mu": truth.mu, "tau": truth.tau, "sigma": truth.sigma}, "sizes": simulate.sizes().tolist(),
        "schools_in_bin": {name: int(rows.sum()) for name, rows in groups().items()},
        "versions": versions("numpy", "scipy"),
        **rounded(coverage(districts, seed)), "bias_variance": rounded(bias_variance(fixed, replications, seed)),
        "seconds": round(time.perf_counter() - start, 1),
    }


def main() -> None:
    """Run, write and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__.splitlines()[0])
    parser.add_argument("--districts", type=int, default=500)
    parser.add_argument("--fixed", type=int, default=10, help="districts whose schools are kept while pupils are drawn anew")
    parser.add_argument("--replications", type=int, default=200)
    parser.add_argument("--dry", action="store_true", help="do not write the result")
    asked = parser.parse_args()
    found = measure(asked.districts, asked.fixed, asked.replications)
    if not asked.dry:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for level, row in found["coverage"].items():
        shown = {name: row[name] for name in SCALARS} | {f"theta, {k} pupils": v for k, v in row["theta"].items()}
        print(f"{level} intervals: " + "; ".join(f"{k} {v['value']:.3f} ± {v['error']:.3f}" for k, v in shown.items()))
    for name, row in found["bias_variance"].items():
        print(f"{name} pooling, bias² + variance: " + "; ".join(
            f"{k}: {v['bias2']['value']:.2f} + {v['variance']['value']:.2f}" for k, v in row.items()))
    print(f"{found['seconds']:.0f} s")


if __name__ == "__main__":
    main()
