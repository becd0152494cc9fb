import numpy as np

from hbm_lib.models.eight_schools import eight_schools

schools = eight_schools()
rng = np.random.default_rng()


def theta_conditional(mu, tau, y, sigma):
    """Return mean and variance of theta given mu, tau and the data, each (J,)."""
    # Precisions add: two sources on one effect make it more certain than either alone.
    precision = 1 / tau**2 + 1 / sigma**2
    return (mu / tau**2 + y / sigma**2) / precision, 1 / precision


def draw_theta(rng, mu, tau, y, sigma):
    """Return one draw of theta given mu, tau and the data, (J,)."""
    mean, variance = theta_conditional(mu, tau, y, sigma)
    return rng.normal(mean, np.sqrt(variance))


tau, mu, kept = 5.0, 0.0, []
for _ in range(5000):
    theta = draw_theta(rng, mu, tau, schools.y, schools.sigma)
    # mu is drawn, not set to the mean: its own uncertainty belongs to the posterior of theta.
    mu = rng.normal(theta.mean(), tau / np.sqrt(len(theta)))
    kept.append(theta[0])
# The first rounds still remember where mu was started.
theta_a = np.array(kept[100:])
