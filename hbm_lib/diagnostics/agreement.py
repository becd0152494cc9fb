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

import arviz_stats
import numpy as np
import pandas as pd
from scipy import stats

CHAINS = 24
FALSE_ALARMS = 1e-3


@dataclass(frozen=True)
class Comparison:
    """One estimate held against one true value.

    Attributes
    ----------
    model, engine, quantity : str
        What was compared.
    estimate, truth : float
        In the units of the quantity.
    se, cap : float
        Standard error of the difference, and the largest accepted.
    limit : float
        Largest distance accepted, in standard errors.
    rule : str
        ``"chains"`` or ``"mcse"``.
    """

    estimate: float
    truth: float
    se: float
    cap: float
    limit: float
    rule: str
    model: str = ""
    engine: str = ""
    quantity: str = ""

    @property
    def distance(self) -> float:
        """The distance from the truth in standard errors."""
        gap = abs(self.estimate - self.truth)
        if self.se > 0:
            return gap / self.se
        return 0.0 if gap <= 1e-9 * max(1.0, abs(self.truth)) else np.inf

    @property
    def precise(self) -> bool:
        """Whether the standard error is within the cap."""
        return bool(self.se <= self.cap)

    @property
    def near(self) -> bool:
        """Whether the distance is within the limit."""
        return bool(self.distance <= self.limit)

    @property
    def ok(self) -> bool:
        """Whether the estimate agrees, and is precise enough to say so."""
        return self.near and self.precise

    @property
    def verdict(self) -> str:
        """One word or three: ``agrees``, ``differs`` or ``not precise enough``."""
        return "differs" if not self.near else "agrees" if self.precise else "not precise enough"

    def __str__(self) -> str:
        """Return the comparison as a sentence."""
        what = ", ".join(part for part in (self.model, self.engine, self.quantity) if part) or "estimate"
        return (f"{what}: {self.verdict}; {self.estimate:.4g} against {self.truth:.4g}, {self.distance:.2f} standard "
                f"errors apart (limit {self.limit:.2f}); standard error {self.se:.3g} (cap {self.cap:.3g}).")


def level_for(comparisons: int, false_alarms: float = FALSE_ALARMS) -> float:
    """Return the level of each comparison so that all of them raise a false alarm this rarely."""
    if comparisons < 1:
        raise ValueError(f"comparisons: at least one is needed, got {comparisons}")
    return false_alarms / comparisons


def compare_chains(
    means: np.ndarray, truth: float, *, cap: float, level: float, reference_se: float = 0.0, **labels: str
) -> Comparison:
    """Compare the means of independent chains with the truth.

    Parameters
    ----------
    means : array of shape (K,)
        Mean of the quantity over each chain, K at least 8.
    truth : float
        The exact value, or a reference with its own standard error.
    cap : float
        Largest standard error accepted, in the units of the quantity.
    level : float
        Probability of a false alarm of this comparison: the limit is the
        two-sided quantile of t with K - 1 degrees of freedom.
    reference_se : float
        Standard error of the truth, if it is itself an estimate.
    **labels : str
        ``model``, ``engine``, ``quantity``.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If there are too few chains or a mean is not finite.
    """
    means = np.asarray(means, float)
    if means.ndim != 1 or len(means) < 8:
        raise ValueError(f"means: one number for each of at least 8 chains is needed, got shape {means.shape}")
    if not np.all(np.isfinite(means)):
        raise ValueError("means: a chain's mean is not finite")
    se = float(np.hypot(means.std(ddof=1) / np.sqrt(len(means)), reference_se))
    limit = float(stats.t.isf(level / 2, len(means) - 1))
    return Comparison(float(means.mean()), float(truth), se, cap, limit, "chains", **labels)


def compare_mcse(
    draws: np.ndarray, truth: float, *, cap: float, limit: float = 5.0, reference_se: float = 0.0, **labels: str
) -> Comparison:
    """Compare the pooled mean of NUTS chains with the truth, in MCSE.

    Parameters
    ----------
    draws : array of shape (chains, draws)
        Draws of one scalar.
    truth : float
        The exact value, or a reference with its own standard error.
    cap : float
        Largest standard error accepted, in the units of the quantity.
    limit : float
        Largest distance accepted, in standard errors.
    reference_se : float
        Standard error of the truth, if it is itself an estimate.
    **labels : str
        ``model``, ``engine``, ``quantity``.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If draws are not chains by draws, or one is not finite.
    """
    draws = np.asarray(draws, float)
    if draws.ndim != 2 or draws.shape[0] < 2:
        raise ValueError(f"draws: shape (chains, draws) with at least two chains is needed, got {draws.shape}")
    if not np.all(np.isfinite(draws)):
        raise ValueError("draws: a draw is not finite")
    se = float(np.hypot(arviz_stats.mcse(draws, method="mean"), reference_se))
    return Comparison(float(draws.mean()), float(truth), se, cap, limit, "mcse", **labels)


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
