"""The inverse-Wishart update of random slopes: what is asked, and the slips that have a name."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from hbm_lib.exercises import FRESH, Checker, Misconception, Question, case, gives
from hbm_lib.exercises.compare import Difference, as_numbers
from hbm_lib.exercises.laws import p_value, standstill
from hbm_lib.exercises.montecarlo import unfit

NU, SCALE = range(2)


def squares(beta, mu):
    """Return the sum over groups of (beta - mu)(beta - mu)'."""
    return (beta - mu).T @ (beta - mu)


def update(beta, mu, nu, scale):
    return nu + len(beta), scale + squares(beta, mu)


def directions(scale):
    """Return vectors to look along: the coefficients themselves, and two in which they count alike."""
    half = np.linalg.inv(np.linalg.cholesky(scale))
    return [*np.eye(len(scale)), half[0] + half[1], half[0] - half[1]]


def smallest_p(draws, nu, scale):
    """Return the smallest p-value, times their number, of tests that matrices are InverseWishart(nu, scale).

    Along any v, v' Sigma v is InverseGamma((nu - q + 1) / 2, v' scale v / 2), and v' Sigma^-1 v over v' scale^-1 v is
    chi-squared with nu degrees of freedom.
    """
    turned, scale_turned, q = np.linalg.inv(draws), np.linalg.inv(scale), len(scale)
    smallest, tests = 1.0, 2 * (q + 2)
    for v in directions(scale):
        along = stats.invgamma((nu - q + 1) / 2, scale=v @ scale @ v / 2)
        across = stats.chi2(nu)
        for u in (along.cdf(v @ draws @ v), across.cdf(v @ turned @ v / (v @ scale_turned @ v))):
            smallest = min(smallest, p_value(u))
            if smallest < 1e-12:  # enough is known
                return 0.0
    return tests * smallest


@dataclass(frozen=True)
class Matrices:
    """Comparison of independent draws of a matrix with an inverse-Wishart law (nu, scale)."""

    repeats: int = 600
    level: float = 1e-6

    def __str__(self):
        return f"Draws are held against the right law; by chance one right answer in {1 / self.level:,.0f} is refused."

    def difference(self, answer, truth, parts=()):
        """Return why the draws cannot come from the law, or None."""
        draws, (nu, scale) = as_numbers(answer), truth
        problem = draws if isinstance(draws, Difference) else unfit(draws, scale.shape)
        if problem:
            return problem
        if not np.allclose(draws, np.swapaxes(draws, 1, 2)) or np.linalg.eigvalsh(draws).min() <= 0:
            return Difference("different", "has draws that are no covariance matrices: not symmetric, or not positive definite")
        if smallest_p(draws, nu, scale) > self.level:
            return None
        middle = ", ".join(f"{v:.3g}" for v in np.median(np.diagonal(draws, axis1=1, axis2=2), axis=0))
        return Difference("different", f"has draws that do not follow the law (medians of the variances: {middle})")


def told(beta_nu_scale, level=1e-7):
    """Recognize draws from an inverse-Wishart law, given by a function that returns its nu and scale."""

    def recognise(attempt):
        return all(
            smallest_p(np.asarray(draws, dtype=float), *beta_nu_scale(*list(tried.inputs.values())[1:])) > level
            for tried, draws in zip(attempt.cases, attempt.answers, strict=True)
        )

    return recognise


def inverted_draws(law):
    """Recognize draws whose inverses follow this law: a Wishart matrix that was not turned over."""
    inner = told(law)

    def recognise(attempt):
        answers = tuple(np.linalg.inv(np.asarray(draws, dtype=float)) for draws in attempt.answers)
        return inner(type(attempt)(attempt.cases, answers))

    return recognise


def any_of(*found):
    return lambda attempt: any(one(attempt) for one in found)


def nu_is(*functions):
    return any_of(*(gives(lambda *given, f=f: (f(*given), None), part=NU) for f in functions))


def scale_is(*functions):
    return any_of(*(gives(lambda *given, f=f: (None, f(*given)), part=SCALE) for f in functions))


def centered(beta, mu, nu, scale):
    return scale + squares(beta, beta.mean(0))


def turned_over(beta, mu, nu, scale):
    count, found = update(beta, mu, nu, scale)
    return count, np.linalg.inv(found)


def every(property_of):
    """Recognize draws all of which have a property."""
    return lambda attempt: all(property_of(np.asarray(draws, dtype=float)) for draws in attempt.answers)


def triangular(draws):
    upper = draws[:, *np.triu_indices(draws.shape[-1], 1)]
    lower = draws[:, *np.tril_indices(draws.shape[-1], -1)]
    return np.all(upper == 0) != np.all(lower == 0)


def diagonal(draws):
    return np.all(draws[:, ~np.eye(draws.shape[-1], dtype=bool)] == 0)


def correlations(draws):
    return np.allclose(np.diagonal(draws, axis1=1, axis2=2), 1)


def groups(label, J, sds, corr, nu, scale):
    """Return coefficients of J groups, made up anew at every check; their mean is not mu."""
    rng, q = np.random.default_rng(), len(sds)
    root = np.linalg.cholesky(np.outer(sds, sds) * (corr + (1 - corr) * np.eye(q)))
    z = rng.standard_normal((J, q))
    z = (z - z.mean(0)) / z.std(0) + rng.choice([-0.7, 0.7], q)
    mu = np.array(sds) * rng.normal(0, 3, q)
    return {"beta": mu + z @ root.T, "mu": mu, "nu": nu, "scale": np.array(scale)}, label


GROUPS = (
    groups("18 groups, q=2, nu=4", 18, (20.0, 6.0), 0.4, 4, [[900.0, 60.0], [60.0, 120.0]]),
    groups("9 groups, q=3, nu=6", 9, (1.0, 0.5, 2.0), -0.3, 6, [[2.0, 0.3, 0.0], [0.3, 1.0, -0.2], [0.0, -0.2, 5.0]]),
    groups("6 groups, q=2, nu=7", 6, (0.3, 0.2), 0.8, 7, [[0.8, -0.1], [-0.1, 0.3]]),
)

CHECKER = Checker(
    Question(
        "update",
        update,
        tuple(case(label, **given) for given, label in GROUPS),
        parts=("nu", "scale"),
        misconceptions=(
            Misconception(
                "products across groups",
                "Your scale has one row for each *group*. Transpose the other factor: the sum over groups of q by q matrices is "
                "q by q.",
                lambda attempt: all(
                    np.shape(answer[SCALE]) == (len(tried.inputs["beta"]),) * 2
                    for tried, answer in zip(attempt.cases, attempt.answers, strict=True)
                ),
            ),
            Misconception(
                "groups not counted",
                "Your nu is the prior's. Every group brings a factor |Sigma|^(-1/2), and the exponent has nu in it.",
                nu_is(lambda beta, mu, nu, scale: nu),
            ),
            Misconception(
                "half a count for each group",
                "You added J/2, as for an inverse gamma. In the exponent of |Sigma| the nu of the inverse-Wishart is halved "
                "already.",
                nu_is(lambda beta, mu, nu, scale: nu + len(beta) / 2),
            ),
            Misconception(
                "one group taken off",
                "You added J - 1, as where a mean is estimated from the same data. Sigma is drawn *given* mu: nothing is to be "
                "taken off.",
                nu_is(lambda beta, mu, nu, scale: nu + len(beta) - 1),
            ),
            Misconception(
                "numbers counted instead of vectors",
                "Your count has q in it: you counted every coefficient, or put the exponent in the place of nu. A group brings "
                "one vector and one factor |Sigma|^(-1/2).",
                nu_is(
                    lambda beta, mu, nu, scale: nu + beta.size,
                    lambda beta, mu, nu, scale: nu + len(beta) + beta.shape[1] + 1,
                    lambda beta, mu, nu, scale: nu + len(beta) + beta.shape[1],
                    lambda beta, mu, nu, scale: nu + len(beta) - beta.shape[1] - 1,
                    lambda beta, mu, nu, scale: nu + len(beta) - beta.shape[1] + 1,
                ),
            ),
            Misconception(
                "prior's count left out",
                "You counted the groups alone. The prior has its nu too.",
                nu_is(lambda beta, mu, nu, scale: len(beta)),
            ),
            Misconception(
                "deviations about the mean of the groups",
                "You took the deviations about the groups' own mean. Sigma is drawn given mu, and `mu` is rarely that mean: the "
                "squares are about `mu`.",
                scale_is(centered, lambda beta, mu, nu, scale: scale + np.cov(beta.T) * len(beta)),
            ),
            Misconception(
                "deviations about zero",
                "You did not take `mu` off. These squares say how large the coefficients are, not how far groups differ.",
                scale_is(lambda beta, mu, nu, scale: scale + beta.T @ beta),
            ),
            Misconception(
                "prior's scale left out",
                "Your scale has the groups' squares alone. The prior's scale is added to them.",
                scale_is(lambda beta, mu, nu, scale: squares(beta, mu)),
            ),
            Misconception(
                "mean of squares",
                "You divided the squares by J or took `np.cov`. Densities multiply, so their exponents add up: it is the sum.",
                scale_is(
                    lambda beta, mu, nu, scale: scale + squares(beta, mu) / len(beta),
                    lambda beta, mu, nu, scale: scale + np.cov(beta.T),
                    lambda beta, mu, nu, scale: scale + np.cov(beta.T, ddof=0),
                ),
            ),
            Misconception(
                "squares halved",
                "You halved the squares, as for an inverse gamma. In the inverse-Wishart the half stands before the trace, "
                "outside the scale.",
                scale_is(
                    lambda beta, mu, nu, scale: scale + squares(beta, mu) / 2,
                    lambda beta, mu, nu, scale: (scale + squares(beta, mu)) / 2,
                ),
            ),
            Misconception(
                "inverse of the scale",
                "You return the inverse. That is the scale of the *Wishart* law of the precision matrix; the inverse-Wishart "
                "has the squares themselves.",
                scale_is(
                    lambda *given: turned_over(*given)[SCALE],
                    lambda beta, mu, nu, scale: np.linalg.inv(np.linalg.inv(scale) + squares(beta, mu)),
                ),
            ),
            Misconception(
                "prior's scale inverted",
                "You inverted the prior's scale before adding. Squares are added to squares: it goes in as it is.",
                scale_is(lambda beta, mu, nu, scale: np.linalg.inv(scale) + squares(beta, mu)),
            ),
            Misconception(
                "scale multiplied by nu",
                "You multiplied the scale by nu, or by nu - q - 1. That would be right if `scale` were a guess of Sigma; it is "
                "the sum that stands in the density.",
                scale_is(
                    lambda beta, mu, nu, scale: nu * scale + squares(beta, mu),
                    lambda beta, mu, nu, scale: (nu - beta.shape[1] - 1) * scale + squares(beta, mu),
                ),
            ),
            Misconception(
                "products of different coefficients left out",
                "You added the squares to the diagonal alone. Off the diagonal stands what intercepts and slopes have to do with "
                "each other.",
                scale_is(lambda beta, mu, nu, scale: scale + np.diag(np.diag(squares(beta, mu)))),
            ),
            Misconception(
                "one number for the matrix",
                "You added *one* number, the sum of all squares. (beta - mu)(beta - mu)' is a matrix for each group, not the "
                "length of a vector.",
                scale_is(lambda beta, mu, nu, scale: scale + ((beta - mu) ** 2).sum()),
            ),
        ),
    ),
    Question(
        "draw_sigma",
        lambda rng, *given: update(*given),
        tuple(case(label, rng=FRESH, **given) for given, label in GROUPS),
        compare=Matrices(),
        misconceptions=(
            Misconception(
                "no draw",
                "Your function gives the same matrix every time. It should be a *draw*: the mean or the most probable matrix "
                "leaves out what is not known of Sigma. If you draw, draw with the `rng` that you are handed.",
                standstill,
            ),
            Misconception(
                "root returned",
                "Your matrices are triangles: a Cholesky root of Sigma, or of its inverse. Multiply it by its transpose.",
                every(triangular),
            ),
            Misconception(
                "variances on their own",
                "Your matrices have zeros off the diagonal: you drew each variance on its own. Intercepts and slopes may hang "
                "together.",
                every(diagonal),
            ),
            Misconception(
                "correlation matrix",
                "Your matrices have ones on the diagonal: these are correlations. Sigma holds the variances too.",
                every(correlations),
            ),
            Misconception(
                "precision returned",
                "These are draws of the *precision* matrix. You drew the vectors with the right covariance; now invert the sum "
                "of their squares.",
                inverted_draws(update),
            ),
            Misconception(
                "Wishart with the scale itself",
                "You drew vectors whose covariance is the scale and returned their sum of squares. Two inversions are missing: "
                "the vectors have the inverse of the scale as covariance, and their sum of squares is inverted.",
                inverted_draws(turned_over),
            ),
            Misconception(
                "scale not inverted for the vectors",
                "Your vectors have the scale itself as their covariance. Their sum of squares is turned over at the end, so "
                "they must be small where Sigma is large: their covariance is the *inverse* of the scale.",
                told(turned_over),
            ),
            Misconception(
                "draw from the prior",
                "You drew from the prior: neither count nor squares of the groups are in it.",
                told(lambda beta, mu, nu, scale: (nu, scale)),
            ),
            Misconception(
                "count of the prior",
                "The scale is right and nu is still the prior's: your draws scatter too much and are too large.",
                told(lambda beta, mu, nu, scale: (nu, update(beta, mu, nu, scale)[SCALE])),
            ),
            Misconception(
                "scale of the prior",
                "The count is right and the scale is still the prior's: the groups' squares are missing.",
                told(lambda beta, mu, nu, scale: (nu + len(beta), scale)),
            ),
            Misconception(
                "draw about the mean of the groups",
                "Your `update` is right, but these draws have the deviations about the groups' own mean. Call your `update`.",
                any_of(
                    told(lambda beta, mu, nu, scale: (nu + len(beta), centered(beta, mu, nu, scale))),
                    told(lambda beta, mu, nu, scale: (nu + len(beta) - 1, centered(beta, mu, nu, scale))),
                ),
            ),
            Misconception(
                "mean of squares drawn",
                "You divided the sum of the vectors' squares by their number, as for a covariance. The law is that of the sum.",
                told(lambda beta, mu, nu, scale: (nu + len(beta), (nu + len(beta)) * update(beta, mu, nu, scale)[SCALE])),
            ),
        ),
    ),
    Question(
        "weight",
        lambda J, q, nu: (nu - q - 1) / (nu + J - q - 1),
        (case(J=18, q=2, nu=6), case(J=5, q=3, nu=14), case(J=200, q=4, nu=9)),
        misconceptions=(
            Misconception(
                "nu taken for the number of groups",
                "You let the prior count like nu groups. Its mean is the scale over nu - q - 1, so the scale is *fewer* times "
                "its mean.",
                gives(lambda J, q, nu: nu / (nu + J)),
            ),
            Misconception(
                "share of the groups",
                "That is the share of the groups. The prior's is asked.",
                any_of(
                    gives(lambda J, q, nu: J / (nu + J - q - 1)),
                    gives(lambda J, q, nu: J / (nu + J)),
                ),
            ),
            Misconception(
                "ratio for share",
                "You divided the prior's count by that of the groups. A share is divided by both together.",
                any_of(gives(lambda J, q, nu: (nu - q - 1) / J), gives(lambda J, q, nu: nu / J)),
            ),
            Misconception(
                "q + 1 taken off once only",
                "The mean before the update has nu - q - 1 below the line, and the mean after it too, with the new nu. You took "
                "q + 1 off in one of the two places.",
                any_of(
                    gives(lambda J, q, nu: (nu - q - 1) / (nu + J)),
                    gives(lambda J, q, nu: nu / (nu + J - q - 1)),
                ),
            ),
            Misconception(
                "an average of two equals",
                "You gave both the same weight. Twenty groups tell more than a prior that is worth three.",
                gives(lambda J, q, nu: 0.5),
            ),
        ),
    ),
    right=(
        "Counts add up, squares add up: nu + J and S plus the squares about mu. The rows within a group never come in. And the "
        "scale does not fade by being called vague: with few groups, or small coefficients, it is most of what the update sees."
    ),
)
