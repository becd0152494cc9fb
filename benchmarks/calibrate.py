"""The long calibration run: ``python -m benchmarks.calibrate [model] [engine]``.

Writes tests/calibration/results/MODEL.ENGINE.json for each pair named, or for
all. The tests check what is on file, and that the code has not changed since.
"""

import argparse
import time
from pathlib import Path

from benchmarks import calibration_engines as engines
from hbm_lib import seeds
from hbm_lib.diagnostics import calibration
from hbm_lib.diagnostics.calibration_results import Run, fingerprint, save, verdicts
from hbm_lib.draws import versions
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import generative, quantities

RESULTS = Path(__file__).resolve().parents[1] / "tests" / "calibration" / "results"
SEED = 20260101
MODELS = {"noncentered": es.noncentered, "skeptical": es.skeptical, "adaptive_sigmoid": es.adaptive,
          "student_t": es.student_t}
DATA_SETS = {"exact": 1000, "gibbs": 1000, "numpyro": 300, "pymc": 300}
PAIRS = [
    *[(m, e) for m in ("noncentered", "skeptical") for e in ("exact", "gibbs", "numpyro", "pymc")],
    *[("adaptive_sigmoid", e) for e in ("exact", "gibbs")],
    ("student_t", "gibbs"),
]


def calibrate(model, engine, *, data_sets, seed=SEED):
    """Calibrate one model in one engine; return the ``Run``."""
    data, plan, name = es.eight_schools(), engines.PLANS[engine], model.name.rsplit(".", 1)[1]
    prior_rng = seeds.rng(seed, f"{name} prior")
    start = time.perf_counter()
    found, bins = calibration.simulate(
        lambda: generative.draw_prior(prior_rng, data, model.prior, data_sets),
        lambda draws: generative.predict(seeds.rng(seed, f"{name} data"), draws, data, model.prior),
        lambda y: engines.ENGINES[engine](model, data, y, seed, plan),
        quantities.ranked(data, model.prior),
    )
    return Run(
        model=name, engine=engine, form=plan.form, prior=str(model.prior),
        ranks={k: v.tolist() for k, v in found.items()}, bins=bins, seed=seed, tune=plan.tune, thin=plan.thin,
        seconds=time.perf_counter() - start, versions=versions(*engines.PACKAGES[engine]),
        fingerprint=current(model, engine),
    )


def current(model, engine):
    """Return the fingerprint of the code as it is now."""
    return fingerprint(engines.sources(model, engine), str(model.prior), str(engines.PLANS[engine]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?", choices=MODELS)
    parser.add_argument("engine", nargs="?", choices=DATA_SETS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--dry", action="store_true", help="do not write the result")
    asked = parser.parse_args()
    for name, engine in PAIRS:
        if asked.model in (None, name) and asked.engine in (None, engine):
            run = calibrate(MODELS[name](), engine, data_sets=DATA_SETS[engine], seed=asked.seed)
            if not asked.dry:
                save(run, RESULTS)
            print(f"{name}, {engine}: {run.data_sets} data sets in {run.seconds:.0f} s")
            print(verdicts([run]).to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
