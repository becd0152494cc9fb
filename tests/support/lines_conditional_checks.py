"""Is each conditional of the Gibbs sampler for groups with their own lines proportional to the joint along what it draws?

As in ``schools_conditional_checks``: eight points side by side as chains, the slice
step replaced by one that keeps the density it was given.
"""

import numpy as np
from conditional_checks import Scripted
from lines import eta, generative, log_spread, points
from schools_conditional_checks import LINE, POINTS, along, repeated, spread_of, with_slices, within_support
from scipy import stats

from hbm_lib.models.slopes import gibbs, quantities

MOVES = {"centered": 1, "noncentered": 1, "interwoven": 2}
RHO = np.linspace(-3, 3, len(LINE))


def state(draws, data, prior, module=gibbs):
    """The sampler's state at given points."""
    return module.State(*quantities.gibbs_state(draws, data, prior))


def block_gap(seed, data, prior, module=gibbs):
    """(mu, beta, lines) given the scales, rho and y: the law that draw_block draws from, against the joint."""
    times, rng = 20, np.random.default_rng([seed, 7])
    draws = repeated(points(seed, data, prior), times)
    z = rng.standard_normal((POINTS * times, 2)), rng.standard_normal((POINTS * times, data.n_groups, 2))
    after = module.draw_block(Scripted(z), state(draws, data, prior, module), data, prior)
    joint = generative.log_joint(draws | module.record(after, data, prior), data, prior)
    # the map from variates to draws is affine, so its Jacobian does not change from point to point
    return spread_of(sum(stats.norm.logpdf(v).reshape(len(v), -1).sum(1) for v in z) - joint, joint)


def sigma_gap(seed, data, prior, module=gibbs):
    """The conditional of log sigma that draw_sigma hands to the slice step, along sigma."""
    draws, line = repeated(points(seed, data, prior), len(LINE)), np.tile(LINE, POINTS)
    line = line + np.log(draws["sigma"])
    _, densities = with_slices(module, 0.0, lambda: module.draw_sigma(None, state(draws, data, prior, module), data, prior))
    joint = generative.log_joint(draws | {"sigma": np.exp(line)}, data, prior) + line
    return along(densities, line, joint, within_support(line, prior.sigma))


def lines_from(draws, first, second):
    """The lines of standardized gaps: a and b."""
    rho = draws["rho"][:, None]
    turned = rho * first + np.sqrt(1 - rho**2) * second
    return {"a": draws["mu"][:, None] + draws["tau_intercept"][:, None] * first,
            "b": draws["beta"][:, None] + draws["tau_slope"][:, None] * turned}


def shape_gap(seed, data, prior, name, form, module=gibbs):
    """The conditional of log tau or atanh rho that draw_shape hands to the slice step, with lines or eta held."""
    draws = repeated(points(seed, data, prior), len(LINE))
    start = state(draws, data, prior, module)
    _, densities = with_slices(module, 0.0, lambda: module.draw_shape(None, start, data, prior, name, form))
    if name == "rho":
        line = np.tile(RHO, POINTS)
        value, jacobian, inside = np.tanh(line), np.log1p(-(np.tanh(line) ** 2)), np.full(len(line), True)
    else:
        line = np.tile(LINE, POINTS) + np.log(draws[name])
        value, jacobian, inside = np.exp(line), line, within_support(line, getattr(prior, name))
    moved = draws | {name: value}
    if form == "noncentered":
        moved |= lines_from(moved, *eta(draws))
        jacobian = jacobian + log_spread(moved, data)
    return along(densities, line, generative.log_joint(moved, data, prior) + jacobian, inside)


def kept_gap(seed, data, prior, name, form, module=gibbs):
    """What a step must leave alone: the lines in the centered form, eta in the non-centered one, all else in both."""
    draws = points(seed, data, prior)
    before = state(draws, data, prior, module)
    (after, _), _ = with_slices(module, 0.7, lambda: module.draw_shape(None, before, data, prior, name, form))
    free = np.arctanh if name == "rho" else np.log
    if not np.allclose(free(getattr(after, name)), free(getattr(before, name)) + 0.7 * MOVES[form]):
        return np.inf
    others = [n for n in (*gibbs.SHAPE, "sigma", "mean") if n != name]
    if any(np.any(getattr(after, n) != getattr(before, n)) for n in others):
        return np.inf
    if form == "noncentered":
        return float(np.max(np.abs(after.eta - before.eta)))
    found, wanted = module.record(after, data, prior), draws
    if form == "interwoven":  # the lines stay in the first half, and move with eta in the second
        half = before._replace(**{name: (np.tanh if name == "rho" else np.exp)(free(getattr(before, name)) + 0.7)})
        first, second = eta(draws | {name: getattr(half, name)})
        wanted = lines_from(draws | {name: getattr(after, name)}, first, second)
    return max(float(np.max(np.abs(found[n] - wanted[n]))) for n in ("a", "b"))
