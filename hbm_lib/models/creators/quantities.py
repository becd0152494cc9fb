"""What calibration ranks and what Geweke's test calls uniform, for creators within genres."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.creators import generative, gibbs
from hbm_lib.models.creators.spec import Data, Prior

Draws = Mapping[str, np.ndarray]
HYPER = ("mu_global", "sigma_genre", "sigma_creator")


def ranked(data: Data, prior: Prior) -> Callable[[Draws, np.ndarray], dict[str, np.ndarray]]:
    """Return the function that ``calibration.simulate`` asks for the scalars whose ranks are taken.

    Parameters
    ----------
    data : Data
        Creators, genres and standard errors; its effects are not used.
    prior : Prior
        Of the model under test.

    Returns
    -------
    callable
        From the truth (R, ...) and data sets (R, N), or from posterior draws
        (R, L, ...) and data sets (R, 1, N), to scalars (R,) or (R, L): mu_global and both
        scales, the means of the first and of the largest genre, the effects of the least and of the
        most precisely measured creator, and the log likelihood of the whole data set. The last
        one sees a posterior that ignores the data (Modrak et al. 2023,
        "Simulation-based calibration checking with data-dependent test
        quantities", Bayesian Analysis).
    """
    genres = dict.fromkeys((0, int(np.argmax(data.counts))))
    creators = dict.fromkeys((int(np.argmax(data.se)), int(np.argmin(data.se))))

    def find(draws: Draws, y: np.ndarray) -> dict[str, np.ndarray]:
        out = {name: draws[name] for name in HYPER}
        out |= {f"mu_genre[{g}]": draws["mu_genre"][..., g] for g in genres}
        out |= {f"tau[{i}]": draws["tau"][..., i] for i in creators}
        # the axis of the data sets stands where `replicated` has it, last before the creators'
        tau = np.moveaxis(draws["tau"], 0, -2)
        log_y = generative.log_likelihood({"tau": tau}, data.replicated(y.reshape(-1, data.n_creators)), prior).sum(-1)
        return out | {"log likelihood": np.moveaxis(log_y, -1, 0)}

    return find


def uniforms(draws: Draws, y: np.ndarray, data: Data, prior: Prior, groups: int = 3) -> dict[str, np.ndarray]:
    """Send what is random through its own distribution function: independent uniforms if all is right.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        Parameters from the joint distribution of parameters and data.
    y : array of shape (K, N)
        One data set for each draw.
    data : Data
        Creators, genres and standard errors; its effects are not used.
    prior : Prior
        The prior that the parameters were drawn from.
    groups : int
        How many genres are taken, and from each its first creator.

    Returns
    -------
    dict of str to array of shape (K,)
        Of mu_global and both scales; of the standardized means of genres ``genre0``, …; of the
        standardized effects ``creator0``, … and errors ``error0``, … of their first creators.
    """
    first = range(min(groups, data.n_genres))
    at = [int(np.argmax(data.index == g)) for g in first]
    out = {name: getattr(prior, name).cdf(draws[name]) for name in HYPER}
    genre = stats.norm.cdf((draws["mu_genre"] - draws["mu_global"][:, None]) / draws["sigma_genre"][:, None])
    gap = draws["tau"] - draws["mu_genre"][:, data.index]
    creator = stats.norm.cdf(gap / draws["sigma_creator"][:, None])
    error = stats.norm.cdf((y - draws["tau"]) / data.se)
    out |= {f"genre{g}": genre[:, g] for g in first}
    out |= {f"{name}{g}": values[:, i] for name, values in (("creator", creator), ("error", error))
            for g, i in zip(first, at, strict=True)}
    return {name: np.clip(u, 1e-12, 1 - 1e-12) for name, u in out.items()}


def gibbs_state(draws: Draws, data: Data, prior: Prior) -> gibbs.State:
    """Put draws of every parameter into the state of the Gibbs sampler, one chain a draw.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        As from ``generative.draw_prior``.
    data : Data
        Creators, genres and standard errors; its effects are not used.
    prior : Prior
        Of the model under test.
    """
    genre = draws["mu_genre"] - draws["mu_global"][:, None]
    creator = draws["tau"] - draws["mu_genre"][:, data.index]
    return gibbs.State(*(np.asarray(draws[name]) for name in ("sigma_genre", "sigma_creator", "mu_global")), genre, creator)
