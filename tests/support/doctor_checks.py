"""Checks of estimates without a hierarchy, by enumeration and by brute force; each takes the module under test."""

from itertools import combinations

import numpy as np
from scipy import optimize, special

EDGE = 1e-9


def small_designs(seed, n=40):
    """Yield small designs with whole numbers, an intercept and full rank, and outcomes; many of them are separated."""
    rng = np.random.default_rng(seed)
    made = 0
    while made < n:
        rows, size = int(rng.integers(4, 8)), int(rng.integers(2, 4))
        x = np.column_stack([np.ones(rows), rng.integers(-2, 3, (rows, size - 1))])
        trials = rng.integers(1, 3, rows).astype(float)
        y = rng.binomial(trials.astype(int), special.expit(1.5 * x[:, 1])).astype(float)
        if np.linalg.matrix_rank(x) == size:
            made += 1
            yield x, y, trials


def rays(x, y, trials):
    """The cone of directions along which the likelihood never falls, by its extreme rays: Q - 1 rows are tight in each."""
    found = []
    mixed, sign = (y > 0) & (y < trials), np.where(y > 0, 1, -1)
    for rows in combinations(range(len(x)), x.shape[1] - 1):
        _, size, right = np.linalg.svd(x[list(rows)])
        if size.min() < EDGE:
            continue
        for b in (right[-1], -right[-1]):
            fitted = sign * (x @ b)
            if np.all(fitted >= -EDGE) and np.all(np.abs(fitted[mixed]) < EDGE):
                found.append(b)
    return np.array(found).reshape(-1, x.shape[1])


def extremes(cone, v):
    """Where v' b goes in the inside of a cone given by its rays: 0, plus or minus infinity, or not a number."""
    along = cone @ v
    up, down = (along > EDGE).any(), (along < -EDGE).any()
    return np.nan if up and down else np.inf if up else -np.inf if down else 0.0


def separation_faults(separation, seed):
    """Return how many of the small designs are judged otherwise than their extreme rays say."""
    faults = 0
    for x, y, trials in small_designs(seed):
        cone, found = rays(x, y, trials), separation.find(x, y, trials)
        sign = np.where(y > 0, 1, -1)
        pushed = (sign * (cone @ x.T) > EDGE).any(0) if len(cone) else np.zeros(len(x), bool)
        probe = np.vstack([np.eye(x.shape[1]), [[1, -3, 2][: x.shape[1]]]])
        wanted = np.array([extremes(cone, v) if len(cone) else 0.0 for v in probe])
        same = np.array_equal(pushed, found.pushed) and np.array_equal(wanted, found.sign(probe), equal_nan=True)
        faults += not same
    return faults


def log_likelihood(coef, x, y, trials):
    """The log likelihood of 0 and 1 outcomes, written out."""
    return float(-(y @ np.logaddexp(0, -(x @ coef))) - (trials - y) @ np.logaddexp(0, x @ coef))


def penalized(coef, x, y, trials):
    """The log likelihood and half of the log determinant of the information, written out."""
    p = special.expit(x @ coef)
    information = np.einsum("r,rp,rq->pq", trials * p * (1 - p), x, x)
    return log_likelihood(coef, x, y, trials) + 0.5 * np.log(np.linalg.det(information))


def best(worth, size):
    """Maximize by Nelder and Mead's simplex, which looks at no derivative; begun anew until nothing is gained."""
    at = np.zeros(size)
    for _ in range(6):
        at = optimize.minimize(lambda c: -worth(c), at, method="Nelder-Mead",
                               options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 4000}).x
    return at


def firth_gap(plain, seed):
    """Return the largest difference of a coefficient from brute force over some of the small designs, separated or not."""
    return max(np.abs(plain.firth(x, y, n).coef - best(lambda c, a=(x, y, n): penalized(c, *a), x.shape[1])).max()
               for x, y, n in small_designs(seed, 6))


def likelihood_gap(plain, seed):
    """Return how far maximum likelihood is off: of the supremum where data are separated, of the coefficients else."""
    gap = 0.0
    for x, y, n in small_designs(seed, 8):
        fit = plain.maximum_likelihood(x, y, n)
        if not fit.separated.any():
            gap = max(gap, np.abs(fit.coef - best(lambda c, a=(x, y, n): log_likelihood(c, *a), x.shape[1])).max())
        else:  # far out along a sum of rays the likelihood is as near to its supremum as one likes
            far = fit.finite + 40 * sum(b / np.abs(x @ b)[np.abs(x @ b) > EDGE].min() for b in rays(x, y, n))
            gap = max(gap, abs(log_likelihood(far, x, y, n) - fit.log_likelihood))
    return gap
