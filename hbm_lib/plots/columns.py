"""What every figure asks of the values it is given: as many as there are groups, and all of them numbers."""

from collections.abc import Sized

import numpy as np


def columns(rows: Sized | int, **values: object) -> tuple[np.ndarray, ...]:
    """Return one-dimensional float arrays of the same length, or say which argument is not one.

    Parameters
    ----------
    rows : sized or int
        The labels of the rows, or how many there are.
    **values : array_like
        By the name of the argument, for the error.

    Returns
    -------
    tuple of numpy.ndarray
        Each of shape (rows,).

    Raises
    ------
    ValueError
        Naming the argument that is empty, of another length or holds something that is not a finite number.
    """
    wanted = rows if isinstance(rows, int) else len(rows)
    if wanted == 0:
        raise ValueError(f"{next(iter(values), 'labels')}: there is nothing to draw; give at least one row")
    out = []
    for name, given in values.items():
        try:
            array = np.asarray(given, float)
        except (TypeError, ValueError):
            raise ValueError(f"{name}: one number a row is needed, got {given!r}") from None
        if array.shape != (wanted,):
            raise ValueError(f"{name}: one number a row is needed: {wanted} rows, got shape {array.shape}")
        if not np.isfinite(array).all():
            row = int(np.flatnonzero(~np.isfinite(array))[0])
            raise ValueError(f"{name}, row {row}: {array[row]} is not a finite number; drop the row or mend it")
        out.append(array)
    return tuple(out)
