"""Draws in labeled form: every engine hands its result over through here."""

import platform
from collections.abc import Mapping, Sequence
from importlib import metadata

import arviz_base
import numpy as np
import xarray as xr


def versions(*packages: str) -> dict[str, str]:
    """Return ``{"python": "3.13.0", "numpy": "2.5.0", …}`` for the packages named."""
    return {"python": platform.python_version()} | {p: metadata.version(p) for p in packages}


def datatree(
    groups: Mapping[str, Mapping[str, np.ndarray]],
    *,
    dims: Mapping[str, Sequence[str]],
    coords: Mapping[str, Sequence],
    attrs: Mapping[str, object],
) -> xr.DataTree:
    """Build the one form of result.

    Parameters
    ----------
    groups : mapping of str to mapping of str to array
        For each group (``posterior``, ``sample_stats``, ``observed_data``, …)
        its variables. Draws have shape ``(chain, draw, …)``; data have the
        shape of their labels.
    dims : mapping of str to sequence of str
        For each variable the names of the dimensions after chain and draw.
    coords : mapping of str to sequence
        For each dimension its labels.
    attrs : mapping
        What is written on the root and on the posterior: engine, seed, seconds.

    Returns
    -------
    xarray.DataTree

    Raises
    ------
    ValueError
        If a variable's shape does not fit its dimensions, chains and draws differ
        within a group, or a draw is not finite.
    """
    for group, variables in groups.items():
        lead = 0 if group.endswith("_data") else 2
        sizes = {name: np.shape(values)[:lead] for name, values in variables.items()}
        if len(set(sizes.values())) > 1:
            raise ValueError(f"{group}: every variable needs the same chains and draws, got {sizes}")
        for name, values in variables.items():
            values = np.asarray(values)
            labels = tuple(dims.get(name, ()))
            missing = [d for d in labels if d not in coords]
            if missing:
                raise ValueError(f"{group}[{name!r}]: coords has no labels for dimension {missing[0]!r}")
            wanted = tuple(len(coords[d]) for d in labels)
            if values.shape[lead:] != wanted or values.ndim != lead + len(labels):
                raise ValueError(f"{group}[{name!r}]: shape {values.shape} does not end in {wanted} for {labels}")
            if group in ("posterior", "prior") and not np.all(np.isfinite(values)):
                raise ValueError(f"{group}[{name!r}]: a draw is not finite")
    tree = arviz_base.from_dict(
        {g: dict(v) for g, v in groups.items()},
        dims={k: list(v) for k, v in dims.items()},
        coords={k: np.asarray(v) for k, v in coords.items()},
    )
    tree.attrs = dict(attrs)
    for group in ("posterior", "prior"):
        if group in tree.children:
            tree[group].attrs = dict(attrs)
    return tree
