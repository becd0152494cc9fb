"""The law of a probability whose logit is a mixture of normals: what is known of a group that was not seen."""

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from hbm_lib import arguments

_Z = np.linspace(-8.5, 8.5, 171)  # the trapezoid rule converges exponentially here
_WEIGHT = stats.norm.pdf(_Z) / stats.norm.pdf(_Z).sum()
_CELLS = 1_000_000


@dataclass(frozen=True)
class LogitMixture:
    """The law of a probability whose logit is a mixture of normals; spread 0 is a point.

    Attributes
    ----------
    centre, spread, weight : array of shape (K,)
        Of each part; weights add to 1.
    """

    centre: np.ndarray
    spread: np.ndarray
    weight: np.ndarray

    @property
    def each(self) -> np.ndarray:
        """The mean probability within each part, (K,): what Monte Carlo error is judged by, where parts are draws."""
        if not self.spread.any():
            return special.expit(self.centre)
        return np.concatenate([special.expit(c[:, None] + s[:, None] * _Z) @ _WEIGHT for c, s in self._parts])

    @property
    def _parts(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Centre and spread, some thousand at a time."""
        count = 1 + len(self.centre) // 5000
        return list(zip(np.array_split(self.centre, count), np.array_split(self.spread, count), strict=True))

    @property
    def mean(self) -> float:
        """The probability of success of one case."""
        return float(self.weight @ self.each)

    @property
    def sd(self) -> float:
        """Standard deviation of the probability."""
        square = np.concatenate([special.expit(c[:, None] + s[:, None] * _Z) ** 2 @ _WEIGHT for c, s in self._parts])
        return float(np.sqrt(max(self.weight @ square - self.mean**2, 0)))

    def cdf(self, p: np.ndarray | float) -> np.ndarray | float:
        """Return P(theta <= p), for one probability or many."""
        p = np.asarray(p, float)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = special.logit(np.clip(p, 0, 1)).ravel()
        out = np.zeros(p.size)
        point = self.spread == 0
        for i, centre, spread in ((~point, self.centre[~point], self.spread[~point]), (point, self.centre[point], None)):
            for rows in np.array_split(np.arange(p.size), 1 + p.size * len(centre) // _CELLS):
                gap = at[rows, None] - centre
                out[rows] += (gap >= 0 if spread is None else special.ndtr(gap / spread)) @ self.weight[i]
        out = np.where(np.isposinf(at), 1.0, out).reshape(p.shape)
        return float(out) if out.ndim == 0 else out

    def quantile(self, q: float) -> float:
        """Return the smallest p with P(theta <= p) of at least q, to ten digits."""
        arguments.between_0_and_1("q", q)
        low, high = self.centre.min() - 9 * self.spread.max() - 1, self.centre.max() + 9 * self.spread.max() + 1
        while high - low > 1e-10:
            middle = (low + high) / 2
            low, high = (low, middle) if self.cdf(special.expit(middle)) >= q else (middle, high)
        return float(special.expit(high))
