"""NUTS by PyMC (nutpie) and by NumPyro, with one form of draws and statistics."""

import logging
import warnings
from collections.abc import Callable, Sequence

import numpy as np

from hbm_lib import seeds

Result = tuple[dict[str, np.ndarray], dict[str, np.ndarray]]
_PYMC_STATS = {
    "diverging": "diverging", "energy": "energy", "step_size": "step_size", "step_size_bar": "step_size",
    "n_steps": "n_steps", "tree_depth": "tree_depth", "depth": "tree_depth", "mean_tree_accept": "acceptance_rate",
    "acceptance_rate": "acceptance_rate", "lp": "lp", "logp": "lp",
}


def sample_pymc(
    model: object, names: Sequence[str], *, seed: int, draws: int, tune: int, chains: int, target_accept: float
) -> Result:
    """Sample a PyMC model with its default NUTS (nutpie).

    Returns
    -------
    tuple of dict
        Draws ``{name: (chains, draws, …)}`` and statistics, among them
        ``diverging``, ``energy`` and ``n_steps``.
    """
    import pymc as pm

    logging.getLogger("pymc").setLevel(logging.WARNING)
    with warnings.catch_warnings(), model:
        warnings.simplefilter("ignore")
        tree = pm.sample(
            draws=draws, tune=tune, chains=chains, target_accept=target_accept, progressbar=False,
            random_seed=seeds.integer(seed, "pymc"), compute_convergence_checks=False,
        )
    stats = {}
    for name, values in tree["sample_stats"].data_vars.items():
        if name in _PYMC_STATS and values.dims == ("chain", "draw"):
            stats.setdefault(_PYMC_STATS[name], values.values)
    return {n: tree["posterior"][n].values for n in names}, stats


def sample_numpyro(
    model: Callable, names: Sequence[str], *args: object,
    seed: int, draws: int, tune: int, chains: int, target_accept: float,
) -> Result:
    """Sample a NumPyro model with NUTS, chains vectorized.

    Returns
    -------
    tuple of dict
        Draws ``{name: (chains, draws, …)}`` and statistics, among them
        ``diverging``, ``energy`` and ``n_steps``.
    """
    import jax
    from numpyro.infer import MCMC, NUTS

    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mcmc = MCMC(
            NUTS(model, target_accept_prob=target_accept), num_warmup=tune, num_samples=draws,
            num_chains=chains, chain_method="vectorized", progress_bar=False,
        )
        fields = ("diverging", "energy", "num_steps", "accept_prob", "potential_energy", "adapt_state.step_size")
        mcmc.run(seeds.jax_key(seed, "numpyro"), *args, extra_fields=fields)
        found, extra = mcmc.get_samples(group_by_chain=True), mcmc.get_extra_fields(group_by_chain=True)
    stats = {
        "diverging": extra["diverging"], "energy": extra["energy"], "n_steps": extra["num_steps"],
        "acceptance_rate": extra["accept_prob"], "lp": -np.asarray(extra["potential_energy"]),
        "step_size": extra["adapt_state.step_size"],
    }
    return {n: np.asarray(found[n]) for n in names}, {k: np.asarray(v) for k, v in stats.items()}
