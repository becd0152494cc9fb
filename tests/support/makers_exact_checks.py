"""The creators' exact engine held against a second computation that shares nothing with it.

Given both scales, mu_global, the genres' means, the creators' effects and what is observed of them are one
normal vector. Its full covariance, creator by creator, is written down from the model, and what is asked
follows by the plain rule for conditional normals; the integral over the scales is a plain sum over a large
grid of logarithms. No sum over creators, series, panel, table or compressed node of the engine is used.
"""

import numpy as np
from schools_exact_checks import PROBABILITIES, rule
from scipy import stats

from hbm_lib.models.creators import exact

LIMIT = 1e-6  # what the engine promises, in posterior sds and in probability
BULK = (1e-7, 1e-4, 0.1, 0.3, 0.7, 0.97, 0.9999, 1 - 1e-7)
NAMES = ("mu_global", "mu_genre", "tau")


def given_scales(a, b, data, prior, moments=True):
    """Log p(d | scales), and mean and variance of (mu_global, mu_genre, tau) given them: (K,), (K, 1 + G + N) twice."""
    n, g = data.n_creators, data.n_genres
    z = np.eye(g)[data.index]
    level = np.concatenate([np.zeros((1, n)), z.T, z @ z.T])  # which shares the observed creator's genre
    own = np.concatenate([np.zeros((1 + g, n)), np.eye(n)])
    a2, b2 = np.asarray(a)[:, None, None] ** 2, np.asarray(b)[:, None, None] ** 2
    v0 = prior.mu_global.sigma ** 2
    cross = v0 + a2 * level + b2 * own
    total = cross[:, 1 + g:] + np.diag(data.se**2)
    left = data.effect - prior.mu_global.mu
    root = np.linalg.cholesky(total)
    half = np.linalg.solve(root, np.broadcast_to(left[:, None], (len(root), n, 1)))[:, :, 0]
    log_y = -0.5 * (n * np.log(2 * np.pi) + (half**2).sum(1)) - np.log(np.einsum("kii->ki", root)).sum(1)
    if not moments:
        return log_y, None, None
    gain = np.swapaxes(np.linalg.solve(total, np.swapaxes(cross, 1, 2)), 1, 2)
    before = v0 + a2[:, 0] * (np.arange(1 + g + n) > 0) + b2[:, 0] * (np.arange(1 + g + n) > g)
    return log_y, prior.mu_global.mu + gain @ left, before - (gain * cross).sum(2)


class Reference:
    """Integrals over the posterior of the scales; ``marks`` are values of the scales at which panels are to end."""

    def __init__(self, data, prior, marks):
        self.data, self.prior = data, prior
        unit = float(np.hypot(np.std(data.effect), np.median(data.se)))
        nodes = []
        for law, at in zip((prior.sigma_genre, prior.sigma_creator), marks, strict=True):
            low, high = max(law.support[0], unit * 1e-10), min(law.support[1], max(law.scipy().isf(1e-17), 20 * unit), unit * 1e4)
            nodes.append(rule(np.log(low), np.log(high), unit, np.log(at)))
        (u, wu), (v, wv) = nodes
        self.scales = np.repeat(np.exp(u), len(v)), np.tile(np.exp(v), len(u))
        parts = [given_scales(a, b, data, prior) for a, b in zip(*(np.array_split(s, 40) for s in self.scales), strict=True)]
        log_y, self.mean, self.variance = (np.concatenate(p) for p in zip(*parts, strict=True))
        log_p = log_y + sum(law.scipy().logpdf(s) + np.log(s) for law, s in zip(
            (prior.sigma_genre, prior.sigma_creator), self.scales, strict=True))
        p = np.exp(log_p - log_p.max()) * np.repeat(wu, len(v)) * np.tile(wv, len(u))
        self.p, self.log_evidence = p / p.sum(), log_p.max() + np.log(p.sum())


def exact_gaps(model, data, posterior=exact.posterior):
    """Largest distance of each quantity of the engine from the second computation, in posterior sds of that quantity."""
    found = posterior(model, data)
    scales = ("sigma_genre", "sigma_creator")
    marks = [[found.quantile(name, q) for q in PROBABILITIES] for name in scales]
    # where panels end only: among the bulk, so that none is wide beside it
    wanted = Reference(data, model.prior, [[*at, *(float(found.quantile(name, q)) for q in BULK)]
                                           for name, at in zip(scales, marks, strict=True)])
    gaps = {"log evidence": abs(found.log_evidence - wanted.log_evidence)}

    def compare(name, mean, sd, values, variance=0.0):
        truth = wanted.p @ values
        spread = np.sqrt(wanted.p @ ((values - truth) ** 2 + variance))
        gaps[f"E[{name}]"] = float(np.max(np.abs(mean - truth) / spread))
        gaps[f"sd({name})"] = float(np.max(np.abs(sd / spread - 1)))

    for name, values, at in zip(scales, wanted.scales, marks, strict=True):
        compare(name, found.mean(name), found.sd(name), values)
        gaps |= {f"P({name} < {q} quantile)": abs(wanted.p @ (values < m) - q) for q, m in zip(PROBABILITIES, at, strict=True)}
    whole = lambda what, *q: np.concatenate([np.atleast_1d(getattr(found, what)(n, *q)) for n in NAMES])  # noqa: E731
    compare("means", whole("mean"), whole("sd"), wanted.mean, wanted.variance)
    spread = np.sqrt(np.maximum(wanted.variance, 1e-30))  # both scales near 0 leave nothing but rounding
    for q in PROBABILITIES:
        share = wanted.p @ stats.norm.cdf((whole("quantile", q) - wanted.mean) / spread)
        gaps[f"P(means < {q} quantile)"] = float(np.max(np.abs(share - q)))
    above = wanted.p @ stats.norm.sf((0.3 - wanted.mean) / spread)
    gaps["P(tau > 0.3)"] = float(np.max(np.abs(found.above(0.3) - above[1 + data.n_genres:])))
    return gaps
