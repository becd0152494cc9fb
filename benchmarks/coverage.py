"""How often intervals hold the truth where it is known: ``python -m benchmarks.coverage``.

Districts are made up with fixed mu, tau and sigma, and fitted under the chapter's prior. A central
interval of probability p holds the truth exactly if the posterior distribution function at the truth
lies in [(1 - p) / 2, (1 + p) / 2], so one evaluation a quantity answers for every level. How far the
poolings are from the truth is told by ``hbm_lib.protocols.schools.districts``.
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
from hbm_lib.models.schools import simulate
from hbm_lib.models.schools.exact import ExactPosterior

RESULTS = Path(__file__).parent / "results" / "schools_coverage.json"
SEED = 20260102
LEVELS = (0.5, 0.9)
BINS = ((2, 4), (5, 11), (12, 30), (31, 90), (91, 300))
SCALARS = ("mu", "tau", "sigma")


def position(posterior: ExactPosterior, name: str, truth: np.ndarray | float) -> np.ndarray | float:
    """Return the posterior distribution function at the truth, of one quantity or of every school's mean."""
    return posterior.law(name).cdf(truth)


def one_district(seed: int, which: int) -> tuple[np.ndarray, np.ndarray]:
    """Fit one district.

    Returns
    -------
    tuple
        Positions of mu, tau and sigma (3,), and of the schools' means (J,), schools from small to large.
    """
    data, truth = simulate.district(seeds.integer(seed, "coverage", which))
    posterior = fit_exact(schools.partial_pooling(), data)
    scalars = np.array([float(position(posterior, name, getattr(truth, name))) for name in SCALARS])
    return scalars, np.asarray(position(posterior, "theta", truth.theta))[np.argsort(truth.sizes, kind="stable")]


def groups() -> dict[str, np.ndarray]:
    """Return which schools, from small to large, fall in each bin of sizes; all of them under ``all``."""
    counts = simulate.sizes()
    return {"all": counts > 0} | {f"{low} to {high}": (counts >= low) & (counts <= high) for low, high in BINS}


def mean_and_error(values: np.ndarray) -> dict[str, float]:
    """Return mean and Monte Carlo standard error of one value a district: (D,)."""
    return {"value": float(values.mean()), "error": float(values.std(ddof=1) / np.sqrt(len(values)))}


def coverage(districts: int, seed: int = SEED) -> dict:
    """Measure how often intervals hold the truth.

    Parameters
    ----------
    districts : int
        How many districts are made up.
    seed : int
        Of all of them.

    Returns
    -------
    dict
        For each level the share of districts whose interval of mu, tau and sigma holds the truth, and for
        ``theta`` the share of schools, overall and by size. Everything with its Monte Carlo error, for which
        districts are the units, since schools of one district share mu, tau and sigma.
    """
    found = [one_district(seed, i) for i in range(districts)]
    scalars, theta = (np.array(part) for part in zip(*found, strict=True))
    covered = {}
    for level in LEVELS:
        inside = lambda u, level=level: np.abs(u - 0.5) <= level / 2  # noqa: E731
        row = {name: mean_and_error(inside(scalars[:, i])) for i, name in enumerate(SCALARS)}
        row["theta"] = {name: mean_and_error(inside(theta[:, rows]).mean(1)) for name, rows in groups().items()}
        covered[f"{level:g}"] = row
    return covered


def rounded(value: object) -> object:
    """Return nested numbers with four digits."""
    if isinstance(value, Mapping):
        return {k: rounded(v) for k, v in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def measure(districts: int, seed: int = SEED) -> dict:
    """Measure everything and say how."""
    start = time.perf_counter()
    truth = simulate.district(seed)[1]
    return {
        "what": "simulated districts with known truth, schools.partial_pooling, exact engine",
        "date": date.today().isoformat(), "seed": seed, "districts": districts,
        "truth": {"mu": truth.mu, "tau": truth.tau, "sigma": truth.sigma}, "sizes": simulate.sizes().tolist(),
        "schools_in_bin": {name: int(rows.sum()) for name, rows in groups().items()},
        "versions": versions("numpy", "scipy"),
        "coverage": rounded(coverage(districts, seed)),
        "seconds": round(time.perf_counter() - start, 1),
    }


def main() -> None:
    """Run, write and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__.splitlines()[0])
    parser.add_argument("--districts", type=int, default=500)
    parser.add_argument("--dry", action="store_true", help="do not write the result")
    asked = parser.parse_args()
    found = measure(asked.districts)
    if not asked.dry:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for level, row in found["coverage"].items():
        shown = {name: row[name] for name in SCALARS} | {f"theta, {k} pupils": v for k, v in row["theta"].items()}
        print(f"{level} intervals: " + "; ".join(f"{k} {v['value']:.3f} ± {v['error']:.3f}" for k, v in shown.items()))
    print(f"{found['seconds']:.0f} s")


if __name__ == "__main__":
    main()
