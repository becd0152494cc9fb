"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import wrong_answer

inv = np.linalg.inv


def total(beta, mu):
    return sum(np.outer(b - mu, b - mu) for b in beta)


def added(beta, mu, nu, scale):
    return scale + total(beta, mu)


def scaled(squares=added, count=lambda nu, beta: nu + len(beta)):
    """Build the update of a reader with this scale or this count."""
    return lambda beta, mu, nu, scale: (count(nu, beta), squares(beta, mu, nu, scale))


def counted(count):
    return scaled(count=count)


def about_own_mean(beta, mu, nu, scale):
    return scale + (len(beta) - 1) * np.cov(beta, rowvar=False)


def drawn(squares=added, count=lambda nu, beta: nu + len(beta), change=lambda S: S):
    """Build the draw of a reader, by SciPy."""

    def draw(rng, beta, mu, nu, scale):
        return change(stats.invwishart.rvs(count(nu, beta), squares(beta, mu, nu, scale), random_state=rng))

    return draw


def vectors(rng, count, covariance):
    z = rng.multivariate_normal(np.zeros(len(covariance)), covariance, size=count, method="cholesky")
    return z.T @ z


def precision(rng, beta, mu, nu, scale):
    return vectors(rng, nu + len(beta), inv(added(beta, mu, nu, scale)))


def scale_itself(rng, beta, mu, nu, scale):
    return inv(vectors(rng, nu + len(beta), added(beta, mu, nu, scale)))


def wishart(rng, beta, mu, nu, scale):
    return vectors(rng, nu + len(beta), added(beta, mu, nu, scale))


def divided(rng, beta, mu, nu, scale):
    count = nu + len(beta)
    return inv(vectors(rng, count, inv(added(beta, mu, nu, scale))) / count)


def one_by_one(rng, beta, mu, nu, scale):
    found = np.diag(added(beta, mu, nu, scale)) / 2
    return np.diag(found / rng.standard_gamma((nu + len(beta)) / 2, len(mu)))


def as_correlation(S):
    sd = np.sqrt(np.diag(S))
    return S / np.outer(sd, sd)


def mean(rng, beta, mu, nu, scale):
    return added(beta, mu, nu, scale) / (nu + len(beta) - len(mu) - 1)


def own_seed(rng, beta, mu, nu, scale):
    return drawn()(np.random.default_rng(3), beta, mu, nu, scale)


def lopsided(rng, beta, mu, nu, scale):
    S = drawn()(rng, beta, mu, nu, scale)
    S[0, 1] = -S[0, 1]
    return S


WRONG = (
    wrong_answer("products across groups", update=scaled(lambda beta, mu, nu, scale: (beta - mu) @ (beta - mu).T)),
    wrong_answer("groups not counted", update=counted(lambda nu, beta: nu)),
    wrong_answer("half a count for each group", update=counted(lambda nu, beta: nu + len(beta) / 2)),
    wrong_answer("one group taken off", update=counted(lambda nu, beta: nu + len(beta) - 1)),
    wrong_answer("one group taken off", update=scaled(about_own_mean, lambda nu, beta: nu + len(beta) - 1)),
    wrong_answer("numbers counted instead of vectors", update=counted(lambda nu, beta: nu + beta.size)),
    wrong_answer("numbers counted instead of vectors", update=counted(lambda nu, beta: nu + sum(beta.shape) + 1)),
    wrong_answer("numbers counted instead of vectors", update=counted(lambda nu, beta: nu + sum(beta.shape))),
    wrong_answer("numbers counted instead of vectors", update=counted(lambda nu, beta: nu + len(beta) - beta.shape[1] - 1)),
    wrong_answer("numbers counted instead of vectors", update=counted(lambda nu, beta: nu + len(beta) - beta.shape[1] + 1)),
    wrong_answer("prior's count left out", update=counted(lambda nu, beta: len(beta))),
    wrong_answer("deviations about the mean of the groups", update=scaled(about_own_mean)),
    wrong_answer(
        "deviations about the mean of the groups",
        update=scaled(lambda beta, mu, nu, scale: scale + len(beta) * np.cov(beta, rowvar=False)),
    ),
    wrong_answer("deviations about zero", update=scaled(lambda beta, mu, nu, scale: added(beta, 0, nu, scale))),
    wrong_answer("prior's scale left out", update=scaled(lambda beta, mu, nu, scale: total(beta, mu))),
    wrong_answer("mean of squares", update=scaled(lambda beta, mu, nu, scale: scale + total(beta, mu) / len(beta))),
    wrong_answer("mean of squares", update=scaled(lambda beta, mu, nu, scale: scale + np.cov(beta, rowvar=False))),
    wrong_answer("mean of squares", update=scaled(lambda beta, mu, nu, scale: scale + np.cov(beta, rowvar=False, bias=True))),
    wrong_answer("squares halved", update=scaled(lambda beta, mu, nu, scale: scale + 0.5 * total(beta, mu))),
    wrong_answer("squares halved", update=scaled(lambda beta, mu, nu, scale: 0.5 * added(beta, mu, nu, scale))),
    wrong_answer("inverse of the scale", update=scaled(lambda beta, mu, nu, scale: inv(added(beta, mu, nu, scale)))),
    wrong_answer("inverse of the scale", update=scaled(lambda beta, mu, nu, scale: inv(inv(scale) + total(beta, mu)))),
    wrong_answer("prior's scale inverted", update=scaled(lambda beta, mu, nu, scale: inv(scale) + total(beta, mu))),
    wrong_answer("scale multiplied by nu", update=scaled(lambda beta, mu, nu, scale: nu * scale + total(beta, mu))),
    wrong_answer(
        "scale multiplied by nu", update=scaled(lambda beta, mu, nu, scale: (nu - len(mu) - 1) * scale + total(beta, mu))
    ),
    wrong_answer(
        "products of different coefficients left out",
        update=scaled(lambda beta, mu, nu, scale: scale + np.diag(np.sum((beta - mu) ** 2, axis=0))),
    ),
    wrong_answer("one number for the matrix", update=scaled(lambda beta, mu, nu, scale: scale + np.sum((beta - mu) ** 2))),
    # the scale given twice
    wrong_answer("different", update=scaled(lambda beta, mu, nu, scale: 2 * scale + total(beta, mu))),
    wrong_answer("shape", update=lambda beta, mu, nu, scale: scale + total(beta, mu)),
    wrong_answer("no draw", draw_sigma=mean),
    wrong_answer("no draw", draw_sigma=own_seed),
    wrong_answer("root returned", draw_sigma=drawn(change=np.linalg.cholesky)),
    wrong_answer("variances on their own", draw_sigma=one_by_one),
    wrong_answer("variances on their own", draw_sigma=drawn(change=lambda S: np.diag(np.diag(S)))),
    wrong_answer("correlation matrix", draw_sigma=drawn(change=as_correlation)),
    wrong_answer("precision returned", draw_sigma=precision),
    wrong_answer("Wishart with the scale itself", draw_sigma=wishart),
    wrong_answer("scale not inverted for the vectors", draw_sigma=scale_itself),
    wrong_answer("draw from the prior", draw_sigma=drawn(lambda beta, mu, nu, scale: scale, lambda nu, beta: nu)),
    wrong_answer("count of the prior", draw_sigma=drawn(count=lambda nu, beta: nu)),
    wrong_answer("scale of the prior", draw_sigma=drawn(lambda beta, mu, nu, scale: scale)),
    wrong_answer("draw about the mean of the groups", draw_sigma=drawn(about_own_mean)),
    wrong_answer("draw about the mean of the groups", draw_sigma=drawn(about_own_mean, lambda nu, beta: nu + len(beta) - 1)),
    wrong_answer("mean of squares drawn", draw_sigma=divided),
    wrong_answer("different", draw_sigma=drawn(change=lambda S: 1.5 * S)),
    wrong_answer("different", draw_sigma=lopsided),
    wrong_answer("shape", draw_sigma=drawn(change=lambda S: np.sqrt(np.diag(S)))),
    wrong_answer("signature", draw_sigma=lambda rng, beta, mu: np.cov(beta.T)),
    wrong_answer("nu taken for the number of groups", weight=lambda J, q, nu: nu / (J + nu)),
    wrong_answer("share of the groups", weight=lambda J, q, nu: J / (J + nu - q - 1)),
    wrong_answer("share of the groups", weight=lambda J, q, nu: J / (J + nu)),
    wrong_answer("ratio for share", weight=lambda J, q, nu: (nu - 1 - q) / J),
    wrong_answer("ratio for share", weight=lambda J, q, nu: nu / J),
    wrong_answer("q + 1 taken off once only", weight=lambda J, q, nu: (nu - 1 - q) / (J + nu)),
    wrong_answer("q + 1 taken off once only", weight=lambda J, q, nu: nu / (J + nu - 1 - q)),
    wrong_answer("an average of two equals", weight=lambda J, q, nu: 1 / 2),
    wrong_answer("different", weight=lambda J, q, nu: 1 / (1 + J)),
)
