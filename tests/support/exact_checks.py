"""The exact engine held against a second computation that shares nothing with it.

Given tau, (b, theta, y) is one large normal vector. Its covariance is written
down from the model, and what is asked follows by the plain rule for conditional
normals; SciPy's adaptive quadrature does the integral over tau. No step of the
engine's algebra (the precision of b, shrinkage weights, panels) is used.
"""

import itertools
from functools import lru_cache, partial

import numpy as np
from scipy import integrate, stats

from hbm_lib.models.eight_schools import exact

LIMIT = 1e-9


def _joint(tau, data, prior):
    """Mean and covariance of (b, theta, y) given tau."""
    p, j = data.design.shape[1], data.n_groups
    b0 = np.array([prior.mu.mu] + [prior.beta.mu] * (p - 1) if prior.beta is not None else [prior.mu.mu])
    v0 = np.diag([prior.mu.sigma**2] + ([prior.beta.sigma**2] * (p - 1) if prior.beta is not None else []))
    spread = 0.0 if prior.tau is None else float(prior.scale(np.float64(tau)))
    # (b, theta, y) = M (b, u, e) with u and e the deviations of effects and of measurements
    m = np.zeros((p + 2 * j, p + 2 * j))
    m[:p, :p] = np.eye(p)
    m[p : p + j, :p] = m[p + j :, :p] = data.design
    m[p : p + j, p : p + j] = m[p + j :, p : p + j] = spread * np.eye(j)
    m[p + j :, p + j :] = np.diag(data.sigma)
    base = np.eye(p + 2 * j)
    base[:p, :p] = v0
    return m @ np.concatenate([b0, np.zeros(2 * j)]), m @ base @ m.T, p, j


@lru_cache(maxsize=4096)
def _given_tau(tau, key):
    """Evidence of y given tau, conditional mean and second moment of (b, theta)."""
    data, prior = _KNOWN[key]
    mean, cov, p, j = _joint(tau, data, prior)
    k = p + j
    gain = cov[:k, k:] @ np.linalg.inv(cov[k:, k:])
    centre = mean[:k] + gain @ (data.y - mean[k:])
    variance = np.diag(cov[:k, :k] - gain @ cov[k:, :k])
    return float(np.exp(stats.multivariate_normal.logpdf(data.y, mean[k:], cov[k:, k:]))), centre, centre**2 + variance


_KNOWN = {}


def reference(data, prior):
    """Return log evidence, means and sds of every variable, and P(tau < 5), by the second computation."""
    key = len(_KNOWN)
    _KNOWN[key] = (data, prior)
    p = data.design.shape[1]
    if prior.tau is None:
        e, m1, m2 = _given_tau(0.0, key)
        out = {"log_evidence": np.log(e)}
    else:
        low, high = prior.tau.support
        unit = float(np.hypot(np.median(data.sigma), np.std(data.y)))
        top = min(high, unit * 1e8)
        marks = [low, *[v for v in (*unit * np.geomspace(1e-3, 1e8, 45), *prior.scale.breaks) if low < v < top], top]

        def over(value, a=low, b=np.inf, floor=0.0):
            edges = sorted({min(max(v, a), b, top) for v in (*marks, a, b) if np.isfinite(v)})
            weigh = lambda t: _given_tau(t, key)[0] * float(prior.tau.scipy().pdf(t)) * scale * value(t)  # noqa: E731
            return sum(integrate.quad(weigh, lo, hi, epsabs=floor, epsrel=1e-10, limit=100)[0]
                       for lo, hi in itertools.pairwise(edges))

        scale = 1 / _given_tau(unit, key)[0]
        floor = 1e-13 * over(lambda t: 1.0, floor=1e-12)
        over = partial(over, floor=floor)
        total = over(lambda t: 1.0)
        size = p + data.n_groups
        m1 = np.array([over(lambda t, i=i: _given_tau(t, key)[1][i]) for i in range(size)]) / total
        m2 = np.array([over(lambda t, i=i: _given_tau(t, key)[2][i]) for i in range(size)]) / total
        t1, t2 = (over(lambda t, n=n: t**n) / total for n in (1, 2))
        out = {"log_evidence": np.log(total / scale), "tau": (t1, np.sqrt(t2 - t1**2)),
               "P(tau < 5)": over(lambda t: 1.0, b=5.0) / total}
    sd = np.sqrt(m2 - m1**2)
    out |= {"mu": (m1[0], sd[0]), "theta": (m1[p:], sd[p:])}
    return out if p == 1 else out | {"beta": (m1[1:p], sd[1:p])}


def exact_gaps(model, data, posterior=exact.posterior, wanted=None):
    """Largest distance of each quantity of the engine from the second computation."""
    wanted = reference(data, model.prior) if wanted is None else wanted
    found = posterior(model, data)
    gaps = {"log_evidence": abs(found.log_evidence - wanted["log_evidence"])}
    for name in ("mu", "tau", "beta", "theta"):
        if name in wanted:
            mean, sd = wanted[name]
            gaps[f"E[{name}]"] = float(np.max(np.abs(found.mean(name) - mean)))
            gaps[f"sd({name})"] = float(np.max(np.abs(found.sd(name) - sd)))
    if "P(tau < 5)" in wanted:
        gaps["P(tau < 5)"] = abs(found.cdf("tau", 5.0) - wanted["P(tau < 5)"])
    return gaps


def leave_one_out_gap(model, data, leave_one_out=exact.leave_one_out):
    """Distance of log p(y_j | the others) from integrating the density of y_j over the others' posterior."""
    found = leave_one_out(model, data)
    worst = 0.0
    for j in range(data.n_groups):
        keep = [i for i in range(data.n_groups) if i != j]
        rest = type(data)(data.y[keep], data.sigma[keep], [data.labels[i] for i in keep],
                          {k: v[keep] for k, v in data.covariates.items()})
        others = exact.posterior(model, rest)
        tau = np.zeros(1) if others.line is None else others.line.tau
        weight = np.ones(1) if others.line is None else others.line.weight
        mean, cov, _ = exact.coefficients(tau, rest, model.prior)
        x = data.design[j]
        variance = data.sigma[j] ** 2 + np.asarray(model.prior.scale(tau)) ** 2 + np.einsum("p,kpq,q->k", x, cov, x)
        density = weight @ stats.norm.pdf(data.y[j], mean @ x, np.sqrt(variance))
        worst = max(worst, abs(found[j] - np.log(density)))
    return worst
