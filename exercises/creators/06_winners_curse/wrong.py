"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def contest(score, report, truth, k):
    """One world after the other, as one would write it first."""
    found = []
    for s, r, t in zip(score, report, truth, strict=True):
        best = sorted(range(len(s)), key=lambda i: s[i])[-k:]
        found.append(np.mean(r[best] - t[best]))
    return np.mean(found)


def shrink(d, share, m):
    return share * d + (1 - share) * m


def posterior(d, s, m, t):
    return (d / s**2 + m / t**2) / (1 / s**2 + 1 / t**2)


def top(estimate, k):
    return np.sort(estimate, axis=1)[:, ::-1][:, :k]


def across_worlds(estimate, truth, k):
    flat = np.argsort(estimate, axis=None)[::-1][: k * len(estimate)]
    return np.mean(estimate.ravel()[flat] - truth.ravel()[flat])


def fixed_set(estimate, truth, k):
    best = estimate.mean(axis=0).argsort()[-k:]
    return (estimate[:, best] - truth[:, best]).mean()


def share_too_much(estimate, truth, k):
    best = estimate.argsort(axis=1)[:, -k:]
    rows = np.arange(len(estimate))[:, None]
    return estimate[rows, best].mean() / truth[rows, best].mean()


def by_sd(effect, se, truth, genre_mean, sigma_creator, k):
    report = shrink(effect, sigma_creator / (se + sigma_creator), genre_mean)
    return contest(report, report, truth, k)


WRONG = (
    wrong_answer("all creators", exaggeration=lambda estimate, truth, k: estimate.mean() - truth.mean()),
    wrong_answer("chosen by the truth", exaggeration=lambda estimate, truth, k: contest(truth, estimate, truth, k)),
    wrong_answer("other creators' truth", exaggeration=lambda estimate, truth, k: (top(estimate, k) - top(truth, k)).mean()),
    wrong_answer("lowest chosen", exaggeration=lambda estimate, truth, k: contest(-estimate, estimate, truth, k)),
    wrong_answer("one contest of all worlds", exaggeration=across_worlds),
    wrong_answer("the same winners in every world", exaggeration=fixed_set),
    wrong_answer("sign turned", exaggeration=lambda estimate, truth, k: contest(estimate, truth, estimate, k)),
    wrong_answer("ratio instead of difference", exaggeration=share_too_much),
    # learned by heart from another world
    wrong_answer("different", exaggeration=lambda estimate, truth, k: 0.61),
    wrong_answer("not pooled", pooled_exaggeration=lambda effect, se, truth, genre_mean, sigma_creator, k: contest(
        effect, effect, truth, k)),
    wrong_answer("chosen raw, reported pooled", pooled_exaggeration=lambda effect, se, truth, genre_mean, sigma_creator, k: (
        contest(effect, posterior(effect, se, genre_mean, sigma_creator), truth, k))),
    wrong_answer("chosen pooled, reported raw", pooled_exaggeration=lambda effect, se, truth, genre_mean, sigma_creator, k: (
        contest(posterior(effect, se, genre_mean, sigma_creator), effect, truth, k))),
    wrong_answer("one weight for all", pooled_exaggeration=lambda effect, se, truth, genre_mean, sigma_creator, k: contest(
        effect, posterior(effect, se.mean(), genre_mean, sigma_creator), truth, k)),
    wrong_answer("weights swapped", pooled_exaggeration=lambda effect, se, truth, genre_mean, sigma_creator, k: contest(
        *[shrink(effect, se**2 / (se**2 + sigma_creator**2), genre_mean)] * 2, truth, k)),
    wrong_answer("shrunk toward zero", pooled_exaggeration=lambda effect, se, truth, genre_mean, sigma_creator, k: contest(
        *[posterior(effect, se, 0, sigma_creator)] * 2, truth, k)),
    wrong_answer("standard deviations for variances", pooled_exaggeration=by_sd),
    # the curse is not gone in any one set of worlds: "zero" is no computation
    wrong_answer("different", pooled_exaggeration=lambda effect, se, truth, genre_mean, sigma_creator, k: 0.0),
)
