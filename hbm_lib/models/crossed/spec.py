"""Crossed: creators with one noisy effect each, every one in a genre and in a segment, and the priors.

Creator i of genre g and segment s shows the effect d_i with a known standard error:

    d_i | tau_i            ~ Normal(tau_i, SE_i)
    tau_i                  ~ Normal(mu_global + genre_effect[g] + segment_effect[s] + interaction[g, s], sigma_creator)
    genre_effect[g]        ~ Normal(0, sigma_genre)
    segment_effect[s]      ~ Normal(0, sigma_segment)
    interaction[g, s]      ~ Normal(0, sigma_cell)
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from hbm_lib.data import checks
from hbm_lib.priors import Dist

SCALES = ("sigma_genre", "sigma_segment", "sigma_cell", "sigma_creator")


@dataclass(frozen=True)
class Data:
    """Effects with their standard errors, one row a creator.

    Parameters
    ----------
    effect : array of shape (N,)
        Each creator's observed effect, in the units of the outcome.
    se : array of shape (N,)
        Its standard error, taken as known; above 0.
    genre, segment : sequence of length N
        Labels of any kind, kept in the order of their first creator.
        A genre need not meet every segment.

    Attributes
    ----------
    genres, segments : tuple of str
        The names.
    index, segment_index : array of shape (N,)
        Each creator's place among them.

    Raises
    ------
    ValueError
        If lengths differ, a value is not a finite number, a standard error is not
        above 0, a label is missing, or there is no row.
    """

    effect: np.ndarray
    se: np.ndarray
    genre: Sequence
    segment: Sequence

    def __post_init__(self) -> None:
        """Check every column at the door."""
        effect, se = checks.numbers(self.effect, "effect"), checks.numbers(self.se, "se", positive=True)
        index, genres = checks.groups(self.genre, "genre")
        segment_index, segments = checks.groups(self.segment, "segment")
        checks.equal_lengths({"effect": effect, "se": se, "genre": index, "segment": segment_index}, each="creator")
        if not len(effect):
            raise ValueError("effect: there is no row; at least one creator is needed")
        kept = {"effect": effect, "se": se, "index": index, "genres": genres,
                "segment_index": segment_index, "segments": segments}
        for name, value in kept.items():
            object.__setattr__(self, name, value)

    @property
    def n_genres(self) -> int:
        """The number of genres G."""
        return len(self.genres)

    @property
    def n_segments(self) -> int:
        """The number of segments S."""
        return len(self.segments)

    @property
    def n_creators(self) -> int:
        """The number of creators N."""
        return len(self.index)

    @cached_property
    def cell(self) -> np.ndarray:
        """Each creator's cell, genre times S plus segment, shape (N,)."""
        return self.index * self.n_segments + self.segment_index

    def coords(self) -> dict[str, Sequence]:
        """Return the labels of each dimension."""
        return {"genre": list(self.genres), "segment": list(self.segments), "creator": list(range(self.n_creators))}

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """The labeled dimensions of what is observed and what is given."""
        return dict.fromkeys(("y", "se", "genre_index", "segment_index"), ("creator",))

    def observed(self) -> dict[str, np.ndarray]:
        """Return what was observed, for the result."""
        return {"y": self.effect}

    def constant(self) -> dict[str, np.ndarray]:
        """Return what was given, for the result."""
        return {"se": self.se, "genre_index": self.index, "segment_index": self.segment_index}

    def replicated(self, y: np.ndarray) -> "Data":
        """Return the same creators with many data sets at once, ``y`` of shape (R, N); for calibration only."""
        if y.ndim != 2 or y.shape[1] != self.n_creators:
            raise ValueError(f"y: shape (data sets, {self.n_creators}) is needed, got {y.shape}")
        copy = object.__new__(Data)
        for name in ("effect", "se", "index", "genres", "segment_index", "segments"):
            object.__setattr__(copy, name, y if name == "effect" else getattr(self, name))
        return copy


@dataclass(frozen=True)
class Prior:
    """The priors of the model.

    Parameters
    ----------
    mu_global : Dist
        Of the platform's mean effect.
    sigma_genre, sigma_segment, sigma_cell : Dist
        Of the standard deviations between genres, between segments, and of the interaction.
    sigma_creator : Dist
        Of the standard deviation between creators of one cell.
    """

    mu_global: Dist
    sigma_genre: Dist
    sigma_segment: Dist
    sigma_cell: Dist
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
        raise ValueError(f"data: a crossed.Data is needed, got {type(data).__name__}")
    if data.effect.ndim != 1:
        raise ValueError(f"data: one data set is needed, got {len(data.effect)} at once; fit them in turn")
