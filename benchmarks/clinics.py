"""Doctors whose truth is known: ``python -m benchmarks.clinics``.

Clinics of ten doctors with 3 to 240 patients are made up, no outcome set, and fitted with severity as covariate. What is
asked: how often do intervals hold the truth, and how far from it are the poolings?
As in ``coverage``, one evaluation of a distribution function at the truth answers for every level. A doctor's probability of
success theta is a function of the logit alpha that only rises, so a central interval of one holds the truth exactly
where that of the other does. Posteriors are those of the exact engine by weighted quasi-Monte Carlo.
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path

import numpy as np
from scipy import special

from benchmarks.coverage import LEVELS, mean_and_error, rounded
from hbm_lib import seeds
from hbm_lib.draws import versions
from hbm_lib.models import logistic
from hbm_lib.models.logistic import adjusted, many
from hbm_lib.models.logistic.clinic import Truth, as_data, clinics
from hbm_lib.models.logistic.many import ManyPosterior

RESULTS = Path(__file__).parent / "results" / "doctors_clinics.json"
SEED = 20260103
SCALARS = ("mu", "tau", "beta")
METHODS = ("raw", "maximum likelihood", "Firth", "complete pooling", "partial pooling")
PLAN = many.Plan(first=128, aim=0.02)
BINS = ((3, 8), (9, 40), (41, 240))


def position(posterior: ManyPosterior, name: str, truth: np.ndarray | float) -> np.ndarray:
    """Return the posterior distribution function at the truth, of one quantity or of every doctor's logit."""
    return np.asarray(posterior.law(name).cdf(truth))


def estimates(data: logistic.Data, posterior: ManyPosterior) -> dict[str, np.ndarray]:
    """Return every method's probability of success at severity 0 for each doctor: (J,).

    ``raw`` is successes over patients, whoever they were. Where a likelihood runs away the estimate is 0 or 1.
    """
    fits = {"maximum likelihood": adjusted.no_pooling, "Firth": adjusted.firth, "complete pooling": adjusted.complete_pooling}
    found = {"raw": data.successes / data.cases} | {name: special.expit(fit(data).alpha) for name, fit in fits.items()}
    return found | {"partial pooling": posterior.mean("p")}


def fitted(data: logistic.Data) -> ManyPosterior:
    """Return the posterior under the chapter's prior, its means to a fiftieth of a standard deviation."""
    return many.posterior(logistic.random_intercept(), data, PLAN)


def one_clinic(seed: int, which: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit one clinic.

    Returns
    -------
    tuple
        Positions of mu, tau and beta (3,), of the doctors' logits (J,), and squared errors of
        the doctors' probabilities by each method (methods, J); doctors from the smallest case load to the largest.
    """
    (frame, truth), = clinics(seeds.integer(seed, "clinic", which), 1)
    data = as_data(frame)
    posterior = fitted(data)
    order = np.argsort(truth.cases, kind="stable")
    scalars = np.array([np.ravel(position(posterior, name, _true(truth, name)))[0] for name in SCALARS])
    errors = np.array([(p - truth.p) ** 2 for p in estimates(data, posterior).values()])
    return scalars, position(posterior, "alpha", truth.alpha)[order], errors[:, order]


def _true(truth: Truth, name: str) -> np.ndarray | float:
    """Return the true value in the shape of the posterior's."""
    value = getattr(truth, name)
    return np.array([value]) if name == "beta" else value


def loads() -> np.ndarray:
    """Return the doctors' case loads, from small to large: the same in every clinic."""
    return np.sort(clinics(SEED, 1)[0][1].cases)


def groups() -> dict[str, np.ndarray]:
    """Return which doctors, from small loads to large, fall in each bin; all of them under ``all``."""
    cases = loads()
    return {"all": cases > 0} | {f"{low} to {high}": (cases >= low) & (cases <= high) for low, high in BINS}


def study(number: int, seed: int = SEED) -> dict:
    """Measure how often intervals hold the truth, and mean squared errors.

    Parameters
    ----------
    number : int
        How many clinics are made up.
    seed : int
        Of all of them.

    Returns
    -------
    dict
        ``coverage``: for each level the share of clinics whose interval of mu, tau and beta holds the truth, and under
        ``theta`` the share of doctors, overall and by case load. ``mse``: for each method the mean squared error
        of the doctors' probabilities at severity 0, overall and by case load. ``worse``: by how much each method's is
        larger than partial pooling's, overall. Everything with its Monte Carlo error, for which clinics
        are the units.
    """
    scalars, alpha, errors = (np.array(part) for part in zip(*(one_clinic(seed, i) for i in range(number)), strict=True))
    covered = {}
    for level in LEVELS:
        inside = lambda u, level=level: np.abs(u - 0.5) <= level / 2  # noqa: E731
        row = {name: mean_and_error(inside(scalars[:, i])) for i, name in enumerate(SCALARS)}
        row["theta"] = {name: mean_and_error(inside(alpha[:, rows]).mean(1)) for name, rows in groups().items()}
        covered[f"{level:g}"] = row
    each = {name: {which: errors[:, k][:, rows].mean(1) for which, rows in groups().items()} for k, name in enumerate(METHODS)}
    best = each["partial pooling"]["all"]
    return {
        "coverage": covered,
        "mse": {name: {which: mean_and_error(v) for which, v in row.items()} for name, row in each.items()},
        "worse": {name: mean_and_error(row["all"] - best) for name, row in each.items() if name != "partial pooling"},
    }


def measure(number: int, seed: int = SEED) -> dict:
    """Measure everything and say how."""
    start, truth = time.perf_counter(), clinics(seed, 1)[0][1]
    return {
        "what": "simulated clinics with known truth, logistic.random_intercept, exact engine by quasi-Monte Carlo",
        "date": date.today().isoformat(), "seed": seed, "clinics": number,
        "truth": {name: getattr(truth, name) for name in ("mu", "tau", "beta", "mix")}, "cases": loads().tolist(),
        "doctors_in_bin": {name: int(rows.sum()) for name, rows in groups().items()},
        "versions": versions("numpy", "scipy"),
        **rounded(study(number, seed)),
        "seconds": round(time.perf_counter() - start, 1),
    }


def main() -> None:
    """Run, write and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clinics", description=__doc__.splitlines()[0])
    parser.add_argument("--clinics", type=int, default=500)
    parser.add_argument("--dry", action="store_true", help="do not write the result")
    asked = parser.parse_args()
    found = measure(asked.clinics)
    if not asked.dry:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for level, row in found["coverage"].items():
        shown = {name: row[name] for name in SCALARS} | {f"theta, {k} patients": v for k, v in row["theta"].items()}
        print(f"{level} intervals: " + "; ".join(f"{k} {v['value']:.3f} ± {v['error']:.3f}" for k, v in shown.items()))
    for name, row in found["mse"].items():
        print(f"{name}: " + "; ".join(f"{k} {v['value']:.4f} ± {v['error']:.4f}" for k, v in row.items()))
    print(f"{found['seconds']:.0f} s")


if __name__ == "__main__":
    main()
