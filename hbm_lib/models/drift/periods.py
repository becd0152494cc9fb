"""Which period an experiment belongs to: whole numbers as they stand, or dates by the day, week or month.

Periods run from the first to the last that occurs. A period in which nothing finished is a period
all the same: the genres went on drifting.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

EVERY = {"day": "D", "week": "W-SUN", "month": "M"}
MOST = 5000


def places(values: Sequence, name: str, every: str | None) -> tuple[np.ndarray, tuple[int | str, ...]]:
    """Return each row's place among the periods, and the labels of all periods from the first to the last.

    Parameters
    ----------
    values : sequence
        Whole numbers that count equal steps of time, or dates.
    name : str
        The column or argument, for the error.
    every : {"day", "week", "month"} or None
        For dates only: how long a period is. Weeks begin on Monday.

    Returns
    -------
    tuple
        Places (rows,) from 0, and T labels: the numbers, or the first day of each period as YYYY-MM-DD.

    Raises
    ------
    ValueError
        If a value is missing or neither a whole number nor a date, kinds are mixed, ``every`` does not fit the
        kind, or there would be more than 5000 periods.
    """
    if isinstance(values, str | bytes) or not hasattr(values, "__len__"):
        raise ValueError(f"{name}: one period a row is needed, got {values!r}")
    column = pd.Series(values if hasattr(values, "dtype") else list(values))
    missing = column.isna().to_numpy()
    if missing.any():
        row = int(np.flatnonzero(missing)[0])
        raise ValueError(f"{name}, row {row}: the period is missing; say when the experiment finished or drop the row")
    number = _numbers(column, name, every) if not _dates(column) else _calendar(column, name, every)
    if not len(number):
        return np.empty(0, int), ()
    first, last = int(number.min()), int(number.max())
    if last - first >= MOST:
        raise ValueError(f"{name}: {last - first + 1:,} periods from {first} to {last}, at most {MOST:,} can be computed with; "
                         "are these dates written as numbers? Convert them to dates, or take longer periods")
    steps = range(first, last + 1)
    labels = tuple(steps) if not _dates(column) else tuple(
        str(pd.Period(ordinal=k, freq=EVERY[every]).start_time.date()) for k in steps)
    return (number - first).astype(int), labels


def _dates(column: pd.Series) -> bool:
    """Return whether a column holds dates."""
    kind = pd.api.types.infer_dtype(column)
    return kind in ("datetime64", "datetime", "date") or isinstance(column.dtype, pd.PeriodDtype)


def _numbers(column: pd.Series, name: str, every: str | None) -> np.ndarray:
    """Return whole numbers, or name the first row that is none."""
    if every is not None:
        raise ValueError(f"every: {every!r} is for dates, and {name} holds {column.iloc[0]!r}; leave it out for whole numbers, "
                         "or convert the column with pandas.to_datetime")
    if pd.api.types.is_integer_dtype(column.dtype):
        return column.to_numpy(dtype=np.int64)
    for row, value in enumerate(column):
        whole = isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)
        if not whole or not np.isfinite(value) or value != np.floor(value) or abs(value) > 2**53:
            raise ValueError(f"{name}, row {row}: {value!r} is neither a whole number nor a date; "
                             "number the periods, or convert the column with pandas.to_datetime")
    return column.to_numpy(dtype=float).astype(np.int64)


def _calendar(column: pd.Series, name: str, every: str | None) -> np.ndarray:
    """Return how many periods each date is from the calendar's start."""
    if every not in EVERY:
        raise ValueError(f"every: {name} holds dates, so one of {', '.join(EVERY)} is needed, got {every!r}")
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.to_timestamp()
    days = pd.to_datetime(column)
    if days.dt.tz is not None:
        days = days.dt.tz_localize(None)  # the date that the clock on the wall showed
    return pd.PeriodIndex(days, freq=EVERY[every]).asi8
