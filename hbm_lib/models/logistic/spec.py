"""Outcomes of 0 or 1 in groups: the counts, the priors, and what is refused.

Case i of group j succeeds with probability inv_logit(alpha_j + x_ij' beta), and

    alpha_j | mu, tau ~ Normal(mu, tau)

on the logit scale. Cases of one group with equal covariates are one binomial row, so without
covariates no engine's cost grows with the number of cases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from hbm_lib.data import checks, door
from hbm_lib.models.logistic.rows import column_of, columns_of, merged, names_of
from hbm_lib.priors import Dist


@dataclass(frozen=True)
class Data:
    """Successes among trials, one row a group or a group's covariate pattern.

    Rows of one group with equal covariates are added up, and rows are put in the order of
    their group's first row. ``from_frame`` takes one row a case instead.

    Parameters
    ----------
    y : array of shape (rows,)
        Successes: whole numbers from 0 to the trials.
    trials : array of shape (rows,)
        Cases: whole numbers of at least 1.
    group : sequence of length rows
        Each row's group: labels of any kind.
    covariates : mapping of str to array of shape (rows,), optional
        What is known of the cases of a row beforehand.

    Attributes
    ----------
    labels : tuple of str
        The groups' names, in the order of ``alpha``.
    index : array of shape (rows,)
        Each row's place among ``labels``; it never falls.

    Raises
    ------
    ValueError
        If there are fewer than two groups, lengths differ, a count is not a whole number in
        its range, a label is missing, or a covariate is constant or follows from the others.
    """

    y: np.ndarray
    trials: np.ndarray
    group: Sequence
    covariates: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check every column at the door, then add up equal rows."""
        names = {"y": "y", "trials": "trials", "group": "group"}
        self._take(self.y, self.trials, self.group, self.covariates, names)

    def _take(self, y: object, trials: object, group: Sequence, covariates: object, names: Mapping[str, str]) -> None:
        """Check and merge; ``names`` is what the caller calls each column."""
        self._set(**merged(y, trials, group, covariates, names))

    def _set(self, **values: object) -> None:
        """Set the fields of a frozen object."""
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @classmethod
    def _made(cls, y: object, trials: object, group: Sequence, covariates: object, names: Mapping[str, str]) -> "Data":
        """Return data whose errors speak of the caller's columns."""
        out = object.__new__(cls)
        out._take(y, trials, group, covariates, names)
        return out

    @classmethod
    def from_frame(cls, frame: object, *, outcome: str, group: str, covariates: Sequence[str] = ()) -> "Data":
        """Take cases, one row each, from a pandas, Polars or other data frame.

        Parameters
        ----------
        frame : data frame
            One row a case.
        outcome, group : str
            The columns of outcomes (0 or 1, or False or True) and of groups.
        covariates : sequence of str
            Columns of numbers known beforehand.

        Returns
        -------
        Data

        Raises
        ------
        ValueError
            If a column is missing, an outcome is neither 0 nor 1, and as the class does.
        """
        covariates = names_of(covariates, (outcome, group))
        table = checks.frame(frame, [outcome, group, *covariates])
        said = f"column {outcome!r}"
        given = column_of(table, outcome)
        y = checks.numbers(given.astype(float) if given.dtype.kind == "b" else given, said)
        wrong = np.flatnonzero((y != 0) & (y != 1))
        if wrong.size:
            raise ValueError(f"{said}, row {int(wrong[0])}: {y[wrong[0]]:g} is not an outcome; code a success as 1, all else "
                             "as 0 (for counts of successes use Data.from_counts)")
        return cls._made(y, np.ones(len(y)), table[group].to_numpy(), columns_of(table, covariates),
                         {"y": said, "trials": "trials", "group": f"column {group!r}"})

    @classmethod
    def from_counts(
        cls, frame: object, *, successes: str, trials: str, group: str, covariates: Sequence[str] = ()
    ) -> "Data":
        """Take counts, one row a group or several for its covariate patterns, from a data frame.

        Parameters
        ----------
        frame : data frame
            One row a group or pattern.
        successes, trials, group : str
            The columns of counts and of groups.
        covariates : sequence of str
            Columns of numbers known beforehand.

        Returns
        -------
        Data

        Raises
        ------
        ValueError
            If a column is missing, and as the class does for its values; the error names the frame's column.
        """
        covariates = names_of(covariates, (successes, trials, group))
        table = checks.frame(frame, [successes, trials, group, *covariates])
        return cls._made(table[successes].to_numpy(), table[trials].to_numpy(), table[group].to_numpy(),
                         columns_of(table, covariates), {"y": f"column {successes!r}", "trials": f"column {trials!r}",
                                                       "group": f"column {group!r}"})

    @property
    def n_groups(self) -> int:
        """The number of groups J."""
        return len(self.labels)

    @property
    def n_rows(self) -> int:
        """The number of binomial rows."""
        return len(self.index)

    @cached_property
    def x(self) -> np.ndarray:
        """The covariates, shape (rows, P)."""
        return np.column_stack(list(self.covariates.values())) if self.covariates else np.empty((len(self.index), 0))

    @cached_property
    def starts(self) -> np.ndarray:
        """The first row of each group, shape (J,)."""
        return np.searchsorted(self.index, np.arange(self.n_groups))

    def by_group(self, values: np.ndarray) -> np.ndarray:
        """Add rows up by group: (..., rows) to (..., J)."""
        return values if self.n_rows == self.n_groups else np.add.reduceat(values, self.starts, axis=-1)

    @cached_property
    def cases(self) -> np.ndarray:
        """Trials of each group, shape (J,)."""
        return self.by_group(self.trials)

    @cached_property
    def successes(self) -> np.ndarray:
        """Successes of each group, shape (..., J)."""
        return self.by_group(self.y)

    def coords(self) -> dict[str, Sequence]:
        """Return the labels of each dimension."""
        return {"group": list(self.labels), "covariate": list(self.covariates), "row": np.arange(self.n_rows)}

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """The labelled dimensions of what is observed and what is given."""
        return {"y": ("row",), "trials": ("row",), "group_index": ("row",), "x": ("row", "covariate")}

    def observed(self) -> dict[str, np.ndarray]:
        """Return what was observed, for the result."""
        return {"y": self.y}

    def constant(self) -> dict[str, np.ndarray]:
        """Return what was given, for the result."""
        return {"trials": self.trials, "group_index": self.index} | ({"x": self.x} if self.covariates else {})

    def replicated(self, y: np.ndarray) -> "Data":
        """Return the same rows with many data sets at once, ``y`` of shape (R, rows).

        Samplers advance the R data sets in one sweep; for calibration only.
        """
        if y.ndim != 2 or y.shape[1] != self.n_rows:
            raise ValueError(f"y: shape (data sets, {self.n_rows}) is needed, got {y.shape}")
        copy = object.__new__(Data)
        copy._set(**{n: getattr(self, n) for n in ("trials", "group", "labels", "index", "covariates")}, y=y)
        return copy

    def place(self, group: str) -> int:
        """Return a group's place in ``alpha``.

        Raises
        ------
        ValueError
            If there is no such group.
        """
        if str(group) not in self.labels:
            some = ", ".join(self.labels[:5])
            raise ValueError(f"group: {group!r} is not in the data, which has {self.n_groups} groups: {some}, …")
        return self.labels.index(str(group))


@dataclass(frozen=True)
class Prior:
    """The priors of one model of the family, all on the logit scale.

    Parameters
    ----------
    mu : Dist
        Of the mean of the groups' logits.
    tau : Dist or None
        Of their standard deviation; None fixes it at 0, which is complete pooling.
    beta : Dist or None
        Of each covariate's coefficient.
    """

    mu: Dist
    tau: Dist | None
    beta: Dist | None = None

    def __repr__(self) -> str:
        """Return the priors that the model has."""
        said = [f"{n}={v}" for n in ("mu", "beta", "tau") if (v := getattr(self, n)) is not None]
        return f"Prior({', '.join(said + (['tau=0'] if self.tau is None else []))})"

    def __post_init__(self) -> None:
        """Refuse a prior that puts mass on impossible values."""
        door.distributions(self, ("mu", "tau", "beta"), optional=("tau", "beta"), positive=("tau",))


def check(prior: Prior, data: object) -> None:
    """Refuse data that does not fit the model, before any sampling.

    Raises
    ------
    ValueError
        If the data is of another kind, or only one of model and data has covariates.
    """
    door.one_data_set(data, Data)
    door.covariates(prior, data)
