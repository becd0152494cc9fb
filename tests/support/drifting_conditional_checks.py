"""Is each conditional of the Gibbs sampler for drift proportional to the joint density along what it draws?

As in ``crossing_conditional_checks``: eight points side by side as chains. All steps but the last have tau integrated
out; ``collapsed`` divides it out of the joint density by the conjugate rule, written here anew.
"""

import numpy as np
from conditional_checks import Scripted
from crossing_conditional_checks import along_slices
from drifting import generative, points
from schools_conditional_checks import LINE, POINTS, repeated, spread_of
from scipy import stats

from hbm_lib.models.drift import gibbs, quantities


def collapsed(draws, data, prior):
    """log p(d, paths, hyperparameters): the joint density less that of tau given all else."""
    precision = 1 / data.se**2 + 1 / draws["sigma_creator"][:, None] ** 2
    about = generative.location(draws, data) / draws["sigma_creator"][:, None] ** 2
    mean = (data.effect / data.se**2 + about) / precision
    return generative.log_joint(draws, data, prior) - stats.norm.logpdf(draws["tau"], mean, precision**-0.5).sum(1)


def state(draws, data, prior, module=gibbs):
    """The sampler's state at given points."""
    return module.State(*quantities.gibbs_state(draws, data, prior))


def paths_gap(seed, data, prior, module=gibbs):
    """mu_global and all paths given the scales: the law that draw_paths draws from, against the collapsed density."""
    draws = repeated(points(seed, data, prior), 20)
    rng, n = np.random.default_rng([seed, 7]), len(draws["mu_global"])
    z, path = rng.standard_normal(n), rng.standard_normal((n, data.n_periods, data.n_genres))
    after = module.draw_paths(Scripted([z, path]), state(draws, data, prior, module), data, prior)
    joint = collapsed(draws | module.record(after, data, prior), data, prior)
    # the map from variates to draws is affine, so its Jacobian does not change from point to point
    return spread_of(stats.norm.logpdf(z) + stats.norm.logpdf(path).sum((1, 2)) - joint, joint)


def tau_gap(seed, data, prior, module=gibbs):
    """tau given all the rest, against the joint density."""
    draws = repeated(points(seed, data, prior), 20)
    z = np.random.default_rng([seed, 8]).standard_normal((len(draws["mu_global"]), data.n_creators))
    after = module.draw_tau(Scripted([z]), state(draws, data, prior, module), data)
    joint = generative.log_joint(draws | {"tau": after.tau}, data, prior)
    return spread_of(stats.norm.logpdf(z).sum(1) - joint, joint)


def scale_gap(seed, data, prior, name, form, module=gibbs):
    """The conditional of a log scale that draw_scales hands to the slice step, along it; ``form`` says what is held."""
    draws, line = repeated(points(seed, data, prior), len(LINE)), np.tile(LINE, POINTS)
    start = state(draws, data, prior, module)
    _, found = along_slices(module, line, 0.0, lambda: module.draw_scales(None, start, data, prior, form))
    at = line + np.log(draws[name])
    moved, jacobian = draws | {name: np.exp(at)}, at
    if name != "sigma_creator" and form == "noncentered":
        begin, steps = generative.unwalk(draws)
        grown = np.exp(line)
        if name == "sigma_genre":
            begin, jacobian = begin * grown[:, None], at + begin[0].size * at
        else:
            steps, jacobian = steps * grown[:, None, None], at + steps[0].size * at
        moved["mu_genre"] = generative.walk(draws["mu_global"], begin, steps, generative.keeps(draws))
    joint = collapsed(moved, data, prior) + jacobian
    claimed = found[["sigma_creator", "sigma_genre", "sigma_drift"].index(name)]
    return spread_of(claimed - joint, joint)


def phi_gap(seed, data, prior, module=gibbs):
    """phi given the paths, along its logit, against the joint density."""
    draws, line = repeated(points(seed, data, prior), len(LINE)), np.tile(LINE, POINTS)
    start = state(draws, data, prior, module)
    _, found = along_slices(module, line, 0.0, lambda: module.draw_phi(None, start, prior))
    low, high = prior.phi.support
    share = (draws["phi"] - low) / (high - low)
    share = 1 / (1 + np.exp(-(np.log(share / (1 - share)) + line)))
    joint = generative.log_joint(draws | {"phi": low + (high - low) * share}, data, prior) + np.log(share * (1 - share))
    return spread_of(found[0] - joint, joint)


def kept_gap(seed, data, prior, form, module=gibbs):
    """What the steps for the scales must leave alone: paths in the centered form, standardized steps in the other."""
    draws = points(seed, data, prior)
    before = state(draws, data, prior, module)
    (after, _), _ = along_slices(module, 0.0, 0.7, lambda: module.draw_scales(None, before, data, prior, form))
    grown = np.exp(0.7 * np.array([2, 2, 1] if form == "interwoven" else [1, 1, 1]))
    wrong = [np.abs(after.scales / (before.scales * grown) - 1), np.abs(after.tau - before.tau)]
    stretched = 1.0 if form == "centered" else np.exp(0.7)
    start, steps = generative.unwalk(draws)
    path = generative.walk(draws["mu_global"], stretched * start, stretched * steps, generative.keeps(draws))
    return float(max(w.max() for w in [*wrong, np.abs(after.path - path)]))
