"""Is each conditional of the schools' Gibbs sampler proportional to the joint density along what it draws?

As in ``conditional_checks``. The slice step is replaced by one that keeps the log
density it was given, so that a step's wiring is looked at as well as its formula.
Eight points stand side by side as chains, each with its own scales. Every function
takes the sampler's module, so that a broken one can be put in.
"""

import numpy as np
from conditional_checks import Scripted, variation
from pupils import generative, has_effects, log_spread, points
from scipy import stats

from hbm_lib.models.schools import gibbs

POINTS, LINE = 8, np.linspace(-3, 4, 25)


def repeated(draws, times):
    """The first eight points, each ``times`` times over: (8 times, ...)."""
    return {k: np.repeat(v[:POINTS], times, 0) for k, v in draws.items()}


def state(draws, data, prior, module=gibbs):
    """The sampler's state at given points."""
    b = np.column_stack([draws["mu"], draws["beta"]]) if "beta" in draws else draws["mu"][:, None]
    tau = draws["tau"] if prior.tau is not None else np.full(len(b), prior.fixed_tau)
    return module.State(tau, draws["sigma"], b, draws["theta"] - draws["mu"][:, None])


def spread_of(log_ratio, about):
    """How much the log ratio varies at any of the eight points."""
    rows, sizes = log_ratio.reshape(POINTS, -1), np.asarray(about).reshape(POINTS, -1)
    return max(variation(r, s) for r, s in zip(rows, sizes, strict=True))


def with_slices(module, step, call):
    """Run a step whose slice updates move every chain by ``step``; return its result and the densities it asked for."""
    densities, kept = [], module.slice_step

    def slice_step(rng, x, log_density, **_):
        densities.append(log_density)
        return x + step, 1

    module.slice_step = slice_step
    try:
        return call(), densities
    finally:
        module.slice_step = kept


def block_gap(seed, data, prior, module=gibbs):
    """(b, theta) given tau, sigma and y: the law that draw_block draws from, against the joint."""
    times = 20
    draws, rng = repeated(points(seed, data, prior), times), np.random.default_rng([seed, 7])
    zb = rng.standard_normal((POINTS * times, data.sums.design.shape[1]))
    zt = rng.standard_normal((POINTS * times, data.n_groups))
    after = module.draw_block(Scripted([zb, zt]), state(draws, data, prior, module), data, prior)
    moved = draws | {"mu": after.b[:, 0], "theta": after.b[:, :1] + after.gap}
    if prior.beta is not None:
        moved["beta"] = after.b[:, 1:]
    # the map from variates to draws is affine, so its Jacobian does not change from point to point
    drawn_from = stats.norm.logpdf(zb).sum(1) + (stats.norm.logpdf(zt).sum(1) if has_effects(prior) else 0)
    joint = generative.log_joint(moved, data, prior)
    return spread_of(drawn_from - joint, joint)


def sigma_gap(seed, data, prior, module=gibbs):
    """The conditional of log sigma that draw_sigma hands to the slice step, along sigma."""
    draws, line = repeated(points(seed, data, prior), len(LINE)), np.tile(LINE, POINTS)
    line = line + np.log(draws["sigma"])
    inside = within_support(line, prior.sigma)
    _, densities = with_slices(module, 0.0, lambda: module.draw_sigma(None, state(draws, data, prior, module), data, prior))
    joint = generative.log_joint(draws | {"sigma": np.exp(line)}, data, prior) + line
    return along(densities, line, joint, inside)


def tau_gap(seed, data, prior, form, module=gibbs):
    """The conditional of log tau that draw_tau hands to the slice step, along tau with theta or eta held."""
    draws, line = repeated(points(seed, data, prior), len(LINE)), np.tile(LINE, POINTS)
    start = state(draws, data, prior, module)
    line = line + np.log(draws["tau"])
    inside = within_support(line, prior.tau)
    _, densities = with_slices(module, 0.0, lambda: module.draw_tau(None, start, data, prior, form))
    moved = draws | {"tau": np.exp(line)}
    if form == "noncentered":
        moved["theta"] = start.b[:, :1] + np.exp(line)[:, None] * start.gap / start.tau[:, None]
    joint = generative.log_joint(moved, data, prior) + line
    joint = joint + log_spread(moved, data, prior) if form == "noncentered" else joint
    return along(densities, line, joint, inside)


def within_support(line, law):
    """Where a log scale is within the support of its prior."""
    low, high = law.support
    return (np.exp(line) > low) & (np.exp(line) < high)


def along(densities, line, joint, inside):
    """One density must have been asked for, infinite where the prior forbids and elsewhere proportional to the joint."""
    if len(densities) != 1:
        return np.inf
    found = densities[0](line)
    if np.any(np.isfinite(found) != inside):
        return np.inf
    worst = 0.0
    for i in range(POINTS):
        rows = np.arange(len(line)).reshape(POINTS, -1)[i]
        rows = rows[inside[rows]]
        worst = max(worst, variation(found[rows] - joint[rows], joint[rows]))
    return worst


def kept_gap(seed, data, prior, form, module=gibbs):
    """What a step for tau must leave alone: theta in the centered form, eta in the non-centered one, b and sigma in both."""
    before = state(points(seed, data, prior), data, prior, module)
    (after, _), _ = with_slices(module, 0.7, lambda: module.draw_tau(None, before, data, prior, form))
    moves = {"centered": 1, "noncentered": 1, "interwoven": 2}[form]
    if not np.allclose(after.tau, before.tau * np.exp(0.7 * moves)) or np.any(after.b != before.b) or np.any(
            after.sigma != before.sigma):
        return np.inf
    grown = 1.0 if form == "centered" else np.exp(0.7)
    return float(np.max(np.abs(after.gap / (before.gap * grown) - 1)))
