"""Regression with groups: one line for all, an offset for every group.

    y_i     | beta, gamma, sigma2 ~ Normal(x_i' beta + gamma_g(i), sigma2)
    beta    | sigma2              ~ Normal(mean, sigma2 precision^-1)
    gamma_j | tau2                ~ Normal(0, tau2)

sigma2 and tau2 are variances. Everything an engine needs of the rows is a handful of sums, taken
once, so no sampler's cost grows with the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import narwhals as nw
import numpy as np

from hbm_lib.data import checks, design, door
from hbm_lib.models.regression.sums import Groups, Sums, summarize
from hbm_lib.priors import Dist

_NEW = "its offset is a new draw from Normal(0, tau2)"


@dataclass(frozen=True)
class Data:
    """An outcome, a design and groups, one row an observation.

    Parameters
    ----------
    x : array of shape (n, p)
        The design; an intercept is a column of ones.
    y : array of shape (n,)
        The outcome.
    group : sequence of length n
        Each row's group: labels of any kind. Groups are kept in the order of their first row.
    names : sequence of str, optional
        The columns' names; ``x0``, ``x1``, … where they are left out.

    Attributes
    ----------
    labels : tuple of str
        The groups' names, in the order of ``gamma``.
    index : array of shape (n,)
        Each row's place among ``labels``.

    Raises
    ------
    ValueError
        If there are fewer than two groups, a group has no row, no group has two rows, lengths
        differ, a value is not a finite number, or a label is missing.
    """

    x: np.ndarray
    y: np.ndarray
    group: Sequence
    names: Sequence[str] | None = None

    def __post_init__(self) -> None:
        """Check every column at the door."""
        y = checks.numbers(self.y, "y")
        x, names = design.matrix(self.x, self.names)
        index, labels = checks.groups(self.group, "group")
        checks.equal_lengths({"y": y, "x": x, "group": index}, each="row")
        checks.no_empty_group(self.group, labels, "group", _NEW)
        if len(labels) < 2:
            raise ValueError(f"group: at least two groups are needed to learn how groups differ, got {len(labels)}; "
                             "without groups use the model 'linear'")
        if len(y) == len(labels):
            raise ValueError("group: every group has one row, so a group's offset and its noise cannot be told apart; "
                             "give a group at least two rows, or use the model 'linear' without groups")
        for name, value in {"x": x, "y": y, "names": names, "index": index, "labels": labels}.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_frame(cls, frame: object, *, y: str, x: Sequence[str], group: str, intercept: bool = True) -> "Data":
        """Take the columns of a pandas, Polars or other data frame.

        Parameters
        ----------
        frame : data frame
            One row an observation.
        y, group : str
            The columns of the outcome and of the groups.
        x : sequence of str
            The columns of the design.
        intercept : bool
            Whether a column of ones, named ``intercept``, goes first.

        Returns
        -------
        Data

        Raises
        ------
        ValueError
            If a column is missing, and as the class does for its values; the error names the frame's column.
        """
        columns, outcome, names, table = design.from_frame(frame, y=y, x=x, others=[group], intercept=intercept)
        labels = table.get_column(group)
        found = checks.groups(labels.to_numpy(), f"column {group!r}")[1]
        checks.no_empty_group(nw.to_native(labels), found, f"column {group!r}", _NEW)
        return cls(columns, outcome, labels.to_numpy(), names)

    @property
    def n_rows(self) -> int:
        """The number of rows n."""
        return len(self.index)

    @property
    def n_groups(self) -> int:
        """The number of groups J."""
        return len(self.labels)

    @property
    def counts(self) -> np.ndarray:
        """The number of rows of each group, shape (J,)."""
        return self.groups.counts

    @cached_property
    def groups(self) -> Groups:
        """How rows are averaged by group, and the design within and between groups."""
        return Groups(self.index, self.n_groups, self.x)

    @cached_property
    def sums(self) -> Sums:
        """What is sufficient for the model."""
        return summarize(self.groups, self.y)

    def coords(self) -> dict[str, Sequence]:
        """Return the labels of each dimension."""
        return {"coefficient": list(self.names), "group": list(self.labels), "row": np.arange(self.n_rows)}

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """The labelled dimensions of what is observed and what is given."""
        return {"y": ("row",), "group_index": ("row",), "x": ("row", "coefficient")}

    def observed(self) -> dict[str, np.ndarray]:
        """Return what was observed, for the result."""
        return {"y": self.y}

    def constant(self) -> dict[str, np.ndarray]:
        """Return what was given, for the result."""
        return {"group_index": self.index, "x": self.x}

    def replicated(self, y: np.ndarray) -> "Data":
        """Return the same rows with many data sets at once, ``y`` of shape (R, n).

        Samplers advance the R data sets in one sweep; for calibration only.

        Raises
        ------
        ValueError
            If y has another shape.
        """
        if y.ndim != 2 or y.shape[1] != self.n_rows:
            raise ValueError(f"y: shape (data sets, {self.n_rows}) is needed, got {y.shape}")
        copy = object.__new__(Data)
        for name in ("x", "names", "labels", "index", "groups"):
            object.__setattr__(copy, name, getattr(self, name))
        object.__setattr__(copy, "y", y)
        return copy


@dataclass(frozen=True)
class Prior:
    """The priors of the model.

    Parameters
    ----------
    mean : float or array of shape (p,)
        Prior mean of beta; one number is every coefficient's.
    precision : float, array of shape (p,) or (p, p)
        Prior precision of beta in units of 1 / sigma2: as many rows' worth of knowledge. A number is
        every coefficient's, a vector the diagonal.
    sigma2 : Dist
        Of the variance about a group's line.
    tau2 : Dist or None
        Of the variance between groups. Exactly one of ``tau2`` and ``tau`` is given.
    tau : Dist or None
        Of the standard deviation between groups.

    Raises
    ------
    ValueError
        Naming the argument.
    """

    mean: float | tuple
    precision: float | tuple
    sigma2: Dist
    tau2: Dist | None = None
    tau: Dist | None = None

    def __post_init__(self) -> None:
        """Refuse what is no prior."""
        object.__setattr__(self, "mean", design.plain(self.mean, "mean"))
        object.__setattr__(self, "precision", design.plain(self.precision, "precision"))
        design.proper(self.precision)
        if (self.tau2 is None) == (self.tau is None):
            raise ValueError("tau2, tau: exactly one of them needs a distribution: tau2 that of the variance between groups, "
                             "tau that of the standard deviation")
        door.distributions(self, ("sigma2", "tau2", "tau"), optional=("tau2", "tau"), positive=("sigma2", "tau2", "tau"))

    def __repr__(self) -> str:
        """Return the priors that the model has."""
        spread = f"tau2={self.tau2}" if self.tau is None else f"tau={self.tau}"
        return f"Prior(mean={self.mean}, precision={self.precision}, sigma2={self.sigma2}, {spread})"

    @property
    def of_tau(self) -> Dist:
        """The law that was given for the spread between groups, of tau2 or of tau."""
        return self.tau2 if self.tau is None else self.tau

    def tau2_logpdf(self, tau2: np.ndarray) -> np.ndarray:
        """Return the log prior density of tau2; where the law is that of tau, 1 / (2 tau) is the Jacobian."""
        if self.tau is None:
            return self.tau2.logpdf(tau2)
        tau = np.sqrt(tau2)
        return self.tau.logpdf(tau) - np.log(2 * tau)

    def mean_of(self, size: int) -> np.ndarray:
        """Return the prior mean of ``size`` coefficients, shape (p,)."""
        return design.mean_of(self.mean, size)

    def precision_of(self, size: int) -> np.ndarray:
        """Return the prior precision of ``size`` coefficients in units of 1 / sigma2, shape (p, p)."""
        return design.precision_of(self.precision, size)


def check(prior: Prior, data: object) -> None:
    """Refuse data that does not fit the model, before any sampling.

    Raises
    ------
    ValueError
        If the data is of another kind, the prior of beta is of another size, the columns cannot be told
        apart, or nothing keeps sigma2 from 0.
    """
    door.one_data_set(data, Data)
    size = data.x.shape[1]
    mean, precision = prior.mean_of(size), prior.precision_of(size)
    design.needs_prior(data.x if data.n_rows < size else data.groups.rows, precision, data.names)
    if checks.keeps_from_zero(prior.sigma2):
        return
    left = data.sums.left(mean)
    if left <= checks.rounding(data.y):
        raise ValueError("data: y does not vary within groups beside what the prior mean of beta says, so nothing keeps sigma2 "
                         "from 0; give rows that vary, or an InverseGamma prior of sigma2")
