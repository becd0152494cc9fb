"""What calibration ranks and what Geweke's test calls uniform, for three levels."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.three_levels import generative, gibbs
from hbm_lib.models.three_levels.spec import Data, Prior

Draws = Mapping[str, np.ndarray]


def ranked(data: Data, prior: Prior) -> Callable[[Draws, np.ndarray], dict[str, np.ndarray]]:
    """Return the function that ``calibration.simulate`` asks for the scalars whose ranks are taken.

    Parameters
    ----------
    data : Data
        Pupils, teachers and schools; its y is not used.
    prior : Prior
        Of the model under test.

    Returns
    -------
    callable
        From the truth (R, ...) and data sets (R, n), or from posterior draws
        (R, L, ...) and data sets (R, 1, n), to scalars (R,) or (R, L): the
        hyperparameters, the mean of the first school and of the first teacher, the
        schools' share of the variance, and the log likelihood of the whole data set.
    """

    def find(draws: Draws, y: np.ndarray) -> dict[str, np.ndarray]:
        out = {name: draws[name] for name in generative.SCALARS}
        out |= {"theta[0]": draws["theta"][..., 0], "alpha[0]": draws["alpha"][..., 0]}
        out["share of schools"] = generative.shares(draws)["schools"]
        # the axis of the data sets stands where `replicated` has it, last before the pupils'
        swapped = {"alpha": np.moveaxis(draws["alpha"], 0, -2), "sigma": np.moveaxis(draws["sigma"], 0, -1)}
        log_y = generative.log_likelihood(swapped, data.replicated(y.reshape(-1, data.n_pupils)), prior).sum(-1)
        return out | {"log likelihood": np.moveaxis(log_y, -1, 0)}

    return find


def uniforms(draws: Draws, y: np.ndarray, data: Data, prior: Prior, groups: int = 2) -> dict[str, np.ndarray]:
    """Send what is random through its own distribution function: independent uniforms if all is right.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        Parameters from the joint distribution of parameters and data.
    y : array of shape (K, n)
        One data set for each draw.
    data : Data
        Pupils, teachers and schools; its y is not used.
    prior : Prior
        The prior that the parameters were drawn from.
    groups : int
        How many schools and teachers are taken, and how many teachers' first pupils.

    Returns
    -------
    dict of str to array of shape (K,)
        Of the hyperparameters, of the standardized gaps ``school0``, …, ``teacher0``, …
        and of the standardized errors ``error0``, … .
    """
    out = {name: getattr(prior, name).cdf(draws[name]) for name in generative.SCALARS}
    school = (draws["theta"] - draws["mu"][:, None]) / draws["tau_school"][:, None]
    teacher = (draws["alpha"] - draws["theta"][:, data.of_teacher]) / draws["tau_teacher"][:, None]
    error = (y - draws["alpha"][:, data.index]) / draws["sigma"][:, None]
    first = np.unique(data.index, return_index=True)[1]
    for j in range(groups):
        out |= {f"school{j}": stats.norm.cdf(school[:, j]), f"teacher{j}": stats.norm.cdf(teacher[:, j])}
        out[f"error{j}"] = stats.norm.cdf(error[:, first[j]])
    return {name: np.clip(u, 1e-12, 1 - 1e-12) for name, u in out.items()}


def gibbs_state(draws: Draws, data: Data, prior: Prior) -> gibbs.State:
    """Put draws of every parameter into the state of the model's Gibbs sampler, one chain a draw.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        As from ``generative.draw_prior``.
    data : Data
        Pupils, teachers and schools; its y is not used.
    prior : Prior
        Of the model under test.
    """
    scales = (draws[name] for name in ("tau_school", "tau_teacher", "sigma"))
    school = draws["theta"] - draws["mu"][:, None]
    return gibbs.State(*scales, draws["mu"], school, draws["alpha"] - draws["theta"][:, data.of_teacher])
