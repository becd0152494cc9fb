"""Leave-one-out by hand: what is asked, and the slips that have a name."""

import numpy as np
from scipy import special, stats

from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives
from hbm_lib.models.eight_schools import eight_schools, exact, noncentered, skeptical

SCHOOLS = eight_schools()
POSTERIOR = exact.posterior(noncentered(), SCHOOLS)


def terms(y_j, sigma_j, mu, tau):
    """Return the log density of y_j for every draw, its effect averaged out, (S,)."""
    return stats.norm.logpdf(y_j, mu, np.hypot(tau, sigma_j))


def log_predictive(y_j, sigma_j, mu, tau):
    logs = terms(y_j, sigma_j, mu, tau)
    return special.logsumexp(logs) - np.log(len(logs))


def plugged_in(y_j, sigma_j, mu, tau):
    return terms(y_j, sigma_j, mu.mean(), tau.mean())


def without_tau(y_j, sigma_j, mu, tau):
    return log_predictive(y_j, sigma_j, mu, np.zeros_like(tau))


def summed(y_j, sigma_j, mu, tau):
    return special.logsumexp(terms(y_j, sigma_j, mu, tau))


def in_sample():
    """Return the log density of each school under the posterior that has seen it."""
    laws = [POSTERIOR.predictive(j) for j in range(len(SCHOOLS.y))]
    return np.array([np.log(law.pdf(y)) for law, y in zip(laws, SCHOOLS.y, strict=True)])


def at_posterior_mean():
    """Return the log density of each school at its own posterior mean."""
    return stats.norm.logpdf(SCHOOLS.y, POSTERIOR.mean("theta"), SCHOOLS.sigma)


LEVELS = (np.arange(500) + 0.5) / 500
MU = stats.norm.ppf(LEVELS, 8, 4.5)
TAU = stats.halfcauchy.ppf(np.roll(LEVELS, 173), scale=4)
CASES = (
    case("school A (y=28, sigma=15) and 500 draws", y_j=28.0, sigma_j=15.0, mu=MU, tau=TAU),
    case("school E (y=-1, sigma=9) and 500 draws", y_j=-1.0, sigma_j=9.0, mu=MU, tau=TAU),
    case("a school far out (y=90, sigma=5)", y_j=90.0, sigma_j=5.0, mu=MU, tau=TAU),
)
ELPD = exact.leave_one_out(noncentered(), SCHOOLS)
CHANGE = np.abs(exact.leave_one_out(skeptical(), SCHOOLS) - ELPD).max()

CHECKER = Checker(
    Question(
        "log_predictive",
        log_predictive,
        CASES,
        misconceptions=(
            Misconception(
                "mean of the logs",
                "You averaged log densities. The predictive density is an average of *densities*; "
                "the log comes last. The mean of logs is always lower.",
                gives(lambda *given: terms(*given).mean()),
            ),
            Misconception(
                "posterior mean plugged in",
                "You put the means of `mu` and `tau` into one normal. Then nothing is left of "
                "their uncertainty: average the density over the draws.",
                gives(plugged_in),
            ),
            Misconception(
                "the spread of the effects left out",
                "You predict `y_j` from `mu` and `sigma_j` alone. The effect of a school not seen "
                "before also varies by `tau`.",
                gives(without_tau),
            ),
            Misconception(
                "sum over the draws",
                "You summed the densities over the draws and did not divide by their number.",
                gives(summed),
            ),
            Misconception(
                "no log",
                "You gave the density. Its log is asked for.",
                gives(lambda *given: np.exp(log_predictive(*given)), rtol=1e-6, atol=0.0),
            ),
        ),
    ),
    Question(
        "elpd",
        ELPD,
        compare=Exact(rtol=0, atol=0.02),
        misconceptions=(
            Misconception(
                "the school was in the data",
                "Your values come from the posterior of all eight schools: each school has helped "
                "to predict itself. They are too high.",
                gives(in_sample(), rtol=0, atol=0.02),
            ),
            Misconception(
                "evidence ratio turned over",
                "Your ratio is upside down: p(y_j | others) is the evidence of all over the "
                "evidence of the others. Log densities of such wide normals are negative.",
                gives(-ELPD, rtol=0, atol=0.02),
            ),
            Misconception(
                "evidence of the others",
                "You gave the log evidence of the other seven. It is one half of the answer: what "
                "does the eighth add to it?",
                gives(POSTERIOR.log_evidence - ELPD, rtol=0, atol=0.02),
            ),
            Misconception(
                "at the posterior mean of theta",
                "You took the density of `y_j` at the posterior mean of its own effect: the school "
                "was in the data, and the uncertainty of its effect is gone.",
                gives(at_posterior_mean(), rtol=0, atol=0.02),
            ),
        ),
    ),
    right=(
        f"School {SCHOOLS.labels[int(np.argmin(ELPD))]} is predicted worst. The schools differ by "
        f"up to {np.ptp(ELPD):.1f}; between models 1 and 2 a school changes by {CHANGE:.1f} at "
        "most. Compare models school by school, and be slow to believe in a difference of two sums."
    ),
)
