"""What calibration ranks and what Geweke's test calls uniform, for groups with their own coefficients."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.varying import generative, gibbs
from hbm_lib.models.varying.prior import Prior
from hbm_lib.models.varying.spec import Data

Draws = Mapping[str, np.ndarray]


def ranked(data: Data, prior: Prior) -> Callable[[Draws, np.ndarray], dict[str, np.ndarray]]:
    """Return the function that ``calibration.simulate`` asks for the scalars whose ranks are taken.

    Parameters
    ----------
    data : Data
        Groups and columns; its y is not used.
    prior : Prior
        Of the model under test.

    Returns
    -------
    callable
        From the truth (R, ...) and data sets (R, n), or from posterior draws (R, L, ...) and data sets (R, 1, n), to
        scalars (R,) or (R, L): every mu, tau and rho, sigma, the first group's coefficients, and the log likelihood
        of the whole data set.
    """

    def find(draws: Draws, y: np.ndarray) -> dict[str, np.ndarray]:
        out = {f"{name}[{k}]": draws[name][..., k] for name in ("mu", "tau", "rho") if name in draws
               for k in range(draws[name].shape[-1])}
        out |= {f"beta[0, {k}]": draws["beta"][..., 0, k] for k in range(prior.size)} | {"sigma": draws["sigma"]}
        # the axis of the data sets stands where `replicated` has it, last before the rows'
        swapped = {"beta": np.moveaxis(draws["beta"], 0, -3), "sigma": np.moveaxis(draws["sigma"], 0, -1)}
        log_y = generative.log_likelihood(swapped, data.replicated(y.reshape(-1, data.n_rows)), prior).sum(-1)
        return out | {"log likelihood": np.moveaxis(log_y, -1, 0)}

    return find


def standardized(draws: Draws) -> np.ndarray:
    """Return eta (..., G, q) with beta_j = mu + L eta_j, L the lower Cholesky factor of Sigma."""
    root = np.linalg.cholesky(draws["covariance"])
    gap = draws["beta"] - draws["mu"][..., None, :]
    return np.swapaxes(np.linalg.solve(root, np.swapaxes(gap, -1, -2)), -1, -2)


def uniforms(draws: Draws, y: np.ndarray, data: Data, prior: Prior, groups: int = 2) -> dict[str, np.ndarray]:
    """Send what is random through its own distribution function: independent uniforms if all is right.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        Parameters from the joint distribution of parameters and data.
    y : array of shape (K, n)
        One data set for each draw.
    data : Data
        Groups and columns; its y is not used.
    prior : Prior
        The prior that the parameters were drawn from; with an inverse-Wishart law.
    groups : int
        How many groups' coefficients are taken, and from each the error of its first row.

    Returns
    -------
    dict of str to array of shape (K,)
        Of mu, of Bartlett's triangle of Sigma, of the noise, of the standardized gaps and errors.
    """
    q, law = prior.size, prior.covariance
    z = np.linalg.solve(prior.spread, (draws["mu"] - prior.center).T).T
    out = {f"mu{k}": stats.norm.cdf(z[:, k]) for k in range(q)}
    out[prior.noise] = getattr(prior, prior.noise).cdf(draws[prior.noise])
    w = np.linalg.solve(np.linalg.cholesky(draws["covariance"]), np.broadcast_to(law.root, (len(z), q, q)))
    for k, degrees in enumerate(law.degrees()):
        out[f"w{k}{k}"] = stats.chi2(degrees).cdf(w[:, k, k] ** 2)
        out |= {f"w{k}{j}": stats.norm.cdf(w[:, k, j]) for j in range(k)}
    eta = standardized(draws)
    error = (y - generative.expected(draws, data)) / draws["sigma"][:, None]
    first = np.unique(data.index, return_index=True)[1]
    for j in range(groups):
        out |= {f"eta{j}{k}": stats.norm.cdf(eta[:, j, k]) for k in range(q)}
        out[f"error{j}"] = stats.norm.cdf(error[:, first[j]])
    return {name: np.clip(u, 1e-12, 1 - 1e-12) for name, u in out.items()}


def gibbs_state(draws: Draws, data: Data, prior: Prior) -> gibbs.State:
    """Put draws of every parameter into the state of the model's Gibbs sampler, one chain a draw.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        As from ``generative.draw_prior``.
    data : Data
        Groups and columns; its y is not used.
    prior : Prior
        Of the model under test.
    """
    return gibbs.State(draws["mu"], np.linalg.cholesky(draws["covariance"]), standardized(draws), draws["sigma2"])
