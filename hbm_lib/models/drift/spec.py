"""Drift: creators with one noisy effect each, in genres whose means move from period to period, and the priors.

Creator i of genre g finished its experiment in period t and shows the effect d_i with a known standard error:

    d_i | tau_i               ~ Normal(tau_i, SE_i)
    tau_i | mu_genre          ~ Normal(mu_genre[g, t], sigma_creator)
    mu_genre[g, 1]            ~ Normal(mu_global, sigma_genre)
    mu_genre[g, t]            ~ Normal(mu_global + phi (mu_genre[g, t - 1] - mu_global), sigma_drift)

A random walk has phi = 1 (West & Harrison 1997, "Bayesian Forecasting and Dynamic Models", chapter 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from hbm_lib.data import checks
from hbm_lib.models.drift import periods
from hbm_lib.priors import Dist

SCALES = ("sigma_genre", "sigma_drift", "sigma_creator")
_KEPT = ("effect", "se", "index", "genres", "time", "periods", "creator")


@dataclass(frozen=True)
class Data:
    """Effects with their standard errors, one row a creator's experiment, in any order.

    Parameters
    ----------
    effect : array of shape (N,)
        Each observed effect, in the units of the outcome.
    se : array of shape (N,)
        Its standard error, taken as known; above 0.
    genre : sequence of length N
        Labels of any kind, kept in the order of their first row.
    period : sequence of length N
        When the experiment finished: whole numbers, or dates with ``every``. Periods between the first and
        the last in which nothing finished are kept, empty.
    creator : sequence of length N, optional
        Labels; the row number where they are not given.
    every : {"day", "week", "month"}, optional
        How long a period is, if ``period`` holds dates.

    Attributes
    ----------
    genres, periods : tuple
        The names of G genres and the labels of T periods.
    index, time : array of shape (N,)
        Each creator's place among genres and periods.

    Raises
    ------
    ValueError
        If lengths differ, a value is not a finite number, a standard error is not above 0, a label or a period is
        missing or of no use, or there is no row.
    """

    effect: np.ndarray
    se: np.ndarray
    genre: Sequence
    period: Sequence
    creator: Sequence | None = None
    every: str | None = None

    def __post_init__(self) -> None:
        """Check every column at the door."""
        self._keep(("effect", "se", "genre", "period", "creator"))

    def _keep(self, names: tuple[str, ...]) -> None:
        """Check the columns, named in errors as the caller knows them, and keep them."""
        effect, se = checks.numbers(self.effect, names[0]), checks.numbers(self.se, names[1], positive=True)
        index, genres = checks.groups(self.genre, names[2])
        time, labels = periods.places(self.period, names[3], self.every)
        columns = {names[0]: effect, names[1]: se, names[2]: index, names[3]: time}
        if self.creator is not None:
            columns[names[4]] = checks.labels(self.creator, len(effect), names[4])
        checks.equal_lengths(columns, each="creator")
        if not len(effect):
            raise ValueError(f"{names[0]}: there is no row; at least one creator is needed")
        creator = tuple(str(i) for i in range(len(effect))) if self.creator is None else columns[names[4]]
        for name, value in zip(_KEPT, (effect, se, index, genres, time, labels, creator), strict=True):
            object.__setattr__(self, name, value)

    @classmethod
    def from_frame(
        cls, frame: object, *, effect: str, se: str, genre: str, period: str, creator: str | None = None,
        every: str | None = None,
    ) -> "Data":
        """Take the columns of a pandas, Polars or other data frame.

        Parameters
        ----------
        frame : data frame
            One row a creator, in any order.
        effect, se, genre, period : str
            The columns of effects, standard errors, genres and periods.
        creator : str, optional
            The column of labels.
        every : {"day", "week", "month"}, optional
            How long a period is, if the periods' column holds dates.

        Returns
        -------
        Data

        Raises
        ------
        ValueError
            If a column is missing, and as the class does for its values; the error names the frame's column.
        """
        names = [effect, se, genre, period, *([creator] if creator is not None else [])]
        table = checks.frame(frame, names)
        out = object.__new__(cls)
        # dates as a list: an array would lose their time zone
        read = [getattr(table.get_column(name), "to_list" if name == period else "to_numpy")() for name in names]
        for name, value in zip((f.name for f in fields(cls)), [*[*read, None][:5], every], strict=True):
            object.__setattr__(out, name, value)
        out._keep(tuple(f"column {name!r}" for name in (effect, se, genre, period, creator)))
        return out

    @property
    def n_genres(self) -> int:
        """The number of genres G."""
        return len(self.genres)

    @property
    def n_periods(self) -> int:
        """The number of periods T, empty ones included."""
        return len(self.periods)

    @property
    def n_creators(self) -> int:
        """The number of creators N."""
        return len(self.index)

    @cached_property
    def cell(self) -> np.ndarray:
        """Each creator's cell, period times G plus genre, shape (N,)."""
        return self.time * self.n_genres + self.index

    @cached_property
    def counts(self) -> np.ndarray:
        """The number of creators of every genre in every period, shape (G, T)."""
        return np.bincount(self.cell, minlength=self.n_genres * self.n_periods).reshape(self.n_periods, self.n_genres).T

    def until(self, period: object) -> "Data":
        """Return what was known at the end of a period: the rows up to it; genres that began later are not in it.

        Raises
        ------
        ValueError
            If there is no such period.
        """
        if period not in self.periods:
            raise ValueError(f"period: {period!r} is not one of {self.periods[0]} to {self.periods[-1]}")
        last = self.periods.index(period)
        rows = np.flatnonzero(self.time <= last)
        out = Data(self.effect[rows], self.se[rows], [self.genres[g] for g in self.index[rows]], self.time[rows],
                   [self.creator[i] for i in rows])
        object.__setattr__(out, "periods", self.periods[: last + 1])  # nothing may have finished in the last, but it has passed
        return out

    def coords(self) -> dict[str, Sequence]:
        """Return the labels of each dimension."""
        return {"genre": list(self.genres), "period": list(self.periods), "creator": list(self.creator)}

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """The labeled dimensions of what is observed and what is given."""
        return dict.fromkeys(("y", "se", "genre_index", "period_index"), ("creator",))

    def observed(self) -> dict[str, np.ndarray]:
        """Return what was observed, for the result."""
        return {"y": self.effect}

    def constant(self) -> dict[str, np.ndarray]:
        """Return what was given, for the result."""
        return {"se": self.se, "genre_index": self.index, "period_index": self.time}

    def replicated(self, y: np.ndarray) -> "Data":
        """Return the same creators with many data sets at once, ``y`` of shape (R, N); for calibration only."""
        if y.ndim != 2 or y.shape[1] != self.n_creators:
            raise ValueError(f"y: shape (data sets, {self.n_creators}) is needed, got {y.shape}")
        copy = object.__new__(Data)
        for name in _KEPT:
            object.__setattr__(copy, name, y if name == "effect" else getattr(self, name))
        return copy


@dataclass(frozen=True)
class Prior:
    """The priors of the model.

    Parameters
    ----------
    mu_global : Dist
        Of the platform's mean effect.
    sigma_genre : Dist
        Of the standard deviation between genres' means in the first period.
    sigma_drift : Dist
        Of the standard deviation of a genre's step from one period to the next.
    sigma_creator : Dist
        Of the standard deviation between creators of one genre and period.
    phi : Dist, optional
        Of the coefficient that keeps a genre's distance from mu_global, between -1 and 1. None is a random walk.
    """

    mu_global: Dist
    sigma_genre: Dist
    sigma_drift: Dist
    sigma_creator: Dist
    phi: Dist | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The hyperparameters that this prior has."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) is not None)

    def __repr__(self) -> str:
        """Return the priors that the model has."""
        return f"Prior({', '.join(f'{name}={getattr(self, name)}' for name in self.names)})"

    def __post_init__(self) -> None:
        """Refuse a prior that puts mass on impossible values."""
        for f in fields(self):
            value = getattr(self, f.name)
            if value is None and f.name == "phi":
                continue
            if not isinstance(value, Dist):
                raise ValueError(f"{f.name}: a distribution of hbm_lib.priors is needed, got {value!r}")
            if f.name in SCALES and value.support[0] < 0:
                raise ValueError(f"{f.name}: its prior must live above 0, {value} does not")
            if f.name == "phi" and not (value.support[0] >= -1 and value.support[1] <= 1):
                raise ValueError(f"phi: its prior must live between -1 and 1, {value} does not; for a random walk leave it out")


def check(prior: Prior, data: object) -> None:
    """Refuse data that does not fit the model, before any sampling.

    Raises
    ------
    ValueError
        If the data is of another kind or holds several data sets at once.
    """
    if not isinstance(data, Data):
        raise ValueError(f"data: a drift.Data is needed, got {type(data).__name__}")
    if data.effect.ndim != 1:
        raise ValueError(f"data: one data set is needed, got {len(data.effect)} at once; fit them in turn")
