"""What calibration ranks of a posterior of drift, and what Geweke's test calls uniform."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.drift import generative, gibbs
from hbm_lib.models.drift.spec import SCALES, Data, Prior

Draws = Mapping[str, np.ndarray]


def ranked(data: Data, prior: Prior) -> Callable[[Draws, np.ndarray], dict[str, np.ndarray]]:
    """Return the function that ``calibration.simulate`` asks for the scalars whose ranks are taken.

    Parameters
    ----------
    data : Data
        Creators, genres, periods and standard errors; its effects are not used.
    prior : Prior
        Of the model under test.

    Returns
    -------
    callable
        From the truth (R, ...) and data sets (R, N), or from posterior draws (R, L, ...) and data sets (R, 1, N), to
        scalars (R,) or (R, L): the hyperparameters, the first genre in the first and last period, the first creator,
        and the log likelihood of the whole data set (Modrak et al. 2023, Bayesian Analysis).
    """

    def find(draws: Draws, y: np.ndarray) -> dict[str, np.ndarray]:
        out = {name: draws[name] for name in prior.names}
        out |= {f"mu_genre[0,{t}]": draws["mu_genre"][..., 0, t] for t in (0, -1)} | {"tau[0]": draws["tau"][..., 0]}
        # the axis of the data sets stands where `replicated` has it, last before the creators'
        tau = np.moveaxis(draws["tau"], 0, -2)
        log_y = generative.log_likelihood({"tau": tau}, data.replicated(y.reshape(-1, data.n_creators)), prior).sum(-1)
        return out | {"log likelihood": np.moveaxis(log_y, -1, 0)}

    return find


def uniforms(draws: Draws, y: np.ndarray, data: Data, prior: Prior, groups: int = 2) -> dict[str, np.ndarray]:
    """Send what is random through its own distribution function: independent uniforms if all is right.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        Parameters from the joint distribution of parameters and data.
    y : array of shape (K, N)
        One data set for each draw.
    data : Data
        Creators, genres, periods and standard errors; its effects are not used.
    prior : Prior
        The prior that the parameters were drawn from.
    groups : int
        How many genres, and of each the first and the last step, and how many creators are taken.

    Returns
    -------
    dict of str to array of shape (K,)
        Of the hyperparameters, and of the standardized ``start0``, ``first0``, ``last0``, ``creator0``, ``error0``, … .
    """
    out = {name: getattr(prior, name).cdf(draws[name]) for name in prior.names}
    start, steps = generative.unwalk(draws)
    each = {"start": start / draws["sigma_genre"][:, None],
            "creator": (draws["tau"] - generative.location(draws, data)) / draws["sigma_creator"][:, None],
            "error": (y - draws["tau"]) / data.se}
    if data.n_periods > 1:
        step = steps / draws["sigma_drift"][:, None, None]
        each |= {"first": step[..., 0], "last": step[..., -1]}
    out |= {f"{name}{j}": stats.norm.cdf(z[:, j]) for name, z in each.items() for j in range(min(groups, z.shape[1]))}
    return {name: np.clip(u, 1e-12, 1 - 1e-12) for name, u in out.items()}


def gibbs_state(draws: Draws, data: Data, prior: Prior) -> gibbs.State:
    """Put draws of every parameter into the state of the Gibbs sampler, one chain a draw.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        As from ``generative.draw_prior``.
    data : Data
        Creators, genres, periods and standard errors; its effects are not used.
    prior : Prior
        Of the model under test.
    """
    scales = np.stack([draws[name] for name in SCALES], 1)
    return gibbs.State(scales, generative.keeps(draws), *(np.asarray(draws[n]) for n in ("mu_global", "mu_genre", "tau")))
