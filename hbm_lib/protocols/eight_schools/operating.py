"""How often each criterion would fire if the model it judges were true.

A criterion that fires on most data sets drawn from the model itself rejects
nothing but good models; one that never fires on anything protects from nothing.
Data are drawn from the model's own prior with the real standard errors, and
from a plainly different truth; every fit is exact.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from hbm_lib import seeds
from hbm_lib.diagnostics import pooling, sensitivity
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import exact, generative
from hbm_lib.protocols.eight_schools import criteria_model1 as one

Fires = dict[str, bool]


def _tails(fit: exact.ExactPosterior, rows: range | list[int]) -> np.ndarray:
    """Return P(replicate <= y) for some groups."""
    return np.array([float(fit.predictive(j).cdf(fit.data.y[j])) for j in rows])


def fires_model1(data: es.Data) -> Fires:
    """Hold model 1's exact criteria, 1.2 to 1.5, against one data set."""
    fit = exact.posterior(es.noncentered(), data)
    factor = pooling.mean_factor(data.sigma, fit.line.tau, fit.line.weight)
    most, least = pooling.less_for_precise(data.sigma, factor, one.PRECISE, one.COARSE)
    inside = np.abs(_tails(fit, range(data.n_groups)) - 0.5) < 0.475
    theta, (low, high) = fit.mean("theta"), one.PLAUSIBLE
    at_zero = fit.line.cdf(np.array([0.1, 15.0]))
    return {
        "1.2": bool(at_zero[1] < 0.5 or at_zero[0] >= 0.95),
        "1.3": bool(most > least),
        "1.4": bool(inside.mean() < 0.9),
        "1.5": bool(theta.min() < low or theta.max() > high),
    }


def fires_model2(data: es.Data) -> Fires:
    """Hold model 2's criteria against one data set; 2.1's headline and test apart.

    Criterion 2.3 looks at the largest and the smallest effect, as the plan means it.
    """
    model = es.skeptical()
    fit, prior = exact.posterior(model, data), model.prior.mu
    mu = fit.law("mu")
    grid = np.linspace(mu.mean - 9 * mu.sd, mu.mean + 9 * mu.sd, 201)
    ends = [int(np.argmax(data.y)), int(np.argmin(data.y))]
    lead = exact.leave_one_out(es.noncentered(), data) - exact.leave_one_out(model, data)
    return {
        "2.1 headline": bool(abs(mu.mean - prior.mu) < prior.sigma),
        "2.1 KL": sensitivity.kl(mu.pdf, prior.scipy().pdf, grid) < 0.1,
        "2.2": bool(fit.line.cdf(np.array([10.0]))[0] < 0.975),
        "2.3": bool((np.abs(_tails(fit, ends) - 0.5) > 0.475).any()),
        "2.4": bool(lead.sum() > 5),
        "2.5": bool(fit.sd("theta").min() < 4),
    }


def _rates(judge: Callable[[es.Data], Fires], sets: np.ndarray, like: es.Data) -> dict[str, float]:
    """Return how often each criterion fires over data sets of shape (R, J)."""
    fired = [judge(es.Data(y, like.sigma, like.labels)) for y in sets]
    return {k: float(np.mean([f[k] for f in fired])) for k in fired[0]}


def rates(data: es.Data, *, seed: int, sets: int = 200) -> pd.DataFrame:
    """Return how often each criterion fires when its model is true, and when it is not.

    Parameters
    ----------
    data : Data
        Its standard errors are used.
    seed : int
        Of the simulated data.
    sets : int
        Simulated data sets a truth.

    Returns
    -------
    pandas.DataFrame
        Index: criterion. ``model true``: share of data sets from the model's
        own prior on which it fires. ``tau = 30``: the same when effects spread
        with standard deviation 30 around 8.
    """
    columns: dict[str, dict[str, float]] = {"model true": {}, "tau = 30": {}}
    for name, model, judge in (
        ("operating_model1", es.noncentered(), fires_model1),
        ("operating_model2", es.skeptical(), fires_model2),
    ):
        rng = seeds.rng(seed, name)
        drawn = generative.draw_prior(rng, data, model.prior, sets)
        own = generative.predict(rng, drawn, data, model.prior)
        wide = rng.normal(8, np.hypot(30.0, data.sigma), (sets, data.n_groups))
        columns["model true"] |= _rates(judge, own, data)
        columns["tau = 30"] |= _rates(judge, wide, data)
    return pd.DataFrame(columns)


def shift_needed(data: es.Data) -> float:
    """Return by how many points all of y must rise before criterion 2.1's headline stops firing."""
    model = es.skeptical()
    prior = model.prior.mu

    def gap(shift: float) -> float:
        moved = es.Data(data.y + shift, data.sigma, data.labels)
        return exact.posterior(model, moved).mean("mu") - prior.mu - prior.sigma

    low, high = 0.0, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if gap(middle) < 0 else (low, middle)
    return (low + high) / 2
