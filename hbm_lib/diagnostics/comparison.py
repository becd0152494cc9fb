"""One estimate held against one true value, by the spread between chains or in MCSE.

The two rules are explained in ``hbm_lib.diagnostics.agreement``.
"""

from dataclasses import dataclass

import arviz_stats
import numpy as np
from scipy import stats

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


def _checked(values: np.ndarray, name: str, each: str, shape: str, least: tuple[int, ...]) -> np.ndarray:
    """Return the values as an array of numbers; refuse too few axes, too few chains, and what is not finite."""
    values = np.asarray(values, float)
    if values.ndim != len(least) or any(n < m for n, m in zip(values.shape, least, strict=True)):
        raise ValueError(f"{name}: {shape} is needed, got shape {values.shape}")
    if not np.all(np.isfinite(values)):
        raise ValueError(f"{name}: {each} is not finite")
    return values


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
    means = _checked(means, "means", "a chain's mean", "one number for each of at least 8 chains", (8,))
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
    draws = _checked(draws, "draws", "a draw", "chains by draws with at least two chains", (2, 1))
    se = float(np.hypot(arviz_stats.mcse(draws, method="mean"), reference_se))
    return Comparison(float(draws.mean()), float(truth), se, cap, limit, "mcse", **labels)
