"""Leave-one-out scores and WAIC, from log likelihoods or from an exact posterior's nodes."""

import logging
import warnings
from dataclasses import dataclass

import arviz_stats
import numpy as np
import xarray as xr

WAIC_LIMIT = 0.4


@dataclass(frozen=True)
class Loo:
    """Leave-one-out by importance sampling, with the exact answer beside it where there is one.

    Attributes
    ----------
    elpd, se : float
        Sum over observations and its standard error.
    pointwise, pareto_k : array of shape (J,)
        Each observation's share and its Pareto k.
    good_k : float
        The largest k that can be trusted with this many draws.
    exact : array of shape (J,) or None
        log p(y_j | the others), computed without draws.
    """

    elpd: float
    se: float
    pointwise: np.ndarray
    pareto_k: np.ndarray
    good_k: float
    exact: np.ndarray | None = None

    @property
    def bad(self) -> np.ndarray:
        """Which observations have a Pareto k that cannot be trusted."""
        return ~(self.pareto_k <= self.good_k)  # a k that is no number is not good either

    @property
    def repaired(self) -> np.ndarray:
        """The pointwise values, with the exact one wherever k is bad.

        Raises
        ------
        ValueError
            If a k is bad and no exact value is at hand.
        """
        if self.exact is None:
            if self.bad.any():
                raise ValueError("a Pareto k is bad and there is no exact value: refit without that observation")
            return self.pointwise
        return np.where(self.bad, self.exact, self.pointwise)


def loo(tree: xr.DataTree, exact: np.ndarray | None = None) -> Loo:
    """Return PSIS leave-one-out of a fit that has the group ``log_likelihood``.

    What to do about a bad k: refit without that observation. Where leaving one
    out is exact and cheap, give the exact values and read ``repaired``.
    (Vehtari, Gelman & Gabry 2017; Vehtari et al. 2024.)

    Parameters
    ----------
    tree : xarray.DataTree
        From ``fit(..., groups=("log_likelihood",))``.
    exact : array of shape (J,), optional
        Exact leave-one-out log densities.

    Returns
    -------
    Loo
    """
    if "log_likelihood" not in tree.children:
        raise ValueError('loo: the fit has no log_likelihood; ask for it with groups=("log_likelihood",)')
    logging.getLogger("arviz_stats").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = arviz_stats.loo(tree, pointwise=True)
    exact = None if exact is None else np.asarray(exact, float)
    return Loo(float(found.elpd), float(found.se), np.ravel(found.elpd_i), np.ravel(found.pareto_k), float(found.good_k), exact)


@dataclass(frozen=True)
class Waic:
    """The widely applicable information criterion (Watanabe 2010), as a log score.

    Attributes
    ----------
    elpd : float
        Sum of the pointwise log scores.
    pointwise, p : array of shape (J,)
        Each observation's score and its share of the penalty.
    """

    elpd: float
    pointwise: np.ndarray
    p: np.ndarray

    @property
    def warn(self) -> np.ndarray:
        """Where the penalty is above 0.4, so that WAIC is not to be trusted."""
        return self.p > WAIC_LIMIT


def waic(log_likelihood: np.ndarray) -> Waic:
    """Return WAIC from draws.

    Parameters
    ----------
    log_likelihood : array of shape (S, J)
        log p(y_j | parameters) for every draw.

    Returns
    -------
    Waic
    """
    if log_likelihood.ndim != 2 or len(log_likelihood) < 2:
        raise ValueError(f"log_likelihood: shape (draws, observations) is needed, got {log_likelihood.shape}")
    top = log_likelihood.max(0)
    fit = np.log(np.exp(log_likelihood - top).mean(0)) + top
    return _waic(fit, log_likelihood.var(0, ddof=1))


def waic_normal(weight: np.ndarray, centre: np.ndarray, spread: np.ndarray, y: np.ndarray, sigma: np.ndarray) -> Waic:
    """Return WAIC without draws, for normal errors and effects that are mixtures of normals.

    Given a node k, theta_j ~ N(centre, spread) and log p(y_j | theta_j) is a
    quadratic in theta_j, so its mean and variance are known.

    Parameters
    ----------
    weight : array of shape (K,)
        Weights of the nodes, adding to 1.
    centre, spread : array of shape (K, J)
        Mean and standard deviation of theta_j at each node.
    y, sigma : array of shape (J,)
        Observations and their standard errors.

    Returns
    -------
    Waic
    """
    total = spread**2 + sigma**2
    density = np.exp(-0.5 * (y - centre) ** 2 / total) / np.sqrt(2 * np.pi * total)
    gap2, own2 = ((y - centre) / sigma) ** 2, (spread / sigma) ** 2
    first = -0.5 * (gap2 + own2)
    within = 0.25 * (2 * own2**2 + 4 * own2 * gap2)
    mean = weight @ first
    return _waic(np.log(weight @ density), weight @ (within + (first - mean) ** 2))


def _waic(fit: np.ndarray, penalty: np.ndarray) -> Waic:
    """Subtract the penalty."""
    return Waic(float((fit - penalty).sum()), fit - penalty, penalty)
