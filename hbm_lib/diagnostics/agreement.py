"""Whether Monte Carlo agrees with the truth, and is precise enough for that to mean something.

Two rules. Cheap samplers run K independent chains from overdispersed starts, and
the spread *between* chains is the standard error: no autocorrelation has to be
estimated, and a chain that never left a funnel shows. NUTS runs few chains, and
its standard error is the pooled MCSE (Vehtari et al. 2021).

Both refuse a result whose standard error exceeds a cap, so that imprecision
cannot pass for agreement.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbm_lib.diagnostics.comparison import FALSE_ALARMS, Comparison, compare_chains, compare_mcse, level_for

__all__ = [
    "FALSE_ALARMS",
    "Comparison",
    "Target",
    "compare_all",
    "compare_chains",
    "compare_mcse",
    "level_for",
    "summary",
    "table",
    "targets",
]


@dataclass(frozen=True)
class Target:
    """One exact value and how draws estimate it.

    Attributes
    ----------
    quantity : str
        As in ``E[mu]`` or ``P(tau < 3.78)``.
    truth : float
        The exact value.
    scale : float
        Standard deviation of what is averaged: the unit of the cap.
    name, index : str, int or None
        Which variable and, in a vector, which entry.
    below : float or None
        For a probability, the threshold; None for a mean.
    """

    quantity: str
    truth: float
    scale: float
    name: str
    index: int | None = None
    below: float | None = None

    def values(self, draws: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return what is averaged: the variable, or whether it is below the threshold."""
        values = np.asarray(draws[self.name])
        values = values if self.index is None else values[..., self.index]
        return values if self.below is None else (values < self.below) * 1.0


def targets(
    exact: object, names: Mapping[str, Sequence[str] | None], quantiles: Sequence[float] = (0.1, 0.5, 0.9)
) -> list[Target]:
    """List the exact means and the probabilities at exact quantiles of every parameter.

    Parameters
    ----------
    exact : object
        With ``mean(name)``, ``sd(name)`` and ``quantile(name, q)``: what ``fit_exact`` returns.
    names : mapping of str to sequence of str or None
        Variables, with the labels of a vector's entries and None for a scalar.
    quantiles : sequence of float
        Probabilities at whose exact quantiles draws are counted.

    Returns
    -------
    list of Target
    """
    out = []
    for name, labels in names.items():
        for i in [None] if labels is None else range(len(labels)):
            shown = name if i is None else f"{name}[{labels[i]}]"
            pick = (lambda v: float(v)) if i is None else (lambda v, i=i: float(np.asarray(v)[i]))
            out.append(Target(f"E[{shown}]", pick(exact.mean(name)), pick(exact.sd(name)), name, i))
            for q in quantiles:
                at = pick(exact.quantile(name, q))
                out.append(Target(f"P({shown} < {at:.3g})", q, float(np.sqrt(q * (1 - q))), name, i, at))
    return out


def compare_all(
    draws: Mapping[str, np.ndarray],
    wanted: Iterable[Target],
    *,
    rule: str,
    cap: float = 0.05,
    level: float | None = None,
    limit: float = 5.0,
    **labels: str,
) -> list[Comparison]:
    """Compare draws with every target by one of the two rules.

    Parameters
    ----------
    draws : mapping of str to array of shape (chains, draws, ...)
        A tree's ``posterior`` serves.
    wanted : iterable of Target
        What to compare.
    rule : {"chains", "mcse"}
        ``chains`` for cheap samplers with at least 8 chains, ``mcse`` for NUTS.
    cap : float
        Largest standard error, as a fraction of each target's ``scale``.
    level : float, optional
        Of each comparison (rule ``chains``); by default the budget of
        ``FALSE_ALARMS`` over these targets.
    limit : float
        In MCSE (rule ``mcse``).
    **labels : str
        ``model`` and ``engine``.

    Returns
    -------
    list of Comparison
    """
    wanted = list(wanted)
    if rule not in ("chains", "mcse"):
        raise ValueError(f"rule: 'chains' or 'mcse' is needed, got {rule!r}")
    out = []
    for t in wanted:
        values, about = t.values(draws), {"cap": cap * t.scale, "quantity": t.quantity, **labels}
        if rule == "chains":
            out.append(compare_chains(values.mean(1), t.truth, level=level or level_for(len(wanted)), **about))
        else:
            out.append(compare_mcse(values, t.truth, limit=limit, **about))
    return out


def table(comparisons: Iterable[Comparison], digits: int = 3) -> pd.DataFrame:
    """Return the comparisons as a table with exact values and verdicts in words.

    It holds no number that comes from a draw, so it is the same on every machine.

    Parameters
    ----------
    comparisons : iterable of Comparison
        Rows.
    digits : int
        Decimals of the exact value.

    Returns
    -------
    pandas.DataFrame
        Columns ``model``, ``engine``, ``quantity``, ``exact value``, ``verdict``.
    """
    return pd.DataFrame([
        {"model": c.model, "engine": c.engine, "quantity": c.quantity, "exact value": f"{c.truth:.{digits}f}",
         "verdict": c.verdict} for c in comparisons
    ])


def summary(comparisons: Iterable[Comparison]) -> pd.DataFrame:
    """Count the verdicts of each model and engine: one row a pair, the verdict in words."""
    rows: dict[tuple[str, str], list[Comparison]] = {}
    for c in comparisons:
        rows.setdefault((c.model, c.engine), []).append(c)
    return pd.DataFrame([
        {"model": model, "engine": engine, "quantities": len(some),
         "agree": sum(c.ok for c in some), "verdict": "agrees" if all(c.ok for c in some) else "does not agree"}
        for (model, engine), some in rows.items()
    ])
