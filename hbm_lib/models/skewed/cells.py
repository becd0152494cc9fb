"""What is known of a creator's two arms: sums over users, so that no engine ever sees a user again.

Revenue: users, payers, and of the payers the sum, the sum of logs and the squares of the logs about their mean; these are
sufficient for a hurdle with log-normal or Gamma payers. Counts: users, their sum, and how many users have each value.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from hbm_lib.data import checks
from hbm_lib.models.skewed import rows
from hbm_lib.models.skewed.rows import ARMS

__all__ = ["ARMS", "Counts", "Data"]


@dataclass(frozen=True)
class _Cells:
    """Creators in genres with two arms each. Arrays are (2, N): control first, then treatment."""

    users: np.ndarray
    genre: Sequence
    creator: Sequence
    genres: tuple[str, ...] = field(init=False)
    index: np.ndarray = field(init=False)
    labels: tuple[str, ...] = field(init=False)

    def _set(self, **values: object) -> None:
        """Write fields of a frozen object."""
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __post_init__(self) -> None:
        """Check users and labels."""
        index, genres = checks.groups(self.genre, "genre")
        labels = checks.labels(self.creator, len(index), "creator")
        if not len(index):
            raise ValueError("creator: there is no row; at least one creator is needed")
        self._set(index=index, genres=genres, labels=labels)
        self._set(users=self._table(self.users, "users", whole=True, least=1))

    def _table(self, values: object, name: str, *, whole: bool, least: float) -> np.ndarray:
        """Return numbers of shape (2, N) or say which creator's are not usable."""
        out = np.asarray(values, dtype=float)
        if out.shape != (2, len(self.index)):
            raise ValueError(f"{name}: shape (2, {len(self.index)}), control and treatment of each creator, is needed, "
                             f"got {out.shape}")
        with np.errstate(invalid="ignore"):
            bad = ~np.isfinite(out) | (out < least) | (whole & (out != np.round(out)))
        if bad.any():
            a, i = (int(v[0]) for v in np.nonzero(bad))
            kind = "a whole number" if whole else "a finite number"
            raise ValueError(f"{name}, creator {self.labels[i]!r}, arm {ARMS[a]!r}: {kind} of at least {least:g} is needed, "
                             f"got {out[a, i]:g}")
        out.flags.writeable = False
        return out

    @property
    def n_genres(self) -> int:
        """The number of genres G."""
        return len(self.genres)

    @property
    def n_creators(self) -> int:
        """The number of creators N."""
        return len(self.index)

    def coords(self) -> dict[str, Sequence]:
        """Return the labels of each dimension."""
        return {"genre": list(self.genres), "creator": list(self.labels), "arm": list(ARMS)}

    def observed(self) -> dict[str, np.ndarray]:
        """Return each arm's total, for the result."""
        return {"y": self.y}

    def constant(self) -> dict[str, np.ndarray]:
        """Return what was given, for the result."""
        return {"users": self.users, "genre_index": self.index}

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """The labeled dimensions of what is observed and what is given."""
        return {"y": ("arm", "creator"), "users": ("arm", "creator"), "genre_index": ("creator",)}


@dataclass(frozen=True)
class Data(_Cells):
    """Revenue with many zeros, summed up.

    Parameters
    ----------
    users : array of shape (2, N)
        Users of each creator's control and treatment arm, at least 1.
    genre, creator : sequence of length N
        Labels; genres are kept in the order of their first creator.
    payers : array of shape (2, N)
        Users with revenue above 0. An arm in which nobody paid is data like any other.
    y : array of shape (2, N)
        Total revenue, in the outcome's unit.
    sum_log : array of shape (2, N)
        Sum of payers' log revenues.
    squares : array of shape (2, N)
        Sum of squared distances of these logs from their mean in the arm.

    Raises
    ------
    ValueError
        If a shape or a value is not usable; naming creator and arm.
    """

    payers: np.ndarray = None
    y: np.ndarray = None
    sum_log: np.ndarray = None
    squares: np.ndarray = None

    def __post_init__(self) -> None:
        """Check every column at the door."""
        super().__post_init__()
        payers = self._table(self.payers, "payers", whole=True, least=0)
        y, squares = (self._table(getattr(self, n), n, whole=False, least=0) for n in ("y", "squares"))
        sum_log = self._table(self.sum_log, "sum_log", whole=False, least=-np.inf)
        wrong = {"payers are more than users": payers > self.users, "revenue is not above 0 exactly where somebody paid":
                 (y > 0) != (payers > 0), "logs of revenue without payers": (payers == 0) & ((sum_log != 0) | (squares != 0))}
        for said, bad in wrong.items():
            if bad.any():
                a, i = (int(v[0]) for v in np.nonzero(bad))
                raise ValueError(f"payers, creator {self.labels[i]!r}, arm {ARMS[a]!r}: {said}; sum up the users' rows again")
        self._set(payers=payers, y=y, sum_log=sum_log, squares=squares)

    @classmethod
    def from_frame(
        cls, frame: object, *, unit: str = "creator_id", group: str = "genre", arm: str = "group", outcome: str = "revenue",
    ) -> "Data":
        """Sum up users' rows.

        Parameters
        ----------
        frame : data frame
            One row a user.
        unit, group, arm, outcome : str
            The columns of creators, genres, arms ("control" or "treatment") and revenue of 0 or more.

        Raises
        ------
        ValueError
            Naming column and first bad row; or the creator, if an arm has no user or it stands in two genres.
        """
        read = rows.read(frame, unit, group, arm, outcome)
        pays = read.x > 0
        log = np.log(read.x, where=pays, out=np.zeros(len(read.x)))
        payers, sum_log = read.sum(pays), read.sum(log)
        mean = sum_log / np.maximum(payers, 1)
        squares = read.sum(np.where(pays, (log - mean[read.arm, read.creator]) ** 2, 0.0))
        return cls(read.sum(np.ones(len(log))), read.genres, read.creators, payers, read.sum(read.x), sum_log, squares)

    def replicated(
        self, payers: np.ndarray, mean_log: np.ndarray, squares: np.ndarray, users: np.ndarray | None = None,
    ) -> "Data":
        """Return the same creators with many data sets at once, each array of shape (R, 2, N).

        The Gibbs sampler advances the R data sets in one sweep; for calibration and simulation studies only.
        """
        copy = object.__new__(Data)
        copy._set(payers=payers, sum_log=payers * mean_log, squares=squares, y=np.full(payers.shape, np.nan),
                  users=self.users if users is None else users,
                  **{n: getattr(self, n) for n in ("genre", "creator", "genres", "index", "labels")})
        return copy

    @cached_property
    def mean_log(self) -> np.ndarray:
        """Mean of payers' logs in each arm, (2, N); 0 where nobody paid."""
        return self.sum_log / np.maximum(self.payers, 1)


@dataclass(frozen=True)
class Counts(_Cells):
    """Whole numbers with many zeros, as how many users of each arm have each value above 0.

    Parameters
    ----------
    users : array of shape (2, N)
        Users of each creator's control and treatment arm, at least 1.
    genre, creator : sequence of length N
        Labels.
    arm, place, value, times : arrays of shape (K,)
        K entries: arm (0 or 1), creator's place, value above 0, and how many users have it. Users in no
        entry have 0.
    """

    arm: np.ndarray = None
    place: np.ndarray = None
    value: np.ndarray = None
    times: np.ndarray = None
    y: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        """Check every column at the door."""
        super().__post_init__()
        entries = {n: np.asarray(checks.numbers(getattr(self, n), n)) for n in ("arm", "place", "value", "times")}
        checks.equal_lengths(entries, each="value")
        limits = {"arm": (0, 1), "place": (0, self.n_creators - 1), "value": (1, np.inf), "times": (1, np.inf)}
        for name, (low, high) in limits.items():
            v = entries[name]
            bad = np.flatnonzero((v != np.round(v)) | (v < low) | (v > high))
            if bad.size:
                raise ValueError(f"{name}, row {bad[0]}: {v[bad[0]]:g} is not a whole number from {low} to {high}")
            entries[name] = v.astype(int)
        total, some = np.zeros((2, self.n_creators)), np.zeros((2, self.n_creators))
        np.add.at(total, (entries["arm"], entries["place"]), entries["value"] * entries["times"])
        np.add.at(some, (entries["arm"], entries["place"]), entries["times"])
        if (some > self.users).any():
            a, i = (int(v[0]) for v in np.nonzero(some > self.users))
            raise ValueError(f"times, creator {self.labels[i]!r}, arm {ARMS[a]!r}: more users with a count than users")
        self._set(**entries, y=total)

    @classmethod
    def from_frame(
        cls, frame: object, *, unit: str = "creator_id", group: str = "genre", arm: str = "group", outcome: str = "purchases",
    ) -> "Counts":
        """Sum up users' rows; parameters and errors as for ``Data.from_frame``, outcomes must be whole numbers."""
        read = rows.read(frame, unit, group, arm, outcome, whole=True)
        some = read.x > 0
        keys, times = np.unique(np.column_stack([read.arm, read.creator, read.x])[some].astype(int), axis=0, return_counts=True)
        a, i, value = keys.T
        return cls(read.sum(np.ones(len(some))), read.genres, read.creators, a, i, value, times)

    @cached_property
    def histogram(self) -> tuple[np.ndarray, np.ndarray]:
        """Distinct values above 0 of the whole platform, and how many users have each."""
        values, where = np.unique(self.value, return_inverse=True)
        return values, np.bincount(where, weights=self.times, minlength=len(values))
