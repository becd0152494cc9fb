"""One timed run of each engine: seconds by phase, and how accurate the means came out."""

import logging
import time
from collections.abc import Callable
from importlib import import_module

import arviz_stats
import jax
import numpy as np
import nutpie
import pymc as pm
from numpyro.infer import MCMC, NUTS

from hbm_lib import fit_exact, seeds
from hbm_lib.model import Model
from hbm_lib.samplers.run_chains import run_chains

CHAINS, TARGET_ACCEPT = 4, 0.95
NUTPIE_OWN = 0.8
_ENOUGH = 20.0


def accuracy(watched: dict[str, np.ndarray], seconds: float) -> dict[str, float]:
    """Return MCSE of the mean, and effective draws in all and per second, of each scalar, and of the slowest one."""
    out = {}
    for name, draws in watched.items():
        draws = draws.reshape(draws.shape[:2])  # a vector of one entry is a scalar
        ess = float(arviz_stats.ess(draws, method="bulk"))
        out |= {f"mcse_{name}": float(arviz_stats.mcse(draws, method="mean")),
                f"ess_{name}": ess, f"ess_{name}_per_second": ess / seconds}
    return out | {"least_ess_per_second": min(out[f"ess_{name}_per_second"] for name in watched)}


def exact_run(
    model: Model, data: object, names: tuple[str, ...], checked: bool, times: int = 20, find: Callable = fit_exact,
) -> dict[str, float]:
    """Time the posterior with its means and sds, and if asked their error estimates; the median of a few, for it is short."""
    seconds, intervals, begun = [], [], time.perf_counter()
    for _ in range(times):
        start = time.perf_counter()
        posterior = find(model, data)
        moments = [(posterior.mean(n), posterior.sd(n), posterior.error(n) if checked else None) for n in names]
        seconds.append(time.perf_counter() - start)
        for name in names:
            posterior.quantile(name, 0.025), posterior.quantile(name, 0.975)
        intervals.append(time.perf_counter() - start)
        if time.perf_counter() - begun > _ENOUGH:
            break
    error = max(np.max(m[2] if checked else posterior.error(n)) for n, m in zip(names, moments, strict=True))
    return {"seconds": float(np.median(seconds)), "seconds_with_intervals": float(np.median(intervals)), "error": float(error)}


def gibbs_run(
    model: Model, data: object, watch: tuple[str, ...], form: str, draws: int, seed: int, tune: int = 500,
) -> dict[str, float]:
    """Time the Gibbs sampler in one form: four chains in one sweep."""
    rng, prior, gibbs = seeds.rng(seed, "gibbs"), model.prior, import_module(model.module("gibbs"))
    step = lambda r, s: gibbs.step(r, s, data, prior, form)  # noqa: E731
    state = gibbs.init(rng, data, prior, CHAINS)
    start = time.perf_counter()
    for _ in range(tune):
        state, _ = step(rng, state)
    warmed = time.perf_counter()
    kept, _ = run_chains(lambda _: state, step, lambda s: gibbs.record(s, data, prior), rng, draws=draws, tune=0)
    done = time.perf_counter()
    return {"warm_up_seconds": warmed - start, "sampling_seconds": done - warmed} | accuracy(
        {name: kept[name] for name in watch}, done - warmed)


def pymc_runs(
    model: Model, data: object, watch: tuple[str, ...], draws: int, target_accept: float = TARGET_ACCEPT,
) -> Callable[[int], dict[str, float]]:
    """Return a function of the seed that compiles anew, then samples with nutpie."""
    def run(seed: int) -> dict[str, float]:
        start = time.perf_counter()
        built = import_module(model.module("pymc")).build(data, model.prior, model.form)
        compiled = nutpie.compile_pymc_model(built)
        ready = time.perf_counter()
        tree = nutpie.sample(compiled, draws=draws, tune=draws, chains=CHAINS, seed=seeds.integer(seed, "pymc"),
                             target_accept=target_accept, progress_bar=False)
        seconds = time.perf_counter() - ready
        posterior = tree["posterior"] if hasattr(tree, "children") else tree.posterior
        return _nuts(ready - start, seconds, {name: posterior[name].values for name in watch})
    return run


def own_runs(model: Model, data: object, watch: tuple[str, ...], draws: int) -> Callable[[int], dict[str, float]]:
    """Return a function of the seed that compiles anew, then samples with PyMC's own NUTS instead of nutpie."""
    def run(seed: int) -> dict[str, float]:
        logging.getLogger("pymc").setLevel(logging.ERROR)
        start = time.perf_counter()
        with import_module(model.module("pymc")).build(data, model.prior, model.form):
            step = pm.NUTS(target_accept=TARGET_ACCEPT)
            ready = time.perf_counter()
            tree = pm.sample(draws=draws, tune=draws, chains=CHAINS, step=step, random_seed=seeds.integer(seed, "own"),
                             progressbar=False, compute_convergence_checks=False)
        seconds = time.perf_counter() - ready
        return _nuts(ready - start, seconds, {name: tree["posterior"][name].values for name in watch})
    return run


def numpyro_runs(model: Model, data: object, watch: tuple[str, ...], draws: int) -> Callable[[int], dict[str, float]]:
    """Return a function of the seed that compiles the whole run anew, then samples.

    NumPyro compiles its loop on every ``run``; put inside one jitted function it is
    compiled once, so that compilation and sampling can be told apart.
    """
    built = import_module(model.module("numpyro")).build(data, model.prior, model.form)
    y, = data.observed().values()

    def sample(key: jax.Array) -> dict[str, jax.Array]:
        mcmc = MCMC(NUTS(built, target_accept_prob=TARGET_ACCEPT), num_warmup=draws, num_samples=draws,
                    num_chains=CHAINS, chain_method="vectorized", progress_bar=False)
        mcmc.run(key, y)
        found = mcmc.get_samples(group_by_chain=True)
        return {name: found[name] for name in watch}

    def run(seed: int) -> dict[str, float]:
        key = seeds.jax_key(seed, "numpyro")
        with jax.enable_x64(True):
            start = time.perf_counter()
            compiled = jax.jit(lambda k: sample(k)).lower(key).compile()
            ready = time.perf_counter()
            watched = {name: np.asarray(v) for name, v in compiled(key).items()}
            seconds = time.perf_counter() - ready
        return _nuts(ready - start, seconds, watched)
    return run


def _nuts(compiling: float, seconds: float, watched: dict[str, np.ndarray]) -> dict[str, float]:
    """Put a NUTS run's numbers together: half of its steps are warm-up, and warm-up is paid once."""
    return {"compile_seconds": compiling, "warm_up_seconds": seconds / 2, "sampling_seconds": seconds / 2} | accuracy(
        watched, seconds / 2)
