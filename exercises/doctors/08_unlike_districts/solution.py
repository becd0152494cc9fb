import numpy as np
from scipy import special, stats


def raw_odds_ratio(women):
    """Return the median odds ratio of two districts, from raw counts."""
    says_yes = (women["use"] == "Y").groupby(women["district"])
    yes = says_yes.sum().to_numpy()
    no = says_yes.size().to_numpy() - yes
    i, j = np.triu_indices(len(yes), 1)
    # Multiplied crosswise: the division by 0 comes last, and 0 over 0 is seen before it happens.
    one, other = yes[i] * no[j], yes[j] * no[i]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.maximum(one, other) / np.minimum(one, other)
    return np.median(np.where(one == other, 1.0, ratio))


def median_odds_ratio(tau):
    """Return the median odds ratio of two districts, from tau."""
    # The difference of two logits has the variance 2 tau^2; half of it lies within the quartiles.
    return np.exp(np.sqrt(2) * tau * stats.norm.ppf(0.75))


def survey(eta, beta, tau):
    """Return the villages' share, and the odds ratio of towns to villages."""
    z = np.linspace(-9, 9, 2001)
    weight = stats.norm.pdf(z) / stats.norm.pdf(z).sum()
    # Shares are what adds up over the districts; the odds are taken of the sums.
    village, town = (weight @ special.expit(logit + tau * z) for logit in (eta, eta + beta))
    return village, town / (1 - town) / (village / (1 - village))
