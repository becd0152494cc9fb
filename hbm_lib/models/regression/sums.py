"""What is sufficient for regression with groups: sums within and between groups, taken once.

The squares of all rows about any line and any offsets split without a remainder:

    sum_i (y_i - x_i' beta - gamma_g(i))²
        = rss + |root (beta - slope)|² + sum_j n_j (ybar_j - xbar_j' beta - gamma_j)²,

with rss, slope and root of the least squares within groups. Rows are taken about their group's mean
before they are squared, and root comes from a QR factorization and not from cross products, so that
columns far from 0 cost no digits.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


class Groups:
    """The part of the sums that the outcome has no say in.

    Parameters
    ----------
    index : array of shape (n,)
        Each row's group.
    size : int
        The number of groups J.
    x : array of shape (n, p)
        The design.

    Attributes
    ----------
    counts : array of shape (J,)
        Rows of each group.
    means : array of shape (J, p)
        Each group's means of the columns.
    root : array of shape (p, p)
        Upper triangular, root' root = cross products of the columns about their groups' means.
    """

    def __init__(self, index: np.ndarray, size: int, x: np.ndarray) -> None:
        self.index, self.counts = index, np.bincount(index, minlength=size)
        self._order = None if np.all(index[1:] >= index[:-1]) else np.argsort(index, kind="stable")
        self._starts = np.concatenate([[0], self.counts.cumsum()[:-1]])
        first = index_of_first(index)
        self.means = np.empty((size, x.shape[1]))
        centered = np.empty_like(x)
        for k in range(x.shape[1]):  # a column at a time: a million rows need no second copy of the design
            moved = x[:, k] - x[first, k][index]  # about the first row: a column constant in a group is 0, not rounding
            shift = self.average(moved)
            self.means[:, k] = x[first, k] + shift
            centered[:, k] = moved - shift[index]
        self._basis, self.root = _triangle(centered)

    def average(self, values: np.ndarray) -> np.ndarray:
        """Average rows by group: (..., n) to (..., J)."""
        ordered = values if self._order is None else values[..., self._order]
        return np.add.reduceat(ordered, self._starts, axis=-1) / self.counts

    def seen(self, centered: np.ndarray) -> np.ndarray:
        """Return the coordinates of centered rows in the orthonormal basis of the centered columns: (..., n) to (..., p)."""
        return centered @ self._basis

    def fitted(self, seen: np.ndarray) -> np.ndarray:
        """Return rows from their coordinates: (..., p) to (..., n)."""
        return seen @ self._basis.T

    @cached_property
    def between(self) -> np.ndarray:
        """The groups' means times the root of their counts, shape (J, p)."""
        return self.means * np.sqrt(self.counts)[:, None]

    @cached_property
    def rows(self) -> np.ndarray:
        """Rows (p + J, p) with the cross products of the whole design."""
        return np.vstack([self.root, self.between])


def index_of_first(index: np.ndarray) -> np.ndarray:
    """Return the place of each group's first row, shape (J,)."""
    return np.unique(index, return_index=True)[1]


def _triangle(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return an orthonormal basis (n, p) of the columns and the upper triangle (p, p) that makes the columns of it.

    With fewer rows than columns both are filled up with 0.
    """
    n, p = columns.shape
    scale = np.sqrt((columns**2).sum(0))
    safe = np.where(scale > 0, scale, 1.0)
    basis, root = np.linalg.qr(columns / safe)
    if n < p:
        basis = np.column_stack([basis, np.zeros((n, p - n))])
        root = np.vstack([root, np.zeros((p - n, p))])
    return basis, root * safe


@dataclass(frozen=True)
class Sums:
    """Sufficient statistics, with the parts within and between groups apart.

    Attributes
    ----------
    counts : array of shape (J,)
        Rows of each group.
    x_means : array of shape (J, p)
        Each group's means of the columns.
    means : array of shape (..., J)
        Each group's mean of y.
    root : array of shape (p, p)
        Upper triangular; root' root = cross products of the columns about their groups' means.
    seen : array of shape (..., p)
        root times the least-squares coefficients within groups.
    rss : array of shape (...)
        Squares about the groups' means that no coefficient explains.
    n_rows : int
        n.
    """

    counts: np.ndarray
    x_means: np.ndarray
    means: np.ndarray
    root: np.ndarray
    seen: np.ndarray
    rss: np.ndarray
    n_rows: int

    def left(self, beta: np.ndarray) -> np.ndarray:
        """Return the squares about the groups' own levels that a line leaves, (..., p) to (...)."""
        return self.rss + ((self.seen - beta @ self.root.T) ** 2).sum(-1)

    def gaps(self, beta: np.ndarray) -> np.ndarray:
        """Return what a line leaves of the groups' means, groups first: (C, p) to (J, C)."""
        left = self.x_means @ beta.T
        return np.subtract(self.means[:, None] if self.means.ndim == 1 else self.means.T, left, out=left)

    def squares(self, beta: np.ndarray, gamma: np.ndarray) -> np.ndarray:
        """Return the sum of squared residuals of all rows: (C, p) and (C, J) to (C,)."""
        between = self.gaps(beta)
        between -= gamma.T
        between *= between
        return self.left(beta) + self.counts @ between


def summarize(groups: Groups, y: np.ndarray) -> Sums:
    """Take the sums of the outcome that the model needs, by one pass over the rows.

    Parameters
    ----------
    groups : Groups
        The design.
    y : array of shape (..., n)
        One outcome, or many data sets at once.
    """
    start = y[..., index_of_first(groups.index)]
    moved = y - start[..., groups.index]
    shift = groups.average(moved)
    centered = moved - shift[..., groups.index]
    seen = groups.seen(centered)
    rest = centered - groups.fitted(seen)
    return Sums(groups.counts, groups.means, start + shift, groups.root, seen, (rest**2).sum(-1), len(groups.index))
