from scipy import stats

from hbm_lib.priors import HalfCauchy, Normal


def effects(mu, tau, eta):
    """Return the effects theta of the schools, in points."""
    return mu + tau * eta


def log_density(mu, tau, eta, y, sigma):
    """Return log p(mu, tau, eta, y), a number."""
    # One term for each "~" of the model. theta is computed, not drawn: it adds no term, and no
    # Jacobian either, because the prior is stated for eta itself.
    theta = effects(mu, tau, eta)
    log_prior = (
        Normal(0, 20).logpdf(mu) + HalfCauchy(10).logpdf(tau) + Normal(0, 1).logpdf(eta).sum()
    )
    return log_prior + stats.norm.logpdf(y, theta, sigma).sum()
