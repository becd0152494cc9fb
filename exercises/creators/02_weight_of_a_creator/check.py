"""A creator's own effect after shrinkage: what is asked, and the slips that have a name."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import Checker, Misconception, Question, case, gives

MEAN, SD, ABOVE = range(3)


def weight(se, sigma):
    return sigma**2 / (sigma**2 + se**2)


def readout(effect, se, genre_mean, sigma_creator):
    w = weight(se, sigma_creator)
    mean, sd = w * effect + (1 - w) * genre_mean, np.sqrt(w) * se
    return mean, sd, stats.norm.cdf(mean / sd)


def mean_of(change):
    """Recognize the posterior mean of a reader with this formula."""
    return gives(lambda d, s, m, t: (change(d, s, m, t), None, None), part=MEAN)


def sd_of(*changes):
    """Recognize the posterior sd of a reader with any of these formulas."""
    found = [gives(lambda d, s, m, t, change=change: (None, change(s, t) + 0 * d, None), part=SD) for change in changes]
    return lambda attempt: any(one(attempt) for one in found)


def above_of(*changes):
    """Recognize the probability of a reader who computes any of these z from mean, sd, effect and se."""
    def told(change):
        return lambda d, s, m, t: (None, None, stats.norm.cdf(change(*readout(d, s, m, t)[:2], d, s)))

    found = [gives(told(change), part=ABOVE) for change in changes]
    return lambda attempt: any(one(attempt) for one in found)


def mixed(d, m, w):
    return w * d + (1 - w) * m


def users_for_half(sigma_creator, sigma_obs):
    return 4 * sigma_obs**2 / sigma_creator**2


RNG = np.random.default_rng()
CREATORS = (
    case(effect=1.5, se=0.8, genre_mean=0.4, sigma_creator=0.4),
    case("seven creators of a genre with mean 0.6", effect=RNG.normal(0.6, 0.7, 7), se=RNG.uniform(0.1, 0.9, 7), genre_mean=0.6,
         sigma_creator=float(RNG.uniform(0.3, 0.5))),
    case("six creators of a genre with mean -0.3", effect=RNG.normal(-0.3, 0.7, 6), se=RNG.uniform(0.2, 0.8, 6),
         genre_mean=-0.3, sigma_creator=float(RNG.uniform(0.15, 0.25))),
)
SCALES = (case(sigma_creator=0.4, sigma_obs=2.0), case(sigma_creator=1.5, sigma_obs=9.0),
          case(sigma_creator=0.25, sigma_obs=float(RNG.uniform(2.5, 4))))

CHECKER = Checker(
    Question(
        "readout",
        readout,
        CREATORS,
        parts=("mean", "sd", "above"),
        misconceptions=(
            Misconception(
                "weights swapped",
                "Your two weights have changed places: the noisier the experiment, the more your estimate follows it.",
                mean_of(lambda d, s, m, t: mixed(d, m, 1 - weight(s, t))),
            ),
            Misconception(
                "standard deviations for variances",
                "You weighted by standard deviations. Precisions add up, and a precision is one over a *variance*: square "
                "before you divide.",
                mean_of(lambda d, s, m, t: mixed(d, m, t / (s + t))),
            ),
            Misconception(
                "shrunk toward zero",
                "You pull the effect toward 0. The creators of this genre scatter around `genre_mean`: that is where what "
                "is left of the weight goes.",
                mean_of(lambda d, s, m, t: mixed(d, 0, weight(s, t))),
            ),
            Misconception(
                "not pooled",
                "You report the experiment as it came. The genre says something about this creator too.",
                mean_of(lambda d, s, m, t: d),
            ),
            Misconception(
                "halfway between",
                "You went halfway between effect and genre for every creator. How far to go depends on how noisy the "
                "experiment is.",
                mean_of(lambda d, s, m, t: (d + m) / 2),
            ),
            Misconception(
                "sd not shrunk",
                "Your mean is pooled, but its sd is still the experiment's own standard error. Two sources leave less "
                "unknown than one.",
                sd_of(lambda s, t: s),
            ),
            Misconception(
                "variances added",
                "You added the variances. That is the spread of the *observed* effects around the genre's mean, and larger "
                "than both. What adds up when two sources are combined is their precisions.",
                sd_of(lambda s, t: np.hypot(s, t), lambda s, t: s + t),
            ),
            Misconception(
                "noise only",
                "Your sd is the weight times `se`: only the noise of the experiment. The pull toward the genre is in error "
                "too, because the creator differs from it.",
                sd_of(lambda s, t: weight(s, t) * s),
            ),
            Misconception(
                "variance or precision for the sd",
                "Your sd is the posterior variance, or the precision. A standard deviation is in dollars, like the effect.",
                sd_of(lambda s, t: weight(s, t) * s**2, lambda s, t: 1 / (weight(s, t) * s**2)),
            ),
            Misconception(
                "probability below",
                "You give the probability that the effect is *below* 0.",
                above_of(lambda mean, sd, d, s: -mean / sd),
            ),
            Misconception(
                "probability without the genre",
                "Your mean and sd are pooled, but the probability still comes from the raw effect or the raw error. Ask the "
                "posterior: its mean and its sd.",
                above_of(lambda mean, sd, d, s: d / s, lambda mean, sd, d, s: mean / s),
            ),
        ),
    ),
    Question(
        "users_for_half",
        users_for_half,
        SCALES,
        misconceptions=(
            Misconception(
                "users of one arm",
                "That is the number of users in *one* arm. Both arms are counted.",
                gives(lambda t, o: users_for_half(t, o) / 2),
            ),
            Misconception(
                "error of one mean",
                "You took the error of one mean over all users. The effect is a difference of two means, each from half of "
                "them: its variance is four times as large.",
                gives(lambda t, o: users_for_half(t, o) / 4),
            ),
            Misconception(
                "scales not squared",
                "You compared standard deviations without squaring: `se` falls with the *root* of the users.",
                lambda attempt: any(gives(lambda t, o, k=k: k * o / t)(attempt) for k in (1, 2, 4)),
            ),
            Misconception(
                "turned over",
                "Your ratio is upside down. The more the users scatter, the more of them an experiment needs.",
                lambda attempt: any(gives(lambda t, o, k=k: k * t**2 / o**2)(attempt) for k in (0.25, 1, 2, 4)),
            ),
        ),
    ),
    right=(
        f"The creator with 1.50 ± 0.80 is reported at {readout(1.5, 0.8, 0.4, 0.4)[MEAN]:.2f} ± "
        f"{readout(1.5, 0.8, 0.4, 0.4)[SD]:.2f}. When creators differ by 0.40 and users by 2 dollars, own experiment and genre "
        f"count the same at {users_for_half(0.4, 2):.0f} users."
    ),
)
