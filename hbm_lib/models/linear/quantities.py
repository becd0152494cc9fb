"""What calibration ranks and what Geweke's test calls uniform, for linear regression."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.linear import generative, gibbs
from hbm_lib.models.linear.spec import Data, Prior

Draws = Mapping[str, np.ndarray]


def ranked(data: Data, prior: Prior) -> Callable[[Draws, np.ndarray], dict[str, np.ndarray]]:
    """Return the function that ``calibration.simulate`` asks for the scalars whose ranks are taken.

    Parameters
    ----------
    data : Data
        The columns; its y is not used.
    prior : Prior
        Of the model under test.

    Returns
    -------
    callable
        From the truth (R, ...) and data sets (R, n), or from posterior draws (R, L, ...) and data sets
        (R, 1, n), to scalars (R,) or (R, L): every coefficient, sigma2, and the log likelihood of the
        whole data set.
    """

    def find(draws: Draws, y: np.ndarray) -> dict[str, np.ndarray]:
        out = {f"beta[{j}]": draws["beta"][..., j] for j in range(data.n_columns)} | {"sigma2": draws["sigma2"]}
        # the axis of the data sets stands where `replicated` has it, last before the rows'
        swapped = {"beta": np.moveaxis(draws["beta"], 0, -2), "sigma2": np.moveaxis(draws["sigma2"], 0, -1)}
        log_y = generative.log_likelihood(swapped, data.replicated(y.reshape(-1, data.n_rows)), prior).sum(-1)
        return out | {"log likelihood": np.moveaxis(log_y, -1, 0)}

    return find


def uniforms(draws: Draws, y: np.ndarray, data: Data, prior: Prior, rows: int = 3) -> dict[str, np.ndarray]:
    """Send what is random through its own distribution function: independent uniforms if all is right.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        Parameters from the joint distribution of parameters and data.
    y : array of shape (K, n)
        One data set for each draw.
    data : Data
        The columns; its y is not used.
    prior : Prior
        The prior that the parameters were drawn from.
    rows : int
        Of how many rows the error is taken.

    Returns
    -------
    dict of str to array of shape (K,)
        Of sigma2, of the standardized coefficients ``z0``, … and of the standardized errors ``error0``, … .
    """
    mean, root = prior.coefficients(data.n_columns)
    sigma = np.sqrt(draws["sigma2"])[:, None]
    z = stats.norm.cdf((draws["beta"] - mean) @ root.T / sigma)
    error = stats.norm.cdf((y - draws["beta"] @ data.x.T) / sigma)
    out = {"sigma2": prior.sigma2.cdf(draws["sigma2"])} | {f"z{j}": z[:, j] for j in range(z.shape[1])}
    out |= {f"error{i}": error[:, i] for i in range(min(rows, data.n_rows))}
    return {name: np.clip(u, 1e-12, 1 - 1e-12) for name, u in out.items()}


def gibbs_state(draws: Draws, data: Data, prior: Prior) -> gibbs.State:
    """Put draws of every parameter into the state of the model's Gibbs sampler, one chain a draw."""
    return gibbs.State(np.asarray(draws["beta"]), np.asarray(draws["sigma2"]))
