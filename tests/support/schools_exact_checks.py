"""The schools' exact engine held against a second computation that shares nothing with it.

Given (tau, sigma), all coefficients, school means and scores are one large normal
vector. Its full covariance, pupil by pupil, is written down from the model, and what
is asked follows by the plain rule for conditional normals; the
integral over the scales is a plain sum over a large grid. No sum, precision,
shrinkage weight or panel of the engine is used.
"""

import numpy as np
from scipy import special, stats

from hbm_lib.models.schools import exact

LIMIT = 1e-8
PROBABILITIES = (0.025, 0.5, 0.9)


def given_scales(tau, sigma, data, prior, moments=True):
    """Log p(y | tau, sigma), and mean and variance of (b, theta) given them: (K,), (K, Q + J), (K, Q + J)."""
    tau2, s2 = np.asarray(tau)[:, None, None] ** 2, np.asarray(sigma)[:, None, None] ** 2
    x = np.column_stack([np.ones(data.n_pupils), *data.covariates.values()])
    z = np.eye(data.n_groups)[data.index]
    laws = [prior.mu] + [prior.beta] * (x.shape[1] - 1)
    v0, m0 = np.diag([law.sigma**2 for law in laws]), np.array([law.mu for law in laws])
    cov_y = x @ v0 @ x.T + tau2 * (z @ z.T) + s2 * np.eye(len(x))
    left = data.y - x @ m0
    root = np.linalg.cholesky(cov_y)
    half = np.linalg.solve(root, np.broadcast_to(left[:, None], (len(root), len(left), 1)))[:, :, 0]
    log_y = -0.5 * (len(left) * np.log(2 * np.pi) + (half**2).sum(1)) - np.log(np.einsum("kii->ki", root)).sum(1)
    if not moments:
        return log_y, None, None
    cross = np.concatenate([np.broadcast_to(v0 @ x.T, (len(tau2), *x.T.shape)), (v0 @ x.T)[0] + tau2 * z.T], axis=1)
    own = np.concatenate([np.broadcast_to(np.diag(v0), (len(tau2), len(v0))),
                          v0[0, 0] + np.broadcast_to(tau2[:, 0], (len(tau2), data.n_groups))], axis=1)
    centre = np.concatenate([m0, np.full(data.n_groups, m0[0])])
    gain = np.swapaxes(np.linalg.solve(cov_y, np.swapaxes(cross, 1, 2)), 1, 2)
    return log_y, centre + gain @ left, own - (gain * cross).sum(2)


NODES, WEIGHTS = special.roots_legendre(8)


def rule(low, high, unit, marks=()):
    """Nodes and weights over the logarithm of a scale: narrow panels where it is near the spread of the scores."""
    inner = np.log(unit) + np.arange(-3.5, 3.6, 0.5)
    outer = np.concatenate([np.log(unit) - np.arange(4.5, 30, 2.5), np.log(unit) + np.arange(4.5, 30, 1.0)])
    edges = np.unique([low, high, *(e for e in (*inner, *outer, *marks) if low < e < high)])
    half = np.diff(edges) / 2
    return ((edges[:-1] + half)[:, None] + half[:, None] * NODES).ravel(), (half[:, None] * WEIGHTS).ravel()


class Reference:
    """Integrals over the posterior of the scales: a Gauss-Legendre panel in every cell of a large grid of logarithms.

    ``tau`` and ``sigma`` are values at which panels are to end, so that probabilities below them can be told.
    """

    def __init__(self, data, prior, tau=(), sigma=()):
        self.data, self.prior, self.unit = data, prior, float(np.std(data.y))
        # what is outside of these ranges holds no mass to speak of: sigma has many degrees of freedom, tau light tails
        self.v = self._range(prior.sigma, self.unit / 20, self.unit * 1e3)
        v, wv = rule(*self.v, self.unit, np.log(sigma))
        u, wu = np.array([np.log(prior.fixed_tau) if prior.fixed_tau else -np.inf]), np.ones(1)
        if prior.tau is not None:
            self.u = self._range(prior.tau, self.unit * 1e-10, self.unit * 1e4)
            u, wu = rule(*self.u, self.unit, np.log(tau))
        self.tau, self.sigma = np.repeat(np.exp(u), len(v)), np.tile(np.exp(v), len(u))
        log_p, self.mean, self.variance = self._terms(self.tau, self.sigma, True)
        self.peak = log_p.max()
        p = np.exp(log_p - self.peak) * np.repeat(wu, len(v)) * np.tile(wv, len(u))
        self.total, self.p = p.sum(), p / p.sum()
        self.log_evidence = self.peak + np.log(self.total)

    @staticmethod
    def _range(law, low, high):
        return float(np.log(max(law.support[0], low))), float(np.log(min(law.support[1], high)))

    def _terms(self, tau, sigma, moments):
        """Log density of the logarithms of the scales, and the moments given them."""
        parts = [given_scales(t, s, self.data, self.prior, moments)
                 for t, s in zip(np.array_split(tau, 40), np.array_split(sigma, 40), strict=True)]
        log_y, *rest = ([np.concatenate(v) for v in zip(*parts, strict=True)] if moments
                        else [np.concatenate([v[0] for v in parts]), None, None])
        log_p = log_y + self.prior.sigma.scipy().logpdf(sigma) + np.log(sigma)
        return log_p if self.prior.tau is None else log_p + self.prior.tau.scipy().logpdf(tau) + np.log(tau), *rest

    def below_ratio(self, ratio):
        """P(tau / sigma < ratio): for each tau, sigma from tau / ratio upward."""
        u, wu = rule(self.u[0], min(self.u[1], self.v[1] + np.log(ratio)), self.unit, [self.v[0] + np.log(ratio)])
        start = np.maximum(self.v[0], u - np.log(ratio))
        # a twelfth of what is left at a time, the first pieces short: the density may be steep there
        cuts = np.linspace(0, 1, 15) ** 1.5
        at = (cuts[:-1, None] + np.diff(cuts)[:, None] * (NODES + 1) / 2).ravel()
        w = (np.diff(cuts)[:, None] * WEIGHTS / 2).ravel()
        v = start[:, None] + (self.v[1] - start)[:, None] * at
        log_p, *_ = self._terms(np.repeat(np.exp(u), len(at)), np.exp(v).ravel(), False)
        inner = (np.exp(log_p - self.peak).reshape(v.shape) @ w) * (self.v[1] - start)
        return float(wu @ inner / self.total)


def exact_gaps(model, data, posterior=exact.posterior):
    """Largest distance of each quantity of the engine from the second computation, in posterior sds of that quantity."""
    found, two = posterior(model, data), model.prior.tau is not None
    marks = {n: [found.quantile(n, q) for q in PROBABILITIES] for n in ("tau", "sigma") if n in model.dims}
    wanted = Reference(data, model.prior, **marks)
    gaps = {"log evidence": abs(found.log_evidence - wanted.log_evidence)}

    def compare(name, mean, sd, values, variance=0.0):
        truth = wanted.p @ values
        spread = np.sqrt(wanted.p @ ((values - truth) ** 2 + variance))
        gaps[f"E[{name}]"] = float(np.max(np.abs(mean - truth) / spread))
        gaps[f"sd({name})"] = float(np.max(np.abs(sd / spread - 1)))

    for name, at in marks.items():
        values = getattr(wanted, name)
        compare(name, found.mean(name), found.sd(name), values)
        gaps |= {f"P({name} < {q} quantile)": abs(wanted.p @ (values < m) - q) for q, m in zip(PROBABILITIES, at, strict=True)}
    names = [n for n in ("mu", "beta", "theta") if n in model.dims]
    whole = lambda what, *q: np.concatenate([np.atleast_1d(getattr(found, what)(n, *q)) for n in names])  # noqa: E731
    compare("mu, beta, theta", whole("mean"), whole("sd"), wanted.mean, wanted.variance)
    for q in PROBABILITIES:
        share = wanted.p @ stats.norm.cdf((whole("quantile", q) - wanted.mean) / np.sqrt(wanted.variance))
        gaps[f"P(mu, beta, theta < {q} quantile)"] = float(np.max(np.abs(share - q)))
    if two:
        icc = found.icc()
        compare("icc", icc["mean"], icc["sd"], wanted.tau**2 / (wanted.tau**2 + wanted.sigma**2))
        for q in (0.1, 0.5):
            gaps[f"P(tau / sigma < {q} quantile)"] = abs(wanted.below_ratio(float(found.law("tau / sigma").quantile(q))) - q)
    return gaps


def coefficients_gap(model, data, module=exact, **changes):
    """Largest relative distance of log p(y | scales), mean and variance of b from the second computation, at four scales.

    ``changes`` replaces what the data has taken once, such as ``sums``.
    """
    q, unit = data.sums.design.shape[1], np.std(data.y)
    tau = unit * np.array([1e-6, 0.1, 1.0, 30.0]) if model.prior.tau is not None else np.full(4, model.prior.fixed_tau)
    sigma = unit * np.array([0.5, 3.0, 0.05, 1.0])
    given = data._with()
    given.__dict__.update(changes)
    mean, cov, log_y = module.coefficients(tau, sigma, given, model.prior)
    wanted, centre, variance = given_scales(tau, sigma, data, model.prior)
    sd = np.sqrt(variance[:, :q])
    return float(max(np.max(np.abs(log_y / wanted - 1)), np.max(np.abs(mean - centre[:, :q]) / sd),
                     np.max(np.abs(np.sqrt(np.diagonal(cov, axis1=1, axis2=2)) / sd - 1))))


def joint_moments(posterior):
    """Mean (D,) and covariance (D, D) of (mu, beta, theta, tau, sigma), from the laws at the nodes."""
    g, (tau, sigma, weight) = posterior.given, posterior.nodes
    q, j = g["mean"].shape[1], posterior.data.n_groups
    lean = np.concatenate([np.broadcast_to(np.eye(q), (len(weight), q, q)), g["lean"]], axis=1)
    start = np.concatenate([np.zeros((len(weight), q)), g["start"]], axis=1)
    centre = np.concatenate([start + np.einsum("kdq,kq->kd", lean, g["mean"]), tau[:, None], sigma[:, None]], axis=1)
    mean = weight @ centre
    cov = ((centre - mean) * weight[:, None]).T @ (centre - mean)
    cov[: q + j, : q + j] += np.einsum("k,kdq,kqr,ker->de", weight, lean, g["cov"], lean, optimize=True)
    cov[np.arange(q, q + j), np.arange(q, q + j)] += weight @ g["own"]
    return mean, cov


def draws_distance(posterior, seed, n=20_000, sample=None):
    """Largest distance of the means and covariances of draws from the exact ones, in standard errors."""
    draws = (sample or posterior.sample)(np.random.default_rng(seed), n)
    parts = [draws["mu"][:, None], *([draws["beta"]] if "beta" in draws else []), draws["theta"]]
    mean, cov = joint_moments(posterior)
    keep = np.ones(len(mean), bool)
    keep[-2] = "tau" in draws
    x = np.column_stack([*parts, *([draws["tau"]] if "tau" in draws else []), draws["sigma"]])
    left = (x - mean[keep]) / np.sqrt(np.diag(cov)[keep])
    products = np.einsum("nd,ne->nde", left, left)[:, *np.triu_indices(left.shape[1])]
    cov = cov[keep][:, keep]
    wanted = cov / np.sqrt(np.outer(np.diag(cov), np.diag(cov)))
    z = [left.mean(0) / left.std(0), (products.mean(0) - wanted[np.triu_indices(left.shape[1])]) / products.std(0)]
    return float(np.max(np.abs(np.concatenate(z)))) * np.sqrt(n)


def without_gap(make):
    """Whether leaving a school out gives what its absence would: the largest distance of the sums of the scores."""
    school, y, x = list("cabacbadca"), np.arange(10.0) ** 2, np.sqrt(np.arange(10.0))
    left = make(y, school, {"x": x}).without("b")
    keep = [i for i, s in enumerate(school) if s != "b"]
    alone = make(y[keep], [school[i] for i in keep], {"x": x[keep]})
    if left.labels != alone.labels or left.n_pupils != alone.n_pupils or list(left.counts) != list(alone.counts):
        return np.inf
    pairs = [(getattr(left.sums, n), getattr(alone.sums, n)) for n in ("means", "design", "within_xx", "slope", "within_rss")]
    return max(float(np.max(np.abs(a - b))) for a, b in pairs)
