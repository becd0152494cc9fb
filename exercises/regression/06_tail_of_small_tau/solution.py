import numpy as np

gamma = np.array([0.6, -0.3, 0.5, -0.9])  # four offsets
A = 2.0
rng = np.random.default_rng()


def draw_mixing(rng, tau2, A):
    """Return one draw of the mixing scale a given tau2, a number."""
    # a^(-1/2 - 1) from its prior and a^(-1/2) from the law of tau2: a^(-2), which is the shape 1.
    # Both exponentials have a in the denominator, so their scales add up.
    scale = 1 / tau2 + 1 / A**2
    return scale / rng.standard_gamma(1.0)


def draw_tau2(rng, gamma, mixing):
    """Return one draw of tau2 given the offsets and the mixing scale a, a number."""
    # The usual update, with the prior InverseGamma(1/2, 1/a): the half-Cauchy's A enters through a alone.
    scale = 1 / mixing + (gamma**2).sum() / 2
    return scale / rng.standard_gamma((1 + len(gamma)) / 2)


tau2, kept = 1.0, []
for _ in range(20_000):
    # a has to be drawn in every round: one value of it is one inverse gamma, only all of them are a half-Cauchy.
    mixing = draw_mixing(rng, tau2, A)
    tau2 = draw_tau2(rng, gamma, mixing)
    kept.append(np.log(tau2) / 2)
log_tau = np.array(kept[100:])
