"""What calibration ranks and what Geweke's test calls uniform, for every model of the family."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.eight_schools import generative, gibbs, gibbs_student
from hbm_lib.models.eight_schools.spec import Data, Prior

Draws = Mapping[str, np.ndarray]


def ranked(data: Data, prior: Prior) -> Callable[[Draws, np.ndarray], dict[str, np.ndarray]]:
    """Return the function that ``calibration.simulate`` asks for the scalars whose ranks are taken.

    Parameters
    ----------
    data : Data
        Standard errors and covariates; its y is not used.
    prior : Prior
        Of the model under test.

    Returns
    -------
    callable
        From the truth (R, ...) and data sets (R, J), or from posterior draws
        (R, L, ...) and data sets (R, 1, J), to scalars (R,) or (R, L): mu, tau
        and nu where the model has them, the first group's effect, and the log
        likelihood of the whole data set. The last one sees a posterior that
        ignores the data; the source is in ``hbm_lib.diagnostics.calibration``.
    """
    def find(draws: Draws, y: np.ndarray) -> dict[str, np.ndarray]:
        out = {name: draws[name] for name in ("mu", "tau", "nu") if name in draws}
        out["theta[0]"] = draws["theta"][..., 0]
        # the axis of the data sets stands where `replicated` has it, last before the groups'
        swapped = {"theta": np.moveaxis(draws["theta"], 0, -2)}
        swapped |= {"nu": np.moveaxis(draws["nu"], 0, -1)} if "nu" in draws else {}
        log_y = generative.log_likelihood(swapped, data.replicated(y.reshape(-1, data.n_groups)), prior).sum(-1)
        return out | {"log likelihood": np.moveaxis(log_y, -1, 0)}

    return find


def uniforms(draws: Draws, y: np.ndarray, data: Data, prior: Prior, groups: int = 3) -> dict[str, np.ndarray]:
    """Send everything random through its own distribution function: independent uniforms if all is right.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        Parameters from the joint distribution of parameters and data.
    y : array of shape (K, J)
        One data set for each draw.
    data : Data
        Standard errors and covariates; its y is not used.
    prior : Prior
        The prior that the parameters were drawn from.
    groups : int
        How many groups' effects and errors are taken.

    Returns
    -------
    dict of str to array of shape (K,)
        Of mu, tau, beta, nu where the model has them, of the standardized
        effects ``eta0``, … and of the standardized errors ``error0``, … .
    """
    first = range(min(groups, data.n_groups))
    out = {"mu": prior.mu.cdf(draws["mu"])}
    if prior.tau is not None:
        out["tau"] = prior.tau.cdf(draws["tau"])
        spread = np.asarray(prior.scale(draws["tau"]))[:, None]
        eta = (draws["theta"] - generative.mean_effect(draws, data)) / spread
        out |= {f"eta{j}": stats.norm.cdf(eta[:, j]) for j in first}
    if prior.beta is not None:
        out |= {f"beta{p}": prior.beta.cdf(draws["beta"][:, p]) for p in range(draws["beta"].shape[1])}
    error = (y - draws["theta"]) / data.sigma
    if prior.nu is not None:
        out["nu"] = prior.nu.cdf(draws["nu"])
    law = stats.norm() if prior.nu is None else stats.t(np.asarray(draws["nu"])[:, None])
    share = law.cdf(error)
    out |= {f"error{j}": share[:, j] for j in first}
    return {name: np.clip(u, 1e-12, 1 - 1e-12) for name, u in out.items()}


def gibbs_state(draws: Draws, data: Data, prior: Prior) -> gibbs.State | gibbs_student.State:
    """Put draws of every parameter into the state of the model's Gibbs sampler, one chain a draw.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        As from ``generative.draw_prior``.
    data : Data
        Standard errors and covariates; its y is not used.
    prior : Prior
        Of the model under test.
    """
    b = np.column_stack([draws["mu"], draws["beta"]] if prior.beta is not None else [draws["mu"]])
    tau = draws.get("tau", np.zeros(len(b)))
    normal = gibbs.State(tau, b, draws["theta"], np.broadcast_to(data.sigma**2, draws["theta"].shape))
    return normal if prior.nu is None else gibbs_student.State(normal, draws["nu"])
