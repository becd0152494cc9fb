"""Rows of counts at the door: every column checked, rows of one group with equal covariates added up."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from hbm_lib.data import checks


def merged(y: object, trials: object, group: Sequence, covariates: object, names: Mapping[str, str]) -> dict[str, object]:
    """Check rows of counts and add up those that are alike.

    Parameters
    ----------
    y, trials, group, covariates : array, array, sequence, mapping of str to array
        As of ``Data``.
    names : mapping of str to str
        What the caller calls ``y``, ``trials`` and ``group``.

    Returns
    -------
    dict of str to object
        The fields ``y``, ``trials``, ``group``, ``covariates``, ``labels`` and ``index`` of ``Data``.

    Raises
    ------
    ValueError
        As ``Data`` does.
    """
    y, trials = counts(y, names["y"], 0), counts(trials, names["trials"], 1)
    index, labels = checks.groups(group, names["group"])
    if not isinstance(covariates, Mapping):
        raise ValueError(f"covariates: a mapping of name to column is needed, got {covariates!r}")
    checks.own_names(covariates)
    columns = {str(k): checks.numbers(v, f"covariate {k!r}") for k, v in covariates.items()}
    checks.equal_lengths({names["y"]: y, names["trials"]: trials, names["group"]: index}
                         | {f"covariate {k!r}": v for k, v in columns.items()}, each="group, pattern or case")
    over = np.flatnonzero(y > trials)
    if over.size:
        row = int(over[0])
        raise ValueError(f"{names['y']}, row {row}: {y[row]:g} successes among {trials[row]:g} trials; "
                         f"there cannot be more successes than trials, see {names['trials']}")
    if len(labels) < 2:
        raise ValueError(f"{names['group']}: at least two groups are needed to learn how groups differ, got {len(labels)}")
    for name, values in columns.items():
        if np.all(values == values[0]):
            raise ValueError(f"covariate {name!r}: every row has {values[0]:g}; a constant tells nothing, leave it out")
    table = np.column_stack([index, *columns.values()])
    if columns and np.linalg.matrix_rank(checks.comparable(columns)) < len(columns):
        raise ValueError("covariates: the columns (with the intercept) are linearly dependent; drop one")
    patterns, place = np.unique(table, axis=0, return_inverse=True)
    rows = patterns[:, 0].astype(int)
    add = lambda v: np.bincount(place.ravel(), v, len(patterns))  # noqa: E731
    return {"y": add(y), "trials": add(trials), "labels": labels, "index": rows, "group": tuple(labels[j] for j in rows),
            "covariates": {name: patterns[:, 1 + p] for p, name in enumerate(columns)}}


def counts(values: object, name: str, least: int) -> np.ndarray:
    """Return whole numbers of at least ``least`` or say which row is none."""
    out = checks.numbers(values, name)
    wrong = np.flatnonzero((out != np.round(out)) | (out < least))
    if wrong.size:
        row = int(wrong[0])
        if least == 1 and out[row] == 0:
            raise ValueError(f"{name}, row {row}: 0 trials; a group without cases tells nothing, drop the row")
        raise ValueError(f"{name}, row {row}: {out[row]:g} is not a whole number of at least {least}; give counts, not rates")
    return out


def names_of(covariates: Iterable[str], other: Sequence[str]) -> tuple[str, ...]:
    """Return the covariates' names, or refuse one name where a list is meant, and columns that have another part already."""
    if isinstance(covariates, str):
        raise ValueError(f"covariates: a list of column names is needed, got {covariates!r}; write [{covariates!r}]")
    if not isinstance(covariates, Iterable):
        raise ValueError(f"covariates: a list of column names is needed, got {covariates!r}")
    names = tuple(covariates)
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1 or name in other]
    if twice:
        raise ValueError(f"covariates: column {twice[0]!r} is used twice; what is known beforehand is neither outcome nor "
                         "group")
    return names


def columns_of(table: object, covariates: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the covariates as numbers, checked under their column's name."""
    return {name: checks.numbers(column_of(table, name), f"column {name!r}") for name in covariates}


def column_of(table: object, name: str) -> np.ndarray:
    """Return a column's values; of one of truth values, which cannot hold a missing one as a number, refuse what is missing."""
    column = table[name]
    gone = np.flatnonzero(column.is_null().to_numpy()) if str(column.dtype) == "Boolean" else ()
    if len(gone):
        raise ValueError(f"column {name!r}, row {int(gone[0])}: the value is missing; drop the row or mend it")
    return column.to_numpy()
