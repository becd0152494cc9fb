"""A half-Cauchy prior of tau by two inverse-gamma draws: what is asked, and the slips that have a name."""

import numpy as np
from scipy import stats
from scipy.special import polygamma

from hbm_lib.exercises import FRESH, Checker, Misconception, Question, case
from hbm_lib.exercises.laws import Law, law_like, standstill
from hbm_lib.exercises.montecarlo import Moments, MonteCarlo, draws_like, mcse

GAMMA, A = np.array([0.6, -0.3, 0.5, -0.9]), 2.0
LEVEL = 1e-7  # at which a slip is not recognized, by chance
ENOUGH = MonteCarlo(cap=0.02)


def any_of(*laws):
    """Recognize any of these laws."""
    found = [law_like(law, LEVEL) for law in laws]
    return lambda attempt: any(one(attempt) for one in found)


def inverse_gamma(shape, scale):
    """Build a law from two functions of the inputs."""
    return lambda *given: stats.invgamma(shape(*given), scale=scale(*given))


def not_inverted(shape, scale):
    """Build the two laws of a reader who does not turn a gamma number over."""
    return [lambda *given, f=f: stats.gamma(shape(*given), scale=f(scale(*given))) for f in (lambda b: 1 / b, lambda b: b)]


def turned_rate(shape, scale):
    return lambda *given: stats.invgamma(shape(*given), scale=1 / scale(*given))


def one(rng, tau2, A):
    return 1.0


def of_mixing(rng, tau2, A):
    return 1 / tau2 + 1 / A**2


def halves(rng, gamma, mixing):
    return (1 + len(gamma)) / 2


def of_tau2(rng, gamma, mixing):
    return 1 / mixing + (gamma**2).sum() / 2


def mixing_with(scale, shape=one):
    return inverse_gamma(shape, scale)


def tau2_with(scale=of_tau2, shape=halves):
    return inverse_gamma(shape, scale)


def root_law(rng, gamma, mixing):
    """The law of the root of an inverse gamma number."""
    return stats.gengamma(halves(rng, gamma, mixing), -2, scale=np.sqrt(of_tau2(rng, gamma, mixing)))


def spread(rng, gamma, mixing):
    return 1 / mixing + ((gamma - gamma.mean()) ** 2).sum() / 2


U = np.linspace(-8, 14, 1101)  # log tau
V = np.exp(2 * U)
OFFSETS = -len(GAMMA) * U - (GAMMA**2).sum() / (2 * V)


def moments(log_density):
    """Return mean and sd of log tau, given its log density on the grid."""
    w = np.exp(log_density - log_density.max())
    mean = (w * U).sum() / w.sum()
    return Moments(mean, np.sqrt((w * (U - mean) ** 2).sum() / w.sum()))


def mixing_from_its_prior():
    """Return the moments of log tau where a is drawn from its own prior in every round."""
    log_a = np.linspace(-6, 24, 300)[:, None]
    a = np.exp(log_a)
    b, shape = 1 / a + (GAMMA**2).sum() / 2, (1 + len(GAMMA)) / 2
    given_a = shape * np.log(b) - 2 * shape * U - b / V
    weight = -log_a / 2 - 1 / (A**2 * a)
    return moments(np.log(np.exp(given_a + weight).sum(0) + 1e-300))


RIGHT = moments(OFFSETS + U - np.log1p(V / A**2))
ONE_MIXING = 0.5 * np.sqrt(polygamma(1, (1 + len(GAMMA)) / 2))  # sd of log tau given any one value of a


def mapped(change, to=RIGHT):
    """Recognize draws that have these moments when they are changed so."""

    def recognise(attempt):
        draws = change(np.asarray(attempt.answers[0], dtype=float))
        return np.isfinite(draws).all() and ENOUGH.difference(draws, to) is None

    return recognise


def like(*log_densities):
    found = [draws_like(moments(one)) for one in log_densities]
    return lambda attempt: any(f(attempt) for f in found)


def one_mixing(attempt):
    """Recognize draws as narrow as an inverse gamma's with any scale, without memory of each other."""
    draws = np.asarray(attempt.answers[0], dtype=float)
    memory = np.corrcoef(draws[1:], draws[:-1])[0, 1] * np.sqrt(len(draws))
    return abs(draws.std(ddof=1) - ONE_MIXING) < 5 * mcse(draws, "sd") and abs(memory) < 5


def offsets(label, J, size, mixing):
    """Return offsets made up anew at every check, whose mean is not 0, and a mixing scale."""
    gamma = np.random.default_rng().normal(0, 1, J)
    gamma = size * ((gamma - gamma.mean()) / gamma.std() + 0.8)
    return case(label, rng=FRESH, gamma=gamma, mixing=mixing)


SCALES = tuple(case(rng=FRESH, tau2=tau2, A=A) for tau2, A in ((0.04, 0.5), (9.0, 1.5), (0.5, 0.3)))
GROUPS = (
    offsets("6 offsets and mixing=0.02", 6, 2.0, 0.02),
    offsets("9 offsets and mixing=5", 9, 0.4, 5.0),
    offsets("5 offsets and mixing=0.4", 5, 1.5, 0.4),
)

CHECKER = Checker(
    Question(
        "draw_mixing",
        inverse_gamma(one, of_mixing),
        SCALES,
        compare=Law(repeats=1000),
        misconceptions=(
            Misconception(
                "no draw",
                "Your function gives the same number every time. It should *draw* the mixing scale, with the `rng` that you are "
                "handed.",
                standstill,
            ),
            Misconception(
                "mixing scale from its prior",
                "You draw a from its own prior. But `tau2` is known at this point and says something about a: its density is the "
                "second factor.",
                law_like(mixing_with(lambda rng, tau2, A: A**-2.0, lambda *given: 0.5), LEVEL),
            ),
            Misconception(
                "not turned over",
                "Your draws follow a gamma law. An inverse gamma number is one *over* a gamma number.",
                any_of(*not_inverted(one, of_mixing)),
            ),
            Misconception(
                "rate for scale",
                "Look up the second argument of `rng.gamma`: it is the *scale*, one over the rate. You handed it the rate, so "
                "the scale of your inverse gamma is turned over.",
                law_like(turned_rate(one, of_mixing), LEVEL),
            ),
            Misconception(
                "scale of tau taken for that of tau2",
                "You have 1/A where 1/A² belongs. A is a scale of tau, a goes with tau2: variances take the square.",
                law_like(mixing_with(lambda rng, tau2, A: 1 / tau2 + 1 / A), LEVEL),
            ),
            Misconception(
                "A not turned over",
                "You added A or A² itself. The prior of a has the scale *one over* A².",
                any_of(mixing_with(lambda rng, tau2, A: 1 / tau2 + A**2), mixing_with(lambda rng, tau2, A: 1 / tau2 + A)),
            ),
            Misconception(
                "tau2 not turned over",
                "You added `tau2` itself. In the exponent of its density stands 1/a over tau2, so a divides 1/`tau2`.",
                law_like(mixing_with(lambda rng, tau2, A: tau2 + A**-2.0), LEVEL),
            ),
            Misconception(
                "tau for tau2",
                "You took the root of `tau2`. The mixture is one of the *variance*, and its density has tau2 in the exponent.",
                law_like(mixing_with(lambda rng, tau2, A: tau2**-0.5 + A**-2.0), LEVEL),
            ),
            Misconception(
                "prior of the mixing scale left out",
                "Your law has no A in it. The prior of a is a factor too, and the only place where A comes in.",
                any_of(
                    mixing_with(lambda rng, tau2, A: 1 / tau2),
                    mixing_with(lambda rng, tau2, A: 1 / tau2, lambda *given: 0.5),
                ),
            ),
            Misconception(
                "factor before the exponential forgotten",
                "The scale is right and the shape is still that of the prior, 1/2. Given a, the density of tau2 has b^s = "
                "(1/a)^(1/2) in front: as a function of a that is a power too.",
                law_like(mixing_with(of_mixing, lambda *given: 0.5), LEVEL),
            ),
            Misconception(
                "exponent read as the shape",
                "The scale is right. You collected a^(-2) and took 2 for the shape; the exponent of an inverse gamma is its "
                "shape plus one.",
                law_like(mixing_with(of_mixing, lambda *given: 2.0), LEVEL),
            ),
            Misconception(
                "halves that belong to a normal",
                "You halved the scales. The half in the exponent belongs to a square in a normal density; here there is none.",
                any_of(
                    mixing_with(lambda rng, tau2, A: of_mixing(rng, tau2, A) / 2),
                    mixing_with(lambda rng, tau2, A: 1 / (2 * tau2) + A**-2.0),
                ),
            ),
        ),
    ),
    Question(
        "draw_tau2",
        tau2_with(),
        GROUPS,
        compare=Law(repeats=1000),
        misconceptions=(
            Misconception(
                "no draw of tau2",
                "Your function gives the same number every time. What is not known of `tau2` is in its scatter: draw it.",
                standstill,
            ),
            Misconception(
                "draws of tau",
                "You return draws of tau. The two draws of the mixture pass the *variance* to each other; take the root "
                "at the end.",
                law_like(root_law, LEVEL),
            ),
            Misconception(
                "precision of the groups",
                "Your draws follow a gamma law: they are draws of 1/`tau2`, or of its like. Turn the gamma number over.",
                any_of(*not_inverted(halves, of_tau2)),
            ),
            Misconception(
                "rate for scale of tau2",
                "Look up the second argument of `rng.gamma`: it is the *scale*. You handed it the rate, and then turned the "
                "number over: the scale of your inverse gamma ends up below the line.",
                law_like(turned_rate(halves, of_tau2), LEVEL),
            ),
            Misconception(
                "mixing scale not turned over",
                "You added the mixing scale itself. Given a, the law of tau2 has the scale 1/a.",
                law_like(tau2_with(lambda rng, gamma, mixing: mixing + (gamma**2).sum() / 2), LEVEL),
            ),
            Misconception(
                "mixing scale not used",
                "The mixing scale is not in your law. So no prior of tau is left at all: through a it comes in.",
                any_of(
                    tau2_with(lambda rng, gamma, mixing: (gamma**2).sum() / 2),
                    tau2_with(lambda rng, gamma, mixing: (gamma**2).sum() / 2, lambda rng, gamma, mixing: len(gamma) / 2),
                    tau2_with(lambda rng, gamma, mixing: (gamma**2).sum() / 2, lambda rng, gamma, mixing: (len(gamma) - 1) / 2),
                ),
            ),
            Misconception(
                "offsets not used",
                "The offsets are not in your law: it is the prior of tau2 given a. Each of them has a density with tau2 in it.",
                law_like(tau2_with(lambda rng, gamma, mixing: 1 / mixing, lambda *given: 0.5), LEVEL),
            ),
            Misconception(
                "offsets not counted",
                "The scale is right and your shape is the prior's. Every offset brings a factor v^(-1/2) with its density.",
                law_like(tau2_with(shape=lambda *given: 0.5), LEVEL),
            ),
            Misconception(
                "shape of the prior left out",
                "The scale is right and your shape counts the offsets alone. The law of tau2 given a has a shape of its own, "
                "1/2.",
                law_like(tau2_with(shape=lambda rng, gamma, mixing: len(gamma) / 2), LEVEL),
            ),
            Misconception(
                "powers of tau for powers of tau2",
                "Your shape is too large: you counted the powers of tau. The density of one offset has 1/tau, and that is only "
                "*half* a power of the variance.",
                any_of(
                    tau2_with(shape=lambda rng, gamma, mixing: len(gamma) + 0.5),
                    tau2_with(shape=lambda rng, gamma, mixing: len(gamma) + 1),
                ),
            ),
            Misconception(
                "squares not halved",
                "Your scale has the whole sum of squares. In the exponent of a normal density stands *half* of a square.",
                law_like(tau2_with(lambda rng, gamma, mixing: 1 / mixing + (gamma**2).sum()), LEVEL),
            ),
            Misconception(
                "mixing scale halved as well",
                "You halved 1/a together with the squares. The half is in the normal density of the offsets; the law of tau2 "
                "given a has none.",
                law_like(tau2_with(lambda rng, gamma, mixing: (1 / mixing + (gamma**2).sum()) / 2), LEVEL),
            ),
            Misconception(
                "mean of squares",
                "Your scale has the *mean* of the squares. Densities multiply, so their exponents add up: it is the sum.",
                any_of(
                    tau2_with(lambda rng, gamma, mixing: 1 / mixing + (gamma**2).mean() / 2),
                    tau2_with(lambda rng, gamma, mixing: 1 / mixing + (gamma**2).mean()),
                ),
            ),
            Misconception(
                "spread about the mean of the offsets",
                "You took the squares about the offsets' own mean. Their prior has the mean 0, so the distance from 0 counts.",
                any_of(tau2_with(spread), tau2_with(spread, lambda rng, gamma, mixing: len(gamma) / 2)),
            ),
        ),
    ),
    Question(
        "log_tau",
        RIGHT,
        compare=ENOUGH,
        misconceptions=(
            Misconception(
                "tau, not its logarithm",
                "These are draws of tau. They look right; hand over their logarithms.",
                mapped(np.log),
            ),
            Misconception(
                "logarithm of tau2",
                "These are draws of log tau2, twice what is asked.",
                mapped(lambda draws: draws / 2),
            ),
            Misconception(
                "tau2, not the logarithm of tau",
                "These are draws of tau2. They look right; log tau is half of their logarithm.",
                mapped(lambda draws: np.log(draws) / 2),
            ),
            Misconception(
                "mixing scale never drawn anew",
                "Your draws scatter as little as under *one* inverse gamma: the mixing scale stood still. One value of a is an "
                "inverse-gamma prior; only all of them together are a half-Cauchy. Draw it in every round.",
                one_mixing,
            ),
            Misconception(
                "mixing scale without its tau2",
                "In your rounds a is drawn as if `tau2` were not known, from its own prior. It must be drawn given the `tau2` "
                "that has just been drawn. Without that the offsets cannot tell the sampler which a are likely.",
                draws_like(mixing_from_its_prior()),
            ),
            Misconception(
                "half-Cauchy on tau2",
                "These are draws under a half-Cauchy prior of the *variance*. It was meant for tau; what is flat near 0 for one "
                "of the two is not for the other.",
                like(
                    OFFSETS + 2 * U - np.log1p(V**2 / A**2),
                    OFFSETS + 2 * U - np.log1p(V**2 / A**4),
                ),
            ),
            Misconception(
                "flat prior",
                "These are draws without the half-Cauchy: its tail is missing, so large values of tau are too frequent.",
                like(OFFSETS + U, OFFSETS + 2 * U, OFFSETS),
            ),
            Misconception(
                "prior alone",
                "These are draws from the half-Cauchy itself. The four offsets belong into the draw of `tau2`.",
                like(U - np.log1p(V / A**2)),
            ),
            Misconception(
                "half-Cauchy without the step from tau to its logarithm",
                "You used the density of tau as if it were one of log tau. A step in log tau is a step of size tau in tau: the "
                "density of the logarithm has a tau more.",
                like(OFFSETS - np.log1p(V / A**2)),
            ),
        ),
    ),
    right=(
        "Two lines that each have a name, and together a prior that has none. The price is that tau2 and a hang together: the "
        "smaller J, the slower. With the scale of the mixture right, a small tau is as welcome as the offsets allow."
    ),
)
