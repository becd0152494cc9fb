"""Users' rows, checked and numbered by creator and arm."""

from dataclasses import dataclass

import numpy as np

from hbm_lib.data import checks

ARMS = ("control", "treatment")


@dataclass(frozen=True)
class Rows:
    """Users' rows as numbers.

    Attributes
    ----------
    creator, arm : arrays of shape (U,)
        Each user's creator's place and arm, 0 for control and 1 for treatment.
    x : array of shape (U,)
        Outcomes, 0 or more.
    creators, genres : tuple of str
        Of each creator, N of them, in the order of their first row.
    """

    creator: np.ndarray
    arm: np.ndarray
    x: np.ndarray
    creators: tuple[str, ...]
    genres: tuple[str, ...]

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Return the sums of users' values over each arm and creator, shape (2, N)."""
        n = len(self.creators)
        return np.bincount(self.arm * n + self.creator, weights=values, minlength=2 * n).reshape(2, n)


def read(frame: object, unit: str, group: str, arm: str, outcome: str, *, whole: bool = False) -> Rows:
    """Check users' rows and number them.

    Parameters
    ----------
    frame : data frame
        One row a user.
    unit, group, arm, outcome : str
        The columns of creators, genres, arms and outcomes.
    whole : bool
        Whether outcomes must be whole numbers.

    Raises
    ------
    ValueError
        Naming the column and the first bad row; or the creator, if an arm has no user or it stands in two genres.
    """
    table = checks.frame(frame, [unit, group, arm, outcome])
    x = checks.numbers(table.get_column(outcome).to_numpy(), f"column {outcome!r}")
    if not len(x):
        raise ValueError(f"column {outcome!r}: there is no row; each creator needs a user in each arm")
    _first(x < 0, x, f"column {outcome!r}", "is below 0; a refund is another outcome, net it or leave it out")
    if whole:
        _first(x != np.round(x), x, f"column {outcome!r}", "is no whole number; amounts of money are for skewed.Data")
    creator, creators = checks.groups(table.get_column(unit).to_numpy(), f"column {unit!r}")
    genre, genres = checks.groups(table.get_column(group).to_numpy(), f"column {group!r}")
    side, arms = checks.groups(table.get_column(arm).to_numpy(), f"column {arm!r}")
    known = np.array([ARMS.index(a) if a in ARMS else -1 for a in arms])
    _first(known[side] < 0, np.array([repr(a) for a in arms])[side], f"column {arm!r}",
           f"is not an arm; known are {', '.join(ARMS)}")
    first = np.unique(creator, return_index=True)[1]
    other = genre != genre[first][creator]
    if other.any():
        row = int(np.argmax(other))
        raise ValueError(f"column {group!r}, row {row}: creator {creators[creator[row]]!r} stands in two genres; "
                         "give each one genre")
    found = Rows(creator, known[side], x, creators, tuple(genres[g] for g in genre[first]))
    users = found.sum(np.ones(len(x)))
    if (users == 0).any():
        a, i = (int(v[0]) for v in np.nonzero(users == 0))
        raise ValueError(f"column {arm!r}: creator {creators[i]!r} has no user in arm {ARMS[a]!r}; leave the creator out "
                         "or give the arm")
    return found


def _first(bad: np.ndarray, values: np.ndarray, name: str, said: str) -> None:
    """Raise for the first bad row."""
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(f"{name}, row {row}: {values[row] if values.dtype.kind in 'UO' else format(values[row], 'g')} {said}")
