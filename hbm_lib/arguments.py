"""Checks of arguments that many functions share: whole numbers, numbers between 0 and 1, arrays of finite numbers."""

import numbers

import numpy as np


def is_whole(*values: object) -> bool:
    """Return whether all are whole numbers; True and False are none."""
    return all(isinstance(v, int | np.integer) and not isinstance(v, bool) for v in values)


def whole(name: str, value: object, least: int = 1) -> int:
    """Return a whole number, or refuse what is none or too small.

    Raises
    ------
    ValueError
        Naming the argument.
    """
    if not is_whole(value) or value < least:
        raise ValueError(f"{name}: a whole number of at least {least} is needed, got {value!r}")
    return int(value)


def between_0_and_1(name: str, value: object) -> float:
    """Return a number strictly between 0 and 1, such as a level, or refuse anything else.

    Raises
    ------
    ValueError
        Naming the argument.
    """
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real) or not 0 < value < 1:
        raise ValueError(f"{name}: a number strictly between 0 and 1 is needed, got {value!r}")
    return float(value)


def finite(values: object, name: str, *, dims: int | None = None, last: int | None = None) -> np.ndarray:
    """Return a float array, or say what is wrong with it.

    Parameters
    ----------
    values : array_like
        Numbers.
    name : str
        The argument, for the error.
    dims : int, optional
        How many axes it must have.
    last : int, optional
        How long its last axis must be.

    Returns
    -------
    numpy.ndarray

    Raises
    ------
    ValueError
        If it is empty, of another shape, or holds what is no finite number.
    """
    try:
        out = np.asarray(values, float)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: an array of numbers is needed, got {values!r}") from None
    if out.size == 0 or (dims is not None and out.ndim != dims) or (last is not None and out.shape[-1:] != (last,)):
        said = " and ".join([*([f"{dims} axes" if dims > 1 else "one axis"] if dims else []),
                             *([f"{last} values along the last"] if last else [])]) or "at least one value"
        raise ValueError(f"{name}: {said} needed, got shape {out.shape}")
    if not np.isfinite(out).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(out))[0])
        where = f", place {', '.join(map(str, at))}" if at else ""
        raise ValueError(f"{name}{where}: {out[at]} is missing or infinite; leave it out or mend it")
    return out
