"""A genre in four sums: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives


def stack(w, effect, log_w=None, reduce=np.sum):
    terms = (np.log(w) if log_w is None else log_w, w, w * effect, w * effect**2)
    return np.stack([reduce(t, axis=1) for t in terms], axis=1)


def precision(sigma, se):
    return 1 / (sigma[:, None] ** 2 + se**2)


def four_sums(sigma, effect, se):
    return stack(precision(sigma, se), effect)


def pieces(sums):
    """Return the three terms of the log likelihood, each without its half, and the raw sums."""
    log_w, w, wd, wdd = np.moveaxis(sums, -1, 0)
    return log_w, -np.log(w), -(wdd - wd**2 / w), (w, wd, wdd)


def log_likelihood(sums):
    return sum(pieces(sums)[:3]) / 2


def of_machines(parts):
    return log_likelihood(parts.sum(0))


def logs_of_sums(sigma, effect, se):
    sums = four_sums(sigma, effect, se)
    return np.column_stack([np.log(sums[:, 1]), sums[:, 1:]])


def by(combine):
    """Recognize a log likelihood that combines the terms like this."""
    return gives(lambda sums: combine(*pieces(sums)))


def genre(size, mean, spread):
    """Return effects and standard errors of one genre, made up anew at every check."""
    rng = np.random.default_rng()
    se = np.exp(rng.uniform(np.log(0.05), np.log(0.9), size))
    return {"effect": rng.normal(mean, np.hypot(spread, se)), "se": se}


SIGMAS = np.array([0.05, 0.2, 0.4, 0.8, 1.5])
SMALL, LARGE = genre(7, 0.6, 0.4), genre(60, -0.4, 0.2)
GENRES = (
    case("five sigmas, seven creators", sigma=SIGMAS, **SMALL),
    case("three sigmas, sixty creators", sigma=np.array([0.1, 0.3, 0.7]), **LARGE),
)


def machines(sizes, mean):
    """Return what machines with so many creators of one genre send."""
    each = [genre(size, mean, 0.4) for size in sizes]
    return np.array([four_sums(SIGMAS, **one) for one in each])


SUMS = (case("four sums of seven creators at five sigmas", sums=four_sums(SIGMAS, **SMALL)),
        case("four sums of sixty creators at five sigmas", sums=four_sums(SIGMAS, **LARGE)))
PARTS = (case("two machines with 6 and 11 creators", parts=machines((6, 11), 0.7)),
         case("five machines with 3 to 40 creators", parts=machines((3, 40, 8, 15, 5), -0.5)))
NEAR = Exact(rtol=1e-6, atol=1e-7)

CHECKER = Checker(
    Question(
        "four_sums",
        four_sums,
        GENRES,
        compare=NEAR,
        misconceptions=(
            Misconception(
                "noise only",
                "Your weights are one over the squared standard errors, at every sigma the same. The effects scatter around "
                "the genre's mean by the creators' differences as well.",
                gives(lambda sigma, effect, se: stack(np.ones_like(sigma)[:, None] / se**2, effect)),
            ),
            Misconception(
                "standard deviations in the weights",
                "Your weights are one over standard deviations, or the two were added before squaring. A weight is one over a "
                "*variance*, and variances add up.",
                lambda attempt: any(
                    gives(lambda sigma, effect, se, f=f: stack(f(sigma[:, None], se), effect))(attempt)
                    for f in (lambda a, b: 1 / np.hypot(a, b), lambda a, b: (a + b) ** -2.0, lambda a, b: 1 / (a + b))
                ),
            ),
            Misconception(
                "variances for weights",
                "Your sums hold the variances where the weights belong: noisy creators count most. Turn each over.",
                gives(lambda sigma, effect, se: stack(1 / precision(sigma, se), effect)),
            ),
            Misconception(
                "log of the sum",
                "Your first column is the log of the sum of the weights. Its place is for the sum of their logs: one log for "
                "each creator.",
                gives(logs_of_sums),
            ),
            Misconception(
                "log of the variance",
                "Your first column has the wrong sign: it sums the log of the variances, and the log of a weight is minus that.",
                gives(lambda sigma, effect, se: stack(precision(sigma, se), effect, -np.log(precision(sigma, se)))),
            ),
            Misconception(
                "means for sums",
                "You averaged over the creators. Means of parts do not add up to the mean of the whole; sums do.",
                gives(lambda sigma, effect, se: stack(precision(sigma, se), effect, reduce=np.mean)),
            ),
            Misconception(
                "axes swapped",
                "Your array lies on its side: one row for each sigma, one column for each sum.",
                gives(lambda sigma, effect, se: four_sums(sigma, effect, se).T),
            ),
        ),
    ),
    Question(
        "log_likelihood",
        log_likelihood,
        SUMS,
        compare=NEAR,
        misconceptions=(
            Misconception(
                "log term missing",
                "Your likelihood has no sum of log w. Without it a large sigma costs nothing and explains everything.",
                by(lambda log_w, log_sum, squares, _: (log_sum + squares) / 2),
            ),
            Misconception(
                "mean taken as known",
                "Your likelihood has no log of the sum of w. You put in the best mean as if it were known; integrating over "
                "it pays for not knowing it.",
                by(lambda log_w, log_sum, squares, _: (log_w + squares) / 2),
            ),
            Misconception(
                "squares about zero",
                "Your squares are measured from 0. The genre's own weighted mean has to be taken off first.",
                by(lambda log_w, log_sum, squares, raw: (log_w + log_sum - raw[2]) / 2),
            ),
            Misconception(
                "square of the sum not divided",
                "You took off the square of the sum of w d as it is. Multiply the square about m out: it is divided by the sum "
                "of w.",
                by(lambda log_w, log_sum, squares, raw: (log_w + log_sum - raw[2] + raw[1] ** 2) / 2),
            ),
            Misconception(
                "halves forgotten",
                "Your log likelihood is twice too large: every term has a half before it.",
                by(lambda log_w, log_sum, squares, _: log_w + log_sum + squares),
            ),
            Misconception(
                "likelihood for its log",
                "You give the likelihood. Of a million creators it is 0 in every computer: keep the log.",
                gives(lambda sums: np.exp(log_likelihood(sums))),
            ),
            Misconception(
                "turned to minus",
                "Your log likelihood has the wrong sign: the value of sigma that explains the data best has the least of it.",
                gives(lambda sums: -log_likelihood(sums)),
            ),
        ),
    ),
    Question(
        "of_machines",
        of_machines,
        PARTS,
        compare=NEAR,
        misconceptions=(
            Misconception(
                "likelihoods added up",
                "You added up the machines' log likelihoods. Each of them integrated over the genre's mean by itself, as if "
                "every machine held a genre of its own. Add up the sums, then integrate once.",
                gives(lambda parts: log_likelihood(parts).sum(0)),
            ),
            Misconception(
                "sums averaged",
                "You averaged the machines' sums. That is the genre with a fraction of its creators: sums are added up.",
                gives(lambda parts: log_likelihood(parts.mean(0))),
            ),
            Misconception(
                "likelihoods averaged",
                "You averaged the machines' log likelihoods. Add up the *sums*, then compute the likelihood once.",
                gives(lambda parts: log_likelihood(parts).mean(0)),
            ),
            Misconception(
                "one machine only",
                "You used the creators of one machine.",
                lambda attempt: any(gives(lambda parts, p=p: log_likelihood(parts[p]))(attempt) for p in (0, -1)),
            ),
            Misconception(
                "sums handed back",
                "You added up the sums, which is right, and stopped there. Put the result into your `log_likelihood`.",
                gives(lambda parts: parts.sum(0)),
            ),
        ),
    ),
    right=(
        "Once the four sums of a genre are known at some values of sigma, its creators are no longer needed. The sums of parts "
        "add up, so the same posterior comes from one machine, from many, or from a GROUP BY. The page “One pass” "
        "(chapters/creators/07_one_pass) does it."
    ),
)
