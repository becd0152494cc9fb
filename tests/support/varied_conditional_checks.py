"""Is each conditional of the Gibbs sampler for groups with their own coefficients proportional to the joint along what it draws?

As in ``schools_conditional_checks``: eight points side by side as chains, normal and gamma variates from a script, the
slice step replaced by one that keeps the density it was given. Every function takes the sampler's module.
"""

import numpy as np
from conditional_checks import Scripted
from schools_conditional_checks import LINE, POINTS, along, repeated, spread_of, with_slices, within_support
from scipy import stats
from varied import generative, points

from hbm_lib.models.varying import gibbs, quantities

TIMES = 20


def state(draws, data, prior, module=gibbs):
    """The sampler's state at given points."""
    return module.State(*quantities.gibbs_state(draws, data, prior))


def _normals(z):
    return sum(stats.norm.logpdf(v).reshape(len(v), -1).sum(1) for v in z)


def _many(seed, data, prior, module):
    draws = repeated(points(seed, data, prior), TIMES)
    return draws, state(draws, data, prior, module), np.random.default_rng([seed, 7]), (POINTS * TIMES, prior.size)


def block_gap(seed, data, prior, module=gibbs):
    """(mu, beta) given Sigma, sigma2 and y: the law that draw_mu and draw_beta draw from, against the joint."""
    draws, start, rng, shape = _many(seed, data, prior, module)
    z = rng.standard_normal(shape), rng.standard_normal((shape[0], data.n_groups, shape[1]))
    after = module.draw_mu(Scripted(z[:1]), start, data, prior)
    after = module.draw_beta(Scripted(z[1:]), after, data)
    joint = generative.log_joint(draws | module.record(after, data, prior), data, prior)
    return spread_of(_normals(z) - joint, joint)  # the map is affine: its Jacobian does not change from point to point


def separate_gap(seed, data, prior, module=gibbs):
    """Mu given beta, which must stay, and Sigma."""
    draws, start, rng, shape = _many(seed, data, prior, module)
    z = rng.standard_normal(shape)
    after = module.draw_mu_given_beta(Scripted([z]), start, draws["beta"], prior)
    found = module.record(after, data, prior)
    if not np.allclose(found["beta"], draws["beta"], atol=1e-9):
        return np.inf
    joint = generative.log_joint(draws | {"mu": found["mu"]}, data, prior)
    return spread_of(_normals([z]) - joint, joint)


def sigma2_gap(seed, data, prior, module=gibbs):
    """sigma2 given beta: the gamma variate's law, or the density that is handed to the slice step, against the joint."""
    if prior.noise == "sigma2" and prior.sigma2.family == "InverseGamma":
        draws, start, rng, (n, _) = _many(seed, data, prior, module)
        g = rng.gamma(3.0, size=n)
        script = Scripted([g])
        after, _ = module.draw_sigma2(script, start, data, prior)
        # sigma2 = rate / g: a density of g times |dg / dsigma2| = g / sigma2
        claimed = stats.gamma(script.shapes[0]).logpdf(g) + np.log(g / after.sigma2)
        joint = generative.log_joint(draws | {"sigma2": after.sigma2, "sigma": np.sqrt(after.sigma2)}, data, prior)
        return spread_of(claimed - joint, joint)
    draws = repeated(points(seed, data, prior), len(LINE))
    line = np.tile(LINE, POINTS) + np.log(draws["sigma"])
    _, densities = with_slices(module, 0.0, lambda: module.draw_sigma2(None, state(draws, data, prior, module), data, prior))
    moved = draws | {"sigma": np.exp(line), "sigma2": np.exp(2 * line)}
    power = 2 if prior.noise == "sigma2" else 1
    joint = generative.log_joint(moved, data, prior) + power * line
    return along(densities, line, joint, within_support(power * line, getattr(prior, prior.noise)))


def covariance_gap(seed, data, prior, module=gibbs):
    """Sigma given beta, which must stay, and mu: the law of C W^-1 W^-T C', by the change of variables, against the joint."""
    draws, start, rng, (n, q) = _many(seed, data, prior, module)
    g, below = rng.gamma(4.0, size=(n, q)), rng.standard_normal((n, q * (q - 1) // 2))
    script = Scripted([g, below])
    after = module.draw_covariance(script, start, prior)
    found = module.record(after, data, prior)
    if not np.allclose(found["beta"], draws["beta"], atol=1e-9) or np.any(after.mu != start.mu):
        return np.inf
    k = np.arange(q)
    diagonal = np.diagonal(np.linalg.cholesky(found["covariance"]), axis1=-2, axis2=-1)
    w = np.sqrt(2 * g)
    # |d Sigma / dL| = 2^q prod L_kk^(q-k), |dL / dW| = prod L_kk^(k+1) / W_kk^(q-k), |dW / dg| = prod 1 / W_kk
    change = ((q + 1) * np.log(diagonal) - (q - k + 1) * np.log(w)).sum(1)
    claimed = sum(stats.gamma(script.shapes[0][:, i]).logpdf(g[:, i]) for i in k) + stats.norm.logpdf(below).sum(1) - change
    joint = generative.log_joint(draws | {"covariance": found["covariance"]}, data, prior)
    return spread_of(claimed - joint, joint)


def tau_gap(seed, data, prior, k, module=gibbs):
    """tau_k given eta and the correlations: the density that draw_tau hands to the slice step, against the joint."""
    draws = repeated(points(seed, data, prior), len(LINE))
    line, start = np.tile(LINE, POINTS), state(draws, data, prior, module)
    _, densities = with_slices(module, 0.0, lambda: module.draw_tau(None, start, data, prior, k))
    grown = np.ones((len(line), prior.size))
    grown[:, k] = np.exp(line)
    covariance = draws["covariance"] * grown[:, None] * grown[..., None]
    beta = draws["mu"][:, None] + (draws["beta"] - draws["mu"][:, None]) * grown[:, None]
    joint = generative.log_joint(draws | {"covariance": covariance, "beta": beta}, data, prior)
    joint = joint + (prior.size + 1 + data.n_groups) * line  # from Sigma to (tau, rho), tau to its logarithm, beta to eta
    return along(densities, line, joint, np.full(len(line), True))


def kept_gap(seed, data, prior, k, module=gibbs):
    """What draw_tau must leave alone: mu, sigma2, eta, correlations, the other tau; tau_k moves by what the slice said."""
    before = state(points(seed, data, prior), data, prior, module)
    (after, _), _ = with_slices(module, 0.7, lambda: module.draw_tau(None, before, data, prior, k))
    if any(np.any(getattr(after, n) != getattr(before, n)) for n in ("mu", "eta", "sigma2")):
        return np.inf
    grown = np.ones(prior.size)
    grown[k] = np.exp(0.7)
    return float(np.max(np.abs(after.root - before.root * grown[:, None])))
