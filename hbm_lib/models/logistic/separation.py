"""Which coefficients of a logistic regression run away, decided by linear programming and not by watching a fit diverge.

Write r_i for row i of the design with its sign turned where the row has no success, so that a direction b with
r_i' b > 0 makes what was seen there ever more probable. A row with successes and failures bears no move at all. The
directions along which the likelihood never falls are the cone

    C = {b : r_i' b >= 0 in rows of one outcome, x_i' b = 0 in rows of both}.

The estimate is finite when C holds the directions only that change no row (Albert & Anderson 1984, Biometrika 71).
One linear program finds every row that can be pushed (Konis 2007, thesis, University of Oxford); then coefficient k
goes to plus infinity if b_k >= 0 all over C and b_k > 0 somewhere, for likewise it is above 0 in the inside of C,
where the supremum lies. The rows that nothing pushes give the finite coefficients
(Geyer 2009, Electronic Journal of Statistics 3).
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize

_HALF = 0.5
_TINY = 1e-7


@dataclass(frozen=True)
class Separation:
    """What runs away.

    Attributes
    ----------
    pushed : array of bool of shape (rows,)
        Rows whose fitted probability runs to 0 or 1, which is what was seen there.
    turned : array of shape (rows, Q)
        The rows of the design in units of ``size``, with the sign turned where there is no success.
    size : array of shape (Q,)
        The largest entry of each column, so that the unit of a covariate plays no part.
    """

    pushed: np.ndarray
    turned: np.ndarray
    size: np.ndarray

    @property
    def kind(self) -> str:
        """``"none"``, ``"quasi-complete"`` or ``"complete"``."""
        return "complete" if self.pushed.all() else "quasi-complete" if self.pushed.any() else "none"

    def sign(self, v: np.ndarray) -> np.ndarray:
        """Return where combinations of the coefficients go: (K, Q) to (K,).

        Parameters
        ----------
        v : array of shape (K, Q)
            One combination v' b a row: a unit vector for a coefficient, a row of covariates for a new case.

        Returns
        -------
        array of shape (K,)
            0 if finite, plus or minus infinity, and not a number where the likelihood leaves the direction open, as it does
            in between groups that are completely separated, and for what no row tells of.
        """
        v = np.atleast_2d(np.asarray(v, float)) / self.size
        out = np.zeros(len(v))
        _, weight, right = np.linalg.svd(self.turned[~self.pushed], full_matrices=False)
        told = right[weight > 1e-10 * weight.max(initial=0)]  # what the rows that nothing pushes tell of
        longest, left = np.abs(v).max(1, initial=0), np.abs(v - v @ told.T @ told).max(1, initial=0)
        for i in np.flatnonzero(left > 1e-9 * longest):
            up, down = (self._farthest(sign * v[i] / longest[i]) for sign in (1, -1))
            out[i] = np.inf * (up - down) if up != down else np.nan
        return out

    def _farthest(self, v: np.ndarray) -> bool:
        """Return whether v' b can be above 0 in the cone."""
        none = ~self.pushed
        found = optimize.linprog(
            -v, A_ub=-self.turned[self.pushed], b_ub=np.zeros(self.pushed.sum()), A_eq=self.turned[none],
            b_eq=np.zeros(none.sum()), bounds=[(-1, 1)] * v.size, method="highs")
        _solved(found)
        return -found.fun > _TINY


def find(x: np.ndarray, y: np.ndarray, trials: np.ndarray) -> Separation:
    """Find the rows that a logistic regression can fit without error by running away.

    Parameters
    ----------
    x : array of shape (rows, Q)
        The design, with its column of ones if it has one.
    y, trials : array of shape (rows,)
        Successes and cases.

    Returns
    -------
    Separation

    Raises
    ------
    ValueError
        If the solver gives up, naming its message.
    """
    size = np.abs(x).max(0, initial=0)
    size = np.where(size > 0, size, 1.0)
    turned = x / size * np.where(y > 0, 1.0, -1.0)[:, None]
    one = (y == 0) | (y == trials)
    rows, k = int(one.sum()), x.shape[1]
    if not rows:
        return Separation(one, turned, size)
    # maximize how many rows are pushed: t_i <= r_i' b, 0 <= t_i <= 1; the cone has no scale, so t_i is 0 or 1 at the best
    found = optimize.linprog(
        np.r_[np.zeros(k), -np.ones(rows)], A_ub=np.hstack([-turned[one], np.eye(rows)]), b_ub=np.zeros(rows),
        A_eq=np.hstack([turned[~one], np.zeros((len(x) - rows, rows))]), b_eq=np.zeros(len(x) - rows),
        bounds=[(None, None)] * k + [(0, 1)] * rows, method="highs")
    _solved(found)
    pushed = np.zeros(len(x), bool)
    pushed[one] = found.x[k:] > _HALF
    return Separation(pushed, turned, size)


def _solved(found: optimize.OptimizeResult) -> None:
    """Refuse a linear program without a solution."""
    if found.status != 0:
        raise ValueError(f"the linear program for separation failed: {found.message}")
