"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np
from scipy import special, stats

from hbm_lib.exercises import wrong_answer

Z = np.linspace(-7, 7, 281)
W = stats.norm.pdf(Z) / stats.norm.pdf(Z).sum()


def new(mu, tau, beta, x):
    return special.expit(np.add.outer(mu + beta * x, 0 * Z) + np.multiply.outer(tau, Z))


def of_doctor(mu, tau, beta, alpha, j, x):
    return special.expit(alpha[:, j] + beta * x).mean()


def by_means(mu, tau, beta, alpha, x):
    return special.expit(mu.mean() + tau.mean() * Z + beta.mean() * x) @ W


def one_each(mu, tau, beta, alpha, x):
    return special.expit(mu + tau * np.sqrt(3) * np.resize([-1.0, 1.0], len(mu)) + beta * x).mean()


def first(mu, tau, beta, alpha, x):
    return (new(mu, tau, beta, x) @ W).mean()


def twice(mu, tau, beta, alpha, x):
    return (new(mu, tau, beta, x) ** 2 @ W).mean()


WRONG = (
    wrong_answer(
        "expit of the mean logit", known=lambda mu, tau, beta, alpha, j, x: special.expit(alpha[:, j].mean() + beta.mean() * x)
    ),
    wrong_answer("severity left out", known=lambda mu, tau, beta, alpha, j, x: special.expit(alpha[:, j]).mean()),
    wrong_answer("severity with the wrong sign", known=lambda *given: of_doctor(*given[:-1], -given[-1])),
    wrong_answer("one mean for beta", known=lambda mu, tau, beta, *rest: of_doctor(mu, tau, beta.mean(), *rest)),
    wrong_answer("added to mu", known=lambda mu, tau, beta, alpha, j, x: special.expit(mu + alpha[:, j] + beta * x).mean()),
    wrong_answer("all doctors", known=lambda mu, tau, beta, alpha, j, x: special.expit(alpha + (beta * x)[:, None]).mean()),
    wrong_answer("different", known=lambda mu, tau, beta, alpha, j, x: 0.5),
    wrong_answer("shape", known=lambda mu, tau, beta, alpha, j, x: special.expit(alpha[:, j] + beta * x)),
    wrong_answer("typical for new", unknown=lambda mu, tau, beta, alpha, x: special.expit(mu + beta * x).mean()),
    wrong_answer("means put in", unknown=by_means),
    wrong_answer("means put in", unknown=lambda mu, tau, beta, alpha, x: special.expit(mu.mean() + beta.mean() * x)),
    wrong_answer("colleagues for new", unknown=lambda mu, tau, beta, alpha, x: special.expit(alpha + (beta * x)[:, None]).mean()),
    wrong_answer("severity left out for the new", unknown=lambda mu, tau, beta, alpha, x: first(mu, tau, beta, alpha, 0)),
    wrong_answer("tau taken for a variance", unknown=lambda mu, tau, beta, alpha, x: first(mu, np.sqrt(tau), beta, alpha, x)),
    wrong_answer("tau taken for a variance", unknown=lambda mu, tau, beta, alpha, x: first(mu, tau**2, beta, alpha, x)),
    wrong_answer("different", unknown=one_each),
    wrong_answer("square of the average", two_of_two=lambda *given: first(*given) ** 2),
    wrong_answer(
        "squared within a draw", two_of_two=lambda mu, tau, beta, alpha, x: ((new(mu, tau, beta, x) @ W) ** 2).mean()
    ),
    wrong_answer("one patient", two_of_two=first),
    wrong_answer("typical doctor squared", two_of_two=lambda mu, tau, beta, alpha, x: (special.expit(mu + beta * x) ** 2).mean()),
    wrong_answer("one success at least", two_of_two=lambda *given: 1 - (1 - 2 * first(*given) + twice(*given))),
    wrong_answer(
        "means put in, squared",
        two_of_two=lambda mu, tau, beta, alpha, x: special.expit(mu.mean() + tau.mean() * Z + beta.mean() * x) ** 2 @ W,
    ),
    wrong_answer("different", two_of_two=lambda *given: twice(*given) / 2),
)
