"""One table of every variable of an exact posterior."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd


def summary(posterior: Any, names: Iterable[str]) -> pd.DataFrame:
    """Return mean, sd, quantiles and quadrature error of variables, one row a number.

    Parameters
    ----------
    posterior : object
        Of a model's exact engine: with ``model``, ``data``, ``mean``, ``sd``, ``quantile`` and ``error``.
    names : iterable of str
        Which variables of the model.

    Returns
    -------
    pandas.DataFrame
        Rows ``tau`` or, for a variable of one dimension, ``theta[label]``; columns ``mean``, ``sd``,
        ``2.5%``, ``median``, ``97.5%``, ``error``, in the variable's units.
    """
    rows = {}
    for name in names:
        dims = posterior.model.dims[name]
        columns = {
            "mean": posterior.mean(name), "sd": posterior.sd(name), "2.5%": posterior.quantile(name, 0.025),
            "median": posterior.quantile(name, 0.5), "97.5%": posterior.quantile(name, 0.975), "error": posterior.error(name),
        }
        labels = [f"{name}[{v}]" for v in posterior.data.coords()[dims[0]]] if dims else [name]
        for i, label in enumerate(labels):
            rows[label] = {k: float(np.ravel(v)[i]) for k, v in columns.items()}
    return pd.DataFrame(rows).T
