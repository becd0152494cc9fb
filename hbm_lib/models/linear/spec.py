"""Linear regression without groups: the rows, the conjugate prior, and what is sufficient.

    y | beta, sigma2 ~ Normal(X beta, sigma2 I)
    beta | sigma2    ~ Normal(mean, sigma2 precision^-1)
    sigma2           ~ InverseGamma(a, b)

The prior of beta is stated in units of the noise: a precision of 4 on a coefficient says as much as four rows would
in which only that coefficient's column is 1. Of the rows an engine needs the triangle of X = Q R, the outcomes turned
into its coordinates, Q'y, and what is left of them: a few sums, taken once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hbm_lib.data import checks, design, door
from hbm_lib.priors import Dist


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
        y = checks.numbers(self.y, "y")
        if not len(y):
            raise ValueError("y: at least one row is needed")
        x, names = design.matrix(self.x, self.names)
        checks.equal_lengths({"y": y, "x": x}, each="row")
        for name, value in {"y": y, "x": x, "names": names}.items():
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
        columns, outcome, names, _ = design.from_frame(frame, y=y, x=x, intercept=intercept)
        return cls(columns, outcome, names)

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
        return Sums(r, along, ((self.y - along @ q.T) ** 2).sum(-1), self.n_rows)

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


@dataclass(frozen=True)
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

    mean: float | tuple
    precision: float | tuple
    sigma2: Dist

    def __post_init__(self) -> None:
        """Refuse what is no prior."""
        object.__setattr__(self, "mean", design.plain(self.mean, "mean"))
        object.__setattr__(self, "precision", design.plain(self.precision, "precision"))
        design.proper(self.precision)
        door.distributions(self, ("sigma2",), positive=("sigma2",))

    def coefficients(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return mean (p,) and the upper triangle U (p, p) with U'U = precision, for p coefficients.

        Raises
        ------
        ValueError
            If the prior is written for another number of coefficients.
        """
        return design.mean_of(self.mean, size), design.root(design.precision_of(self.precision, size))

    def covariance_root(self, size: int) -> np.ndarray:
        """Return the lower triangle C (p, p) with C C' = precision^-1."""
        return np.linalg.cholesky(np.linalg.inv(design.precision_of(self.precision, size)))


def check(prior: Prior, data: object) -> None:
    """Refuse data that does not fit the model, before any computing.

    Raises
    ------
    ValueError
        If the data is of another kind, the prior is for another number of coefficients, columns depend on
        each other and the prior says too little to tell them apart, or nothing keeps sigma2 from 0.
    """
    door.one_data_set(data, Data)
    size = data.n_columns
    precision = design.precision_of(prior.precision, size)
    mean = design.mean_of(prior.mean, size)
    design.needs_prior(data.x if data.n_rows < size else data.sums.root, precision, data.names)
    if not checks.keeps_from_zero(prior.sigma2) and ((data.y - data.x @ mean) ** 2).sum() <= checks.rounding(data.y):
        raise ValueError("data: y is exactly what the prior mean of beta says, so nothing keeps sigma2 from 0; "
                         "give rows that vary, or an InverseGamma prior of sigma2")
