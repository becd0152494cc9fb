"""Slopes that differ between groups: each group has its own line.

    y_i | a, b, sigma ~ Normal(a_g(i) + b_g(i) x_i, sigma)
    (a_g, b_g)        ~ Normal((mu, beta), Sigma),  Sigma = [[t0², r t0 t1], [r t0 t1, t1²]]

With t0 = tau_intercept, t1 = tau_slope, r = rho. With time for x the lines are growth curves.
Of the data an engine needs each group's cross products, taken once: no sampler's cost grows with the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hbm_lib.data import checks, door
from hbm_lib.priors import Dist


@dataclass(frozen=True)
class Data:
    """An outcome and one covariate in groups, one row an observation.

    Parameters
    ----------
    y, x : array of shape (n,)
        Outcome and covariate. Center x where the intercept is to mean something.
    group : sequence of length n
        Each row's group: labels of any kind.

    Attributes
    ----------
    labels : tuple of str
        The groups' names, in the order of ``a`` and ``b``.
    index : array of shape (n,)
        Each row's place among ``labels``.

    Raises
    ------
    ValueError
        If there are fewer than two groups, x does not vary within any group, there
        are no more rows than lines need, lengths differ, a value is not a finite
        number, or a label is missing.
    """

    y: np.ndarray
    x: np.ndarray
    group: Sequence

    def __post_init__(self) -> None:
        """Check every column at the door."""
        y, x = checks.numbers(self.y, "y"), checks.numbers(self.x, "x")
        index, labels = checks.groups(self.group, "group")
        checks.equal_lengths({"y": y, "x": x, "group": index}, each="measurement")
        if len(labels) < 2:
            raise ValueError(f"group: at least two groups are needed to learn how groups differ, got {len(labels)}")
        if len(y) <= len(labels):
            raise ValueError("group: every group has one row, so a group's line and its noise cannot be told apart")
        for name, value in {"y": y, "x": x, "index": index, "labels": labels}.items():
            object.__setattr__(self, name, value)
        if np.all(x == x[np.unique(index, return_index=True)[1]][index]):
            raise ValueError("x: it is constant within every group, so no group shows a slope; use schools with a covariate")

    @classmethod
    def from_frame(cls, frame: object, *, y: str, x: str, group: str) -> "Data":
        """Take the columns of a pandas, Polars or other data frame.

        Raises
        ------
        ValueError
            If a column is missing, and as the class does for its values; the
            error names the frame's column.
        """
        table = checks.frame(frame, [y, x, group])
        read = lambda name: table.get_column(name).to_numpy()  # noqa: E731
        outcome, covariate = (checks.numbers(read(name), f"column {name!r}") for name in (y, x))
        checks.groups(read(group), f"column {group!r}")
        return cls(outcome, covariate, read(group))

    @property
    def n_rows(self) -> int:
        """The number of rows n."""
        return len(self.index)

    @property
    def n_groups(self) -> int:
        """The number of groups G."""
        return len(self.labels)

    def totals(self, values: np.ndarray) -> np.ndarray:
        """Add rows up by group: (..., n) to (..., G)."""
        order = np.argsort(self.index, kind="stable")
        starts = np.concatenate([[0], np.bincount(self.index).cumsum()[:-1]])
        return np.add.reduceat(np.asarray(values)[..., order], starts, axis=-1)

    @cached_property
    def root(self) -> np.ndarray:
        """Each group's lower triangular R with R R' = cross products of (1, x), shape (G, 2, 2).

        Made of the count, the mean of x and the sum of squares about it, so that an x far from 0 costs no digits.
        """
        counts, spread = self.totals(np.ones(self.n_rows)), np.sqrt(self.totals(self._x_gap**2))
        mean = self.totals(self.x) / counts
        first = np.stack([np.sqrt(counts), np.zeros(self.n_groups)], -1)
        return np.stack([first, np.stack([np.sqrt(counts) * mean, spread], -1)], -2)

    @cached_property
    def _x_gap(self) -> np.ndarray:
        """Each row's x minus its group's mean, shape (n,); 0 where x is the same in the whole group."""
        first = np.unique(self.index, return_index=True)[1]
        moved = self.x - self.x[first][self.index]
        return moved - (self.totals(moved) / self.totals(np.ones(self.n_rows)))[self.index]

    @cached_property
    def lines(self) -> np.ndarray:
        """Each group's least-squares intercept and slope (slope 0 where x does not vary), shape (..., G, 2)."""
        counts, square = self.totals(np.ones(self.n_rows)), self.totals(self._x_gap**2)
        slope = self.totals(self.y * self._x_gap) / np.where(square > 0, square, 1.0)
        return np.stack([self.totals(self.y) / counts - slope * self.totals(self.x) / counts, slope], -1)

    @cached_property
    def rss(self) -> np.ndarray:
        """The sum of squares about all groups' own lines, shape (...)."""
        lines = self.lines[..., self.index, :]
        return ((self.y - lines[..., 0] - lines[..., 1] * self.x) ** 2).sum(-1)

    def coords(self) -> dict[str, Sequence]:
        """Return the labels of each dimension."""
        return {"group": list(self.labels), "row": np.arange(self.n_rows)}

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """The labelled dimensions of what is observed and what is given."""
        return {"y": ("row",), "x": ("row",), "group_index": ("row",)}

    def observed(self) -> dict[str, np.ndarray]:
        """Return what was observed, for the result."""
        return {"y": self.y}

    def constant(self) -> dict[str, np.ndarray]:
        """Return what was given, for the result."""
        return {"x": self.x, "group_index": self.index}

    def replicated(self, y: np.ndarray) -> "Data":
        """Return the same rows with many data sets at once, ``y`` of shape (R, n); for calibration."""
        if y.ndim != 2 or y.shape[1] != self.n_rows:
            raise ValueError(f"y: shape (data sets, {self.n_rows}) is needed, got {y.shape}")
        copy = object.__new__(Data)
        for name in ("x", "index", "labels"):
            object.__setattr__(copy, name, getattr(self, name))
        object.__setattr__(copy, "y", y)
        return copy


@dataclass(frozen=True)
class Prior:
    """The priors of the model.

    Parameters
    ----------
    mu, beta : Dist
        Of the mean intercept and the mean slope.
    tau_intercept, tau_slope : Dist
        Of their standard deviations between groups.
    sigma : Dist
        Of the standard deviation about a group's line.
    eta : float
        Of the correlation rho: density proportional to (1 - rho²)^(eta - 1), the LKJ
        distribution of a 2 x 2 correlation matrix (Lewandowski, Kurowicka & Joe 2009).
        1 is uniform; above it correlations near -1 and 1 become less likely. At least 0.5:
        below, the prior's mass lies where 1 - rho² is no longer a floating-point number.
    """

    mu: Dist
    beta: Dist
    tau_intercept: Dist
    tau_slope: Dist
    sigma: Dist
    eta: float = 2.0

    def __post_init__(self) -> None:
        """Refuse a prior that puts mass on impossible values."""
        scales = ("tau_intercept", "tau_slope", "sigma")
        door.distributions(self, ("mu", "beta", *scales), positive=scales)
        if isinstance(self.eta, bool) or not isinstance(self.eta, int | float) or not 0.5 <= self.eta < np.inf:
            raise ValueError(f"eta: a finite number of at least 0.5 is needed, got {self.eta!r}")


def check(prior: Prior, data: object) -> None:
    """Refuse data of another kind, before any sampling."""
    door.one_data_set(data, Data)
