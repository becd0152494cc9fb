"""The long calibration run: ``python -m benchmarks.calibrate [model] [engine]``.

Writes tests/calibration/results/MODEL.ENGINE.json for each pair named, or for
all; a model is named with its family, as in ``schools.partial_pooling``. The tests
check what is on file, and that the code has not changed since.
"""

import argparse
import time
from pathlib import Path

from benchmarks import calibration_engines as engines
from benchmarks.studies import STUDIES, Study
from hbm_lib import seeds
from hbm_lib.diagnostics import calibration
from hbm_lib.diagnostics.calibration_results import Run, fingerprint, save, verdicts
from hbm_lib.draws import versions

RESULTS = Path(__file__).resolve().parents[1] / "tests" / "calibration" / "results"
SEED = 20260101
PAIRS = [(name, engine) for name, study in STUDIES.items() for engine in study.data_sets]


def calibrate(study: Study, engine: str, *, data_sets: int, seed: int = SEED) -> Run:
    """Calibrate one model in one engine; return the ``Run``."""
    data, plan, prior = study.data, study.plans[engine], study.model.prior
    prior_rng = seeds.rng(seed, f"{study.name} prior")
    # of the code as it is loaded, not as it may be by the end
    start, code = time.perf_counter(), current(study, engine)
    found, bins = calibration.simulate(
        lambda: study.generative.draw_prior(prior_rng, data, prior, data_sets),
        lambda draws: study.generative.predict(seeds.rng(seed, f"{study.name} data"), draws, data, prior),
        lambda y: engines.ENGINES[engine](study.model, data, y, seed, plan),
        study.quantities.ranked(data, prior),
    )
    return Run(
        model=study.model.name, engine=engine, form=plan.form, prior=str(prior),
        ranks={k: v.tolist() for k, v in found.items()}, bins=bins, seed=seed, tune=plan.tune, thin=plan.thin,
        seconds=time.perf_counter() - start, versions=versions(*engines.PACKAGES[engine]),
        fingerprint=code,
    )


def current(study: Study, engine: str) -> str:
    """Return the fingerprint of the code as it is now."""
    return fingerprint(engines.sources(study, engine), str(study.model.prior), str(study.plans[engine]))


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibrate", description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?", choices=STUDIES)
    parser.add_argument("engine", nargs="?", choices=engines.ENGINES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--dry", action="store_true", help="do not write the result")
    asked = parser.parse_args()
    for name, engine in PAIRS:
        if asked.model in (None, name) and asked.engine in (None, engine):
            run = calibrate(STUDIES[name], engine, data_sets=STUDIES[name].data_sets[engine], seed=asked.seed)
            if not asked.dry:
                save(run, RESULTS)
            print(f"{name}, {engine}: {run.data_sets} data sets in {run.seconds:.0f} s")
            print(verdicts([run]).to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
