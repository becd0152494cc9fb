"""What calibration ranks and what Geweke's test calls uniform, for groups with their own lines."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.slopes import generative, gibbs
from hbm_lib.models.slopes.spec import Data, Prior

Draws = Mapping[str, np.ndarray]


def ranked(data: Data, prior: Prior) -> Callable[[Draws, np.ndarray], dict[str, np.ndarray]]:
    """Return the function that ``calibration.simulate`` asks for the scalars whose ranks are taken.

    Parameters
    ----------
    data : Data
        Groups and covariate; its y is not used.
    prior : Prior
        Of the model under test.

    Returns
    -------
    callable
        From the truth (R, ...) and data sets (R, n), or from posterior draws
        (R, L, ...) and data sets (R, 1, n), to scalars (R,) or (R, L): the
        hyperparameters, the first group's line, and the log likelihood of the
        whole data set.
    """

    def find(draws: Draws, y: np.ndarray) -> dict[str, np.ndarray]:
        out = {name: draws[name] for name in (*generative.SCALARS, "rho")}
        out |= {"a[0]": draws["a"][..., 0], "b[0]": draws["b"][..., 0]}
        # the axis of the data sets stands where `replicated` has it, last before the rows'
        swapped = {name: np.moveaxis(draws[name], 0, -2) for name in ("a", "b")}
        swapped["sigma"] = np.moveaxis(draws["sigma"], 0, -1)
        log_y = generative.log_likelihood(swapped, data.replicated(y.reshape(-1, data.n_rows)), prior).sum(-1)
        return out | {"log likelihood": np.moveaxis(log_y, -1, 0)}

    return find


def standardized(draws: Draws) -> np.ndarray:
    """Return eta (..., G, 2) with (a, b)_g = (mu, beta) + L eta_g, L the lower Cholesky factor of Sigma."""
    mu, beta, t0, t1, rho = (np.asarray(draws[n])[..., None] for n in ("mu", "beta", "tau_intercept", "tau_slope", "rho"))
    first = (draws["a"] - mu) / t0
    return np.stack([first, ((draws["b"] - beta) / t1 - rho * first) / np.sqrt(1 - rho**2)], -1)


def uniforms(draws: Draws, y: np.ndarray, data: Data, prior: Prior, groups: int = 2) -> dict[str, np.ndarray]:
    """Send what is random through its own distribution function: independent uniforms if all is right.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        Parameters from the joint distribution of parameters and data.
    y : array of shape (K, n)
        One data set for each draw.
    data : Data
        Groups and covariate; its y is not used.
    prior : Prior
        The prior that the parameters were drawn from.
    groups : int
        How many groups' lines are taken, and from each the error of its first row.

    Returns
    -------
    dict of str to array of shape (K,)
        Of the hyperparameters, of the standardized gaps ``intercept0``, ``slope0``, …
        and of the standardized errors ``error0``, … .
    """
    out = {name: getattr(prior, name).cdf(draws[name]) for name in generative.SCALARS}
    out["rho"] = stats.beta(prior.eta, prior.eta).cdf((draws["rho"] + 1) / 2)
    eta = standardized(draws)
    error = (y - generative.line(draws, data)) / draws["sigma"][:, None]
    first = np.unique(data.index, return_index=True)[1]
    for j in range(groups):
        out |= {f"intercept{j}": stats.norm.cdf(eta[:, j, 0]), f"slope{j}": stats.norm.cdf(eta[:, j, 1])}
        out[f"error{j}"] = stats.norm.cdf(error[:, first[j]])
    return {name: np.clip(u, 1e-12, 1 - 1e-12) for name, u in out.items()}


def gibbs_state(draws: Draws, data: Data, prior: Prior) -> gibbs.State:
    """Put draws of every parameter into the state of the model's Gibbs sampler, one chain a draw.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        As from ``generative.draw_prior``.
    data : Data
        Groups and covariate; its y is not used.
    prior : Prior
        Of the model under test.
    """
    scales = (draws[name] for name in (*gibbs.SHAPE, "sigma"))
    return gibbs.State(*scales, np.column_stack([draws["mu"], draws["beta"]]), standardized(draws))
