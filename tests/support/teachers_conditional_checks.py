"""Is each conditional of the Gibbs sampler for three levels proportional to the joint density along what it draws?

As in ``schools_conditional_checks``: eight points side by side as chains, the slice
step replaced by one that keeps the density it was given.
"""

import numpy as np
from conditional_checks import Scripted
from schools_conditional_checks import LINE, POINTS, along, repeated, spread_of, with_slices, within_support
from scipy import stats
from teachers import generative, points, sampled

from hbm_lib.models.three_levels import gibbs, quantities

MOVES = {"centered": 1, "noncentered": 1, "interwoven": 2}


def state(draws, data, prior, module=gibbs):
    """The sampler's state at given points."""
    return module.State(*quantities.gibbs_state(draws, data, prior))


def block_gap(seed, data, prior, module=gibbs):
    """(mu, theta, alpha) given the scales and y: the law that draw_block draws from, against the joint."""
    times, rng = 20, np.random.default_rng([seed, 7])
    draws = repeated(points(seed, data, prior), times)
    z = [rng.standard_normal((POINTS * times, k)) for k in (1, len(data.schools), len(data.teachers))]
    after = module.draw_block(Scripted([z[0][:, 0], *z[1:]]), state(draws, data, prior, module), data, prior)
    joint = generative.log_joint(draws | module.record(after, data, prior), data, prior)
    # the map from variates to draws is affine, so its Jacobian does not change from point to point
    return spread_of(sum(stats.norm.logpdf(v).sum(1) for v in z) - joint, joint)


def sigma_gap(seed, data, prior, module=gibbs):
    """The conditional of log sigma that draw_sigma hands to the slice step, along sigma."""
    draws, line = repeated(points(seed, data, prior), len(LINE)), np.tile(LINE, POINTS)
    line = line + np.log(draws["sigma"])
    _, densities = with_slices(module, 0.0, lambda: module.draw_sigma(None, state(draws, data, prior, module), data, prior))
    joint = generative.log_joint(draws | {"sigma": np.exp(line)}, data, prior) + line
    return along(densities, line, joint, within_support(line, prior.sigma))


def scale_gap(seed, data, prior, which, form, module=gibbs):
    """The conditional of a log tau that draw_scale hands to the slice step, along tau with means or standardized gaps held."""
    name = f"tau_{which}"
    draws, line = repeated(points(seed, data, prior), len(LINE)), np.tile(LINE, POINTS)
    line = line + np.log(draws[name])
    start = state(draws, data, prior, module)
    _, densities = with_slices(module, 0.0, lambda: module.draw_scale(None, start, data, prior, which, form))
    moved = draws | {name: np.exp(line)}
    jacobian = line
    if form == "noncentered":
        ratio = (moved[name] / draws[name])[:, None]
        school, teacher = start.school, start.teacher
        school, teacher = (school * ratio, teacher) if which == "school" else (school, teacher * ratio)
        moved["theta"] = moved["mu"][:, None] + school
        moved["alpha"] = moved["theta"][:, data.of_teacher] + teacher
        jacobian = line + (len(data.schools) if which == "school" else len(data.teachers)) * line
    joint = generative.log_joint(moved, data, prior) + jacobian
    return along(densities, line, joint, within_support(line, getattr(prior, name)))


def kept_gap(seed, data, prior, which, form, module=gibbs):
    """What a step for a tau must leave alone: the means in the centered form, the standardized gaps in the non-centered one.

    In both forms: mu, sigma, the other tau and the other level's gaps.
    """
    draws = points(seed, data, prior)
    before = state(draws, data, prior, module)
    (after, _), _ = with_slices(module, 0.7, lambda: module.draw_scale(None, before, data, prior, which, form))
    name, other = f"tau_{which}", "teacher" if which == "school" else "school"
    if not np.allclose(getattr(after, name), getattr(before, name) * np.exp(0.7 * MOVES[form])):
        return np.inf
    if any(np.any(getattr(after, n) != getattr(before, n)) for n in ("mu", "sigma", other, f"tau_{other}")):
        return np.inf
    grown = 1.0 if form == "centered" else np.exp(0.7)
    return float(np.max(np.abs(getattr(after, which) / (getattr(before, which) * grown) - 1)))


def standardized_gap(seed, data, prior):
    """The state's standardized gaps against those of the non-centered engines: largest relative distance."""
    draws = points(seed, data, prior)
    found, wanted = state(draws, data, prior), sampled(draws, data, prior, "noncentered")[0]
    return max(float(np.max(np.abs(getattr(found, n) / getattr(found, f"tau_{n}")[:, None] - wanted[f"eta_{n}"])))
               for n in ("school", "teacher"))
