import numpy as np
from scipy import stats

rng = np.random.default_rng()
laws = [stats.norm(0, 1), stats.invgamma(3, scale=2)]  # priors of the two columns of theta: mu, sigma2


def draw_prior(rng, K):
    return np.column_stack([law.rvs(K, random_state=rng) for law in laws])


def new_data(rng, theta):
    mu, sigma2 = theta.T
    return mu[:, None] + np.sqrt(sigma2)[:, None] * rng.standard_normal((len(mu), 4))


def draw_mu(rng, sigma2, y):
    precision = 1 + 4 / sigma2
    return rng.normal(y.sum(1) / sigma2 / precision, precision**-0.5)


def draw_sigma2(rng, mu, y, a=3.0):
    return (2 + ((y - mu[:, None]) ** 2).sum(1) / 2) / rng.standard_gamma(a + y.shape[1] / 2, len(mu))


def step_a(rng, theta, y):
    sigma2 = draw_sigma2(rng, theta[:, 0], y)
    return np.column_stack([draw_mu(rng, sigma2, y), sigma2])


def step_b(rng, theta, y):
    mu = draw_mu(rng, theta[:, 1], y)
    return np.column_stack([mu, draw_sigma2(rng, mu, y, a=2.5)])


def step_c(rng, theta, y):
    mu, sigma2 = theta.T
    other = mu + 0.1 * rng.standard_normal(len(mu))
    here, there = (-(m**2) / 2 - ((y - m[:, None]) ** 2).sum(1) / (2 * sigma2) for m in (mu, other))
    mu = np.where(np.log(rng.uniform(size=len(mu))) < there - here, other, mu)
    return np.column_stack([mu, draw_sigma2(rng, mu, y)])


def joint_draws(rng, draw_prior, new_data, step, chains, sweeps):
    """Return the parameters of all chains after the last sweep, first axis (chains,)."""
    theta = draw_prior(rng, chains)
    for _ in range(sweeps):
        # The data follow from the parameters of now: so a fault in the last sweep feeds the next one.
        theta = step(rng, theta, new_data(rng, theta))
    # Only the last sweep is kept: one draw a chain, so the draws are independent whatever the sampler's memory.
    return theta


def p_value(values, law):
    """Return the p-value of the Kolmogorov-Smirnov test that values come from law."""
    # It sees the whole law, not its mean alone.
    return stats.kstest(values, law.cdf).pvalue


def passes(p_values, level):
    """Return whether the sampler passes all tests together at this level."""
    # Bonferroni: m tests have m chances to fail a right sampler, so each gets an equal share of the level.
    return bool(np.min(p_values) * len(p_values) > level)


verdicts = {}
for name, step in {"A": step_a, "B": step_b, "C": step_c}.items():
    theta = joint_draws(rng, draw_prior, new_data, step, chains=4000, sweeps=20)
    # At a level of one in a million a right sampler hardly ever fails; a wrong one, with 4000 chains, does.
    verdicts[name] = passes([p_value(theta[:, k], laws[k]) for k in range(2)], 1e-6)
faulty = min(verdicts, key=verdicts.get)
