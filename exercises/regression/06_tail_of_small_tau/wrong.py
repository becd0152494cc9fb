"""Wrong answers as readers write them. Each must be told its own misconception.

The draws handed in as values come from fixed generators: what the checker says of them does not depend on the day.
"""

import numpy as np

from hbm_lib.exercises import wrong_answer

GAMMA, A = np.array([0.6, -0.3, 0.5, -0.9]), 2.0


def inverted(rng, shape, scale):
    return 1 / rng.gamma(shape, 1 / scale)


def mixing(scale=lambda tau2, A: tau2**-1 + A**-2, shape=1):
    return lambda rng, tau2, A: inverted(rng, shape, scale(tau2, A) + 0 * tau2)


def tau2(scale=lambda gamma, a: a**-1 + gamma @ gamma / 2, shape=lambda J: (J + 1) / 2):
    return lambda rng, gamma, mixing: inverted(rng, shape(len(gamma)), scale(gamma, mixing))


def sampler(a_of=None, chains=12_000, keep=lambda v: np.log(v) / 2):
    """Run a sampler with some draw of a, by default the right one; keep the last round of each of many chains."""
    rng, a_of, v_of = np.random.default_rng(20261121), a_of or mixing(), tau2()
    v = np.full(chains, 0.3)
    for _ in range(60):
        v = v_of(rng, GAMMA, a_of(rng, v, A) + 0 * v)
    return keep(v)


def on_a_grid(log_density, draws=20_000):
    """Draw log tau from a density of log tau on a grid."""
    u = np.linspace(-12, 16, 56_001)
    w = np.cumsum(np.exp(log_density(np.exp(u))))
    return np.interp(np.random.default_rng(20261121).uniform(size=draws), w / w[-1], u)


def likelihood(tau):
    return -len(GAMMA) * np.log(tau) - GAMMA @ GAMMA / (2 * tau**2)


def centered(gamma, a):
    return 1 / a + len(gamma) * gamma.var() / 2


WRONG = (
    wrong_answer("no draw", draw_mixing=lambda rng, tau2, A: 1 / tau2 + 1 / A**2),
    wrong_answer("no draw", draw_mixing=lambda rng, tau2, A: A),
    wrong_answer("mixing scale from its prior", draw_mixing=mixing(lambda tau2, A: A**-2, 0.5)),
    wrong_answer("not turned over", draw_mixing=lambda rng, tau2, A: rng.gamma(1, 1 / (1 / tau2 + 1 / A**2))),
    wrong_answer("not turned over", draw_mixing=lambda rng, tau2, A: rng.exponential(1 / tau2 + 1 / A**2)),
    wrong_answer("rate for scale", draw_mixing=lambda rng, tau2, A: 1 / rng.gamma(1, 1 / tau2 + 1 / A**2)),
    wrong_answer("scale of tau taken for that of tau2", draw_mixing=mixing(lambda tau2, A: 1 / tau2 + 1 / A)),
    wrong_answer("A not turned over", draw_mixing=mixing(lambda tau2, A: 1 / tau2 + A**2)),
    wrong_answer("A not turned over", draw_mixing=mixing(lambda tau2, A: 1 / tau2 + A)),
    wrong_answer("tau2 not turned over", draw_mixing=mixing(lambda tau2, A: tau2 + 1 / A**2)),
    wrong_answer("tau for tau2", draw_mixing=mixing(lambda tau2, A: tau2**-0.5 + A**-2)),
    wrong_answer("prior of the mixing scale left out", draw_mixing=mixing(lambda tau2, A: 1 / tau2)),
    wrong_answer("prior of the mixing scale left out", draw_mixing=mixing(lambda tau2, A: 1 / tau2, 0.5)),
    wrong_answer("factor before the exponential forgotten", draw_mixing=mixing(shape=0.5)),
    wrong_answer("exponent read as the shape", draw_mixing=mixing(shape=2)),
    wrong_answer("halves that belong to a normal", draw_mixing=mixing(lambda tau2, A: (1 / tau2 + 1 / A**2) / 2)),
    wrong_answer("halves that belong to a normal", draw_mixing=mixing(lambda tau2, A: 1 / (2 * tau2) + 1 / A**2)),
    wrong_answer("different", draw_mixing=mixing(shape=1.5)),
    wrong_answer("no draw of tau2", draw_tau2=lambda rng, gamma, mixing: (1 / mixing + gamma @ gamma / 2) / (len(gamma) - 1)),
    wrong_answer("draws of tau", draw_tau2=lambda rng, gamma, mixing: tau2()(rng, gamma, mixing) ** 0.5),
    wrong_answer("precision of the groups", draw_tau2=lambda rng, gamma, mixing: 1 / tau2()(rng, gamma, mixing)),
    wrong_answer(
        "precision of the groups",
        draw_tau2=lambda rng, gamma, mixing: rng.gamma((len(gamma) + 1) / 2, 1 / mixing + gamma @ gamma / 2),
    ),
    wrong_answer(
        "rate for scale of tau2",
        draw_tau2=lambda rng, gamma, mixing: 1 / rng.gamma((len(gamma) + 1) / 2, 1 / mixing + gamma @ gamma / 2),
    ),
    wrong_answer("mixing scale not turned over", draw_tau2=tau2(lambda gamma, a: a + gamma @ gamma / 2)),
    wrong_answer("mixing scale not used", draw_tau2=tau2(lambda gamma, a: gamma @ gamma / 2)),
    wrong_answer("mixing scale not used", draw_tau2=tau2(lambda gamma, a: gamma @ gamma / 2, lambda J: J / 2)),
    wrong_answer("mixing scale not used", draw_tau2=lambda rng, gamma, mixing: gamma @ gamma / rng.chisquare(len(gamma) - 1)),
    wrong_answer("offsets not used", draw_tau2=tau2(lambda gamma, a: 1 / a, lambda J: 0.5)),
    wrong_answer("offsets not counted", draw_tau2=tau2(shape=lambda J: 0.5)),
    wrong_answer("shape of the prior left out", draw_tau2=tau2(shape=lambda J: J / 2)),
    wrong_answer("powers of tau for powers of tau2", draw_tau2=tau2(shape=lambda J: J + 0.5)),
    wrong_answer("powers of tau for powers of tau2", draw_tau2=tau2(shape=lambda J: J + 1)),
    wrong_answer("squares not halved", draw_tau2=tau2(lambda gamma, a: 1 / a + gamma @ gamma)),
    wrong_answer("mixing scale halved as well", draw_tau2=tau2(lambda gamma, a: (1 / a + gamma @ gamma) / 2)),
    wrong_answer("mean of squares", draw_tau2=tau2(lambda gamma, a: 1 / a + np.mean(gamma**2) / 2)),
    wrong_answer("mean of squares", draw_tau2=tau2(lambda gamma, a: 1 / a + np.mean(gamma**2))),
    wrong_answer("spread about the mean of the offsets", draw_tau2=tau2(centered)),
    wrong_answer("spread about the mean of the offsets", draw_tau2=tau2(centered, lambda J: J / 2)),
    wrong_answer("shape", draw_tau2=lambda rng, gamma, mixing: (1 / mixing + gamma**2 / 2) / rng.standard_gamma(1, len(gamma))),
    wrong_answer("signature", draw_tau2=lambda rng, gamma: gamma.var()),
    wrong_answer("tau, not its logarithm", log_tau=sampler(keep=np.sqrt)),
    wrong_answer("logarithm of tau2", log_tau=sampler(keep=np.log)),
    wrong_answer("tau2, not the logarithm of tau", log_tau=sampler(keep=lambda v: v)),
    wrong_answer("mixing scale never drawn anew", log_tau=sampler(lambda rng, v, A: 1.0)),
    wrong_answer("mixing scale never drawn anew", log_tau=sampler(lambda rng, v, A: A**2)),
    wrong_answer("mixing scale never drawn anew", log_tau=sampler(lambda rng, v, A: 0.2)),
    # a is drawn, but always given the tau2 of the start
    wrong_answer("different", log_tau=sampler(lambda rng, v, A: mixing()(rng, 0 * v + 1.0, A))),
    wrong_answer("mixing scale without its tau2", log_tau=sampler(mixing(lambda tau2, A: A**-2, 0.5))),
    wrong_answer("half-Cauchy on tau2", log_tau=on_a_grid(lambda t: likelihood(t) + 2 * np.log(t) - np.log(1 + t**4 / A**2))),
    wrong_answer("half-Cauchy on tau2", log_tau=on_a_grid(lambda t: likelihood(t) + 2 * np.log(t) - np.log(1 + t**4 / A**4))),
    wrong_answer("flat prior", log_tau=on_a_grid(lambda t: likelihood(t) + np.log(t))),
    wrong_answer("flat prior", log_tau=on_a_grid(lambda t: likelihood(t) + 2 * np.log(t))),
    wrong_answer("flat prior", log_tau=on_a_grid(likelihood)),
    wrong_answer("prior alone", log_tau=on_a_grid(lambda t: np.log(t) - np.log(1 + t**2 / A**2))),
    wrong_answer(
        "half-Cauchy without the step from tau to its logarithm",
        log_tau=on_a_grid(lambda t: likelihood(t) - np.log(1 + t**2 / A**2)),
    ),
    wrong_answer("few draws", log_tau=sampler(chains=1000)),
)
