from scipy import stats


def p_half_cauchy(limit, scale):
    """Return P(tau < limit) for a half-Cauchy with this scale."""
    # |X| < limit is the middle of the whole curve: its left side up to limit, less the left tail.
    return stats.cauchy.cdf(limit, scale=scale) - stats.cauchy.cdf(-limit, scale=scale)


def p_half_normal(limit, sigma):
    """Return P(tau < limit) for a half-normal with this sigma."""
    return stats.norm.cdf(limit, scale=sigma) - stats.norm.cdf(-limit, scale=sigma)


# Half of |X| lies below the upper quartile of X, which stretches with the scale.
# The quartile of the Cauchy is 1 scale, that of the normal 0.674 sigma.
cauchy_scale = 5 / stats.cauchy.ppf(0.75)
normal_sigma = 5 / stats.norm.ppf(0.75)
