"""A Gibbs step and a short sampler: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import FRESH, Checker, Misconception, Question, case, gives
from hbm_lib.exercises.montecarlo import Moments, MonteCarlo, draws_like, mcse
from hbm_lib.models.eight_schools import eight_schools

SCHOOLS = eight_schools()
TAU = 5.0


def theta_conditional(mu, tau, y, sigma):
    variance = 1 / (1 / tau**2 + 1 / sigma**2)
    return variance * (mu / tau**2 + y / sigma**2), variance


def one_draw(rng, mu, tau, y, sigma):
    """Return the exact moments of `draw_theta`; its entries are independent."""
    mean, variance = theta_conditional(mu, tau, y, sigma)
    return Moments(mean, np.sqrt(variance), total_sd=np.sqrt(variance.sum()))


def variance_as_sd(rng, mu, tau, y, sigma):
    return Moments(*theta_conditional(mu, tau, y, sigma))


def from_the_prior(rng, mu, tau, y, sigma):
    return Moments(np.full(len(y), mu), np.full(len(y), tau))


def shared_noise(attempt):
    """Recognise draws whose entries all move together."""
    return all(np.corrcoef(np.asarray(draws).T).min() > 0.99 for draws in attempt.answers)


def mu_given_tau(tau, y, sigma):
    """Return mean and variance of mu given tau with a flat prior."""
    w = 1 / (sigma**2 + tau**2)
    return (w * y).sum() / w.sum(), 1 / w.sum()


def of_school_a():
    """Return the exact moments of theta_A given tau = 5: mu averaged over its posterior."""
    centre, spread = mu_given_tau(TAU, SCHOOLS.y, SCHOOLS.sigma)
    mean, variance = theta_conditional(centre, TAU, SCHOOLS.y, SCHOOLS.sigma)
    pull = variance[0] / TAU**2
    return Moments(mean[0], np.sqrt(variance[0] + pull**2 * spread))


def sd_is(sd, rather_than):
    """Recognise draws with this sd, wherever they are centred, unless another fits better."""

    def recognise(attempt):
        draws = np.asarray(attempt.answers[0], dtype=float)
        gap, other = abs(draws.std(ddof=1) - sd), abs(draws.std(ddof=1) - rather_than)
        return draws.ndim == 1 and gap < other and gap < 5 * mcse(draws, "sd")

    return recognise


def sd_when_mu_is_the_mean():
    """Return the sd of theta_A when mu is set to the mean of theta: a linear chain for mu."""
    _, variance = theta_conditional(0.0, TAU, SCHOOLS.y, SCHOOLS.sigma)
    pull = variance / TAU**2
    of_mu = (variance.sum() / len(variance) ** 2) / (1 - pull.mean() ** 2)
    return np.sqrt(variance[0] + pull[0] ** 2 * of_mu)


MU_MEAN, MU_VARIANCE = mu_given_tau(TAU, SCHOOLS.y, SCHOOLS.sigma)
SD_MU_FIXED = np.sqrt(theta_conditional(0.0, TAU, SCHOOLS.y, SCHOOLS.sigma)[1][0])
SD_MU_MEAN = sd_when_mu_is_the_mean()

INPUTS = ({"mu": 8.0, "tau": 5.0}, {"mu": -3.0, "tau": 1.0}, {"mu": 4.0, "tau": 20.0})
DATA = {"y": SCHOOLS.y, "sigma": SCHOOLS.sigma}
LABELS = [f"mu={given['mu']:g}, tau={given['tau']:g} and the eight schools" for given in INPUTS]
CONDITIONALS = tuple(case(label, **g, **DATA) for label, g in zip(LABELS, INPUTS, strict=True))
STEPS = tuple(case(label, rng=FRESH, **g, **DATA) for label, g in zip(LABELS, INPUTS, strict=True))

CHECKER = Checker(
    Question(
        "theta_conditional",
        theta_conditional,
        CONDITIONALS,
        parts=("mean", "variance"),
        misconceptions=(
            Misconception(
                "precision for variance",
                "What you give as the variance is the precision, the sum of the two precisions. "
                "Turn it over.",
                gives(lambda *given: (None, 1 / theta_conditional(*given)[1]), part=1),
            ),
            Misconception(
                "standard deviation for variance",
                "The second array holds standard deviations; variances are asked for.",
                gives(lambda *given: (None, np.sqrt(theta_conditional(*given)[1])), part=1),
            ),
            Misconception(
                "variances added",
                "You added the two variances. That is the variance of `y` given `mu`, before you "
                "look at `y`. Two sources on one effect make it *more* certain than either.",
                gives(lambda mu, tau, y, sigma: (None, sigma**2 + tau**2), part=1),
            ),
            Misconception(
                "mean of all schools for the school's own",
                "Every school gets the mean of all `y`. Given `mu`, the other schools say nothing "
                "more: what pulls at school j is its own `y[j]`.",
                gives(lambda mu, tau, y, sigma: theta_conditional(mu, tau, y.mean(), sigma)),
            ),
            Misconception(
                "prior and data variances swapped",
                "The variance is right, and in the mean the two weights have changed places: `mu` "
                "goes with one over `tau`², `y` with one over `sigma`².",
                gives(
                    lambda mu, tau, y, sigma: (
                        (tau**2 * mu + sigma**2 * y) / (tau**2 + sigma**2),
                        theta_conditional(mu, tau, y, sigma)[1],
                    )
                ),
            ),
        ),
    ),
    Question(
        "draw_theta",
        one_draw,
        STEPS,
        compare=MonteCarlo(repeats=2000),
        misconceptions=(
            Misconception(
                "variance as the scale of the draw",
                "The centre is right and the spread is not: NumPy's `normal` takes the standard "
                "deviation, and you handed it the variance.",
                draws_like(variance_as_sd),
            ),
            Misconception(
                "draws from the prior",
                "You drew from Normal(mu, tau). That is the effect before the data are seen; `y` "
                "has to come in.",
                draws_like(from_the_prior),
            ),
            Misconception(
                "one noise for all schools",
                "All schools move together: you drew one random number for the eight of them. "
                "Given `mu` and `tau` they are independent, so draw one each.",
                shared_noise,
            ),
        ),
    ),
    Question(
        "theta_a",
        of_school_a(),
        compare=MonteCarlo(),
        misconceptions=(
            Misconception(
                "draws of mu",
                "These are draws of `mu`. Keep the first entry of `theta` instead.",
                draws_like(Moments(MU_MEAN, np.sqrt(MU_VARIANCE))),
            ),
            Misconception(
                "mu never drawn",
                "Your draws are as narrow as if `mu` were known. It has to be drawn anew in every "
                "round, given the effects you have just drawn.",
                sd_is(SD_MU_FIXED, rather_than=SD_MU_MEAN),
            ),
            Misconception(
                "mu set to the mean of theta",
                "Your draws are a little too narrow. `mu` follows the effects without noise of its "
                "own: it is drawn around their mean, with sd `tau / sqrt(J)`.",
                sd_is(SD_MU_MEAN, rather_than=SD_MU_FIXED),
            ),
        ),
    ),
    right=(
        "Precisions add, and the variance of theta given mu can never exceed tau². At tau = 0.1 "
        "the effects are frozen to mu and mu to them: a sampler that moves them one at a time "
        "stands still there. That is the funnel, and why the book's own sampler moves theta "
        "along with tau."
    ),
)
