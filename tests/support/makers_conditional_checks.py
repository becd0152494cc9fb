"""Is each conditional of the creators' Gibbs sampler proportional to the joint density along what it draws?

As in ``teachers_conditional_checks``.
"""

import numpy as np
from conditional_checks import Scripted
from makers import generative, points
from schools_conditional_checks import LINE, POINTS, along, repeated, spread_of, with_slices, within_support
from scipy import stats

from hbm_lib.models.creators import gibbs


def state(draws, data, prior, module=gibbs):
    """The sampler's state at given points."""
    genre = draws["mu_genre"] - draws["mu_global"][:, None]
    return module.State(draws["sigma_genre"], draws["sigma_creator"], draws["mu_global"], genre,
                        draws["tau"] - draws["mu_genre"][:, data.index])


def block_gap(seed, data, prior, module=gibbs):
    """(mu_global, mu_genre, tau) given the scales and effects: the law that draw_block draws from, against the joint."""
    times, rng = 20, np.random.default_rng([seed, 7])
    draws = repeated(points(seed, data, prior), times)
    z = [rng.standard_normal((POINTS * times, k)) for k in (1, data.n_genres, data.n_creators)]
    after = module.draw_block(Scripted([z[0][:, 0], *z[1:]]), state(draws, data, prior, module), data, prior)
    joint = generative.log_joint(draws | module.record(after, data, prior), data, prior)
    return spread_of(sum(stats.norm.logpdf(v).sum(1) for v in z) - joint, joint)


def scale_gap(seed, data, prior, which, form, module=gibbs):
    """The conditional of a log scale that draw_scale hands to the slice step, along the scale."""
    name = f"sigma_{which}"
    draws, line = repeated(points(seed, data, prior), len(LINE)), np.tile(LINE, POINTS)
    line = line + np.log(draws[name])
    start = state(draws, data, prior, module)
    _, densities = with_slices(module, 0.0, lambda: module.draw_scale(None, start, data, prior, which, form))
    moved, jacobian = draws | {name: np.exp(line)}, line
    if form == "noncentered":
        ratio = (moved[name] / draws[name])[:, None]
        genre, creator = (start.genre * ratio, start.creator) if which == "genre" else (start.genre, start.creator * ratio)
        moved["mu_genre"] = moved["mu_global"][:, None] + genre
        moved["tau"] = moved["mu_genre"][:, data.index] + creator
        jacobian = line + (data.n_genres if which == "genre" else data.n_creators) * line
    joint = generative.log_joint(moved, data, prior) + jacobian
    return along(densities, line, joint, within_support(line, getattr(prior, name)))
