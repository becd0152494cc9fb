"""The posterior of tau on a grid: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives
from hbm_lib.models.eight_schools import eight_schools
from hbm_lib.priors import HalfCauchy

SCHOOLS = eight_schools()


def pieces(grid, y, sigma, scale, centre=None):
    """Return the logs of prior, sqrt(V_mu) and likelihood at the best or a given mu, each (K,)."""
    variance = sigma**2 + grid[:, None] ** 2
    w = 1 / variance
    total = w.sum(axis=1)
    best = (w * y).sum(axis=1) / total if centre is None else np.full(len(grid), centre)
    fit = 0.5 * (np.log(w) - w * (y - best[:, None]) ** 2).sum(axis=1)
    return HalfCauchy(scale).logpdf(grid), -0.5 * np.log(total), fit


def normalised(grid, log_density):
    density = np.exp(log_density - log_density.max())
    return density / (density.sum() * (grid[1] - grid[0]))


def tau_density(grid, y, sigma, scale):
    return normalised(grid, sum(pieces(grid, y, sigma, scale)))


def without(left_out):
    """Build the answer of a reader who leaves out one of the three pieces."""

    def density(grid, y, sigma, scale):
        kept = [p for i, p in enumerate(pieces(grid, y, sigma, scale)) if i != left_out]
        return normalised(grid, sum(kept))

    return density


def at_the_pooled_mean(grid, y, sigma, scale):
    centre = (y / sigma**2).sum() / (1 / sigma**2).sum()
    prior, _, fit = pieces(grid, y, sigma, scale, centre)
    return normalised(grid, prior + fit)


def no_width(grid, y, sigma, scale):
    prior, root_v, fit = pieces(grid, y, sigma, scale)
    variance = sigma**2 + grid[:, None] ** 2
    return normalised(grid, prior + root_v + fit + 0.5 * np.log(variance).sum(axis=1))


def of_the_right_shape(attempt):
    """Recognize a curve that is a multiple of the right one."""
    for tried, answer in zip(attempt.cases, attempt.answers, strict=True):
        ratio = np.asarray(answer, dtype=float) / tau_density(*tried.inputs.values())
        if ratio.shape != np.shape(tried.inputs["grid"]) or not np.allclose(ratio, ratio[0]):
            return False
    return True


def a_log(attempt):
    """Recognize the log of a curve of the right shape, the constant being any."""
    for tried, answer in zip(attempt.cases, attempt.answers, strict=True):
        gap = np.asarray(answer, dtype=float) - np.log(tau_density(*tried.inputs.values()))
        if gap.shape != np.shape(tried.inputs["grid"]) or not np.allclose(gap, gap[0]):
            return False
    return True


CASES = (
    case(
        "the eight schools, half-Cauchy(10)",
        grid=np.linspace(0, 60, 601),
        y=SCHOOLS.y,
        sigma=SCHOOLS.sigma,
        scale=10.0,
    ),
    case(
        "the eight schools, half-Cauchy(2)",
        grid=np.linspace(0, 40, 161),
        y=SCHOOLS.y,
        sigma=SCHOOLS.sigma,
        scale=2.0,
    ),
    case(
        "four schools that differ, half-Cauchy(10)",
        grid=np.linspace(0.5, 80, 160),
        y=np.array([30.0, -20.0, 5.0, 12.0]),
        sigma=np.array([4.0, 9.0, 6.0, 3.0]),
        scale=10.0,
    ),
)

MISCONCEPTIONS = (
    Misconception(
        "a log density",
        "You give back the log of the density. Take the largest value off, exponentiate, then "
        "normalize.",
        a_log,
    ),
    Misconception(
        "not normalized by the spacing",
        "Your curve has the right form and the wrong height. A density has area 1: the *sum times "
        "the spacing* is 1, not the sum alone and not the top.",
        of_the_right_shape,
    ),
    Misconception(
        "mu set to its best value",
        "You put mu at its best value for each tau and left it there. Integrating mu out also "
        "counts how wide the range of good values is: the factor with `V_mu`.",
        gives(without(1)),
    ),
    Misconception(
        "the prior of tau left out",
        "This is the likelihood of tau, normalized. The prior is missing.",
        gives(without(0)),
    ),
    Misconception(
        "one mu for every tau",
        "You used the same pooled mean at every tau. The weights depend on tau, so the estimate of "
        "mu moves with it; and mu has to be integrated out, not plugged in.",
        gives(at_the_pooled_mean),
    ),
    Misconception(
        "the height of each normal left out",
        "You kept the exponentials and dropped the factor in front of each. It depends on tau, so "
        "it is no constant: a wide normal is also a low one.",
        gives(no_width),
    ),
)

CHECKER = Checker(
    Question("tau_density", tau_density, CASES, misconceptions=MISCONCEPTIONS),
    right=(
        "Eight numbers and one curve, and no sampler. The exact engine does this with quadrature "
        "in place of the grid and with the book's normal prior on mu. Everything else, mu and the "
        "effects, follows from tau by algebra."
    ),
)
