"""What calibration ranks and what Geweke's test calls uniform, for every model of the family."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import special, stats

from hbm_lib.models.logistic import generative, gibbs
from hbm_lib.models.logistic.spec import Data, Prior

Draws = Mapping[str, np.ndarray]


def ranked(data: Data, prior: Prior) -> Callable[[Draws, np.ndarray], dict[str, np.ndarray]]:
    """Return the function that ``calibration.simulate`` asks for the scalars whose ranks are taken.

    Parameters
    ----------
    data : Data
        Groups, trials and covariates; its y is not used.
    prior : Prior
        Of the model under test.

    Returns
    -------
    callable
        From the truth (R, ...) and data sets (R, rows), or from posterior draws
        (R, L, ...) and data sets (R, 1, rows), to scalars (R,) or (R, L): mu, tau
        and beta where the model has them, the logits of the first and of the largest
        group, and the log likelihood of the whole data set. The last one sees a posterior that
        ignores the data (Modrak et al. 2023, "Simulation-based calibration checking with
        data-dependent test quantities", Bayesian Analysis).
    """
    largest = int(np.argmax(data.cases))

    def find(draws: Draws, y: np.ndarray) -> dict[str, np.ndarray]:
        out = {name: draws[name] for name in ("mu", "tau") if name in draws}
        out |= {f"alpha[{j}]": draws["alpha"][..., j] for j in dict.fromkeys((0, largest))}
        if prior.beta is not None:
            out |= {f"beta[{p}]": draws["beta"][..., p] for p in range(draws["beta"].shape[-1])}
        # the axis of the data sets stands where `replicated` has it, last before the rows'
        swapped = {name: np.moveaxis(draws[name], 0, -2) for name in ("alpha", "beta") if name in draws}
        log_y = generative.log_likelihood(swapped, data.replicated(y.reshape(-1, data.n_rows)), prior).sum(-1)
        return out | {"log likelihood": np.moveaxis(log_y, -1, 0)}

    return find


def uniforms(draws: Draws, y: np.ndarray, data: Data, prior: Prior, groups: int = 3) -> dict[str, np.ndarray]:
    """Send what is random through its own distribution function: independent uniforms if all is right.

    Counts are made continuous by a fraction that is drawn uniformly within each count's own
    probability (Smith 1985, "Diagnostic checks of non-standard time series models"), from a stream fixed here.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        Parameters from the joint distribution of parameters and data.
    y : array of shape (K, rows)
        One data set for each draw.
    data : Data
        Groups, trials and covariates; its y is not used.
    prior : Prior
        The prior that the parameters were drawn from.
    groups : int
        How many groups' effects are taken, and from each the count of its first row.

    Returns
    -------
    dict of str to array of shape (K,)
        Of mu, and tau and beta where the model has them, of the standardized effects ``eta0``, …
        and of the counts ``count0``, … .
    """
    first = range(min(groups, data.n_groups))
    out = {"mu": prior.mu.cdf(draws["mu"])}
    if prior.tau is not None:
        out["tau"] = prior.tau.cdf(draws["tau"])
        share = stats.norm.cdf((draws["alpha"] - draws["mu"][:, None]) / draws["tau"][:, None])
        out |= {f"eta{j}": share[:, j] for j in first}
    if prior.beta is not None:
        out |= {f"beta{p}": prior.beta.cdf(draws["beta"][:, p]) for p in range(draws["beta"].shape[1])}
    law = stats.binom(data.trials, special.expit(generative.row_logit(draws, data)))
    fraction = np.random.default_rng(1985).uniform(size=y.shape)
    count = law.cdf(y - 1) + fraction * law.pmf(y)
    out |= {f"count{j}": count[:, data.starts[j]] for j in first}
    return {name: np.clip(u, 1e-12, 1 - 1e-12) for name, u in out.items()}


def gibbs_state(draws: Draws, data: Data, prior: Prior) -> gibbs.State:
    """Put draws of every parameter into the state of the model's Gibbs sampler, one chain a draw.

    The step begins with omega, so that the state's own is not looked at.
    """
    b = np.column_stack([draws["mu"], draws["beta"]] if prior.beta is not None else [draws["mu"]])
    tau = np.asarray(draws.get("tau", np.zeros(len(b))))
    return gibbs.State(tau, b, draws["alpha"] - b[:, :1], np.ones((len(b), data.n_rows)))
