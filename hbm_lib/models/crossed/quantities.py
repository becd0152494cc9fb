"""What is asked of a crossed posterior, what calibration ranks, and what Geweke's test calls uniform."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.crossed import generative, gibbs
from hbm_lib.models.crossed.spec import SCALES, Data, Prior

Draws = Mapping[str, np.ndarray]
HYPER = ("mu_global", *SCALES)


def cell_means(draws: Draws) -> np.ndarray:
    """Return the mean effect of every genre in every segment, shape (..., G, S), in the effect's units.

    Parameters
    ----------
    draws : mapping of str to array
        Posterior draws by the names of the model's variables, with any leading axes.
    """
    mu, genre, segment = (np.asarray(draws[n]) for n in ("mu_global", "genre_effect", "segment_effect"))
    return mu[..., None, None] + genre[..., :, None] + segment[..., None, :] + np.asarray(draws["interaction"])


def variance_shares(draws: Draws) -> dict[str, np.ndarray]:
    """Return which share of the variance of a random creator's effect each level holds; four shares (...) that add to 1.

    Parameters
    ----------
    draws : mapping of str to array
        Posterior draws of the four scales.
    """
    squares = {name: np.asarray(draws[name]) ** 2 for name in SCALES}
    total = sum(squares.values())
    return {name.removeprefix("sigma_"): value / total for name, value in squares.items()}


def log_predictive(draws: Draws, data: Data) -> np.ndarray:
    """Return log p(d_i | locations, sigma_creator) of every draw and creator, tau_i integrated out, shape (..., N).

    Leaving a creator out is mild on this scale: a draw of tau_i, which saw d_i, is not asked for.

    Parameters
    ----------
    draws : mapping of str to array
        Posterior draws, with any leading axes.
    data : Data
        The creators that are predicted; their genres and segments are those of the draws, in the same order.
    """
    spread = np.sqrt(data.se**2 + np.asarray(draws["sigma_creator"])[..., None] ** 2)
    return stats.norm.logpdf(data.effect, generative.location(draws, data), spread)


def ranked(data: Data, prior: Prior) -> Callable[[Draws, np.ndarray], dict[str, np.ndarray]]:
    """Return the function that ``calibration.simulate`` asks for the scalars whose ranks are taken.

    Parameters
    ----------
    data : Data
        Creators, genres, segments and standard errors; its effects are not used.
    prior : Prior
        Of the model under test.

    Returns
    -------
    callable
        From the truth (R, ...) and data sets (R, N), or from posterior draws (R, L, ...) and
        data sets (R, 1, N), to scalars (R,) or (R, L): the hyperparameters, the first genre's, segment's
        and interaction's effect, the first cell's mean, the first creator's effect, and the log likelihood of
        the whole data set (Modrak et al. 2023, Bayesian Analysis).
    """

    def find(draws: Draws, y: np.ndarray) -> dict[str, np.ndarray]:
        out = {name: draws[name] for name in HYPER}
        out |= {f"{name}[0]": draws[name][..., 0] for name in ("genre_effect", "segment_effect", "tau")}
        out |= {"interaction[0,0]": draws["interaction"][..., 0, 0], "cell[0,0]": cell_means(draws)[..., 0, 0]}
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
        Creators, genres, segments and standard errors; its effects are not used.
    prior : Prior
        The prior that the parameters were drawn from.
    groups : int
        How many genres, segments, cells of the first genre, and creators are taken.

    Returns
    -------
    dict of str to array of shape (K,)
        Of the hyperparameters, and of the standardized ``genre0``, ``segment0``, ``cell0``, ``creator0``, ``error0``, … .
    """
    out = {name: getattr(prior, name).cdf(draws[name]) for name in HYPER}
    scale = {name: draws[name][:, None] for name in SCALES}
    each = {"genre": draws["genre_effect"] / scale["sigma_genre"], "segment": draws["segment_effect"] / scale["sigma_segment"],
            "cell": draws["interaction"][:, 0] / scale["sigma_cell"],
            "creator": (draws["tau"] - generative.location(draws, data)) / scale["sigma_creator"],
            "error": (y - draws["tau"]) / data.se}
    out |= {f"{name}{j}": stats.norm.cdf(z[:, j]) for name, z in each.items() for j in range(min(groups, z.shape[1]))}
    return {name: np.clip(u, 1e-12, 1 - 1e-12) for name, u in out.items()}


def gibbs_state(draws: Draws, data: Data, prior: Prior) -> gibbs.State:
    """Put draws of every parameter into the state of the Gibbs sampler, one chain a draw.

    Parameters
    ----------
    draws : mapping of str to array of shape (K, ...)
        As from ``generative.draw_prior``.
    data : Data
        Creators, genres, segments and standard errors; its effects are not used.
    prior : Prior
        Of the model under test.
    """
    interaction = draws["interaction"].reshape(len(draws["mu_global"]), -1)
    location = np.hstack([draws["mu_global"][:, None], draws["genre_effect"], draws["segment_effect"], interaction])
    return gibbs.State(np.stack([draws[name] for name in SCALES], 1), location, np.asarray(draws["tau"]))
