"""Checks of arguments that many functions share: whole numbers, and numbers between 0 and 1."""

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
