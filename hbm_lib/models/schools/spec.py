"""Schools: pupils' scores in groups of very unequal size, the priors, and what is sufficient.

Pupil i of school j scores

    y_ij | theta_j, beta, sigma ~ Normal(theta_j + x_ij' beta, sigma)
    theta_j | mu, tau           ~ Normal(mu, tau)

Everything an engine needs of the scores is a handful of sums, taken once, so no sampler's cost
grows with the number of pupils.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from hbm_lib.data import checks, door
from hbm_lib.priors import Dist


@dataclass(frozen=True)
class Data:
    """Scores of pupils in schools, one row a pupil.

    Parameters
    ----------
    y : array of shape (n,)
        Scores, in the units of the test.
    school : sequence of length n
        Each pupil's school: labels of any kind. Schools are kept in the order of
        their first pupil.
    covariates : mapping of str to array of shape (n,), optional
        What is known of each pupil beforehand.

    Attributes
    ----------
    labels : tuple of str
        The schools' names, in the order of ``theta``.
    index : array of shape (n,)
        Each pupil's place among ``labels``.

    Raises
    ------
    ValueError
        If there are fewer than two schools or no school has two pupils, lengths
        differ, a value is not a finite number, a label is missing, or the
        covariates are linearly dependent.
    """

    y: np.ndarray
    school: Sequence
    covariates: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check every column at the door."""
        y = checks.numbers(self.y, "y")
        index, labels = checks.groups(self.school, "school")
        if not isinstance(self.covariates, Mapping):
            raise ValueError(f"covariates: a mapping of name to column is needed, got {self.covariates!r}")
        checks.own_names(self.covariates)
        columns = {str(k): checks.numbers(v, f"covariate {k!r}") for k, v in self.covariates.items()}
        checks.equal_lengths({"y": y, "school": index} | {f"covariate {k!r}": v for k, v in columns.items()}, each="pupil")
        if len(labels) < 2:
            raise ValueError(f"school: at least two schools are needed to learn how schools differ, got {len(labels)}")
        if len(y) == len(labels):
            raise ValueError("school: every school has one pupil, so pupils and schools cannot be told apart; "
                             "give a school at least two rows, or use eight_schools with known standard errors")
        object.__setattr__(self, "y", y)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "covariates", columns)
        if columns and np.linalg.matrix_rank(checks.comparable(columns)) < len(columns):
            raise ValueError("covariates: the columns (with the intercept) are linearly dependent; drop one")

    @classmethod
    def from_frame(cls, frame: object, *, y: str, school: str, covariates: Sequence[str] = ()) -> "Data":
        """Take the columns of a pandas, Polars or other data frame.

        Parameters
        ----------
        frame : data frame
            One row a pupil.
        y, school : str
            The columns of scores and of schools.
        covariates : sequence of str
            Columns of numbers known beforehand.

        Returns
        -------
        Data

        Raises
        ------
        ValueError
            If a column is missing, and as the class does for its values; the
            error names the frame's column.
        """
        if isinstance(covariates, str) or not isinstance(covariates, Collection):
            remedy = f"; write [{covariates!r}]" if isinstance(covariates, str) else "; leave it out where there is none"
            raise ValueError(f"covariates: a list of column names is needed, got {covariates!r}{remedy}")
        twice = [name for name in covariates if list(covariates).count(name) > 1]
        if twice:
            raise ValueError(f"covariates: column {twice[0]!r} is named more than once; name each column once")
        table = checks.frame(frame, [y, school, *covariates])
        read = lambda name: table.get_column(name).to_numpy()  # noqa: E731
        scores = checks.numbers(read(y), f"column {y!r}")
        checks.groups(read(school), f"column {school!r}")
        return cls(scores, read(school), {name: checks.numbers(read(name), f"column {name!r}") for name in covariates})

    @property
    def n_groups(self) -> int:
        """The number of schools J."""
        return len(self.labels)

    @property
    def n_pupils(self) -> int:
        """The number of pupils n."""
        return len(self.index)

    @cached_property
    def counts(self) -> np.ndarray:
        """The number of pupils of each school, shape (J,)."""
        return np.bincount(self.index, minlength=self.n_groups)

    @cached_property
    def x(self) -> np.ndarray:
        """The covariates, shape (n, P)."""
        return np.column_stack(list(self.covariates.values())) if self.covariates else np.empty((len(self.index), 0))

    def school_means(self, values: np.ndarray) -> np.ndarray:
        """Average pupils' values by school: (..., n) to (..., J)."""
        ordered = np.asarray(values)[..., self._order]
        return np.add.reduceat(ordered, self._starts, axis=-1) / self.counts

    @cached_property
    def _order(self) -> np.ndarray:
        """The pupils sorted by school."""
        return np.argsort(self.index, kind="stable")

    @cached_property
    def _starts(self) -> np.ndarray:
        """Where each school starts in that order."""
        return np.concatenate([[0], self.counts.cumsum()[:-1]])

    @cached_property
    def sums(self) -> "Sums":
        """What is sufficient for the model."""
        return summarize(self)

    def coords(self) -> dict[str, Sequence]:
        """Return the labels of each dimension."""
        return {"school": list(self.labels), "covariate": list(self.covariates), "pupil": np.arange(self.n_pupils)}

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """The labelled dimensions of what is observed and what is given."""
        return {"y": ("pupil",), "school_index": ("pupil",), "x": ("pupil", "covariate")}

    def observed(self) -> dict[str, np.ndarray]:
        """Return what was observed, for the result."""
        return {"y": self.y}

    def constant(self) -> dict[str, np.ndarray]:
        """Return what was given, for the result."""
        return {"school_index": self.index} | ({"x": self.x} if self.covariates else {})

    def _with(self, **changes: object) -> "Data":
        """Return a copy with some fields replaced and nothing checked again."""
        copy = object.__new__(Data)
        for name in ("y", "labels", "index", "covariates"):
            object.__setattr__(copy, name, changes.get(name, getattr(self, name)))
        return copy

    def replicated(self, y: np.ndarray) -> "Data":
        """Return the same pupils with many data sets at once, ``y`` of shape (R, n).

        Samplers advance the R data sets in one sweep; for calibration only.
        """
        if y.ndim != 2 or y.shape[1] != self.n_pupils:
            raise ValueError(f"y: shape (data sets, {self.n_pupils}) is needed, got {y.shape}")
        return self._with(y=y)

    def without(self, school: str) -> "Data":
        """Return the data with one school left out.

        Raises
        ------
        ValueError
            If there is no such school.
        """
        at = self.place(school)
        keep = self.index != at
        index = self.index[keep]
        return self._with(
            y=self.y[..., keep], labels=tuple(s for s in self.labels if s != self.labels[at]), index=index - (index > at),
            covariates={k: v[keep] for k, v in self.covariates.items()},
        )

    def place(self, school: str) -> int:
        """Return a school's place in ``theta``.

        Raises
        ------
        ValueError
            If there is no such school.
        """
        if str(school) not in self.labels:
            some = ", ".join(self.labels[:5])
            raise ValueError(f"school: {school!r} is not in the data, which has {self.n_groups} schools: {some}, …")
        return self.labels.index(str(school))


@dataclass(frozen=True)
class Sums:
    """Sufficient statistics, with within-school and between-school parts apart.

    Attributes
    ----------
    means : array of shape (..., J)
        Mean score of each school.
    design : array of shape (J, 1 + P)
        1 and the school's mean of each covariate.
    within_xx : array of shape (P, P)
        Cross products of covariates about their schools' means.
    slope : array of shape (..., P)
        Least-squares coefficients within schools.
    within_rss : array of shape (...)
        Residual sum of squares about the schools' means at ``slope``.
    """

    means: np.ndarray
    design: np.ndarray
    within_xx: np.ndarray
    slope: np.ndarray
    within_rss: np.ndarray

    def rss(self, beta: np.ndarray) -> np.ndarray:
        """Return the within-school residual sum of squares at coefficients beta, (..., P) to (...)."""
        gap = beta - self.slope
        return self.within_rss + np.einsum("...p,pq,...q->...", gap, self.within_xx, gap)


def summarize(data: Data) -> Sums:
    """Take the sums of the scores that the model needs, by one pass over the pupils."""
    y, x = data.y, data.x
    means = data.school_means(y)
    centred_y = y - means[..., data.index]
    x_means = data.school_means(x.T).T
    centred_x = x - x_means[data.index]
    inverse = np.linalg.pinv(centred_x)
    slope = centred_y @ inverse.T
    left = centred_y - slope @ centred_x.T
    return Sums(means, np.column_stack([np.ones(data.n_groups), x_means]), centred_x.T @ centred_x, slope, (left**2).sum(-1))


@dataclass(frozen=True)
class Prior:
    """The priors of one model of the family.

    Parameters
    ----------
    mu : Dist
        Of the district's mean.
    tau : Dist or None
        Of the standard deviation between schools; None fixes it at ``fixed_tau``.
    sigma : Dist
        Of the standard deviation between pupils of one school.
    beta : Dist or None
        Of each covariate's coefficient.
    fixed_tau : float
        The value of tau where it has no prior: 0 is complete pooling, and a value
        far above the scores' range is no pooling.
    """

    mu: Dist
    tau: Dist | None
    sigma: Dist
    beta: Dist | None = None
    fixed_tau: float = 0.0

    def __repr__(self) -> str:
        """Return the priors that the model has."""
        said = [f"{n}={v}" for n in ("mu", "beta", "tau", "sigma") if (v := getattr(self, n)) is not None]
        return f"Prior({', '.join(said + ([f'tau={self.fixed_tau:g}'] if self.tau is None else []))})"

    def __post_init__(self) -> None:
        """Refuse a prior that puts mass on impossible values."""
        door.distributions(self, ("mu", "tau", "sigma", "beta"), optional=("tau", "beta"), positive=("tau", "sigma"))
        number = isinstance(self.fixed_tau, int | float | np.number) and not isinstance(self.fixed_tau, bool)
        if not (number and np.isfinite(self.fixed_tau) and self.fixed_tau >= 0):
            raise ValueError(f"fixed_tau: a finite number of at least 0 is needed, got {self.fixed_tau!r}")


def check(prior: Prior, data: object) -> None:
    """Refuse data that does not fit the model, before any sampling.

    Raises
    ------
    ValueError
        If the data is of another kind, only one of model and data has covariates, or
        the scores do not vary within schools.
    """
    door.one_data_set(data, Data)
    door.covariates(prior, data)
    rounding = data.n_pupils * (64 * np.finfo(float).eps * np.abs(data.sums.means).max()) ** 2
    if prior.sigma.support[0] == 0 and data.sums.within_rss <= rounding:
        beside = " beside what the covariates say exactly" if data.covariates else ""
        raise ValueError(f"data: the scores do not vary within schools{beside}, so nothing keeps sigma from 0; give scores of "
                         "single pupils, and not a school's average in every row, or a prior of sigma that lives above 0")
