"""What calibration ranks and what Geweke's test calls uniform, for every model of the family."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.schools import generative, gibbs
from hbm_lib.models.schools.spec import Data, Prior

Draws = Mapping[str, np.ndarray]


def ranked(data: Data, prior: Prior) -> Callable[[Draws, np.ndarray], dict[str, np.ndarray]]:
    """Return the function that ``calibration.simulate`` asks for the scalars whose ranks are taken.

    Parameters
    ----------
    data : Data
        Schools and covariates; its y is not used.
    prior : Prior
        Of the model under test.

    Returns
    -------
    callable
        From the truth (R, ...) and data sets (R, n), or from posterior draws
        (R, L, ...) and data sets (R, 1, n), to scalars (R,) or (R, L): mu, tau
        and beta where the model has them, sigma, the mean of the first and of the
        largest school, the ICC tau² / (tau² + sigma²), and the log likelihood of
        the whole data set. The last one sees a posterior that ignores the data
        (Modrak et al. 2023, "Simulation-based calibration checking with
        data-dependent test quantities", Bayesian Analysis).
    """
    largest = int(np.argmax(data.counts))

    def find(draws: Draws, y: np.ndarray) -> dict[str, np.ndarray]:
        out = {name: draws[name] for name in ("mu", "tau", "sigma") if name in draws}
        out |= {f"theta[{j}]": draws["theta"][..., j] for j in dict.fromkeys((0, largest))}
        if prior.beta is not None:
            out |= {f"beta[{p}]": draws["beta"][..., p] for p in range(draws["beta"].shape[-1])}
        if prior.tau is not None:
            out["icc"] = draws["tau"] ** 2 / (draws["tau"] ** 2 + draws["sigma"] ** 2)
        # the axis of the data sets stands where `replicated` has it, last before the pupils'
        swapped = {name: np.moveaxis(draws[name], 0, -2) for name in ("theta", "beta") if name in draws}
        swapped["sigma"] = np.moveaxis(draws["sigma"], 0, -1)
        log_y = generative.log_likelihood(swapped, data.replicated(y.reshape(-1, data.n_pupils)), prior).sum(-1)
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
        Schools and covariates; its y is not used.
    prior : Prior
        The prior that the parameters were drawn from.
    groups : int
        How many schools' means are taken, and from each the error of its first pupil.

    Returns
    -------
    dict of str to array of shape (K,)
        Of mu, sigma, and tau and beta where the model has them, of the standardized
        means ``eta0``, … and of the standardized errors ``error0``, … .
    """
    first = range(min(groups, data.n_groups))
    out = {"mu": prior.mu.cdf(draws["mu"]), "sigma": prior.sigma.cdf(draws["sigma"])}
    if prior.tau is not None:
        out["tau"] = prior.tau.cdf(draws["tau"])
    tau = np.asarray(draws.get("tau", prior.fixed_tau))[..., None]
    if np.all(tau > 0):
        share = stats.norm.cdf((draws["theta"] - draws["mu"][:, None]) / tau)
        out |= {f"eta{j}": share[:, j] for j in first}
    if prior.beta is not None:
        out |= {f"beta{p}": prior.beta.cdf(draws["beta"][:, p]) for p in range(draws["beta"].shape[1])}
    error = stats.norm.cdf((y - generative.pupil_mean(draws, data)) / draws["sigma"][:, None])
    out |= {f"error{j}": error[:, int(np.argmax(data.index == j))] for j in first}
    return {name: np.clip(u, 1e-12, 1 - 1e-12) for name, u in out.items()}


def gibbs_state(draws: Draws, data: Data, prior: Prior) -> gibbs.State:
    """Put draws of every parameter into the state of the model's Gibbs sampler, one chain a draw.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        As from ``generative.draw_prior``.
    data : Data
        Schools and covariates; its y is not used.
    prior : Prior
        Of the model under test.
    """
    b = np.column_stack([draws["mu"], draws["beta"]] if prior.beta is not None else [draws["mu"]])
    tau = draws.get("tau", np.full(len(b), prior.fixed_tau))
    return gibbs.State(np.asarray(tau), draws["sigma"], b, draws["theta"] - b[:, :1])
