"""Users' rows of a file as one lazy table: labels as text, the outcome as a number or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import narwhals as nw

from hbm_lib.readout import by_duckdb, by_pandas
from hbm_lib.readout.files import look

ROLES = ("unit", "group", "arm", "outcome")


@dataclass(frozen=True)
class Rows:
    """One row a user.

    Attributes
    ----------
    frame : narwhals.LazyFrame
        unit, group, arm: trimmed text, "" where missing; x: float, null where it is no finite number; raw: the outcome as it
        stands in the file.
    numbered : narwhals.LazyFrame
        The same with ``row``, counted from 1 in the order of the file.
    names : dict of str
        The file's own name of each role; without a group's column every unit is in the group "all".
    done : callable or None
        The share of the running pass that is done, in percent (below 0: not known), where the reader can say.
    errors : tuple of exceptions
        What the reader raises when it meets a damaged row.
    stop : callable or None
        Ends the running pass, where the reader can.
    """

    frame: nw.LazyFrame
    numbered: nw.LazyFrame
    names: dict[str, str | None]
    done: Callable[[], float] | None = None
    errors: tuple[type[Exception], ...] = ()
    stop: Callable[[], object] | None = None

    def first(self, bad: nw.Expr) -> dict[str, object]:
        """Return the first row for which an expression holds."""
        found = self.numbered.filter(bad).sort("row").head(1).collect(backend="pandas").to_native()
        return found.iloc[0].to_dict()


def read(path: Path, *, unit: str, group: str | None, arm: str, outcome: str, engine: str | None = None) -> Rows:
    """Open a CSV or Parquet file; no row is held in memory where DuckDB is installed.

    Parameters
    ----------
    path : Path
        The file.
    unit, arm, outcome : str
        Its columns of units, arms and outcomes.
    group : str or None
        Its column of the units' groups; None puts all units into one.
    engine : str, optional
        "duckdb" or "pandas"; DuckDB where it is installed.

    Returns
    -------
    Rows

    Raises
    ------
    ValueError
        If the file cannot be read, or a column is missing, stands there twice or has two roles.
    """
    names = dict(zip(ROLES, (unit, group, arm, outcome), strict=True))
    used = [name for name in names.values() if name is not None]
    if len(set(used)) < len(used):
        twice = next(name for name in used if used.count(name) > 1)
        raise ValueError(f"column {twice!r} has two roles; --unit, --group, --arm and --outcome must name different columns")
    layout = look(path, used)
    engine = engine or ("duckdb" if find_spec("duckdb") else "pandas")
    opened = by_duckdb.rows(layout, names) if engine == "duckdb" else by_pandas.rows(layout, names)
    return Rows(*opened[:2], names, *opened[2:])
