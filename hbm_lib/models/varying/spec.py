"""Coefficients that differ between groups: each group has its own regression.

    y_i | beta, sigma2   ~ Normal(x_i' beta_g(i), sigma2)             (1)
    beta_j | mu, Sigma   ~ Normal(mu, Sigma)                          (2)
    mu                   ~ Normal(mean, precision^-1)                 (3)
    Sigma                ~ InverseWishart(nu, scale)  or  LKJ(eta)    (4)

Of the rows an engine needs each group's triangle R of X_g = Q R, Q'y_g and what is left of y_g: no sampler's cost grows
with the rows. A group may have fewer rows than coefficients; R is then padded with rows of zeros, which say nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import narwhals as nw
import numpy as np

from hbm_lib.data import checks, door

_SINGULAR = 1e-10


class Sums(NamedTuple):
    """Sufficient statistics: root (G, q, q), along = Q'y (..., G, q), rss (...) about each group's least squares, rows n."""

    root: np.ndarray
    along: np.ndarray
    rss: np.ndarray
    rows: int


@dataclass(frozen=True)
class Data:
    """An outcome and its columns in groups, one row an observation.

    Parameters
    ----------
    x : array of shape (n, q)
        The columns whose coefficients differ between groups, each in its own units. An intercept is a column of ones.
    y : array of shape (n,)
        The outcome.
    group : sequence of length n
        Each row's group: labels of any kind.
    names : sequence of str, optional
        The columns' names; ``x0``, ``x1``, … unless given.

    Attributes
    ----------
    labels : tuple of str
        The groups' names, in the order of ``beta``.
    index : array of shape (n,)
        Each row's place among ``labels``.

    Raises
    ------
    ValueError
        If there are fewer than two groups, every group has one row, lengths differ, a value is not a finite number,
        a label is missing, a column follows from the others, or a column that is no intercept does not vary within
        any group.
    """

    x: np.ndarray
    y: np.ndarray
    group: Sequence
    names: Sequence[str] | None = None

    def __post_init__(self) -> None:
        """Check every column at the door."""
        y, x = checks.numbers(self.y, "y"), np.asanyarray(self.x, dtype=None if hasattr(self.x, "dtype") else object)
        if x.ndim != 2 or not x.shape[1]:
            raise ValueError(f"x: shape (rows, columns) is needed, got {x.shape}; a single column is x[:, None], "
                             "an intercept a column of ones")
        named = [f"x{j}" for j in range(x.shape[1])] if self.names is None else self.names
        names = checks.labels(named, x.shape[1], "names")
        columns = {name: checks.numbers(x[:, j], f"x, column {name!r}") for j, name in enumerate(names)}
        index, labels = checks.groups(self.group, "group")
        checks.no_empty_group(self.group, labels, "group", "its coefficients are a new draw from Normal(mu, Sigma)")
        checks.equal_lengths({"y": y} | {f"column {name!r}": v for name, v in columns.items()} | {"group": index},
                             each="measurement")
        if len(labels) < 2:
            raise ValueError(f"group: at least two groups are needed to learn how groups differ, got {len(labels)}")
        if len(y) <= len(labels):
            raise ValueError("group: every group has one row, so a group's coefficients and its noise cannot be told apart")
        table = np.column_stack(list(columns.values()))
        table.flags.writeable = False
        for name, value in {"y": y, "x": table, "index": index, "labels": labels, "names": names}.items():
            object.__setattr__(self, name, value)
        _tell_columns_apart(table, index, names)

    @classmethod
    def from_frame(cls, frame: object, *, y: str, x: Sequence[str], group: str, intercept: bool = True) -> "Data":
        """Take the columns of a pandas, Polars or other data frame.

        Parameters
        ----------
        frame : data frame
            One row an observation.
        y, group : str
            The columns of the outcome and of the group labels.
        x : sequence of str
            The columns whose coefficients differ between groups.
        intercept : bool
            Whether a column of ones, called ``intercept``, is put before them.

        Returns
        -------
        Data

        Raises
        ------
        ValueError
            If a column is missing, and as the class does for its values; the error names the frame's column.
        """
        if isinstance(x, str) or not isinstance(x, Collection):
            remedy = f"; write [{x!r}]" if isinstance(x, str) else ""
            raise ValueError(f"x: a list of column names is needed, got {x!r}{remedy}")
        if intercept and "intercept" in x:
            raise ValueError("x: the table has a column 'intercept' of its own; leave it out or give intercept=False")
        for name in {y, group} & set(x):
            raise ValueError(f"x: {name!r} is the {'outcome' if name == y else 'group'} already; leave it out of x")
        table = checks.frame(frame, [y, *x, group])
        read = {name: checks.numbers(table.get_column(name).to_numpy(), f"column {name!r}") for name in [y, *x]}
        labels = table.get_column(group).to_numpy()
        checks.no_empty_group(nw.to_native(table.get_column(group)), checks.groups(labels, f"column {group!r}")[1],
                              f"column {group!r}", "its coefficients are a new draw from Normal(mu, Sigma)")
        columns = ([np.ones(len(read[y]))] if intercept else []) + [read[name] for name in x]
        if not columns:
            raise ValueError("x: at least one column is needed, or intercept=True")
        return cls(np.column_stack(columns), read[y], labels, (["intercept"] if intercept else []) + list(x))

    @property
    def n_rows(self) -> int:
        """The number of rows n."""
        return len(self.index)

    @property
    def n_groups(self) -> int:
        """The number of groups G."""
        return len(self.labels)

    @property
    def n_columns(self) -> int:
        """The number of coefficients q of a group."""
        return self.x.shape[1]

    @cached_property
    def counts(self) -> np.ndarray:
        """Each group's rows, shape (G,)."""
        return np.bincount(self.index)

    @cached_property
    def turned(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The rows' order by group, Q (n, q) in that order and every group's R (G, q, q); groups of one size at once."""
        order, q = np.argsort(self.index, kind="stable"), self.n_columns
        starts, x = np.concatenate([[0], self.counts.cumsum()[:-1]]), self.x[order]
        basis, root = np.zeros((self.n_rows, q)), np.zeros((self.n_groups, q, q))
        for count in np.unique(self.counts):
            groups = np.flatnonzero(self.counts == count)
            rows = starts[groups][:, None] + np.arange(count)
            k = min(count, q)
            basis[rows, :k], root[groups, :k] = np.linalg.qr(x[rows])
        return order, basis, root

    @cached_property
    def sums(self) -> Sums:
        """What is sufficient for the model."""
        order, basis, root = self.turned
        starts, index, y = np.concatenate([[0], self.counts.cumsum()[:-1]]), self.index[order], self.y[..., order]
        along = np.add.reduceat(basis * y[..., None], starts, axis=-2)
        left = y - (basis * along[..., index, :]).sum(-1)
        again = np.add.reduceat(basis * left[..., None], starts, axis=-2)  # an outcome far from 0 leaves its rounding
        left = left - (basis * again[..., index, :]).sum(-1)
        return Sums(root, along + again, (left**2).sum(-1), self.n_rows)

    def coords(self) -> dict[str, Sequence]:
        """Return the labels of each dimension; pairs of coefficients are named ``first, second``."""
        pairs = [f"{a}, {b}" for i, a in enumerate(self.names) for b in self.names[i + 1:]]
        names = list(self.names)
        return {"group": list(self.labels), "coefficient": names, "other": names, "pair": pairs, "row": np.arange(self.n_rows)}

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """The labeled dimensions of what is observed and what is given."""
        return {"y": ("row",), "x": ("row", "coefficient"), "group_index": ("row",)}

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
        for name in ("x", "index", "labels", "names"):
            object.__setattr__(copy, name, getattr(self, name))
        object.__setattr__(copy, "y", y)
        copy.__dict__.update(turned=self.turned, counts=self.counts)
        return copy


def _tell_columns_apart(x: np.ndarray, index: np.ndarray, names: Sequence[str]) -> None:
    """Refuse a column that follows from those before it, and one that varies between groups only."""
    size = np.abs(x).max(0)
    for name in [name for name, s in zip(names, size, strict=True) if s == 0]:
        raise ValueError(f"x, column {name!r}: it is 0 in every row, so no coefficient of it can be learned; leave it out")
    first = x - x[0]
    alike = [name for j, name in enumerate(names) if not first[:, j].any()]
    if len(alike) > 1:
        raise ValueError(f"x, column {alike[1]!r}: it is constant, as is {alike[0]!r}; "
                         "one of them is the intercept, leave the other out")
    left = np.abs(np.diag(np.linalg.qr(x / np.linalg.norm(x, axis=0), mode="r")))
    if len(left) < x.shape[1] or left.min() < _SINGULAR:
        which = names[int(left.argmin())] if len(left) == x.shape[1] else names[len(left)]
        raise ValueError(f"x, column {which!r}: it follows from the columns before it, so their coefficients "
                         "cannot be told apart; leave one of them out")
    own = x[np.unique(index, return_index=True)[1]][index]
    for name in [n for j, n in enumerate(names) if n not in alike and np.array_equal(x[:, j], own[:, j])]:
        raise ValueError(f"x, column {name!r}: it is constant within every group, so no group shows a coefficient of its own; "
                         "a column of the groups belongs in models.regression")


def check(prior: object, data: object) -> None:
    """Refuse data of another kind or another number of columns, or with nothing that keeps sigma from 0, before any sampling."""
    door.one_data_set(data, Data)
    if data.n_columns != prior.size:
        raise ValueError(f"data: it has {data.n_columns} columns ({', '.join(data.names)}) "
                         f"and the prior is of {prior.size} coefficients")
    law, sums = getattr(prior, prior.noise), data.sums
    if checks.keeps_from_zero(law):
        return
    size = np.sqrt((sums.root**2).sum(-2, keepdims=True))
    rank = np.linalg.matrix_rank(sums.root / np.where(size > 0, size, 1.0), tol=_SINGULAR).sum()
    if data.n_rows > rank and sums.rss <= checks.rounding(data.y):
        raise ValueError("data: every group's rows lie exactly on a line of its own, so nothing keeps sigma from 0; "
                         "give rows that vary, or an InverseGamma prior of sigma2")
