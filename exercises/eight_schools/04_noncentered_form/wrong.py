"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer
from hbm_lib.priors import HalfCauchy, Normal


def normal(x, mu, sigma):
    return -0.5 * ((x - mu) / sigma) ** 2 - np.log(sigma) - 0.5 * np.log(2 * np.pi)


def top(mu, tau):
    return normal(mu, 0, 20) + HalfCauchy(10).logpdf(tau)


def sigma_scales(mu, tau, eta, y, sigma):
    theta = mu + sigma * eta
    return top(mu, tau) + normal(eta, 0, 1).sum() + normal(y, theta, sigma).sum()


def centered_in_disguise(mu, tau, eta, y, sigma):
    theta = mu + tau * eta
    return top(mu, tau) + normal(theta, mu, tau).sum() + normal(y, theta, sigma).sum()


def jacobian_added(mu, tau, eta, y, sigma):
    theta = mu + tau * eta
    jacobian = len(y) * np.log(tau)
    return top(mu, tau) + Normal(0, 1).logpdf(eta).sum() + normal(y, theta, sigma).sum() + jacobian


def no_eta(mu, tau, eta, y, sigma):
    return top(mu, tau) + normal(y, mu + tau * eta, sigma).sum()


def whole_cauchy(mu, tau, eta, y, sigma):
    prior = normal(mu, 0, 20) - np.log(np.pi * 10 * (1 + (tau / 10) ** 2))
    return prior + normal(eta, 0, 1).sum() + normal(y, mu + tau * eta, sigma).sum()


def wide_data(mu, tau, eta, y, sigma):
    total = np.hypot(sigma, tau)
    return top(mu, tau) + normal(eta, 0, 1).sum() + normal(y, mu + tau * eta, total).sum()


WRONG = (
    wrong_answer("eta not scaled", effects=lambda mu, tau, eta: eta + mu),
    wrong_answer("tau squared", effects=lambda mu, tau, eta: mu + tau * tau * eta),
    wrong_answer("mu scaled too", effects=lambda mu, tau, eta: tau * mu + tau * eta),
    wrong_answer("eta scaled by sigma", log_density=sigma_scales),
    wrong_answer("Jacobian counted", log_density=centered_in_disguise),
    wrong_answer("Jacobian counted", log_density=jacobian_added),
    wrong_answer("the prior of eta left out", log_density=no_eta),
    wrong_answer("a whole Cauchy", log_density=whole_cauchy),
    wrong_answer("tau counted twice", log_density=wide_data),
    wrong_answer("shape", log_density=lambda mu, tau, eta, y, sigma: normal(y, mu, sigma)),
)
