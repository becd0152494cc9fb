"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import wrong_answer


def log_curve(grid, y, sigma, scale, prior=True, width=True, centre=None):
    """Return the log density, written point by point and with SciPy."""
    out = []
    for tau in grid:
        sd = np.sqrt(sigma**2 + tau**2)
        mu = np.average(y, weights=sd**-2) if centre is None else centre
        log_p = stats.norm.logpdf(y, mu, sd).sum()
        log_p += stats.halfcauchy.logpdf(tau, scale=scale) if prior else 0
        log_p += 0.5 * np.log(1 / np.sum(sd**-2)) if width else 0
        out.append(log_p)
    return np.array(out)


def area_one(grid, log_p):
    p = np.exp(log_p)
    return p / p.sum() / (grid[1] - grid[0])


def sums_to_one(grid, y, sigma, scale):
    p = np.exp(log_curve(grid, y, sigma, scale))
    return p / p.sum()


def never_normalised(grid, y, sigma, scale):
    return np.exp(log_curve(grid, y, sigma, scale))


def profile(grid, y, sigma, scale):
    return area_one(grid, log_curve(grid, y, sigma, scale, width=False))


def likelihood(grid, y, sigma, scale):
    return area_one(grid, log_curve(grid, y, sigma, scale, prior=False))


def fixed_mu(grid, y, sigma, scale):
    centre = np.average(y, weights=sigma**-2)
    return area_one(grid, log_curve(grid, y, sigma, scale, width=False, centre=centre))


def exponentials_only(grid, y, sigma, scale):
    sd = np.sqrt(sigma**2 + grid[:, None] ** 2)
    return area_one(grid, log_curve(grid, y, sigma, scale) + np.log(sd).sum(1))


def too_many_rows(grid, y, sigma, scale):
    return np.ones((len(grid), len(y)))


WRONG = (
    wrong_answer("a log density", tau_density=log_curve),
    wrong_answer("not normalized by the spacing", tau_density=sums_to_one),
    wrong_answer("not normalized by the spacing", tau_density=never_normalised),
    wrong_answer("mu set to its best value", tau_density=profile),
    wrong_answer("the prior of tau left out", tau_density=likelihood),
    wrong_answer("one mu for every tau", tau_density=fixed_mu),
    wrong_answer("the height of each normal left out", tau_density=exponentials_only),
    wrong_answer("shape", tau_density=too_many_rows),
)
