"""Is each conditional of the Gibbs sampler for crossed effects proportional to the joint density along what it draws?

As in ``schools_conditional_checks``: eight points side by side as chains. All steps but the last have tau integrated
out; ``collapsed`` divides it out of the joint density by the conjugate rule, written here anew.
"""

import numpy as np
from conditional_checks import Scripted
from crossing import EFFECTS, generative, points
from schools_conditional_checks import LINE, POINTS, repeated, spread_of
from scipy import stats

from hbm_lib.models.crossed import gibbs, quantities
from hbm_lib.models.crossed.spec import SCALES


def collapsed(draws, data, prior):
    """log p(d, location effects, scales): the joint density less that of tau given all else."""
    precision = 1 / data.se**2 + 1 / draws["sigma_creator"][:, None] ** 2
    about = generative.location(draws, data) / draws["sigma_creator"][:, None] ** 2
    mean = (data.effect / data.se**2 + about) / precision
    return generative.log_joint(draws, data, prior) - stats.norm.logpdf(draws["tau"], mean, precision**-0.5).sum(1)


def state(draws, data, prior, module=gibbs):
    """The sampler's state at given points."""
    return module.State(*quantities.gibbs_state(draws, data, prior))


def location_gap(seed, data, prior, module=gibbs):
    """All location effects given the scales: the law that draw_location draws from, against the collapsed density."""
    draws = repeated(points(seed, data, prior), 20)
    start = state(draws, data, prior, module)
    z = np.random.default_rng([seed, 7]).standard_normal((*start.location.shape, 1))
    after = module.draw_location(Scripted([z]), start, data, prior)
    joint = collapsed(draws | module.record(after, data, prior), data, prior)
    # the map from variates to draws is affine, so its Jacobian does not change from point to point
    return spread_of(stats.norm.logpdf(z).sum((1, 2)) - joint, joint)


def tau_gap(seed, data, prior, module=gibbs):
    """tau given all the rest, against the joint density."""
    draws = repeated(points(seed, data, prior), 20)
    z = np.random.default_rng([seed, 8]).standard_normal((len(draws["mu_global"]), data.n_creators))
    after = module.draw_tau(Scripted([z]), state(draws, data, prior, module), data)
    joint = generative.log_joint(draws | {"tau": after.tau}, data, prior)
    return spread_of(stats.norm.logpdf(z).sum(1) - joint, joint)


def along_slices(module, lines, step, call):
    """Run a step whose slice updates move every chain by ``step``; return its result and each density at its line."""
    found, kept = [], module.slice_step

    def slice_step(rng, x, log_density, **_):
        found.append(np.array(log_density(x + lines)))
        return x + step, 1

    module.slice_step = slice_step
    try:
        return call(), found
    finally:
        module.slice_step = kept


def scale_gap(seed, data, prior, name, form, module=gibbs):
    """The conditional of a log scale that draw_scales hands to the slice step, along it; ``form`` says what is held."""
    draws, line = repeated(points(seed, data, prior), len(LINE)), np.tile(LINE, POINTS)
    start = state(draws, data, prior, module)
    _, found = along_slices(module, line, 0.0, lambda: module.draw_scales(None, start, data, prior, form))
    at = line + np.log(draws[name])
    moved, jacobian = draws | {name: np.exp(at)}, at
    effect = next((e for e, scale in EFFECTS.items() if scale == name), None)
    if effect and form == "noncentered":
        values = draws[effect]
        moved[effect] = values * np.exp(line).reshape(-1, *[1] * (values.ndim - 1))
        jacobian = at + values[0].size * at
    joint = collapsed(moved, data, prior) + jacobian
    claimed = found[[*SCALES[3:], *SCALES[:3]].index(name)]
    return spread_of(claimed - joint, joint)


def kept_gap(seed, data, prior, form, module=gibbs):
    """What the steps for the scales must leave alone: effects in the centered form, standardized effects in the other."""
    draws = points(seed, data, prior)
    before = state(draws, data, prior, module)
    (after, _), _ = along_slices(module, 0.0, 0.7, lambda: module.draw_scales(None, before, data, prior, form))
    moves = np.array([2 if form == "interwoven" else 1] * 3 + [1])
    grown = np.ones(before.location.shape[1])
    if form != "centered":
        grown[1:] = np.exp(0.7)
    wrong = [np.abs(after.scales / (before.scales * np.exp(0.7 * moves)) - 1), np.abs(after.location - before.location * grown),
             np.abs(after.tau - before.tau)]
    return float(max(w.max() for w in wrong))
