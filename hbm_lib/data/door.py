"""Checks that every model makes before any sampling: its priors are distributions, its data is of its kind."""

from collections.abc import Sequence
from typing import Any

from hbm_lib.priors import Dist


def distributions(prior: object, names: Sequence[str], *, optional: Sequence[str] = (), positive: Sequence[str] = ()) -> None:
    """Refuse a prior whose fields are no distributions, or put mass on impossible values.

    Parameters
    ----------
    prior : object
        A model's prior.
    names : sequence of str
        The fields that hold distributions.
    optional : sequence of str
        Those of them that may be None.
    positive : sequence of str
        Those of them that must live above 0.

    Raises
    ------
    ValueError
        Naming the field.
    """
    for name in names:
        value = getattr(prior, name)
        if not (isinstance(value, Dist) or (value is None and name in optional)):
            raise ValueError(f"{name}: a distribution of hbm_lib.priors is needed, got {value!r}")
        if name in positive and value is not None and value.support[0] < 0:
            raise ValueError(f"{name}: its prior must live above 0, {value} does not")


def one_data_set(data: Any, kind: type) -> None:
    """Refuse data of another kind, or several data sets at once.

    Parameters
    ----------
    data : object
        What the reader gave.
    kind : type
        The model's own ``Data``.

    Raises
    ------
    ValueError
        Naming the kind that is needed.
    """
    if not isinstance(data, kind):
        family = kind.__module__.split(".")[-2]
        article = "an" if family[0] in "aeio" else "a"
        raise ValueError(f"data: {article} {family}.{kind.__name__} is needed, got {type(data).__name__}")
    if data.y.ndim != 1:
        raise ValueError(f"data: one data set is needed, got {len(data.y)} at once; fit them in turn")


def covariates(prior: Any, data: Any, remedy: str = "give covariates={...}") -> None:
    """Refuse data with covariates for a model without, and the other way round.

    Parameters
    ----------
    prior : object
        A model's prior, with ``beta``.
    data : object
        A model's data, with ``covariates``.
    remedy : str
        What to do where the covariates are missing.

    Raises
    ------
    ValueError
        If only one of model and data has covariates.
    """
    if prior.beta is not None and not data.covariates:
        raise ValueError(f"data: this model has a prior for beta but the data has no covariate; {remedy}")
    if prior.beta is None and data.covariates:
        raise ValueError("data: it has covariates that this model does not use; "
                         "give the model a prior for beta or leave the covariates out")
