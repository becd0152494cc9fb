"""The mean of a genre, weighted by precision: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives

MEAN, VARIANCE = range(2)


def weighted(effect, w):
    return (w * effect).sum() / w.sum(), 1 / w.sum()


def genre_mean(effect, se, sigma_creator):
    return weighted(effect, 1 / (sigma_creator**2 + se**2))


def combine(mean, variance, m, v):
    precision = 1 / variance + 1 / v
    return (mean / variance + m / v) / precision, 1 / precision


def with_platform(effect, se, sigma_creator, mu_global, sigma_genre):
    return combine(*genre_mean(effect, se, sigma_creator), mu_global, sigma_genre**2)


def mean_by(weights):
    """Recognize the mean of a reader with these weights."""
    return gives(lambda d, s, t: (weighted(d, weights(s, t))[MEAN], None), part=MEAN)


def variance_by(*variances):
    """Recognize any of these variances in an answer whose mean is right."""
    found = [gives(lambda d, s, t, v=v: (genre_mean(d, s, t)[MEAN], v(s, t))) for v in variances]
    return lambda attempt: any(one(attempt) for one in found)


def w(s, t):
    return 1 / (t**2 + s**2)


def each_with_prior(d, s, t, m, g):
    """The prior comes once for every creator."""
    return combine(*genre_mean(d, s, t), m, g**2 / len(d))


def all_in_one(d, s, t, m, g):
    return weighted(d, 1 / (g**2 + t**2 + s**2))


def swapped(d, s, t, m, g):
    mean, variance = genre_mean(d, s, t)
    return combine(mean, g**2, m, variance)


def by_sd(d, s, t, m, g):
    mean, variance = genre_mean(d, s, t)
    return combine(mean, np.sqrt(variance), m, g)


def genre(size, mean, sigma):
    """Return the inputs of one genre, made up anew at every check."""
    rng = np.random.default_rng()
    se = np.exp(rng.uniform(np.log(0.05), np.log(0.9), size))
    return {"effect": rng.normal(mean, np.hypot(sigma, se)), "se": se, "sigma_creator": sigma}


GENRES = (
    case("eight creators, sigma_creator 0.4", **genre(8, 0.5, 0.4)),
    case("five creators, sigma_creator 0.2", **genre(5, -0.3, 0.2)),
    case("forty creators, sigma_creator 0.8", **genre(40, 0.9, 0.8)),
)
PRIORS = (
    case("four creators, mu_global 0.5, sigma_genre 0.3", **genre(4, 0.9, 0.4), mu_global=0.5, sigma_genre=0.3),
    case("nine creators, mu_global 0.2, sigma_genre 0.15", **genre(9, -0.4, 0.5), mu_global=0.2, sigma_genre=0.15),
)
GIANT = weighted(np.array([1.0, 0.0]), 1 / (0.4**2 + np.array([0.004, 0.4]) ** 2))[MEAN]

CHECKER = Checker(
    Question(
        "genre_mean",
        genre_mean,
        GENRES,
        parts=("mean", "variance"),
        misconceptions=(
            Misconception(
                "noise only in the weights",
                "You weighted by one over the squared standard errors. Then a creator with a million users outvotes the "
                "genre. However well it is measured, it is *one* creator, and creators differ by `sigma_creator`.",
                mean_by(lambda s, t: 1 / s**2),
            ),
            Misconception(
                "simple mean",
                "You took the simple mean: a creator with 30 users counts as much as one with 5,000. Weight by precision.",
                mean_by(lambda s, t: np.ones_like(s)),
            ),
            Misconception(
                "standard deviations in the weights",
                "Your weights hold standard deviations that were added or not squared. *Variances* add up, and a weight is "
                "one over a variance.",
                lambda attempt: any(mean_by(f)(attempt) for f in (lambda s, t: 1 / (s + t), lambda s, t: 1 / np.hypot(s, t),
                                                                 lambda s, t: (s + t) ** -2.0)),
            ),
            Misconception(
                "weights of the shrinkage",
                "Your weights are what each creator *gives up* to the genre, so the noisiest creators count most. Weight by one "
                "over the variance of the whole difference.",
                mean_by(lambda s, t: s**2 / (s**2 + t**2)),
            ),
            Misconception(
                "noise only in the variance",
                "Your mean is right, but its variance knows only the noise. With a million users everywhere it would be 0, "
                "and yet a few creators do not tell what the next one is like.",
                variance_by(lambda s, t: 1 / (1 / s**2).sum()),
            ),
            Misconception(
                "variance of a simple mean",
                "Your mean is weighted, but its variance is that of the simple mean. The weighted one is known better: its "
                "precision is the sum of the weights.",
                variance_by(lambda s, t: (s**2 + t**2).sum() / len(s) ** 2),
            ),
            Misconception(
                "precision or sd for the variance",
                "Your second number is the precision, or the standard deviation. The variance is asked: one over the sum of "
                "the weights.",
                variance_by(lambda s, t: w(s, t).sum(), lambda s, t: w(s, t).sum() ** -0.5),
            ),
            Misconception(
                "variance of a new creator",
                "You added `sigma_creator`² to the variance of the mean. That is how far one *new creator* of the genre may "
                "be from your estimate; the mean itself is known better.",
                variance_by(lambda s, t: 1 / w(s, t).sum() + t**2),
            ),
        ),
    ),
    Question(
        "with_platform",
        with_platform,
        PRIORS,
        parts=("mean", "variance"),
        misconceptions=(
            Misconception(
                "platform ignored",
                "You give the genre's mean as if its prior were flat. `mu_global` and `sigma_genre` say something too.",
                gives(lambda d, s, t, m, g: genre_mean(d, s, t)),
            ),
            Misconception(
                "prior counted once for every creator",
                "You counted the platform once for every creator. It is one measurement of the genre's mean, however many "
                "creators there are.",
                gives(each_with_prior),
            ),
            Misconception(
                "sigma_genre in every weight",
                "You added `sigma_genre`² to the variance of each creator. All creators of the genre share *one* difference "
                "from the platform, so it does not average out: it belongs in the prior.",
                gives(all_in_one),
            ),
            Misconception(
                "weights swapped",
                "Genre and platform have changed places: the better the genre is measured, the less you listen to it.",
                gives(swapped, part=MEAN),
            ),
            Misconception(
                "standard deviations for variances",
                "You combined genre and platform by standard deviations. A precision is one over a *variance*.",
                gives(by_sd, part=MEAN),
            ),
        ),
    ),
    right=(
        "An effect misses the genre's mean by two things whose variances add up, so no creator can count for more than 1 / "
        "sigma_creator². With sigma_creator = 0.4, a creator with a million users beside one with a hundred gets "
        f"{GIANT:.0%} of the weight; by the noise alone it would get all of it."
    ),
)
