"""Predictions for a new and a known school: what is asked, and the slips that have a name."""

import numpy as np
from scipy import optimize, stats

from hbm_lib.exercises import FRESH, Checker, Exact, Misconception, Question, case, gives

ONE_POINT = Exact(rtol=0, atol=1.0)


def predicted(mean, sd):
    """Return sd and ends of the 90% interval of a mixture of normals, one component a draw."""
    mean, sd = np.broadcast_arrays(np.atleast_1d(mean).astype(float), sd)
    total = np.sqrt(mean.var() + np.mean(sd**2))
    reach = mean.mean() - 9 * total, mean.mean() + 9 * total
    ends = [optimize.brentq(lambda y, q=q: stats.norm.cdf(y, mean, sd).mean() - q, *reach, xtol=1e-3) for q in (0.05, 0.95)]
    return total, *ends


def new_school(rng, mu, tau, sigma):
    return predicted(mu, np.hypot(tau, sigma))


def known_school(rng, theta, sigma):
    return predicted(theta, sigma)


def near(wrong):
    """Recognize the numbers of a reader who simulates, or computes, with this misconception."""
    return gives(wrong, rtol=0, atol=0.8)


def quantiles(draws):
    return draws.std(), *np.quantile(draws, [0.05, 0.95])


def district(seed, mu, sd_mu, tau, sigma, draws=40_000):
    """Return posterior draws of a district about which little is known."""
    rng = np.random.default_rng(seed)
    return {
        "mu": rng.normal(mu, sd_mu, draws),
        "tau": tau * rng.gamma(6, 1 / 6, draws),
        "sigma": sigma * rng.gamma(200, 1 / 200, draws),
    }


def elder(seed, theta, sd_theta, sigma, draws=40_000):
    """Return posterior draws of a school with few pupils."""
    rng = np.random.default_rng(seed)
    return {"theta": rng.normal(theta, sd_theta, draws), "sigma": sigma * rng.gamma(200, 1 / 200, draws)}


NEW = (
    case("a district of few schools, tau about 6, sigma about 8", rng=FRESH, **district(1, 75, 4.5, 6, 8)),
    case("a district of few schools, tau about 9, sigma about 7", rng=FRESH, **district(2, 60, 5, 9, 7)),
)
KNOWN = (
    case("a small school, theta 71 give or take 4.5, sigma about 8", rng=FRESH, **elder(3, 71, 4.5, 8)),
    case("a small school, theta 66 give or take 5, sigma about 6", rng=FRESH, **elder(4, 66, 5, 6)),
)
PARTS = ("sd", "lower", "upper")

CHECKER = Checker(
    Question(
        "new_school",
        new_school,
        NEW,
        compare=ONE_POINT,
        parts=PARTS,
        misconceptions=(
            Misconception(
                "tau left out",
                "Your new school is an average school: its mean is `mu`. But schools differ, and nothing is known of "
                "this one. Draw its mean first, by `tau`.",
                near(lambda rng, mu, tau, sigma: predicted(mu, sigma)),
            ),
            Misconception(
                "sigma left out",
                "You predict the *mean* of the new school. One pupil of it differs from that mean by `sigma`.",
                near(lambda rng, mu, tau, sigma: predicted(mu, tau)),
            ),
            Misconception(
                "uncertainty of the district's mean only",
                "You give the uncertainty of `mu`, the mean of all schools. That is how well an average is known, not "
                "how far one school and one pupil may be from it.",
                near(lambda rng, mu, tau, sigma: quantiles(mu)),
            ),
            Misconception(
                "standard deviations added",
                "You added standard deviations. For independent parts the *variances* add up.",
                near(lambda rng, mu, tau, sigma: predicted(mu.mean(), mu.std() + tau.mean() + sigma.mean())),
            ),
            Misconception(
                "tau and sigma added",
                "Within a draw you added `tau` and `sigma`. School and pupil are independent: their *variances* add up.",
                near(lambda rng, mu, tau, sigma: predicted(mu, tau + sigma)),
            ),
            Misconception(
                "posterior means plugged in",
                "You put in the posterior means of `mu`, `tau` and `sigma` as if they were known. What is not known "
                "about them makes the prediction wider: use every draw.",
                near(lambda rng, mu, tau, sigma: predicted(mu.mean(), np.hypot(tau.mean(), sigma.mean()))),
            ),
        ),
    ),
    Question(
        "known_school",
        known_school,
        KNOWN,
        compare=ONE_POINT,
        parts=PARTS,
        misconceptions=(
            Misconception(
                "mean of the known school",
                "You give the interval of the school's mean. A pupil of it differs from the mean by `sigma`.",
                near(lambda rng, theta, sigma: quantiles(theta)),
            ),
            Misconception(
                "mean of the known school plugged in",
                "You put in the posterior mean of `theta`. The school is small and its mean is not known well: use "
                "every draw.",
                near(lambda rng, theta, sigma: predicted(theta.mean(), sigma)),
            ),
            Misconception(
                "standard deviations added for the known school",
                "You added the standard deviation of `theta` and `sigma`. For independent parts the *variances* add up.",
                near(lambda rng, theta, sigma: predicted(theta.mean(), theta.std() + sigma.mean())),
            ),
        ),
    ),
    right=(
        "Three things are not known of a pupil at a new school: the district, the school, the pupil. Their variances "
        "add up, and simulating draw by draw adds them for you. Of a known school less is unknown, but sigma stays."
    ),
)
