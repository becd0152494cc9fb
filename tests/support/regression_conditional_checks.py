"""Is each conditional of the Gibbs sampler for regression with groups proportional to the joint density?

As in ``conditional_checks``: a step that only draws is run with scripted normals and gammas, so that the density it
draws from follows from the change of variables; a slice step is replaced by one that keeps the log density it
was given. Eight points stand side by side as chains, each with its own scales. Every function takes the
sampler's modules, so that a broken one can be put in. Each returns how far a log ratio is from constant.
"""

import numpy as np
from conditional_checks import Scripted, variation
from grouped_rows import generative, points
from scipy import stats

from hbm_lib.models.regression import gibbs, gibbs_scales

POINTS, TIMES, LINE = 8, 20, np.linspace(-2.5, 2.5, 25)


class Gammas(Scripted):
    """A script of standard gammas too, each handed out as a copy: a step may work in place."""

    def _next(self, size):
        return super()._next(size).copy()

    def standard_gamma(self, shape, size):
        value = self._next(size)
        self.shapes.append(np.broadcast_to(shape, value.shape))
        return value


def repeated(draws, times):
    """The first eight points, each ``times`` times over: (8 times, ...)."""
    return {k: np.repeat(v[:POINTS], times, 0) for k, v in draws.items()}


def state(draws, module=gibbs):
    return module.State(*(draws[name].copy() for name in ("beta", "gamma", "sigma2", "tau2")))


def spread_of(log_ratio, about):
    """How much the log ratio varies at any of the eight points."""
    rows, sizes = log_ratio.reshape(POINTS, -1), np.asarray(about).reshape(POINTS, -1)
    return max(variation(r, s) for r, s in zip(rows, sizes, strict=True))


def normal_gap(seed, data, prior, names, draw):
    """The law that ``draw(script, state)`` draws the normal blocks ``names`` from, against the joint."""
    draws, rng = repeated(points(seed, data, prior), TIMES), np.random.default_rng([seed, 7])
    script = [rng.standard_normal(draws[name].T.shape) for name in names]
    before = state(draws)
    after = draw(Gammas(script), before)
    held = [name for name in ("beta", "gamma", "sigma2", "tau2") if name not in names]
    if any(np.any(getattr(after, name) != draws[name]) for name in held):
        return np.inf
    # the map from variates to draws is affine, so its Jacobian does not change from point to point
    drawn_from = sum(stats.norm.logpdf(z).sum(0) for z in script)
    joint = generative.log_joint(draws | {name: getattr(after, name) for name in names}, data, prior)
    return spread_of(drawn_from - joint, joint)


def separate_gap(seed, data, prior, module=gibbs):
    """beta given gamma, sigma2 and y."""
    return normal_gap(seed, data, prior, ["beta"], lambda rng, s: module.draw_beta_given_gamma(rng, s, data, prior))


def gamma_gap(seed, data, prior, module=gibbs):
    """gamma given beta, sigma2, tau2 and y."""
    return normal_gap(seed, data, prior, ["gamma"], lambda rng, s: module.draw_gamma(rng, s, data, prior))


def blocked_gap(seed, data, prior, module=gibbs):
    """(beta, gamma) given sigma2, tau2 and y: beta with gamma integrated out, then gamma."""
    return normal_gap(seed, data, prior, ["beta", "gamma"],
                      lambda rng, s: module.draw_gamma(rng, module.draw_beta(rng, s, data, prior), data, prior))


def with_slices(module, call):
    """Run a step whose slice updates stay where they are; return its result and the densities it asked for."""
    densities, kept = [], module.slice_step

    def slice_step(rng, x, log_density, **_):
        densities.append((x, log_density))
        return x, 1

    module.slice_step = slice_step
    try:
        return call(), densities
    finally:
        module.slice_step = kept


def variance_gap(seed, data, prior, name, module=gibbs_scales):
    """sigma2 or tau2 given the rest: drawn from scripted gammas, or the density of its logarithm along a line."""
    step = {"sigma2": module.draw_sigma2, "tau2": module.draw_tau2}[name]
    draws, rng = repeated(points(seed, data, prior), len(LINE)), np.random.default_rng([seed, 8])
    if _by_mixture(prior, name):
        return mixture_gap(seed, data, prior, module)
    if _directly(prior, name):
        g = rng.gamma(3.0, size=len(draws[name]))
        script = Gammas([g])
        value, _ = step(script, state(draws), data, prior)
        # value = scale / g with g ~ Gamma(shape): the density of log value is that of log g
        drawn_from = stats.gamma(script.shapes[0]).logpdf(g) + np.log(g)
        joint = generative.log_joint(draws | {name: value}, data, prior) + np.log(value)
        return spread_of(drawn_from - joint, joint)
    _, densities = with_slices(module, lambda: step(rng, state(draws), data, prior))
    here, line = np.log(draws[name]), np.tile(LINE, POINTS)
    if len(densities) != 1 or not np.allclose(densities[0][0], here):
        return np.inf
    joint = generative.log_joint(draws | {name: np.exp(here + line)}, data, prior) + here + line
    return along(densities[0][1](here + line), joint)


def _by_mixture(prior, name):
    return name == "tau2" and prior.tau is not None and prior.tau.family in ("HalfStudentT", "HalfCauchy")


def _directly(prior, name):
    law = prior.sigma2 if name == "sigma2" else prior.tau2
    return law is not None and law.family == "InverseGamma"


def mixture_gap(seed, data, prior, module=gibbs_scales):
    """tau2 given a and a given tau2, against InverseGamma(tau2 | nu/2, nu/a) InverseGamma(a | 1/2, 1/scale²) and the offsets.

    And that the mixture is the half-t prior itself: a integrated out by quadrature.
    """
    draws, rng = repeated(points(seed, data, prior), TIMES), np.random.default_rng([seed, 9])
    nu, scale = getattr(prior.tau, "nu", 1.0) if prior.tau.family == "HalfStudentT" else 1.0, prior.tau.scale
    one, two = rng.gamma(2.0, size=len(draws["tau2"])), rng.gamma(2.0, size=len(draws["tau2"]))
    script, seen, honest = Gammas([one, two]), [], module.mixing_scale
    module.mixing_scale = lambda *told: seen.append(honest(*told)) or seen[-1]
    try:
        tau2, _ = module.draw_tau2(script, state(draws), data, prior)
    finally:
        module.mixing_scale = honest
    if len(seen) != 1 or len(script.shapes) != 2:
        return np.inf
    a = seen[0]
    laws = lambda v, a: stats.invgamma(nu / 2, scale=nu / a).logpdf(v)  # noqa: E731
    about_a = laws(draws["tau2"], a) + stats.invgamma(0.5, scale=scale**-2.0).logpdf(a) + np.log(a)
    first = spread_of(stats.gamma(script.shapes[0]).logpdf(one) + np.log(one) - about_a, about_a)
    effects = stats.norm.logpdf(draws["gamma"], 0, np.sqrt(tau2)[:, None]).sum(1)
    about_tau2 = laws(tau2, a) + effects + np.log(tau2)
    # a differs from point to point, so its own terms are constants only where it is the same: they are taken off
    given = np.log(a) * -(nu / 2)
    drawn = stats.gamma(script.shapes[1]).logpdf(two) + np.log(two)
    normal = _inverse_gamma_constant(nu / 2 + data.n_groups / 2, nu / a + (draws["gamma"] ** 2).sum(1) / 2)
    second = spread_of(drawn - (about_tau2 - given - normal), about_tau2)
    grid = np.linspace(-60, 60, 20001)
    line = np.exp(np.linspace(-6, 6, 13))
    mixed = stats.invgamma(nu / 2, scale=nu / np.exp(grid)).pdf(line[:, None]) * stats.invgamma(0.5, scale=scale**-2.0).pdf(
        np.exp(grid)) * np.exp(grid)
    third = variation(np.log(mixed.sum(1) * (grid[1] - grid[0])) - prior.tau2_logpdf(line), 1.0)
    return max(first, second, third)


def _inverse_gamma_constant(shape, scale):
    """Minus the log of the normalizing constant of an inverse gamma, as far as it depends on the scale."""
    return -shape * np.log(scale)


def along(found, joint):
    """The density must be minus infinity exactly where the joint is, and elsewhere proportional to it, at every point."""
    if np.any(np.isfinite(found) != np.isfinite(joint)):
        return np.inf
    worst = 0.0
    for f, j in zip(found.reshape(POINTS, -1), joint.reshape(POINTS, -1), strict=True):
        inside = np.isfinite(j)
        worst = max(worst, variation(f[inside] - j[inside], j[inside]))
    return worst


def factor_gap(seed, data, prior, module=gibbs_scales):
    """The factor by which tau and gamma grow together, along it, gamma / tau held."""
    draws, line = repeated(points(seed, data, prior), len(LINE)), np.tile(LINE, POINTS)
    (k, _), densities = with_slices(module, lambda: module.rescale(None, state(draws), data, prior))
    if len(densities) != 1 or np.any(densities[0][0] != 0) or np.any(k != 1):
        return np.inf
    moved = draws | {"tau2": draws["tau2"] * np.exp(2 * line), "gamma": draws["gamma"] * np.exp(line)[:, None]}
    # the joint is a density of (gamma, tau2): tau^J and tau2 turn it into one of (gamma / tau, log tau)
    joint = generative.log_joint(moved, data, prior) + (data.n_groups + 2) * line
    return along(densities[0][1](line), joint)
