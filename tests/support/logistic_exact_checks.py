"""The exact engine of two groups' rates held against a second computation that shares nothing with it.

Two intercepts a, c are a = s + tau e / √2 and c = s - tau e / √2 with s ~ N(m0, tau²/2 + s0²) and e ~ N(0, 1): mu is gone,
by algebra. What is left, (a, e, log tau) and the coefficient, is summed over one large
grid of Gauss-Legendre panels. No mode, no conditional nodes, no interpolation, no group integral of the engine is used.
"""

import numpy as np
from scipy import special, stats

from hbm_lib.models import logistic
from hbm_lib.models.logistic import exact
from hbm_lib.priors import LogNormal, Normal, Uniform

LIMIT = 1e-6
NODES, WEIGHTS = special.roots_legendre(10)
PLAIN = logistic.Data([3, 0], [5, 4], ["A", "B"])
BINARY = logistic.Data([2, 1, 0, 3], [4, 1, 2, 3], list("AABB"), {"x": [0, 1, 0, 1]})
_PARTIAL = logistic.partial_pooling()
CASES = {
    "default": (_PARTIAL, PLAIN),
    "large and certain": (_PARTIAL.with_prior(mu=Normal(-1, 0.5)), logistic.Data([40, 1], [60, 1], ["A", "B"])),
    "log-normal": (_PARTIAL.with_prior(tau=LogNormal(-1, 0.7)), PLAIN),
    "uniform": (_PARTIAL.with_prior(tau=Uniform(0.3, 2)), PLAIN),
    "one covariate": (logistic.random_intercept().with_prior(tau=Uniform(0.3, 2)), BINARY),
}


def panels(low, high, width, *marks):
    """Nodes and weights of Gauss-Legendre panels about ``width`` wide that end at the marks."""
    edges = np.unique([low, high, *marks, *np.arange(low, high, width)])
    half = np.diff(edges) / 2
    return ((edges[:-1] + half)[:, None] + half[:, None] * NODES).ravel(), (half[:, None] * WEIGHTS).ravel()


def reference(model, data, marks, tau_mark):
    """Log evidence, and mean of a function of (a, tau, beta) over the posterior."""
    prior = model.prior
    a, wa = panels(-45, 30, 1.5, *marks)
    low, high = max(prior.tau.support[0], 1e-9), min(prior.tau.support[1], 60)
    t, wt = panels(np.log(low), np.log(high), 0.7, np.log(tau_mark))
    beta, wb = panels(-7, 7, 2.8) if prior.beta is not None else (np.zeros(1), np.ones(1))
    rows = list(zip(data.index, data.y, data.trials, data.x[:, 0] if data.covariates else np.zeros(data.n_rows), strict=True))
    total = np.zeros((len(t), len(a), len(beta)))
    for i, tau in enumerate(np.exp(t)):
        e, we = panels(-8, 8, 1.6 / max(1.0, tau / 2))  # the likelihood turns within a unit of tau e
        d = tau * e / np.sqrt(2)
        s = a[:, None] - d
        flat = wa[:, None] * we * stats.norm.pdf(e) * stats.norm.pdf(s, prior.mu.mu, np.hypot(tau / np.sqrt(2), prior.mu.sigma))
        for k, b in enumerate(beta):
            like = np.zeros_like(s)
            for j, y, n, x in rows:
                like = like + stats.binom(int(n), 0.5).logpmf(y) + n * np.log(2)
                logit = (a[:, None] if j == 0 else s - d) + b * x
                like = like + y * logit - n * np.logaddexp(0, logit)
            law = prior.beta.pdf(b) if prior.beta is not None else 1.0
            total[i, :, k] = (flat * np.exp(like)).sum(1) * wt[i] * wb[k] * law * prior.tau.pdf(tau) * tau
    return np.log(total.sum()), total / total.sum(), a, np.exp(t), beta


def exact_gaps(model, data, posterior=exact.posterior):
    """Largest distance of each quantity from the second computation, in posterior sds or as probabilities."""
    found = posterior(model, data)
    at = {q: float(found.quantile("alpha", q)[0]) for q in (0.025, 0.5, 0.9)}
    tau_at = found.quantile("tau", 0.5)
    log_p, mass, a, tau, beta = reference(model, data, list(at.values()), tau_at)
    gaps = {"log evidence": abs(found.log_evidence - log_p)}

    def compare(name, entry, values):
        mean = (mass * values).sum()
        sd = np.sqrt((mass * (values - mean) ** 2).sum())
        gaps[f"E[{name}]"] = abs(np.ravel(found.mean(name))[entry] - mean) / sd
        gaps[f"sd({name})"] = abs(np.ravel(found.sd(name))[entry] / sd - 1)

    compare("alpha", 0, a[:, None])
    compare("p", 0, special.expit(a)[:, None])
    compare("tau", 0, tau[:, None, None])
    if len(beta) > 1:
        compare("beta", 0, beta)
    for q, x in at.items():
        below = (mass * (a < x)[:, None]).sum()
        gaps |= {f"P(alpha < {q} quantile)": abs(below - q),
                 f"P(p < {q} quantile)": abs(found.quantile("p", q)[0] - special.expit(x))}
    gaps["P(tau < median)"] = abs((mass * (tau < tau_at)[:, None, None]).sum() - 0.5)
    return gaps
