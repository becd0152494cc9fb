"""Where tau holds its mass: what every rule over tau has to know first."""

import numpy as np

from hbm_lib.models.logistic.given_tau import CLOSE, PLACING, Rule, peak
from hbm_lib.models.logistic.spec import Data, Prior

_DROP = 40.0
FARTHEST = 1e4
"""The largest tau looked at, on the scale of logits."""


def unit(data: Data) -> float:
    """Return the order of tau below which the data cannot tell it from 0."""
    return 1 / np.sqrt(1 + data.cases.max() / 4)


def span(scale: float, data: Data, prior: Prior, rule: Rule) -> tuple[float, float]:
    """Return where v = asinh(tau / scale) holds the mass of tau and of tau², by Laplace's approximation of the evidence."""
    low, high = (np.arcsinh(min(t, FARTHEST) / scale) for t in prior.tau.support)
    for _ in range(3):
        v = low + (high - low) * (np.arange(61) + 0.5) / 61
        tau = scale * np.sinh(v)
        _, curve, top = peak(tau, data, prior, min(rule.alpha, PLACING), settled=CLOSE)
        log_f = top - 0.5 * np.linalg.slogdet(curve)[1] + prior.tau.logpdf(tau) + np.log(np.cosh(v))
        near = [np.flatnonzero(f > f.max() - _DROP) for f in (log_f, log_f + 2 * np.log(tau))]
        step, width = v[1] - v[0], high - low
        first, last = near[0][0], max(near[0][-1], near[1][-1])
        low, high = max(low, v[first] - 1.5 * step), min(high, v[last] + 1.5 * step)
        if high - low > 0.5 * width:
            break
    return low, high
