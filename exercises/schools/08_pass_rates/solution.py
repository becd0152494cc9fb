import numpy as np
from scipy import special, stats


def grid(mu, tau):
    """Return logits and the weights that Normal(mu, tau) gives them."""
    alpha = np.linspace(mu - 8 * tau, mu + 8 * tau, 4001)
    weight = stats.norm.pdf(alpha, mu, tau)
    return alpha, weight / weight.sum()


def district_rate(mu, tau):
    """Return the mean over schools of the probability of a pass."""
    # First to probabilities, then the mean: inv_logit is curved, so the order matters.
    alpha, weight = grid(mu, tau)
    return special.expit(alpha) @ weight


def shrunk_rate(passed, pupils, mu, tau):
    """Return the posterior mean of the probability of a pass at one school."""
    # Bayes' rule on the grid. A school where all passed has no finite logit, but its likelihood
    # is an ordinary function of alpha, so nothing special has to be done for it.
    alpha, prior = grid(mu, tau)
    weight = prior * stats.binom.pmf(passed, pupils, special.expit(alpha))
    return special.expit(alpha) @ weight / weight.sum()
