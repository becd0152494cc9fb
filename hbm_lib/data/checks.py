"""Checks at the door: what is wrong, in which column and row, and what to do."""

from collections.abc import Mapping, Sequence, Set
from numbers import Number

import narwhals as nw
import numpy as np
import pandas as pd

from hbm_lib.priors import Dist

FARTHEST = 1e15
"""Numbers above this in size, and scales below one over it, are outside what sums of squares can hold."""

_FARTHEST_APART = 1e10

AWAY_FROM_ZERO = ("InverseGamma", "LogNormal")
"""Laws that fall to 0 at 0 faster than any power: under them a variance stays above 0 whatever the data."""


def keeps_from_zero(law: Dist) -> bool:
    """Return whether a law alone keeps a scale or variance above 0, whatever the data."""
    return law.family in AWAY_FROM_ZERO or law.support[0] > 0


def rounding(y: np.ndarray) -> float:
    """Return the sum of squares that rounding alone leaves of an outcome."""
    return len(y) * (64 * np.finfo(float).eps * max(1e-300, np.abs(y).max())) ** 2


def frame(table: object, columns: Sequence[str]) -> nw.DataFrame:
    """Return a pandas, Polars or other data frame that has the columns, each once.

    Parameters
    ----------
    table : data frame
        What the caller handed in.
    columns : sequence of str
        The names that must be there.

    Returns
    -------
    narwhals.DataFrame
        Read a column with ``get_column(name)``.

    Raises
    ------
    ValueError
        If it is no data frame, or a column is missing or stands there twice.
    """
    # an Arrow table's "columns" are the values
    given = list(getattr(table, "column_names" if hasattr(type(table), "column_names") else "columns", ()))
    twice = [name for name in dict.fromkeys(given) if given.count(name) > 1]
    if twice:
        raise ValueError(f"column {twice[0]!r} stands in the table {given.count(twice[0])} times; give every column its own name")
    try:
        found = nw.from_native(table, eager_only=True)
    except TypeError:
        kind = type(table).__name__
        raise ValueError(f"frame: a pandas or Polars data frame is needed, got {kind}; "
                         "read a file with pandas.read_csv, make one of lists with pandas.DataFrame") from None
    for name in columns:
        if name not in found.columns:
            raise ValueError(f"column {name!r} is not in the table; it has {', '.join(map(str, found.columns))}")
    return found


def numbers(values: object, name: str, *, positive: bool = False) -> np.ndarray:
    """Return a one-dimensional float array or say which row is not a usable number.

    Parameters
    ----------
    values : array_like
        One value a row.
    name : str
        The column or argument, for the error.
    positive : bool
        Whether zero and below are refused.

    Returns
    -------
    numpy.ndarray
        Shape ``(rows,)``, read-only.

    Raises
    ------
    ValueError
        Naming the column, the first bad row (counted from 0) and the remedy.
    """
    out = _floats(values, name, positive)
    size = np.abs(out)
    if size.size and size.max() > FARTHEST:
        row = int(size.argmax())
        raise ValueError(f"{name}, row {row}: {out[row]:g} is too large to compute with; measure it in a larger unit")
    if size.size and 0 < (size.min() if positive else size.max()) < 1 / FARTHEST:
        row = int(size.argmin() if positive else size.argmax())
        raise ValueError(f"{name}, row {row}: {out[row]:g} is too small to compute with; measure it in a smaller unit")
    out.flags.writeable = False
    return out


def _floats(values: object, name: str, positive: bool) -> np.ndarray:
    """Return finite floats, above 0 if asked, or say which row is none."""
    if isinstance(values, str | bytes) or not hasattr(values, "__len__"):
        raise ValueError(f"{name}: one number a row is needed, got {values!r}")
    if np.ma.is_masked(values):
        row = int(np.flatnonzero(np.ma.getmaskarray(values))[0])
        raise ValueError(f"{name}, row {row}: the value is masked; drop the row or mend it")
    plain = getattr(values, "dtype", None)
    if isinstance(values, np.ndarray) and plain.kind in "fiu" and values.ndim == 1:  # a million rows, without a loop
        out = values.astype(float)
        if np.isfinite(out).all() and not (positive and (out <= 0).any()):
            return out
    if isinstance(values, np.ndarray) and plain.kind in "mM" and values.size:  # as objects, nanoseconds would pass for numbers
        raise ValueError(f"{name}, row 0: {values.flat[0]!r} is not a number; convert the column first")
    raw = np.asarray(values, dtype=object)
    if raw.ndim != 1:
        raise ValueError(f"{name}: one number a row is needed, got an array of shape {raw.shape}")
    out = np.empty(len(raw))
    for row, value in enumerate(raw):
        if isinstance(value, bool | np.bool_ | str | bytes | np.datetime64 | np.timedelta64) or value is None:
            raise ValueError(f"{name}, row {row}: {value!r} is not a number; convert the column first")
        try:
            out[row] = float(value)
        except OverflowError:
            out[row] = np.inf
        except (TypeError, ValueError):
            raise ValueError(f"{name}, row {row}: {value!r} is not a number; convert the column first") from None
        if not np.isfinite(out[row]):
            raise ValueError(f"{name}, row {row}: {out[row]} is missing or infinite; drop the row or mend it")
        if positive and out[row] <= 0:
            raise ValueError(f"{name}, row {row}: {out[row]:g} is not above 0; a standard error must be")
    return out


def labels(values: Sequence | None, rows: int, name: str) -> tuple[str, ...]:
    """Return unique text labels, one a row, or say which is repeated or missing."""
    if values is None:
        return tuple(str(i) for i in range(rows))
    unordered = isinstance(values, str | bytes | Set | Mapping) or not hasattr(values, "__len__")
    if unordered or getattr(values, "ndim", 1) != 1 or len(values) != rows:
        raise ValueError(f"{name}: one label a row is needed: {rows} rows, got {values!r}")
    seen: dict[str, int] = {}
    for row, value in enumerate(values):
        if isinstance(value, list | tuple | np.ndarray | Set | Mapping):
            raise ValueError(f"{name}, row {row}: {value!r} is not a label; text or a number is needed")
        missing = value is None or value is pd.NA or value != value or str(value).strip() == ""
        if missing:
            raise ValueError(f"{name}, row {row}: the label is missing; give every group a name")
        if str(value) in seen:
            raise ValueError(
                f"{name}, row {row}: {str(value)!r} stands in row {seen[str(value)]} too; give every group its own label"
            )
        seen[str(value)] = row
    return tuple(seen)


def groups(values: Sequence, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return each row's place among the group labels, and the labels in order of their first row.

    Parameters
    ----------
    values : sequence
        One label a row, of any kind; two labels that read the same are one group.
    name : str
        The column or argument, for the error.

    Returns
    -------
    tuple
        Places (rows,) and labels (groups,).

    Raises
    ------
    ValueError
        Naming the first row whose label is missing.
    """
    unordered = isinstance(values, str | bytes | Set | Mapping) or not hasattr(values, "__len__")
    if unordered or getattr(values, "ndim", 1) == 0:
        raise ValueError(f"{name}: one label a row is needed, got {values!r}")
    if isinstance(values, pd.MultiIndex):
        raise ValueError(f"{name}: an index of {values.nlevels} levels has several names a row; take one level, or "
                         "join the levels' names into one text")
    column = pd.Series(values if getattr(values, "ndim", 1) == 1 else [tuple(v) for v in values], dtype=None)
    try:
        codes, found = pd.factorize(column)
    except TypeError:
        raise ValueError(f"{name}: the labels must be text or numbers, got {column.iloc[0]!r}") from None
    _refuse_flags_among_numbers(column, found, name)
    text = [str(label).strip() for label in found]
    missing = codes < 0
    if "" in text:
        missing |= codes == text.index("")
    if missing.any():
        row = int(np.flatnonzero(missing)[0])
        raise ValueError(f"{name}, row {row}: the label is missing; name the group or drop the row")
    if len(set(text)) < len(text):  # 1 and "1": the same name to a reader
        again, text = pd.factorize(pd.Series(text))
        codes = again[codes]
    return np.asarray(codes), tuple(str(label) for label in text)


def _refuse_flags_among_numbers(column: pd.Series, found: Sequence, name: str) -> None:
    """Refuse True beside 1, or False beside 0: to Python they are equal, so that two groups would silently be one."""
    if column.dtype != object or not any(isinstance(v, bool | np.bool_ | Number) and v in (0, 1) for v in found):
        return
    flag = column.map(lambda v: isinstance(v, bool | np.bool_)).to_numpy()
    number = ~flag & column.map(lambda v: isinstance(v, Number)).to_numpy()
    if flag.any() and number.any():
        row = int(np.flatnonzero(flag)[0])
        raise ValueError(f"{name}, row {row}: {column.iloc[row]} stands among numbers, and to Python True is 1 and False 0; "
                         "write the labels as text")


def no_empty_group(values: object, labels: Sequence[str], name: str, instead: str) -> None:
    """Refuse a pandas or Polars categorical column that knows of a group without rows.

    Parameters
    ----------
    values : object
        The column as it was given.
    labels : sequence of str
        The groups that have rows.
    name, instead : str
        The column or argument, and what a group without rows is, for the error.

    Raises
    ------
    ValueError
        Naming the first such group.
    """
    known = getattr(getattr(values, "dtype", None), "categories", None)
    for empty in [] if known is None else [str(v) for v in known if str(v).strip() not in labels]:
        raise ValueError(f"{name}: no row is of group {empty!r}; the data tells nothing of a group without rows: drop the "
                         f"category (in pandas: remove_unused_categories), {instead}")


def equal_lengths(columns: Mapping[str, Sequence], each: str = "group") -> int:
    """Return the common length or name the columns that differ."""
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        raise ValueError(f"the columns differ in length: {said}; give one row a {each}")
    return next(iter(lengths.values()))


def own_names(columns: Mapping[object, object]) -> None:
    """Refuse two names that read the same, such as 1 and "1"."""
    twice = [k for k in columns if not isinstance(k, str) and str(k) in columns]
    if twice:
        raise ValueError(f"covariates: {twice[0]!r} and {str(twice[0])!r} are one name to a reader; give each its own")


def comparable(columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return columns (n, P) about their means and in their own standard deviations, so that units do not matter.

    Raises
    ------
    ValueError
        If one varies so much less than another that sums of squares cannot hold both.
    """
    x = np.column_stack(list(columns.values()))
    x = x - x.mean(0)
    spread = x.std(0)
    varies = np.flatnonzero(spread > 0)
    if len(varies) and spread.max() > _FARTHEST_APART * spread[varies].min():
        least, most = (list(columns)[j] for j in (varies[spread[varies].argmin()], spread.argmax()))
        raise ValueError(f"covariate {least!r}: it varies {spread.max() / spread[varies].min():.0e} times less than {most!r}; "
                         "measure both in units in which they vary alike")
    return x / np.where(spread > 0, spread, 1)
