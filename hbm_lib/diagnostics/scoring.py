"""How good were the probabilities: log score, Brier score, calibration curve, for any predictions of outcomes of 0 and 1.

The log score of one case is the log of the probability that was given to what happened. One who gave
probability 0 to what happened scores minus infinity, and so does the mean: it is kept and
counted, and never clipped, for a clipped score is decided by whoever chose where to clip.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib import arguments
from hbm_lib.arguments import finite

MOST_BINS = 10_000
"""More bins of equal width than this are refused: no figure could show them."""


def _checked(p: object, y: object) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities and outcomes of one shape, or name the first that is none."""
    p, y = _unmasked(p, "p"), _unmasked(y, "y")
    if p.shape != y.shape:
        raise ValueError(f"p, y: one probability an outcome is needed, got shapes {p.shape} and {y.shape}")
    _refuse(p, (p < 0) | (p > 1), "p", "a probability")
    _refuse(y, (y != 0) & (y != 1), "y", "0 or 1")
    return p, y


def _unmasked(values: object, name: str, *, dims: int | None = None) -> np.ndarray:
    """Return finite numbers of which none is masked."""
    _refuse_masked(values, name)
    return finite(values, name, dims=dims)


def _refuse_masked(values: object, name: str) -> None:
    """Name the first value that is masked."""
    if np.ma.is_masked(values):
        at = np.argwhere(np.ma.getmaskarray(values))[0]
        raise ValueError(f"{name}, place {', '.join(map(str, at))}: the value is masked; leave it out or mend it")


def _refuse(values: np.ndarray, wrong: np.ndarray, name: str, said: str) -> None:
    """Name the first value that is wrong."""
    if wrong.any():
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{name}, place {', '.join(map(str, at))}: {values[at]:g} is not {said}")


def log_score(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the log probability of each outcome, higher is better; minus infinity where it was said to be impossible.

    Parameters
    ----------
    p : array
        Probabilities of 1.
    y : array of the same shape
        What happened: 0 or 1.

    Returns
    -------
    array of the same shape

    Raises
    ------
    ValueError
        If a value is missing or no probability, or an outcome neither 0 nor 1.
    """
    p, y = _checked(p, y)
    with np.errstate(divide="ignore"):
        return np.where(y == 1, np.log(p), np.log1p(-p))


def brier_score(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return (p - y)² of each case, lower is better (Brier 1950, Monthly Weather Review 78). As ``log_score``."""
    p, y = _checked(p, y)
    return (p - y) ** 2


def scores(predictions: Mapping[str, np.ndarray], y: np.ndarray) -> pd.DataFrame:
    """Compare several predictions of the same cases.

    Parameters
    ----------
    predictions : mapping of str to array of shape (N,)
        What each method gave; not a number where it gave nothing.
    y : array of shape (N,)
        What happened.

    Returns
    -------
    pandas.DataFrame
        One row a method. ``cases``: those to which every method gave a probability, the same for all, and of which the
        scores are; ``silent``: cases to which this method gave none; ``impossible``: cases that it had called impossible;
        ``log_score``: mean, minus infinity if any was impossible; ``log_score_rest``: mean over the cases
        that no method called impossible; ``brier``: mean. All is missing where no case is left.

    Raises
    ------
    ValueError
        If there is no method, or a value is masked, no probability or no outcome, of silent cases too.
    """
    if not isinstance(predictions, Mapping):
        raise ValueError(f"predictions: a mapping of method to probabilities is needed, got {type(predictions).__name__}")
    if not predictions:
        raise ValueError("predictions: at least one method is needed")
    y = _unmasked(y, "y", dims=1)
    _refuse(y, (y != 0) & (y != 1), "y", "0 or 1")
    given = {name: _some(p, f"predictions of {name!r}", y.shape) for name, p in predictions.items()}
    common = ~np.any([np.isnan(p) for p in given.values()], axis=0)
    if not common.any():
        return pd.DataFrame({name: {"cases": 0, "silent": int(np.isnan(p).sum())} for name, p in given.items()}).T.reindex(
            columns=["cases", "silent", "impossible", "log_score", "log_score_rest", "brier"])
    each = {name: log_score(p[common], y[common]) for name, p in given.items()}
    rest = np.all([np.isfinite(v) for v in each.values()], axis=0)
    return pd.DataFrame([
        {"method": name, "cases": int(common.sum()), "silent": int(np.isnan(given[name]).sum()),
         "impossible": int(np.isneginf(v).sum()), "log_score": float(v.mean()),
         "log_score_rest": float(v[rest].mean()) if rest.any() else np.nan,
         "brier": float(brier_score(given[name][common], y[common]).mean())}
        for name, v in each.items()]).set_index("method")


def _some(p: object, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return probabilities of which some may be not a number, for cases to which none was given."""
    _refuse_masked(p, name)
    try:
        p = np.asarray(p, float)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: an array of numbers is needed, got {p!r}") from None
    if p.shape != shape:
        raise ValueError(f"{name}: one probability an outcome is needed, got shape {p.shape}, not {shape}")
    _refuse(p, (p < 0) | (p > 1), name, "a probability")
    return p


@dataclass(frozen=True)
class Calibration:
    """How often what was predicted happened, bin by bin; empty bins are left out.

    Attributes
    ----------
    predicted, share : array of shape (B,)
        Mean probability given, and the share that happened.
    lower, upper : array of shape (B,)
        Exact binomial interval of the share (Clopper & Pearson 1934). The cases of a bin differ in probability, which makes
        their number less spread than binomial (Hoeffding 1956), so that it errs on the safe side for cases that are
        independent. It is too short where cases share what was not known of their group, and in cross-validation.
    cases : array of shape (B,)
        Cases of the bin.
    """

    predicted: np.ndarray
    share: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    cases: np.ndarray

    @property
    def holds(self) -> np.ndarray:
        """Whether each bin's interval holds what was predicted, shape (B,)."""
        return (self.lower <= self.predicted) & (self.predicted <= self.upper)

    @property
    def curve(self) -> tuple[np.ndarray, ...]:
        """The five arrays, in the order in which a figure of calibration takes them."""
        return self.predicted, self.share, self.lower, self.upper, self.cases


def calibration(p: np.ndarray, y: np.ndarray, *, bins: int | np.ndarray = 10, level: float = 0.95) -> Calibration:
    """Return the calibration curve.

    Parameters
    ----------
    p, y : array of shape (N,)
        Probabilities of 1 and what happened.
    bins : int or array of shape (B + 1,)
        How many bins of equal width, at most 10,000, or their increasing ends from 0 to 1. A value on an end belongs to the
        bin above it, and 1 to the last.
    level : float
        Probability of each bin's interval.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        If a value, the bins or the level make no sense.
    """
    arguments.between_0_and_1("level", level)
    p, y = _checked(p, y)
    whole = arguments.is_whole(bins)
    if np.ndim(bins) == 0 and not (whole and bins >= 1):
        raise ValueError(f"bins: a whole number of at least 1, or the bins' ends, are needed, got {bins!r}")
    if whole and bins > MOST_BINS:
        raise ValueError(f"bins: at most {MOST_BINS:,} are made, got {bins!r}; take fewer")
    ends = np.arange(int(bins) + 1) / int(bins) if whole else _unmasked(bins, "bins", dims=1)
    if len(ends) < 2 or ends[0] != 0 or ends[-1] != 1 or np.any(np.diff(ends) <= 0):
        raise ValueError(f"bins: ends must increase from 0 to 1, got {ends}")
    at = np.minimum(np.searchsorted(ends, p.ravel(), side="right") - 1, len(ends) - 2)
    n, hits, total = (np.bincount(at, w, len(ends) - 1) for w in (None, y.ravel(), p.ravel()))
    kept = n > 0
    n, hits, total = n[kept], hits[kept], total[kept]
    tail = (1 - level) / 2
    lower = np.where(hits > 0, stats.beta.ppf(tail, np.maximum(hits, 1), n - hits + 1), 0.0)
    upper = np.where(hits < n, stats.beta.isf(tail, hits + 1, np.maximum(n - hits, 1)), 1.0)
    return Calibration(total / n, hits / n, lower, upper, n)
