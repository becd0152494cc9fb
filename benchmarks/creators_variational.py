"""Variational inference against the exact posterior of 500 creators: ``python -m benchmarks.creators_variational``.

Runs that the check of the ELBO refuses are measured too, and say so: the book shows what they would have handed out.
"""

import json
import time
from importlib import import_module
from pathlib import Path

import numpy as np

from hbm_lib import fit_exact
from hbm_lib.draws import versions
from hbm_lib.models import creators
from hbm_lib.models.creators import baselines, simulate
from hbm_lib.models.creators.variational import RATE, STEPS
from hbm_lib.protocols.creators.approximations import errors
from hbm_lib.samplers import variational

RESULTS = Path(__file__).parent / "results" / "creators_variational.json"
NOTE = ("mean: root mean square error of posterior means in exact posterior sds; sd: mean ratio of sds; held: exact posterior "
        "probability of the approximation's 95 % interval, on average, and least; refused: what the check of the ELBO said; "
        "coverage: of the true effects. Seconds are those of a busy two-core machine.")
# engine, family, form, seed, Adam's step size (None: the engine's own)
RUNS = (*((e, "mean-field", f, s, None) for s in range(1, 6) for e in ("numpyro", "pymc") for f in ("centered", "noncentered")),
        ("numpyro", "full-rank", "centered", 1, None), ("pymc", "full-rank", "centered", 1, 0.005))


def one_run(
    data: creators.Data, truth: np.ndarray, engine: str, family: str, form: str, seed: int, rate: float | None,
) -> dict[str, object]:
    """Fit once and compare with the exact posterior and, for coverage, with the true effects (N,)."""
    model = creators.partial_pooling()
    rate = RATE[family] if rate is None else rate
    start = time.perf_counter()
    built = import_module(model.module(engine)).build(data, model.prior, form)
    settings = {"family": family, "seed": seed, "draws": 1000, "chains": 4, "steps": STEPS[family], "rate": rate}
    if engine == "pymc":
        draws, elbo = variational.fit_pymc(built, list(model.dims), **settings)
    else:
        draws, elbo = variational.fit_numpyro(built, list(model.dims), data.effect, **settings)
    seconds, refused = time.perf_counter() - start, ""
    try:
        variational.refuse(elbo)
    except variational.NotConvergedError as error:
        refused = str(error)
    gain, noise = variational.trend(elbo)
    low, high = np.quantile(draws["tau"].reshape(-1, data.n_creators), [0.025, 0.975], axis=0)
    return {"engine": engine, "family": family, "form": form, "seed": seed, "steps": STEPS[family], "rate": rate,
            "seconds": round(seconds, 1), "refused": refused, "gain": round(gain, 3), "error": round(noise, 3),
            "elbo": round(float(elbo[-len(elbo) // 20 :].mean()), 3),
            "coverage": float(np.mean((low <= truth) & (truth <= high))),
            "errors": errors(draws, fit_exact(model, data)).round(4).to_dict("index")}


def main() -> None:
    """Measure every run and write the results."""
    df, truth = simulate.generate_experiment_data(42)
    data, runs = baselines.to_data(baselines.no_pooling_estimates(df)), []
    for run in RUNS:
        runs.append(one_run(data, np.asarray(truth["creator_effects"]), *run))
        print({k: v for k, v in runs[-1].items() if k != "errors"}, flush=True)
    runs.sort(key=lambda r: (r["family"], r["engine"], r["form"], r["seed"]))
    out = {"data": "generate_experiment_data(42): 500 creators", "note": NOTE,
           "versions": versions("pymc", "numpyro", "jax", "numpy"), "runs": runs}
    RESULTS.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
