"""Past batches in memory against the full covariance of all effects, given the scales."""

import numpy as np
from scipy import stats

from hbm_lib.models import creators
from hbm_lib.models.creators import memory
from hbm_lib.models.creators.exact import given_scales

MODEL = creators.partial_pooling()
GENRES = ("a", "b", "c", "d")
SCALES = (np.array([0.05, 0.4, 1.3]), np.array([0.0, 0.2, 0.9]))
LIMIT = 1e-8


def batches(seed):
    """Three batches: the second has a new genre and smaller standard errors, the third another genre and larger ones."""
    rng, out = np.random.default_rng(seed), []
    for names, n, low, high in (("ab", 9, 0.2, 0.8), ("bc", 6, 0.05, 0.3), ("dac", 5, 0.3, 1.5)):
        index = np.r_[np.arange(len(names)), rng.integers(0, len(names), n - len(names))]
        se = rng.uniform(low, high, n)
        out.append(creators.Data(rng.normal(0.5, np.hypot(0.5, se)), se, [names[i] for i in index]))
    return out


def joined(parts):
    """All creators in one data set."""
    effect, se = (np.concatenate([getattr(p, name) for p in parts]) for name in ("effect", "se"))
    return creators.Data(effect, se, [p.genres[i] for p in parts for i in p.index])


def brute(past, now, share, drift, sigma_genre, sigma_creator, prior):
    """Return log p(all effects) and the means of mu_genre, by one covariance matrix.

    A normal density to the power of ``share`` is a normal one of variance / share, times a constant.
    """
    genres = (*past.genres, *(g for g in now.genres if g not in past.genres))
    at = np.array([genres.index(p.genres[i]) for p in (past, now) for i in p.index])
    old = np.arange(len(at)) < past.n_creators
    own = sigma_creator**2 + np.concatenate([past.se, now.se]) ** 2
    power = np.where(old, share, 1.0)
    same = at[:, None] == at
    cov = np.diag(own / power) + prior.mu_global.sigma**2 + sigma_genre**2 * same + drift**2 * (same & old & old[:, None])
    y, m0 = np.concatenate([past.effect, now.effect]), prior.mu_global.mu
    log_y = stats.multivariate_normal(np.full(len(y), m0), cov).logpdf(y)
    log_y += (0.5 * np.log(2 * np.pi * own / power) - 0.5 * power * np.log(2 * np.pi * own)).sum()
    cross = prior.mu_global.sigma**2 + sigma_genre**2 * (np.arange(len(genres))[:, None] == at)
    return log_y, m0 + cross @ np.linalg.solve(cov, y - m0)


def gap(seed, share, drift, module=memory):
    """Return the largest difference between the memory's laws given the scales and brute force.

    A drift makes the past's genre one normal observation of it: what the two-stage memory of one past batch does exactly.
    """
    past, _, now = batches(seed)
    prior = MODEL.prior
    kept = module.remember(past, prior)
    kept = kept.discounted(share) if share < 1 else kept
    kept = kept.widened(drift) if drift > 0 else kept
    law = given_scales(*SCALES, kept.then(now).sums, prior)
    found = []
    for a, sigma_genre in enumerate(SCALES[0]):
        for b, sigma_creator in enumerate(SCALES[1]):
            log_y, genre = brute(past, now, share, drift, sigma_genre, sigma_creator, prior)
            found += [abs(law.log_y[a, b] - log_y), np.max(np.abs(law.genre[a, b] - genre))]
    return float(np.max(found))
