"""A regression's design: its columns and their names, and the normal prior of its coefficients."""

from collections.abc import Collection, Sequence

import numpy as np

from hbm_lib.data import checks

INTERCEPT = "intercept"
# smallest over largest singular value below which columns are dependent, and above which a prior knows something
_DEPENDENT, _KNOWN = 1e-11, 1e-3


def matrix(values: object, names: Sequence[str] | None, argument: str = "x") -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the columns as an array of floats, and their names.

    Parameters
    ----------
    values : array_like of shape (n, p)
        One row an observation, one column a coefficient.
    names : sequence of str or None
        The columns' names; ``x0``, ``x1``, … where there are none.
    argument : str
        What the reader calls the design, for the error.

    Returns
    -------
    tuple
        Array (n, p), read-only, and p names.

    Raises
    ------
    ValueError
        Naming the column and the row.
    """
    x = values if isinstance(values, np.ndarray) else np.asarray(values, dtype=object)
    if x.ndim != 2 or x.shape[1] == 0:
        raise ValueError(f"{argument}: an array of shape (rows, columns) is needed, got shape {x.shape}; "
                         "a single column x is x[:, None], an intercept is a column of ones")
    said = checks.labels(names, x.shape[1], "names")
    said = tuple(f"x{k}" for k in range(x.shape[1])) if names is None else said
    columns = [checks.numbers(x[:, k], f"{argument}, column {name!r}") for k, name in enumerate(said)]
    out = np.column_stack(columns)
    out.flags.writeable = False
    return out, said


def from_frame(
    frame: object, *, y: str, x: Sequence[str], others: Sequence[str] = (), intercept: bool = True
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...], object]:
    """Return the design (n, p), the outcome (n,), the columns' names and the frame, read from a pandas or Polars frame.

    Parameters
    ----------
    frame : data frame
        One row an observation.
    y : str
        The column of the outcome.
    x : sequence of str
        The columns of the design.
    others : sequence of str
        Further columns that must be there.
    intercept : bool
        Whether a column of ones, named ``intercept``, goes first.

    Raises
    ------
    ValueError
        If a column is missing or named twice, or holds what is no finite number; the error names it.
    """
    if isinstance(x, str) or not isinstance(x, Collection):
        raise ValueError(f"x: a list of column names is needed, got {x!r}" + (f"; write [{x!r}]" if isinstance(x, str) else ""))
    names = list(x)
    taken = [INTERCEPT] * bool(intercept) + names
    for twice in [name for name in taken if taken.count(name) > 1]:
        remedy = "leave it out or give intercept=False" if twice == INTERCEPT and intercept else "name each column once"
        raise ValueError(f"x: column {twice!r} is named more than once; {remedy}")
    if not taken:
        raise ValueError("x: no column and no intercept: there is nothing to estimate; name a column or give intercept=True")
    for both in [name for name in (y, *others) if name in names]:
        raise ValueError(f"x: column {both!r} is the outcome or the group already; leave it out")
    table = checks.frame(frame, [y, *names, *others])
    read = lambda name: checks.numbers(table.get_column(name).to_numpy(), f"column {name!r}")  # noqa: E731
    outcome = read(y)
    columns = [np.ones(len(outcome))] * bool(intercept) + [read(name) for name in names]
    return np.column_stack(columns), outcome, tuple(map(str, taken)), table


def plain(value: object, name: str) -> float | tuple:
    """Return a number, a vector or a square matrix of finite numbers as a float or nested tuples, so that it can be compared.

    Raises
    ------
    ValueError
        Naming the argument.
    """
    try:
        array = np.asarray(value, float)
    except (TypeError, ValueError):
        array = None
    none = array is None or isinstance(value, bool | np.bool_ | str) or not array.size
    if none or not np.isfinite(array).all() or array.ndim > 2:
        raise ValueError(f"{name}: a finite number, a vector or a matrix is needed, got {value!r}")
    if array.ndim == 0:
        return float(array)
    return tuple(array.tolist()) if array.ndim == 1 else tuple(map(tuple, array.tolist()))


def mean_of(mean: float | tuple, size: int) -> np.ndarray:
    """Return the prior mean of ``size`` coefficients, shape (p,): one number is every coefficient's.

    Raises
    ------
    ValueError
        If its length is another.
    """
    value = np.asarray(mean, float)
    if value.ndim > 1 or (value.ndim == 1 and len(value) != size):
        raise ValueError(f"mean: one number or one for each of the {size} columns is needed, got shape {value.shape}")
    return np.broadcast_to(value, size).copy()


def precision_of(precision: float | tuple, size: int) -> np.ndarray:
    """Return the prior precision of ``size`` coefficients, in units of 1 / sigma2, shape (p, p).

    One number is every coefficient's, a vector is the diagonal.

    Raises
    ------
    ValueError
        If its size is another.
    """
    value = np.asarray(precision, float)
    if value.ndim == 0:
        return float(value) * np.eye(size)
    if value.shape not in ((size,), (size, size)):
        raise ValueError(f"precision: a number, {size} of them or a {size} x {size} matrix is needed for {size} columns, "
                         f"got shape {value.shape}")
    return np.diag(value) if value.ndim == 1 else value


def proper(precision: float | tuple) -> None:
    """Refuse a precision that is no law's: it must be symmetric and positive definite.

    Raises
    ------
    ValueError
        Naming the remedy.
    """
    value = np.asarray(precision, float)
    full = precision_of(precision, value.shape[0] if value.ndim else 1)
    if not np.allclose(full, full.T, rtol=1e-10, atol=0):
        raise ValueError("precision: a symmetric matrix is needed, this one is not")
    scale = np.sqrt(np.abs(np.diag(full)))
    if (scale == 0).any() or np.linalg.eigvalsh(full / scale / scale[:, None]).min() <= 1e-13 or (np.diag(full) <= 0).any():
        raise ValueError(f"precision: it must be positive (a matrix positive definite), got {precision!r}; a flat prior is no "
                         "distribution: for one that is nearly flat give a small number, such as 1e-4")


def root(precision: np.ndarray) -> np.ndarray:
    """Return an upper triangular R with R' R = precision, shape (p, p)."""
    return np.linalg.cholesky(precision).T


def needs_prior(rows: np.ndarray, precision: np.ndarray, names: Sequence[str]) -> None:
    """Refuse columns that the data cannot tell apart where the prior does not either.

    Parameters
    ----------
    rows : array of shape (m, p)
        The design, or any rows with the same cross products.
    precision : array of shape (p, p)
        Of the prior, in units of 1 / sigma2.
    names : sequence of str
        The columns' names.

    Raises
    ------
    ValueError
        Naming the columns that depend on each other.
    """
    size = np.sqrt((rows**2).sum(0))
    size = np.where(size > 0, size, 1.0)
    _, alone, axes = np.linalg.svd(np.vstack([rows / size, np.zeros((rows.shape[1], rows.shape[1]))]), full_matrices=False)
    together = np.linalg.svd(np.vstack([rows, root(precision)]) / size, compute_uv=False)
    if alone[-1] > _DEPENDENT * alone[0] or together[-1] > _KNOWN * together[0]:
        return
    weight = np.abs(axes[-1])
    said = [repr(name) for name, w in zip(names, weight, strict=True) if w > 0.05 * weight.max()]
    why = f"{len(rows)} rows for {rows.shape[1]} columns" if len(rows) < rows.shape[1] else "they are linearly dependent"
    raise ValueError(f"x: the data cannot tell the columns {', '.join(said[:8])} apart ({why}), and the prior of beta says "
                     "next to nothing of them; drop a column, or give the prior a larger precision")
