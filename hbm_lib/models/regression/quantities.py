"""What calibration ranks and what Geweke's test calls uniform, for regression with groups."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.regression import generative, gibbs
from hbm_lib.models.regression.spec import Data, Prior

Draws = Mapping[str, np.ndarray]


def ranked(data: Data, prior: Prior) -> Callable[[Draws, np.ndarray], dict[str, np.ndarray]]:
    """Return the function that ``calibration.simulate`` asks for the scalars whose ranks are taken.

    Parameters
    ----------
    data : Data
        Design and groups; its y is not used.
    prior : Prior
        Of the model under test.

    Returns
    -------
    callable
        From the truth (R, ...) and data sets (R, n), or from posterior draws (R, L, ...) and data sets
        (R, 1, n), to scalars (R,) or (R, L): every coefficient, sigma2, tau2, the offsets of the first and of the
        largest group, the share tau2 / (tau2 + sigma2) and the log likelihood of the whole data set.
    """
    largest = int(np.argmax(data.counts))

    def find(draws: Draws, y: np.ndarray) -> dict[str, np.ndarray]:
        out = {f"beta[{k}]": draws["beta"][..., k] for k in range(data.x.shape[1])}
        out |= {name: draws[name] for name in ("sigma2", "tau2")}
        out |= {f"gamma[{j}]": draws["gamma"][..., j] for j in dict.fromkeys((0, largest))}
        out["icc"] = draws["tau2"] / (draws["tau2"] + draws["sigma2"])
        # the axis of the data sets stands where `replicated` has it, last before the rows'
        swapped = {name: np.moveaxis(draws[name], 0, -2) for name in ("beta", "gamma")}
        swapped["sigma2"] = np.moveaxis(draws["sigma2"], 0, -1)
        log_y = generative.log_likelihood(swapped, data.replicated(y.reshape(-1, data.n_rows)), prior).sum(-1)
        return out | {"log likelihood": np.moveaxis(log_y, -1, 0)}

    return find


def uniforms(draws: Draws, y: np.ndarray, data: Data, prior: Prior, groups: int = 3) -> dict[str, np.ndarray]:
    """Send what is random through its own distribution function: independent uniforms if all is right.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        Parameters from the joint distribution of parameters and data.
    y : array of shape (K, n)
        One data set for each draw.
    data : Data
        Design and groups; its y is not used.
    prior : Prior
        The prior that the parameters were drawn from.
    groups : int
        How many groups' offsets are taken, and from each the error of its first row.

    Returns
    -------
    dict of str to array of shape (K,)
        Of sigma2 and of tau2, of the standardized coefficients ``z0``, …, offsets ``eta0``, … and errors ``error0``, … .
    """
    first = range(min(groups, data.n_groups))
    spread = draws["tau2"] if prior.tau is None else np.sqrt(draws["tau2"])
    out = {"sigma2": prior.sigma2.cdf(draws["sigma2"]), "tau2": prior.of_tau.cdf(spread)}
    z = stats.norm.cdf(generative.standardized(draws, prior))
    out |= {f"z{k}": z[:, k] for k in range(z.shape[1])}
    eta = stats.norm.cdf(draws["gamma"] / np.sqrt(draws["tau2"])[:, None])
    out |= {f"eta{j}": eta[:, j] for j in first}
    error = stats.norm.cdf((y - generative.row_mean(draws, data)) / np.sqrt(draws["sigma2"])[:, None])
    out |= {f"error{j}": error[:, int(np.argmax(data.index == j))] for j in first}
    return {name: np.clip(u, 1e-12, 1 - 1e-12) for name, u in out.items()}


def gibbs_state(draws: Draws, data: Data, prior: Prior) -> gibbs.State:
    """Put draws of every parameter into the state of the model's Gibbs sampler, one chain a draw."""
    return gibbs.State(*(np.asarray(draws[name]) for name in ("beta", "gamma", "sigma2", "tau2")))
