"""Does one slice update leave a distribution as it is? Many exact draws go in, and as many must come out."""

import numpy as np
from scipy import stats

from hbm_lib.samplers.slices import slice_step

TARGETS = {
    "normal": stats.norm(1, 2),
    "skewed": stats.gamma(2.5),
    "heavy tails": stats.t(3),
    "bounded": stats.beta(0.8, 3),
}


class TwoPeaks:
    """A mixture of two normals with a deep valley between."""

    def __init__(self):
        self.parts = (stats.norm(-3, 0.5), stats.norm(2, 1.0))

    def logpdf(self, x):
        return np.log(0.3 * self.parts[0].pdf(x) + 0.7 * self.parts[1].pdf(x))

    def cdf(self, x):
        return 0.3 * self.parts[0].cdf(x) + 0.7 * self.parts[1].cdf(x)

    def rvs(self, n, random_state):
        first = random_state.random(n) < 0.3
        return np.where(first, *(p.rvs(n, random_state=random_state) for p in self.parts))


class Jump:
    """A density that jumps, as the hard switch makes it: 0.75 on [0, 1], 0.25 on (1, 2]."""

    def logpdf(self, x):
        with np.errstate(divide="ignore"):
            return np.log(np.where((x >= 0) & (x <= 2), np.where(x <= 1, 0.75, 0.25), 0.0))

    def cdf(self, x):
        return np.interp(x, [0, 1, 2], [0, 0.75, 1])

    def rvs(self, n, random_state):
        return np.interp(random_state.random(n), [0, 0.75, 1], [0, 1, 2])


TARGETS |= {"two peaks": TwoPeaks(), "a jump": Jump()}


def stationary_p_value(seed, name, step=slice_step, chains=20_000, sweeps=3, **settings):
    """The smaller of two p-values: of the law after the updates, and of its dependence on the law before.

    After the update the values must have the target's law (Kolmogorov-Smirnov).
    A step that is reversible also treats (before, after) and (after, before)
    alike, so the chance of moving up from below any point equals that of moving
    down from above it; the signed counts are compared at nine points.
    """
    law, rng = TARGETS[name], np.random.default_rng(seed)
    start = law.rvs(chains, random_state=rng)
    x = start
    for _ in range(sweeps):
        before = x
        x, _ = step(rng, x, law.logpdf, **settings)
    marks = np.quantile(start, np.linspace(0.1, 0.9, 9))
    up = ((before[:, None] < marks) & (x[:, None] >= marks)).sum(0)
    down = ((before[:, None] >= marks) & (x[:, None] < marks)).sum(0)
    flow = min(stats.binomtest(int(u), int(u + d)).pvalue for u, d in zip(up, down, strict=True))
    return min(stats.kstest(x, law.cdf).pvalue, 9 * flow)
