"""Linear regressions with data that fits them, random points at which to look, and the posterior by other roads.

The same names as in ``eight`` and ``pupils``, so that one check serves all studies.
"""

import numpy as np
from conditional_checks import Scripted, variation
from scipy import integrate, stats

from hbm_lib.models import linear
from hbm_lib.models.linear import exact, generative, gibbs, numpyro_model, pymc_model
from hbm_lib.priors import Exponential, HalfCauchy, InverseGamma, LogNormal, Uniform

__all__ = ["CASES", "CONJUGATE", "FORMS", "generative", "numpyro_model", "points", "positive", "pymc_model", "sampled"]

X = np.array([0.3, -1.2, 0.8, -0.4, 0.1, 1.6, -1.7, 1.1, 0.9, -0.6, 0.2, 0.5])
Y = np.array([1.2, -0.4, 0.9, 2.2, -1.7, 0.3, -2.1, 0.8, 1.9, 0.4, -0.9, 1.1])
KIND = np.array([1.0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 1])
DATA = linear.Data(np.column_stack([np.ones(12), X, KIND]), Y, ["intercept", "age", "kind"])
LINE = linear.Data(DATA.x[:, :2], Y, ["intercept", "age"])
FAR = linear.Data(np.column_stack([np.ones(12), 1000 + X]), 50 + Y)
# more columns than rows, and two columns that are one: the prior alone tells them apart
WIDE = linear.Data(np.column_stack([np.ones(3), X[:3], X[3:6], X[6:9], X[6:9]]), Y[:3])
MEAN, PRECISION = [0.5, -1.0, 0.2], [[2.0, 0.6, 0.1], [0.6, 1.0, -0.2], [0.1, -0.2, 1.5]]

_model = lambda *prior: linear.conjugate(linear.Prior(*prior))  # noqa: E731
CASES = {
    "matrix": (_model(MEAN, PRECISION, InverseGamma(3, 2)), DATA),
    "line": (_model(0, 0.1, InverseGamma(2, 1)), LINE),
    "far_from_0": (_model([3, 0], [1.0, 2.0], InverseGamma(1.5, 4)), FAR),
    "wide": (_model(0.2, 0.7, InverseGamma(2, 2)), WIDE),
    "half_cauchy": (_model(0, PRECISION, HalfCauchy(2)), DATA),
    "exponential": (_model(MEAN, 0.5, Exponential(0.7)), DATA),
    "log_normal": (_model(0, 1, LogNormal(0, 1)), LINE),
    "bounded": (_model(0, 1, Uniform(0.1, 30)), LINE),
}
CONJUGATE = [name for name, (model, _) in CASES.items() if model.prior.sigma2.family == "InverseGamma"]
FORMS = ("noncentered", "centered")


def points(seed, data, prior, n=24):
    """Draw n sets of parameters from the prior, the variance evenly in its logarithm."""
    rng = np.random.default_rng([seed, 1])
    low, high = prior.sigma2.support
    sigma2 = np.exp(rng.uniform(np.log(max(1.02 * low, 1e-3)), np.log(min(0.98 * high, 400)), n))
    z = rng.standard_normal((data.n_columns, n))
    mean, root = prior.coefficients(data.n_columns)
    beta = mean + np.sqrt(sigma2)[:, None] * np.linalg.solve(root, z).T
    return {"beta": beta, "sigma2": sigma2, "sigma": np.sqrt(sigma2)}


def sampled(draws, data, prior, form):
    """The values of what an engine samples, and the log of the factor that their density has beside ``log_joint``."""
    if form == "centered":
        return {"beta": draws["beta"], "sigma2": draws["sigma2"]}, 0.0
    mean, _ = prior.coefficients(data.n_columns)
    root = np.linalg.cholesky(np.linalg.inv(np.asarray(generative_precision(data, prior))))
    z = np.linalg.solve(root, (draws["beta"] - mean).T).T / draws["sigma"][:, None]
    return {"z": z, "sigma2": draws["sigma2"]}, data.n_columns * np.log(draws["sigma"]) + np.linalg.slogdet(root)[1]


def generative_precision(data, prior):
    """The prior precision as a full matrix, put together here."""
    p = np.asarray(prior.precision, float)
    return p if p.ndim == 2 else np.diag(np.broadcast_to(p, data.n_columns))


def positive(prior):
    """What PyMC and NumPyro move to the real line, with the support it has."""
    return {"sigma2": prior.sigma2.support}


def beta_gap(seed, data, prior, module=gibbs):
    """beta given sigma2: the law that draw_beta draws from, against the joint."""
    times, rng = 20, np.random.default_rng([seed, 7])
    draws = {k: np.repeat(v[:8], times, 0) for k, v in points(seed, data, prior).items()}
    z = rng.standard_normal((8 * times, data.n_columns))
    after = module.draw_beta(Scripted([z]), module.State(draws["beta"], draws["sigma2"]), data, prior)
    joint = generative.log_joint(draws | {"beta": after.beta}, data, prior)
    ratio = (stats.norm.logpdf(z).sum(1) - joint).reshape(8, times)
    moved = np.any(after.sigma2 != draws["sigma2"])
    return np.inf if moved else max(variation(r, j) for r, j in zip(ratio, joint.reshape(8, times), strict=True))


def coefficient_gap(seed, data, prior, module=gibbs):
    """Each coefficient given the others and sigma2, and that the others stay where they are."""
    times, rng, worst = 20, np.random.default_rng([seed, 8]), 0.0
    draws = {k: np.repeat(v[:8], times, 0) for k, v in points(seed, data, prior).items()}
    for j in range(data.n_columns):
        z = rng.standard_normal(8 * times)
        after = module.draw_coefficient(Scripted([z]), j, module.State(draws["beta"], draws["sigma2"]), data, prior)
        if np.any(np.delete(after.beta != draws["beta"], j, 1)) or np.any(after.sigma2 != draws["sigma2"]):
            return np.inf
        joint = generative.log_joint(draws | {"beta": after.beta}, data, prior)
        ratio = (stats.norm.logpdf(z) - joint).reshape(8, times)
        worst = max(worst, *(variation(r, s) for r, s in zip(ratio, joint.reshape(8, times), strict=True)))
    return worst


def sigma2_gap(seed, data, prior, module=gibbs):
    """sigma2 given beta: the law that draw_sigma2 draws from, against the joint."""
    times, rng = 20, np.random.default_rng([seed, 9])
    draws = {k: np.repeat(v[:8], times, 0) for k, v in points(seed, data, prior).items()}
    g = rng.gamma(3, size=8 * times)
    script = Scripted([g])
    after = module.draw_sigma2(script, module.State(draws["beta"], draws["sigma2"]), data, prior)
    joint = generative.log_joint(draws | {"sigma2": after.sigma2}, data, prior)
    # sigma2 = scale / g: its density is that of g times g² / scale, and scale = sigma2 g is the same at each point
    claimed = stats.gamma(script.shapes[0]).logpdf(g) + 2 * np.log(g)
    ratio = (claimed - joint).reshape(8, times)
    return max(variation(r, j) for r, j in zip(ratio, joint.reshape(8, times), strict=True))


def given_sigma2(data, prior):
    """Mean, covariance and log p(y) given sigma2 = 1, from the covariance of all rows: no sum, triangle or precision."""
    mean, _ = prior.coefficients(data.n_columns)
    cov = np.linalg.inv(generative_precision(data, prior))
    whole = np.eye(data.n_rows) + data.x @ cov @ data.x.T
    left = data.y - data.x @ mean
    gain = np.linalg.solve(whole, data.x @ cov).T
    return mean + gain @ left, cov - gain @ data.x @ cov, whole, left


def exact_gaps(model, data, module=exact):
    """Largest distance of each quantity of the closed form from numerical integration over log sigma2, in sds."""
    prior, found = model.prior, module.posterior(model, data)
    centre, cov, whole, left = given_sigma2(data, prior)
    squares, log_det = left @ np.linalg.solve(whole, left), np.linalg.slogdet(whole)[1]

    def log_p(u):
        v = np.exp(u)
        log_y = -0.5 * (data.n_rows * (np.log(2 * np.pi) + u) + log_det + squares / v)
        return log_y + stats.invgamma.logpdf(v, prior.sigma2.shape, scale=prior.sigma2.scale) + u

    grid = np.linspace(-20, 20, 4001)
    peak, at = log_p(grid).max(), grid[log_p(grid).argmax()]

    def over(value):
        pieces = ((at - 15, at - 2), (at - 2, at), (at, at + 2), (at + 2, at + 30))
        weigh = lambda u: np.exp(log_p(u) - peak) * value(np.exp(u))  # noqa: E731
        return sum(integrate.quad(weigh, a, b, epsabs=1e-13, epsrel=1e-11, limit=200)[0] for a, b in pieces)

    total = over(lambda v: 1.0)
    mean_of = lambda f: over(f) / total  # noqa: E731
    gaps = {"log evidence": abs(found.log_evidence - peak - np.log(total))}
    for name, f in (("sigma2", lambda v: v), ("sigma", np.sqrt)):
        m = mean_of(f)
        sd = np.sqrt(mean_of(lambda v, f=f, m=m: (f(v) - m) ** 2))
        gaps |= {f"E[{name}]": abs(found.mean(name) - m) / sd, f"sd({name})": abs(found.sd(name) / sd - 1)}
        for q in (0.025, 0.5, 0.9):
            cut = np.log(found.quantile(name, q)) * (1 if name == "sigma2" else 2)
            below = integrate.quad(lambda u: np.exp(log_p(u) - peak), at - 15, cut, epsabs=1e-13, epsrel=1e-11, limit=200)[0]
            gaps[f"P({name} < {q} quantile)"] = abs(below / total - q)
    sd = np.sqrt(np.diag(cov) * mean_of(lambda v: v))
    gaps["E[beta]"] = float(np.max(np.abs(found.mean("beta") - centre) / sd))
    gaps["sd(beta)"] = float(np.max(np.abs(found.sd("beta") / sd - 1)))
    for q in (0.025, 0.9):
        z = (found.quantile("beta", q) - centre) / np.sqrt(np.diag(cov))
        share = [mean_of(lambda v, z=z: stats.norm.cdf(z / np.sqrt(v))) for z in z]
        gaps[f"P(beta < {q} quantile)"] = float(np.max(np.abs(np.array(share) - q)))
    return gaps
