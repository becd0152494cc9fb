"""One model's exact answers, as plain numbers that criteria can be held against."""

from dataclasses import dataclass

import numpy as np

from hbm_lib import fit_exact
from hbm_lib.diagnostics import pooling, predictive, sensitivity
from hbm_lib.model import Model
from hbm_lib.models.eight_schools import Data, Scale, exact
from hbm_lib.protocols.eight_schools.induced import Induced

INTERVAL = (0.025, 0.975)
GRID = np.linspace(0.0, 30.0, 301)


@dataclass(frozen=True)
class Summary:
    """What the plan asks of one fit, every number by quadrature.

    Attributes
    ----------
    title : str
        What a reader calls the model.
    mu, mu_sd, mu_interval, mu_prior, mu_kl
        Posterior mean, sd and central 95 % interval of mu; its prior's (mean,
        sd); KL(posterior || prior) in nats.
    tau, tau_sd, tau_median, tau_interval, tau_near_zero
        The same of tau; P(tau < 0.1).
    spread, spread_sd, spread_median, spread_interval
        The same of s(tau), the standard deviation of the effects. Equal to
        tau's unless the model rescales it.
    theta, theta_sd : array of shape (J,)
        Posterior means and sds of the effects.
    shrinkage, realized : array of shape (J,)
        Posterior mean of sigma²/(sigma² + s²); (y - E theta)/(y - E mu).
    tail : array of shape (J,)
        P(replicate of y_j <= y_j).
    coverage : float
        Share of y inside the central 95 % predictive interval.
    elpd : array of shape (J,)
        log p(y_j | the others), exact.
    loo_tail : array of shape (J,)
        P(y_j <= observed | the others), exact.
    waic : float
        The widely applicable information criterion as a log score, exact.
    waic_penalty : array of shape (J,)
        Each group's share of its penalty.
    log_evidence : float
        log p(y).
    tau_cdf, spread_cdf : array of shape (301,)
        Distribution functions of tau and of the spread on ``GRID``.
    modes : tuple of float
        Interior modes of the posterior density of tau.
    jump : float
        The ratio of tau's density just above the threshold to just below it; 1
        where nothing jumps.
    bend : float
        The largest change of any E[theta_j | tau] over threshold ± 0.05,
        relative to model 1's over the same window; 1 for model 1 itself.
    """

    title: str
    mu: float
    mu_sd: float
    mu_interval: tuple[float, float]
    mu_prior: tuple[float, float]
    mu_kl: float
    tau: float
    tau_sd: float
    tau_median: float
    tau_interval: tuple[float, float]
    tau_near_zero: float
    spread: float
    spread_sd: float
    spread_median: float
    spread_interval: tuple[float, float]
    theta: np.ndarray
    theta_sd: np.ndarray
    shrinkage: np.ndarray
    realized: np.ndarray
    tail: np.ndarray
    coverage: float
    elpd: np.ndarray
    loo_tail: np.ndarray
    waic: float
    waic_penalty: np.ndarray
    log_evidence: float
    tau_cdf: np.ndarray
    spread_cdf: np.ndarray
    modes: tuple[float, ...]
    jump: float
    bend: float


def effects_given_tau(model: Model, data: Data, tau: np.ndarray) -> np.ndarray:
    """Return E[theta | tau, y], shape (K, J)."""
    mean, _, _ = exact.coefficients(tau, data, model.prior)
    spread = np.asarray(model.prior.scale(tau))[:, None]
    pull = data.sigma**2 / (data.sigma**2 + spread**2)
    return pull * (mean @ data.design.T) + (1 - pull) * data.y


def spread_law(posterior: exact.ExactPosterior) -> Induced:
    """Return the posterior law of the spread of the effects."""
    return Induced(posterior.model.prior.scale, posterior.line)


def loo_tails(model: Model, data: Data) -> np.ndarray:
    """Return P(y_j <= observed | the other groups) for every group, shape (J,)."""
    out = []
    for j in range(data.n_groups):
        others = exact.posterior(model, data.without(j))
        law = others.law("mu")
        spread = 0.0 if others.line is None else np.asarray(model.prior.scale(others.line.tau))
        total = np.sqrt(law.spread**2 + spread**2 + data.sigma[j] ** 2)
        out.append(float(type(law)(law.weight, law.centre, total).cdf(np.array(data.y[j]))))
    return np.array(out)


def _modes(posterior: exact.ExactPosterior) -> tuple[float, ...]:
    """Return interior local maxima of tau's density on a grid of 0.01, up to its 99.9 % point."""
    top = float(posterior.quantile("tau", 0.999))
    grid = np.arange(0.01, top, 0.01)
    height = posterior.line.pdf(grid)
    up = np.diff(height) > 0
    return tuple(float(g) for g in grid[1:-1][up[:-1] & ~up[1:]])


def _edge(model: Model, data: Data, line: object, threshold: float) -> tuple[float, float]:
    """Return the density ratio across the threshold and the relative change of the effects."""
    sides = threshold + np.array([-1e-9, 1e-9])
    low, high = line.pdf(sides)
    window = threshold + np.array([-0.05, 0.05])
    plain = model.with_prior(scale=Scale())
    here, there = (np.diff(effects_given_tau(m, data, window), axis=0) for m in (model, plain))
    return float(high / low), float(np.abs(here).max() / np.abs(there).max())


def summarise(model: Model, data: Data) -> Summary:
    """Fit one model exactly and take down what the plan asks for.

    Parameters
    ----------
    model : Model
        With normal errors and a prior on tau.
    data : Data
        J groups.

    Returns
    -------
    Summary
    """
    p = fit_exact(model, data)
    prior, law, mu = model.prior, spread_law(p), p.law("mu")
    grid = np.linspace(mu.mean - 12 * mu.sd, mu.mean + 12 * mu.sd, 1201)
    spread = np.asarray(prior.scale(p.line.tau))
    theta = p.mean("theta")
    covered = predictive.coverage_exact([p.predictive(j) for j in range(data.n_groups)], data.y)
    laws = [p.law("theta", j) for j in range(data.n_groups)]
    centre = np.column_stack([law_j.centre for law_j in laws])
    own = np.column_stack([law_j.spread for law_j in laws])
    waic = predictive.waic_normal(p.line.weight, centre, own, data.y, data.sigma)
    jump, bend = _edge(model, data, p.line, prior.scale.threshold)
    between = lambda q: tuple(float(q(v)) for v in INTERVAL)  # noqa: E731
    return Summary(
        title=model.title,
        mu=p.mean("mu"),
        mu_sd=p.sd("mu"),
        mu_interval=between(mu.quantile),
        mu_prior=(prior.mu.mu, prior.mu.sigma),
        mu_kl=sensitivity.kl(mu.pdf, prior.mu.scipy().pdf, grid),
        tau=p.mean("tau"),
        tau_sd=p.sd("tau"),
        tau_median=float(p.quantile("tau", 0.5)),
        tau_interval=between(p.line.quantile),
        tau_near_zero=float(p.cdf("tau", 0.1)),
        spread=float(p.line.weight @ spread),
        spread_sd=p.sd("theta_sd"),
        spread_median=law.quantile(0.5),
        spread_interval=between(law.quantile),
        theta=theta,
        theta_sd=p.sd("theta"),
        shrinkage=pooling.mean_factor(data.sigma, spread, p.line.weight),
        realized=pooling.realized(data.y, theta, p.mean("mu"), data.sigma).share,
        tail=covered.tail,
        coverage=covered.share,
        elpd=exact.leave_one_out(model, data),
        loo_tail=loo_tails(model, data),
        waic=waic.elpd,
        waic_penalty=waic.p,
        log_evidence=p.log_evidence,
        tau_cdf=p.line.cdf(GRID),
        spread_cdf=law.cdf(GRID),
        modes=_modes(p),
        jump=jump,
        bend=bend,
    )
