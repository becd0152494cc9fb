"""Posterior draws for many data sets at once, in each engine: what calibration needs.

Each function takes data sets y, a row each, and returns {name: (R, L, ...)}.
"""

import warnings
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import numpy as np

import hbm_lib
from hbm_lib import fit_exact, seeds
from hbm_lib.samplers.run_chains import run_chains

LIBRARY = Path(hbm_lib.__file__).parent
TARGET_ACCEPT = 0.95


@dataclass(frozen=True)
class Plan:
    """How long each chain runs: ``draws`` kept, ``thin`` sweeps for each, ``tune`` before."""

    draws: int = 99
    thin: int = 1
    tune: int = 0
    form: str = "noncentered"


PLANS = {
    "exact": Plan(),
    "gibbs": Plan(thin=20, tune=400, form="interwoven"),
    "numpyro": Plan(thin=10, tune=1000),
    "pymc": Plan(thin=10, tune=1000),
}
PACKAGES = {"exact": ("numpy", "scipy"), "gibbs": ("numpy", "scipy"), "pymc": ("pymc", "nutpie"), "numpyro": ("numpyro", "jax")}
SAMPLERS = {"gibbs": ("slices", "run_chains"), "pymc": (), "numpyro": ()}


def sources(study, engine):
    """Return the code that decides the ranks: the model's density, its engine, the sampler, the driver here.

    Checks of the data and the table of priors are left out: they change often,
    and the priors' densities are tested one by one.
    """
    model = study.model
    folder = LIBRARY / "models" / model.folder.rsplit(".", 1)[1]
    names = ["generative", model.engines[engine], *(["gibbs"] if engine == "gibbs" else [])]
    parts = [(folder / f"{n}.py", None) for n in dict.fromkeys(names)]
    parts += [(folder / f"{n}.py", part) for n, part in (*study.parts["every"], *study.parts.get(engine, ()))]
    samplers = study.samplers if engine == "exact" else SAMPLERS[engine]
    samplers = [*samplers, *(study.gibbs_samplers if engine == "gibbs" else ())]
    parts += [(LIBRARY / "samplers" / f"{n}.py", None) for n in samplers]
    return [*parts, (Path(__file__), engine)]


def exact(model, data, y, seed, plan):
    rows = [fit_exact(model, replace(data, y=row)).sample(seeds.rng(seed, "exact", i), plan.draws) for i, row in enumerate(y)]
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def gibbs(model, data, y, seed, plan):
    module, prior, many = import_module(model.module("gibbs")), model.prior, data.replicated(y)
    kept, _ = run_chains(
        lambda rng: module.init(rng, many, prior, len(y)),
        lambda rng, state: module.step(rng, state, many, prior, plan.form),
        lambda state: module.record(state, many, prior),
        seeds.rng(seed, "gibbs"), draws=plan.draws, tune=plan.tune, thin=plan.thin,
    )
    return kept


def numpyro(model, data, y, seed, plan):
    """Run one chain for each data set, compiled once; in turn, for side by side all wait for the longest trajectory."""
    import jax
    from numpyro.infer import MCMC, NUTS

    built = import_module(model.module("numpyro")).build(data, model.prior, plan.form)

    def one(given):
        key, row = given
        mcmc = MCMC(NUTS(built, target_accept_prob=TARGET_ACCEPT), num_warmup=plan.tune, thinning=plan.thin,
                    num_samples=plan.draws * plan.thin, num_chains=1, progress_bar=False)
        mcmc.run(key, row)
        found = mcmc.get_samples()
        return {name: found[name] for name in model.dims}

    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keys = jax.random.split(seeds.jax_key(seed, "numpyro"), len(y))
        found = jax.jit(lambda every: jax.lax.map(one, every))((keys, jax.numpy.asarray(y)))
        return {name: np.asarray(v) for name, v in found.items()}


def pymc(model, data, y, seed, plan):
    """Compile once, then exchange the data and run one chain for each data set."""
    import nutpie

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled = nutpie.compile_pymc_model(import_module(model.module("pymc")).build(data, model.prior, plan.form))
        rows = []
        for i, row in enumerate(y):
            tree = nutpie.sample(
                compiled.with_data(y_data=row), draws=plan.draws * plan.thin, tune=plan.tune, chains=1, cores=1,
                seed=seeds.integer(seed, "pymc", i), target_accept=TARGET_ACCEPT, progress_bar=False,
            )
            rows.append({name: tree["posterior"][name].values[0, :: plan.thin] for name in model.dims})
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


ENGINES = {"exact": exact, "gibbs": gibbs, "numpyro": numpyro, "pymc": pymc}
