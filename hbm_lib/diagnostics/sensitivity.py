"""How much an answer owes to its prior: grids of priors, power-scaling, KL divergence.

Laws are objects with ``mean``, ``sd``, ``cdf`` or ``pdf``; a fit is whatever the
caller's ``compute`` returns, with methods ``mean(name)``, ``sd(name)`` and
``quantile(name, q)``. Nothing here knows a model.
"""

import logging
import warnings
from collections.abc import Callable, Mapping, Sequence

import arviz_stats
import numpy as np
import pandas as pd
import xarray as xr

Function = Callable[[np.ndarray], np.ndarray]


def prior_grid(
    compute: Callable[[object], object], priors: Mapping[str, object], names: Sequence[str] = ("mu", "tau")
) -> pd.DataFrame:
    """Fit under each prior and put the answers side by side.

    Parameters
    ----------
    compute : callable
        Takes one entry of ``priors`` and returns a posterior with ``mean``,
        ``sd``, ``quantile`` and ``log_evidence``.
    priors : mapping of str to object
        Label and what ``compute`` needs.
    names : sequence of str
        Scalar quantities to report.

    Returns
    -------
    pandas.DataFrame
        A row a prior: mean, sd, median and central 95 % interval of each name,
        and ``log_evidence``.
    """
    rows = {}
    for label, prior in priors.items():
        fit = compute(prior)
        row = {}
        for name in names:
            row |= {f"{name} mean": float(fit.mean(name)), f"{name} sd": float(fit.sd(name))}
            row |= {f"{name} {w}": float(fit.quantile(name, q)) for w, q in (("2.5%", 0.025), ("median", 0.5), ("97.5%", 0.975))}
        rows[label] = row | {"log_evidence": float(fit.log_evidence)}
    return pd.DataFrame(rows).T


def kl(pdf_p: Function, pdf_q: Function, grid: np.ndarray) -> float:
    """Return KL(p || q) = ∫ p log(p / q), by Simpson's rule on a grid that holds nearly all of p.

    Parameters
    ----------
    pdf_p, pdf_q : callable
        Densities.
    grid : array of shape (G,)
        Increasing, an odd number of evenly spaced points.

    Returns
    -------
    float
        In nats.

    Raises
    ------
    ValueError
        If p has less than 0.999 of its mass on the grid or q is 0 where p is not.
    """
    p, q = np.asarray(pdf_p(grid), float), np.asarray(pdf_q(grid), float)
    mass = _simpson(p, grid)
    if not 0.999 < mass < 1.001:
        raise ValueError(f"grid: p has mass {mass:.4f} on it, nearly 1 is needed")
    if np.any((q <= 0) & (p > 1e-300)):
        raise ValueError("pdf_q: it is 0 where p is not, so the divergence is infinite")
    with np.errstate(divide="ignore", invalid="ignore"):
        return _simpson(np.where(p > 0, p * (np.log(p) - np.log(q)), 0.0), grid)


def _simpson(values: np.ndarray, grid: np.ndarray) -> float:
    """Integrate values on an even grid with an odd number of points."""
    if len(grid) < 3 or len(grid) % 2 == 0:
        raise ValueError(f"grid: an odd number of points, at least 3, is needed, got {len(grid)}")
    weight = np.ones(len(grid))
    weight[1:-1:2], weight[2:-1:2] = 4, 2
    return float((grid[-1] - grid[0]) / (len(grid) - 1) / 3 * (weight @ values))


def cjs(cdf_p: np.ndarray, cdf_q: np.ndarray, grid: np.ndarray) -> float:
    """Return the cumulative Jensen-Shannon distance between two laws.

    The square root of ∫ [P log2(P/M) + Q log2(Q/M)] / ∫ (P + Q), with M the mean
    of the two distribution functions P and Q; the larger of the value for x and
    for -x (Nguyen & Vreeken 2015; Kallioinen et al. 2024).

    Parameters
    ----------
    cdf_p, cdf_q : array of shape (G,)
        Distribution functions on the grid.
    grid : array of shape (G,)
        Increasing values that hold nearly all of both laws.

    Returns
    -------
    float
        Between 0 and 1.
    """
    return max(_cjs(cdf_p, cdf_q, grid), _cjs(1 - cdf_p, 1 - cdf_q, grid))


def _cjs(p: np.ndarray, q: np.ndarray, grid: np.ndarray) -> float:
    """Return the one-sided distance."""
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log2(p / middle), 0.0) + np.where(q > 0, q * np.log2(q / middle), 0.0)
    total = np.trapezoid(p + q, grid)
    return float(np.sqrt(max(0.0, np.trapezoid(terms, grid)) / total)) if total > 0 else 0.0


def powerscale_exact(
    compute: Callable[[float, float], object],
    cdfs: Mapping[str, Callable[[object], Function]],
    grids: Mapping[str, np.ndarray],
    *,
    alphas: tuple[float, float] = (0.99, 1.01),
    limit: float = 0.05,
) -> pd.DataFrame:
    """Return power-scaling sensitivity from exact posteriors, with no importance sampling.

    Parameters
    ----------
    compute : callable
        ``compute(a, b)`` is the posterior proportional to prior**a * likelihood**b.
    cdfs : mapping of str to callable
        For each quantity, posterior to distribution function.
    grids : mapping of str to array
        For each quantity, where to compare.
    alphas : tuple of float
        The two powers, around 1.
    limit : float
        Sensitivity from which a quantity is called sensitive.

    Returns
    -------
    pandas.DataFrame
        Columns ``prior``, ``likelihood``, ``diagnosis``.
    """
    base = compute(1.0, 1.0)
    found: dict[str, dict[str, float]] = {name: {} for name in cdfs}
    for part in ("prior", "likelihood"):
        scaled = [compute(a, 1.0) if part == "prior" else compute(1.0, a) for a in alphas]
        for name, cdf in cdfs.items():
            here = cdf(base)(grids[name])
            slopes = [cjs(here, cdf(s)(grids[name]), grids[name]) / abs(np.log2(a)) for s, a in zip(scaled, alphas, strict=True)]
            found[name][part] = float(np.mean(slopes))
    out = pd.DataFrame(found).T
    out["diagnosis"] = [diagnosis(r.prior, r.likelihood, limit) for r in out.itertuples()]
    return out


def diagnosis(prior: float, likelihood: float, limit: float = 0.05) -> str:
    """Say what the two sensitivities mean together."""
    if prior >= limit and likelihood >= limit:
        return "prior and data in conflict"
    return "strong prior or weak data" if prior >= limit else "no sign of trouble"


def powerscale_draws(tree: xr.DataTree, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Return ArviZ's power-scaling summary of a fit with ``log_prior`` and ``log_likelihood``."""
    missing = {"log_prior", "log_likelihood"} - set(tree.children)
    if missing:
        raise ValueError(f"power-scaling needs the groups {', '.join(sorted(missing))}; ask fit for them")
    logging.getLogger("arviz_stats").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = arviz_stats.psense_summary(tree, var_names=None if names is None else list(names), round_to=6)
    out["diagnosis"] = [diagnosis(p, lik) for p, lik in zip(out["prior"], out["likelihood"], strict=True)]
    return out
