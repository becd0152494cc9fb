"""The non-centered form: what is asked, and the slips that have a name."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import Checker, Misconception, Question, case, gives
from hbm_lib.models.eight_schools import eight_schools

SCHOOLS = eight_schools()


def effects(mu, tau, eta):
    return mu + tau * eta


def joint(mu, tau, eta, y, theta, sigma):
    """Return the log density of model 1 for given eta and theta, as SciPy has it."""
    return (
        stats.norm.logpdf(mu, 0, 20)
        + stats.halfcauchy.logpdf(tau, scale=10)
        + stats.norm.logpdf(eta).sum()
        + stats.norm.logpdf(y, theta, sigma).sum()
    )


def log_density(mu, tau, eta, y, sigma):
    return joint(mu, tau, eta, y, effects(mu, tau, eta), sigma)


def with_jacobian(sign):
    return lambda mu, tau, eta, y, sigma: (
        log_density(mu, tau, eta, y, sigma) + sign * len(eta) * np.log(tau)
    )


def without_eta(mu, tau, eta, y, sigma):
    return log_density(mu, tau, eta, y, sigma) - stats.norm.logpdf(eta).sum()


def unfolded(mu, tau, eta, y, sigma):
    return log_density(mu, tau, eta, y, sigma) - np.log(2)


def effects_by_sigma(mu, tau, eta, y, sigma):
    return joint(mu, tau, eta, y, mu + sigma * eta, sigma)


def both_variances(mu, tau, eta, y, sigma):
    return joint(mu, tau, eta, y, effects(mu, tau, eta), np.sqrt(sigma**2 + tau**2))


def any_of(*recognisers):
    return lambda attempt: any(recognise(attempt) for recognise in recognisers)


ETA = np.array([1.1, 0.2, -0.9, 0.0, -1.4, 0.3, 0.8, -0.1])
EFFECTS = (
    case(mu=8.0, tau=5.0, eta=np.array([1.0, -0.5])),
    case(mu=-2.0, tau=0.3, eta=np.array([2.0, 0.0, -1.0])),
    case("mu=7, tau=3 and eight etas", mu=7.0, tau=3.0, eta=ETA),
)
DENSITIES = tuple(
    case(
        f"the eight schools, mu={mu:g}, tau={tau:g} and eight etas",
        mu=mu,
        tau=tau,
        eta=ETA * flip,
        y=SCHOOLS.y,
        sigma=SCHOOLS.sigma,
    )
    for mu, tau, flip in ((7.0, 3.0, 1), (-4.0, 0.2, -1), (15.0, 12.0, 0.5))
)

CHECKER = Checker(
    Question(
        "effects",
        effects,
        EFFECTS,
        misconceptions=(
            Misconception(
                "eta not scaled",
                "You added `eta` as it is. It is standardized: one unit of it is one `tau` in "
                "points.",
                gives(lambda mu, tau, eta: mu + eta),
            ),
            Misconception(
                "tau squared",
                "You scaled by the variance. A normal variable is scaled by its standard "
                "deviation, and that is what `tau` is.",
                gives(lambda mu, tau, eta: mu + tau**2 * eta),
            ),
            Misconception(
                "mu scaled too",
                "You multiplied `mu` by `tau` as well: `tau` spreads the effects around `mu`, it "
                "does not move `mu`.",
                gives(lambda mu, tau, eta: tau * (mu + eta)),
            ),
        ),
    ),
    Question(
        "log_density",
        log_density,
        DENSITIES,
        misconceptions=(
            Misconception(
                "eta scaled by sigma",
                "You scaled `eta` by the standard errors of the schools. Those belong to the data; "
                "the spread of the effects is `tau`.",
                gives(effects_by_sigma),
            ),
            Misconception(
                "Jacobian counted",
                "You counted a Jacobian, a multiple of `log(tau)`. There is none here: the density "
                "is one of `eta`, and `eta` has its own prior. It would be needed only to go on "
                "speaking of `theta` (and a normal prior on theta holds it already).",
                any_of(gives(with_jacobian(1)), gives(with_jacobian(-1))),
            ),
            Misconception(
                "the prior of eta left out",
                "The standard normal density of `eta` is missing. Without it nothing ties the "
                "schools together.",
                gives(without_eta),
            ),
            Misconception(
                "a whole Cauchy",
                "You gave `tau` a whole Cauchy. It lives on one side only, so its density is twice "
                "as high.",
                gives(unfolded),
            ),
            Misconception(
                "tau counted twice",
                "You put `tau` into the effects and also into the spread of the data. Once `theta` "
                "is given, `y` varies by `sigma` alone.",
                gives(both_variances),
            ),
        ),
    ),
    right=(
        "mu, tau and eta are independent before the data come, so their prior has no funnel. "
        "theta is now computed from the parameters, and its posterior is the same as before."
    ),
)
