"""Every creator's readout, a part of the creators at a time.

Once scales and genres are known, a creator's law depends on its own effect, standard error and genre only. So the
last step is a function of rows: it goes over a file in batches, or over the partitions of a distributed frame.
"""

from collections.abc import Iterator
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd

from hbm_lib import arguments
from hbm_lib.data.files import write_parts
from hbm_lib.models.creators.grouped import COLUMNS, Grouped
from hbm_lib.models.creators.parts import batches, read
from hbm_lib.models.creators.spec import Data

ROWS = 1 << 20


def readout(
    found: Grouped, rows: object, *, creator: str = "creator_id", level: float = 0.95, above: float | None = None, **columns: str,
) -> pd.DataFrame:
    """Return the readout of some creators.

    Parameters
    ----------
    found : Grouped
        From ``fit_grouped`` on the table that the rows come from.
    rows : data frame
        pandas, Polars or Arrow: some of its rows.
    creator : str
        The column of labels.
    level : float
        Of the interval.
    above : float, optional
        If given, the posterior probability of an effect above it is added.
    **columns : str
        The names of the columns ``effect``, ``se`` and ``genre``, as for ``fit_grouped``.

    Returns
    -------
    pandas.DataFrame
        One row a creator: its label under its column's name, genre (a categorical), effect_hat (posterior mean), se (posterior
        standard deviation), ci_lower, ci_upper, and p_above if asked for. Units are those of the effect.

    Raises
    ------
    ValueError
        If ``level`` is not between 0 and 1, or a genre was not there when the sums were taken.
    """
    arguments.between_0_and_1("level", level)
    table = nw.from_native(rows, eager_only=True)
    names = COLUMNS | columns
    index, effect, se = read(table, found.totals.genres, list(names.values()))
    genre = pd.Categorical.from_codes(index, list(found.totals.genres))
    out = {creator: table.get_column(creator).to_numpy(), "genre": genre}
    tails = {"ci_lower": (1 - level) / 2, "ci_upper": (1 + level) / 2}
    if not len(index):
        empty = ["effect_hat", "se", *tails, *(["p_above"] if above is not None else [])]
        return pd.DataFrame(out | {name: np.empty(0) for name in empty})
    posterior = found.posterior.read(_creators(found.totals.genres, index, effect, se))
    out |= {"effect_hat": posterior.mean("tau"), "se": posterior.sd("tau")}
    out |= {name: posterior.quantile("tau", q) for name, q in tails.items()}
    return pd.DataFrame(out if above is None else out | {"p_above": posterior.above(above)})


def readouts(found: Grouped, frame: object, *, rows: int = ROWS, creator: str = "creator_id", **options: object) -> Iterator:
    """Yield the readouts of all creators, a batch at a time.

    Parameters
    ----------
    found : Grouped
        From ``fit_grouped`` on the same table.
    frame : data frame
        pandas, Polars (lazy too), Arrow or a DuckDB relation.
    rows : int
        About how many creators at a time.
    creator : str
        The column of labels.
    **options : object
        As for ``readout``.
    """
    names = COLUMNS | {name: value for name, value in options.items() if name in COLUMNS}
    for batch in batches(frame, [creator, *names.values()], rows):
        yield readout(found, batch, creator=creator, **options)


def write_readouts(found: Grouped, frame: object, path: str | Path, **options: object) -> int:
    """Write the readouts of all creators to a Parquet file; nothing stands under its name before all is written.

    Parameters
    ----------
    found : Grouped
        From ``fit_grouped`` on the same table.
    frame : data frame
        pandas, Polars (lazy too), Arrow or a DuckDB relation.
    path : str or Path
        The file.
    **options : object
        As for ``readouts``.

    Returns
    -------
    int
        The number of creators.
    """
    return write_parts(readouts(found, frame, **options), path)


def _creators(genres: tuple[str, ...], index: np.ndarray, effect: np.ndarray, se: np.ndarray) -> Data:
    """Return creators whose values the first pass has checked."""
    out = object.__new__(Data)
    for name, value in {"effect": effect, "se": se, "genres": genres, "index": index, "creator": np.arange(len(index))}.items():
        object.__setattr__(out, name, value)
    return out
