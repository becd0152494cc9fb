"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np
from scipy import stats

from hbm_lib import fit_exact
from hbm_lib.exercises import wrong_answer
from hbm_lib.models.eight_schools import eight_schools, noncentered

SCHOOLS = eight_schools()
WHOLE = fit_exact(noncentered(), SCHOOLS)


def density(y_j, sigma_j, mu, tau):
    return stats.norm.pdf(y_j, mu, np.sqrt(tau**2 + sigma_j**2))


def mean_of_logs(y_j, sigma_j, mu, tau):
    return np.mean(stats.norm.logpdf(y_j, mu, np.sqrt(tau**2 + sigma_j**2)))


def plug_in(y_j, sigma_j, mu, tau):
    return np.log(density(y_j, sigma_j, np.mean(mu), np.mean(tau)))


def no_tau(y_j, sigma_j, mu, tau):
    logs = stats.norm.logpdf(y_j, mu, sigma_j)
    return logs.max() + np.log(np.mean(np.exp(logs - logs.max())))


def with_draws_of_all():
    """Return the in-sample values from independent draws of the full posterior."""
    theta = WHOLE.sample(np.random.default_rng(1981), 40_000)["theta"]
    return np.log(stats.norm.pdf(SCHOOLS.y, theta, SCHOOLS.sigma).mean(axis=0))


OTHERS = np.array([fit_exact(noncentered(), SCHOOLS.without(j)).log_evidence for j in range(8)])

WRONG = (
    wrong_answer("mean of the logs", log_predictive=mean_of_logs),
    wrong_answer("posterior mean plugged in", log_predictive=plug_in),
    wrong_answer("the spread of the effects left out", log_predictive=no_tau),
    wrong_answer("sum over the draws", log_predictive=lambda *given: np.log(density(*given).sum())),
    wrong_answer("no log", log_predictive=lambda *given: density(*given).mean()),
    wrong_answer("the school was in the data", elpd=with_draws_of_all()),
    wrong_answer("evidence ratio turned over", elpd=OTHERS - WHOLE.log_evidence),
    wrong_answer("evidence of the others", elpd=OTHERS),
    wrong_answer(
        "at the posterior mean of theta",
        elpd=stats.norm(WHOLE.mean("theta"), SCHOOLS.sigma).logpdf(SCHOOLS.y),
    ),
    wrong_answer("shape", elpd=(WHOLE.log_evidence - OTHERS).sum()),
)
