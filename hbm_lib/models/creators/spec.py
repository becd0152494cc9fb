"""Creators: one noisy effect each, in genres that differ, and the priors.

Creator i of genre g(i) shows the effect d_i with a known standard error:

    d_i | tau_i               ~ Normal(tau_i, SE_i)
    tau_i | mu_genre          ~ Normal(mu_genre[g(i)], sigma_creator)
    mu_genre[g] | mu_global   ~ Normal(mu_global, sigma_genre)
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import pandas as pd

from hbm_lib.data import checks
from hbm_lib.priors import Dist


@dataclass(frozen=True)
class Data:
    """Effects with their standard errors, one row a creator.

    Parameters
    ----------
    effect : array of shape (N,)
        Each creator's observed effect, in the units of the outcome.
    se : array of shape (N,)
        Its standard error, taken as known; above 0.
    genre : sequence of length N
        Each creator's genre: labels of any kind. Genres are kept in the order of
        their first creator.
    creator : sequence of length N, optional
        Each creator's own label; the row number where it is not given.

    Attributes
    ----------
    genres : tuple of str
        The genres' names, in the order of ``mu_genre``.
    index : array of shape (N,)
        Each creator's place among ``genres``.

    Raises
    ------
    ValueError
        If lengths differ, a value is not a finite number, a standard error is not
        above 0, a label is missing, or a creator stands in two rows.
    """

    effect: np.ndarray
    se: np.ndarray
    genre: Sequence
    creator: Sequence | None = None

    def __post_init__(self) -> None:
        """Check every column at the door."""
        self._keep(("effect", "se", "genre", "creator"))

    def _keep(self, names: tuple[str, str, str, str]) -> None:
        """Check the columns, named in errors as the caller knows them, and keep them."""
        effect = checks.numbers(self.effect, names[0])
        se = checks.numbers(self.se, names[1], positive=True)
        index, genres = checks.groups(self.genre, names[2])
        columns = {names[0]: effect, names[1]: se, names[2]: index}
        rows = np.arange(len(effect))
        if self.creator is not None:
            columns[names[3]], _ = checks.groups(self.creator, names[3])
        checks.equal_lengths(columns, each="creator")
        if not len(effect):
            raise ValueError(f"{names[0]}: there is no row; at least one creator is needed")
        if self.creator is not None:
            again = pd.Series(columns[names[3]]).duplicated().to_numpy()
            if again.any():
                row = int(np.flatnonzero(again)[0])
                first = int(np.flatnonzero(columns[names[3]] == columns[names[3]][row])[0])
                label = np.asarray(self.creator, dtype=object)[row]
                raise ValueError(f"{names[3]}, row {row}: {str(label)!r} stands in row {first} too; "
                                 "give each creator one row (sum up its experiments first)")
        kept = {"effect": effect, "se": se, "genres": genres, "index": index,
                "creator": rows if self.creator is None else np.asarray(self.creator, dtype=object)}
        for name, value in kept.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_frame(cls, frame: object, *, effect: str, se: str, genre: str, creator: str | None = None) -> "Data":
        """Take the columns of a pandas, Polars or other data frame.

        Parameters
        ----------
        frame : data frame
            One row a creator.
        effect, se, genre : str
            The columns of effects, standard errors and genres.
        creator : str, optional
            The column of creators' labels.

        Returns
        -------
        Data

        Raises
        ------
        ValueError
            If a column is missing, and as the class does for its values; the
            error names the frame's column.
        """
        names = [effect, se, genre, *([creator] if creator is not None else [])]
        table = checks.frame(frame, names)
        read = [table.get_column(name).to_numpy() for name in names]
        out = object.__new__(cls)
        for name, value in zip((f.name for f in fields(cls)), [*read, None][:4], strict=True):
            object.__setattr__(out, name, value)
        out._keep(tuple(f"column {name!r}" for name in (effect, se, genre, creator)))
        return out

    @property
    def n_genres(self) -> int:
        """The number of genres G."""
        return len(self.genres)

    @property
    def n_creators(self) -> int:
        """The number of creators N."""
        return len(self.index)

    @cached_property
    def counts(self) -> np.ndarray:
        """The number of creators of each genre, shape (G,)."""
        return np.bincount(self.index, minlength=self.n_genres)

    @cached_property
    def labels(self) -> list[str]:
        """The creators' labels as text, in the order of ``tau``."""
        return [str(label) for label in self.creator]

    def coords(self) -> dict[str, Sequence]:
        """Return the labels of each dimension."""
        return {"genre": list(self.genres), "creator": self.labels}

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """The labeled dimensions of what is observed and what is given."""
        return {"y": ("creator",), "se": ("creator",), "genre_index": ("creator",)}

    def observed(self) -> dict[str, np.ndarray]:
        """Return what was observed, for the result."""
        return {"y": self.effect}

    def constant(self) -> dict[str, np.ndarray]:
        """Return what was given, for the result."""
        return {"se": self.se, "genre_index": self.index}

    def replicated(self, y: np.ndarray) -> "Data":
        """Return the same creators with many data sets at once, ``y`` of shape (R, N).

        Samplers advance the R data sets in one sweep; for calibration only.
        """
        if y.ndim != 2 or y.shape[1] != self.n_creators:
            raise ValueError(f"y: shape (data sets, {self.n_creators}) is needed, got {y.shape}")
        copy = object.__new__(Data)
        for name in ("effect", "se", "genres", "index", "creator"):
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
        Of the standard deviation between genres' means.
    sigma_creator : Dist
        Of the standard deviation between creators of one genre.
    """

    mu_global: Dist
    sigma_genre: Dist
    sigma_creator: Dist

    def __repr__(self) -> str:
        """Return the priors that the model has."""
        return f"Prior({', '.join(f'{f.name}={getattr(self, f.name)}' for f in fields(self))})"

    def __post_init__(self) -> None:
        """Refuse a prior that puts mass on impossible values."""
        for f in fields(self):
            value = getattr(self, f.name)
            if not isinstance(value, Dist):
                raise ValueError(f"{f.name}: a distribution of hbm_lib.priors is needed, got {value!r}")
            if f.name != "mu_global" and value.support[0] < 0:
                raise ValueError(f"{f.name}: its prior must live above 0, {value} does not")


def check(prior: Prior, data: object) -> None:
    """Refuse data that does not fit the model, before any sampling.

    Raises
    ------
    ValueError
        If the data is of another kind or holds several data sets at once.
    """
    if not isinstance(data, Data):
        raise ValueError(f"data: a creators.Data is needed, got {type(data).__name__}")
    if data.effect.ndim != 1:
        raise ValueError(f"data: one data set is needed, got {len(data.effect)} at once; fit them in turn")
