"""Linear regression without groups: the rows, the conjugate prior, and what is sufficient.

    y | beta, sigma2 ~ Normal(X beta, sigma2 I)
    beta | sigma2    ~ Normal(mean, sigma2 precision^-1)
    sigma2           ~ InverseGamma(a, b)

The prior of beta is stated in units of the noise: a precision of 4 on a coefficient says as much as four rows would
in which only that coefficient's column is 1. Of the rows an engine needs the triangle of X = Q R, the outcomes turned
into its coordinates, Q'y, and what is left of them: sums of p numbers, taken once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hbm_lib.data import checks, door
from hbm_lib.priors import Dist

_SINGULAR = 1e-9


@dataclass(frozen=True)
class Data:
    """An outcome and its columns, one row an observation.

    Parameters
    ----------
    x : array of shape (n, p)
        The columns, each in its own units. An intercept is a column of ones.
    y : array of shape (n,)
        The outcome.
    names : sequence of str, optional
        The columns' names; ``x0``, ``x1``, … unless given.

    Raises
    ------
    ValueError
        If lengths differ, a value is not a finite number, there is no row or no column, or two
        columns have one name.
    """

    x: np.ndarray
    y: np.ndarray
    names: Sequence[str] | None = None

    def __post_init__(self) -> None:
        """Check every column at the door."""
        y, x = checks.numbers(self.y, "y"), np.asarray(self.x, dtype=None if hasattr(self.x, "dtype") else object)
        if x.ndim != 2:
            raise ValueError(f"x: shape (rows, columns) is needed, got {x.shape}; "
                             "a single column is x[:, None], an intercept a column of ones")
        if not x.shape[1]:
            raise ValueError("x: at least one column is needed; an intercept is a column of ones")
        if not len(y):
            raise ValueError("y: at least one row is needed")
        names = [f"x{j}" for j in range(x.shape[1])] if self.names is None else self.names
        names = checks.labels(names, x.shape[1], "names")
        columns = {name: checks.numbers(x[:, j], f"x, column {name!r}") for j, name in enumerate(names)}
        checks.equal_lengths({"y": y} | {f"column {name!r}": v for name, v in columns.items()}, each="observation")
        table = np.column_stack(list(columns.values()))
        table.flags.writeable = False
        for name, value in {"y": y, "x": table, "names": names}.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_frame(cls, frame: object, *, y: str, x: Sequence[str], intercept: bool = True) -> "Data":
        """Take the columns of a pandas, Polars or other data frame.

        Parameters
        ----------
        frame : data frame
            One row an observation.
        y : str
            The column of the outcome.
        x : sequence of str
            The columns of X.
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
        table = checks.frame(frame, [y, *x])
        read = {name: checks.numbers(table.get_column(name).to_numpy(), f"column {name!r}") for name in [y, *x]}
        columns = ([np.ones(len(read[y]))] if intercept else []) + [read[name] for name in x]
        if not columns:
            raise ValueError("x: at least one column is needed, or intercept=True")
        return cls(np.column_stack(columns), read[y], (["intercept"] if intercept else []) + list(x))

    @property
    def n_rows(self) -> int:
        """The number of rows n."""
        return len(self.x)

    @property
    def n_columns(self) -> int:
        """The number of coefficients p."""
        return self.x.shape[1]

    @cached_property
    def turned(self) -> tuple[np.ndarray, np.ndarray]:
        """Q (n, k) with orthonormal columns and the triangle R (k, p) of X = Q R, k = min(n, p)."""
        return tuple(np.linalg.qr(self.x))

    @cached_property
    def sums(self) -> "Sums":
        """What is sufficient for the model."""
        q, r = self.turned
        along = self.y @ q
        left = self.y - along @ q.T
        again = left @ q  # a second projection: of an outcome far from 0 the first leaves its rounding
        left = left - again @ q.T
        return Sums(r, along + again, (left**2).sum(-1), self.n_rows)

    def coords(self) -> dict[str, Sequence]:
        """Return the labels of each dimension."""
        return {"coefficient": list(self.names), "row": np.arange(self.n_rows)}

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """The labeled dimensions of what is observed and what is given."""
        return {"y": ("row",), "x": ("row", "coefficient")}

    def observed(self) -> dict[str, np.ndarray]:
        """Return what was observed, for the result."""
        return {"y": self.y}

    def constant(self) -> dict[str, np.ndarray]:
        """Return what was given, for the result."""
        return {"x": self.x}

    def replicated(self, y: np.ndarray) -> "Data":
        """Return the same columns with many data sets at once, ``y`` of shape (R, n).

        Samplers advance the R data sets in one sweep; for calibration only.
        """
        if y.ndim != 2 or y.shape[1] != self.n_rows:
            raise ValueError(f"y: shape (data sets, {self.n_rows}) is needed, got {y.shape}")
        copy = object.__new__(Data)
        for name, value in {"x": self.x, "y": y, "names": self.names}.items():
            object.__setattr__(copy, name, value)
        copy.__dict__["turned"] = self.turned
        return copy


@dataclass(frozen=True)
class Sums:
    """Sufficient statistics.

    Attributes
    ----------
    root : array of shape (k, p)
        R of X = Q R, so that R'R = X'X.
    along : array of shape (..., k)
        Q'y: the outcome in the coordinates of the columns.
    rss : array of shape (...)
        Residual sum of squares of least squares.
    rows : int
        n.
    """

    root: np.ndarray
    along: np.ndarray
    rss: np.ndarray
    rows: int

    def squares(self, beta: np.ndarray) -> np.ndarray:
        """Return the sum of squared residuals at coefficients beta, (..., p) to (...)."""
        return self.rss + ((self.along - beta @ self.root.T) ** 2).sum(-1)


@dataclass(frozen=True, eq=False)
class Prior:
    """The priors of the model.

    Parameters
    ----------
    mean : float or array of shape (p,)
        Of the coefficients; one number stands for all.
    precision : float or array of shape (p,) or (p, p)
        Of the coefficients, in units of 1 / sigma2: one number for all, one each, or a matrix.
    sigma2 : Dist
        Of the variance of the noise; InverseGamma where the posterior is wanted in closed form.

    Raises
    ------
    ValueError
        If the mean is not finite, the precision not symmetric and positive definite, or sigma2 no
        distribution above 0.
    """

    mean: float | np.ndarray
    precision: float | np.ndarray
    sigma2: Dist

    def __post_init__(self) -> None:
        """Refuse what is no prior."""
        door.distributions(self, ("sigma2",), positive=("sigma2",))
        mean, precision = _array(self.mean, "mean", 1), _array(self.precision, "precision", 2)
        if precision.ndim == 2:
            if precision.shape[0] != precision.shape[1]:
                raise ValueError(f"precision: a square matrix is needed, got shape {precision.shape}")
            if not np.allclose(precision, precision.T, rtol=1e-10, atol=0):
                raise ValueError("precision: the matrix is not symmetric; give (P + P') / 2 if it should be")
        least = np.linalg.eigvalsh(precision).min() if precision.ndim == 2 else precision.min()
        if not least > 0:
            raise ValueError(f"precision: it must be positive definite, its smallest eigenvalue is {least:.3g}; a flat prior (0) "
                             "has no density, so there is no marginal likelihood either: give a small number such as 1e-6")
        sizes = {len(v) for v in (mean, precision) if v.ndim}
        if len(sizes) > 1:
            raise ValueError(f"mean, precision: one entry a coefficient is needed in both, got {len(mean)} and {len(precision)}")
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "precision", precision)

    def __repr__(self) -> str:
        """Return the priors, arrays as lists."""
        return f"Prior(mean={self.mean.tolist()}, precision={self.precision.tolist()}, sigma2={self.sigma2})"

    def coefficients(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return mean (p,) and the upper triangle U (p, p) with U'U = precision, for p coefficients.

        Raises
        ------
        ValueError
            If the prior is written for another number of coefficients.
        """
        for name, value in (("mean", self.mean), ("precision", self.precision)):
            if value.ndim and len(value) != size:
                raise ValueError(f"{name}: the prior is for {len(value)} coefficients, the data has {size}")
        full = self.precision if self.precision.ndim == 2 else np.diag(np.broadcast_to(self.precision, size))
        return np.broadcast_to(self.mean, size).astype(float), np.linalg.cholesky(full).T


def _array(value: object, name: str, most: int) -> np.ndarray:
    """Return a read-only float array of at most so many dimensions."""
    try:
        out = np.array(value, float)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: numbers are needed, got {value!r}") from None
    if out.ndim > most or not out.size:
        raise ValueError(f"{name}: at most {most} dimensions and at least one number are needed, got shape {out.shape}")
    if isinstance(value, bool) or not np.isfinite(out).all():
        raise ValueError(f"{name}: finite numbers are needed, got {value!r}")
    out.flags.writeable = False
    return out


def check(prior: Prior, data: object) -> None:
    """Refuse data that does not fit the model, before any computing.

    Raises
    ------
    ValueError
        If the data is of another kind, the prior is for another number of coefficients, or columns depend on
        each other and the prior says too little to tell them apart in floating-point numbers.
    """
    door.one_data_set(data, Data)
    _, root = prior.coefficients(data.n_columns)
    both = np.vstack([data.sums.root, root])
    _, size, turn = np.linalg.svd(both / np.sqrt((both**2).sum(0)))
    if size[-1] < _SINGULAR * size[0]:
        which = [name for name, share in zip(data.names, np.abs(turn[-1]), strict=True) if share > 1e-3]
        raise ValueError(f"x: columns {', '.join(map(repr, which))} depend on each other and the prior's precision is next to "
                         "nothing beside them, so their coefficients cannot be told apart; drop one or raise the precision")
