"""Predicting the next patient of a known and of a new doctor: what is asked, and the slips that have a name."""

import numpy as np
from scipy import special

from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives

NEAR = Exact(rtol=0, atol=0.002)
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def rates(mu, tau, beta, x):
    """Return a new doctor's rate at each draw and node, (S, nodes)."""
    return special.expit(np.asarray(mu)[..., None] + np.asarray(tau)[..., None] * NODES + np.asarray(beta)[..., None] * x)


def known(mu, tau, beta, alpha, j, x):
    return float(special.expit(alpha[:, j] + beta * x).mean())


def unknown(mu, tau, beta, alpha, x, power=1):
    return float((rates(mu, tau, beta, x) ** power @ WEIGHTS).mean())


def two_of_two(*given):
    return unknown(*given, power=2)


def typical(mu, tau, beta, alpha, x):
    return special.expit(mu + beta * x).mean()


def plugged(mu, tau, beta, alpha, x, power=1):
    return float(rates(mu.mean(), tau.mean(), beta.mean(), x) ** power @ WEIGHTS)


def colleagues(mu, tau, beta, alpha, x, power=1):
    return (special.expit(alpha + beta[:, None] * x) ** power).mean()


def any_near(*wrongs):
    found = [gives(wrong, rtol=0, atol=0.002) for wrong in wrongs]
    return lambda attempt: any(one(attempt) for one in found)


def clinic(label, mu, tau, beta, alphas, x, S=400, **more):
    """Return draws of a posterior, made up anew at every check; doctors with few patients have wide ones."""
    rng = np.random.default_rng()
    mus = rng.normal(mu, 0.4, S)
    taus = tau * np.exp(rng.normal(0, 0.35, S))
    betas = rng.normal(beta, 0.25, S)
    wide = np.linspace(1.3, 0.2, len(alphas))
    alpha = np.array(alphas) + wide * rng.standard_normal((S, len(alphas))) + 0.3 * (mus - mu)[:, None]
    return case(label, mu=mus, tau=taus, beta=betas, alpha=alpha, **more, x=x)


FIRST = {"mu": 1.1, "tau": 1.2, "beta": -0.7, "alphas": [2.4, 0.2, 2.9, 1.9], "x": 1.5}
SECOND = {"mu": -0.8, "tau": 1.6, "beta": 0.9, "alphas": [-2.9, -2.5, -1.8, -2.2, -1.7], "x": -1.2}
THIRD = {"mu": 2.0, "tau": 0.9, "beta": -0.5, "alphas": [0.2, 1.4, 0.9], "x": -1.0}

NEW = (clinic("400 draws, 4 doctors, x=1.5", **FIRST), clinic("400 draws, 5 doctors, x=-1.2", **SECOND),
       clinic("400 draws, 3 doctors, x=-1", **THIRD))

CHECKER = Checker(
    Question(
        "known",
        known,
        (clinic("400 draws, 4 doctors, j=0, x=1.5", **FIRST, j=0), clinic("400 draws, 5 doctors, j=1, x=-1.2", **SECOND, j=1),
         clinic("400 draws, 3 doctors, j=0, x=-1", **THIRD, j=0)),
        compare=Exact(rtol=0, atol=1e-6),
        misconceptions=(
            Misconception(
                "expit of the mean logit",
                "You averaged the logits and made one probability of them. expit is curved: make a probability of "
                "every draw, and "
                "average those.",
                gives(lambda mu, tau, beta, alpha, j, x: special.expit((alpha[:, j] + beta * x).mean())),
            ),
            Misconception(
                "severity left out",
                "You left the patient's severity out. It is the next *patient* who is asked about, not the patient of "
                "severity 0.",
                gives(lambda mu, tau, beta, alpha, j, x: special.expit(alpha[:, j]).mean()),
            ),
            Misconception(
                "severity with the wrong sign",
                "You took beta x off. It is part of the logit: whether it helps or harms is in the sign of beta.",
                gives(lambda mu, tau, beta, alpha, j, x: special.expit(alpha[:, j] - beta * x).mean()),
            ),
            Misconception(
                "one mean for beta",
                "You put the mean of beta to every draw of alpha. Row s of all belongs to one draw; its own beta goes with it.",
                gives(lambda mu, tau, beta, alpha, j, x: special.expit(alpha[:, j] + beta.mean() * x).mean()),
            ),
            Misconception(
                "added to mu",
                "You added mu to alpha. alpha is the doctor's whole logit, not the distance from mu.",
                gives(lambda mu, tau, beta, alpha, j, x: special.expit(mu + alpha[:, j] + beta * x).mean()),
            ),
            Misconception(
                "all doctors",
                "You averaged over all doctors. Doctor j has a column.",
                gives(lambda mu, tau, beta, alpha, j, x: colleagues(mu, tau, beta, alpha, x)),
            ),
        ),
    ),
    Question(
        "unknown",
        unknown,
        NEW,
        compare=NEAR,
        misconceptions=(
            Misconception(
                "typical for new",
                "You predict for a doctor whose logit is mu: the *typical* doctor. The new one is somewhere about mu, "
                "tau away on "
                "the whole, and expit of the mean is not the mean of expit.",
                any_near(typical),
            ),
            Misconception(
                "means put in",
                "You averaged the draws first, or all logits, and made probabilities of the means. Make them for every draw, and "
                "average last.",
                any_near(plugged, lambda mu, tau, beta, alpha, x: special.expit((mu + beta * x).mean())),
            ),
            Misconception(
                "colleagues for new",
                "You averaged over the doctors whom the clinic has. The new one is none of them: she is drawn from "
                "Normal(mu, tau), "
                "which they have only told of.",
                any_near(colleagues),
            ),
            Misconception(
                "severity left out for the new",
                "You left the patient's severity out.",
                any_near(lambda mu, tau, beta, alpha, x: unknown(mu, tau, beta, alpha, 0.0)),
            ),
            Misconception(
                "tau taken for a variance",
                "You took tau for a variance, or squared it. It is the standard deviation of the doctors' logits.",
                any_near(lambda mu, tau, beta, alpha, x: unknown(mu, tau**0.5, beta, alpha, x),
                         lambda mu, tau, beta, alpha, x: unknown(mu, tau**2, beta, alpha, x)),
            ),
        ),
    ),
    Question(
        "two_of_two",
        two_of_two,
        NEW,
        compare=NEAR,
        misconceptions=(
            Misconception(
                "square of the average",
                "You squared the probability for one patient, as if each of the two saw a new doctor. They see the same one: a "
                "first success makes it likely that she is a good one.",
                any_near(lambda *given: unknown(*given) ** 2),
            ),
            Misconception(
                "squared within a draw",
                "Within each draw you averaged over the new doctor first and squared then. The doctor is the same for both "
                "patients, so the square belongs inside that average too.",
                any_near(lambda mu, tau, beta, alpha, x: ((rates(mu, tau, beta, x) @ WEIGHTS) ** 2).mean()),
            ),
            Misconception(
                "one patient",
                "That is the probability for one patient. Two successes are asked.",
                any_near(unknown),
            ),
            Misconception(
                "typical doctor squared",
                "You squared the typical doctor's probability. The new one is somewhere about mu.",
                any_near(lambda mu, tau, beta, alpha, x: (special.expit(mu + beta * x) ** 2).mean(),
                         lambda *given: typical(*given) ** 2),
            ),
            Misconception(
                "one success at least",
                "That is the probability of at least one success. Two are asked.",
                any_near(lambda *given: 2 * unknown(*given) - two_of_two(*given)),
            ),
            Misconception(
                "means put in, squared",
                "You put the means of mu, tau and beta in. Average over the draws last.",
                any_near(lambda *given: plugged(*given, power=2)),
            ),
        ),
    ),
    right=(
        "Two patients of one doctor are not independent as long as the doctor is not known: each tells of the other through her. "
        "The page “The next patient” (chapters/doctors/03_next_patient) holds such predictions against what came."
    ),
)
