"""Who is first, and how sure: ranks from joint draws, and what selection does to an estimate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


def rank_draws(theta: np.ndarray) -> np.ndarray:
    """Return each group's rank in each draw, 1 for the highest: (N, J) to (N, J).

    Raises
    ------
    ValueError
        If theta is not draws by groups.
    """
    theta = np.asarray(theta, float)
    if theta.ndim != 2 or theta.shape[1] < 2:
        raise ValueError(f"theta: shape (draws, groups) with at least two groups is needed, got {theta.shape}")
    return (-theta).argsort(1).argsort(1) + 1


def rank_table(theta: np.ndarray, labels: Sequence[str], level: float = 0.9) -> pd.DataFrame:
    """Summarize the posterior of every group's rank.

    Parameters
    ----------
    theta : array of shape (N, J)
        Joint draws: each row one draw of all groups.
    labels : sequence of str
        The groups' names.
    level : float
        Probability of the interval of ranks.

    Returns
    -------
    pandas.DataFrame
        Columns ``group``, ``expected_rank``, ``lower``, ``upper``, ``p_best``; best expected rank first.
    """
    if not 0 < level < 1:
        raise ValueError(f"level: a probability strictly between 0 and 1 is needed, got {level!r}")
    ranks = rank_draws(theta)
    if len(labels) != ranks.shape[1]:
        raise ValueError(f"labels: one a group is needed: {ranks.shape[1]} groups, {len(labels)} labels")
    ends = np.quantile(ranks, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf")
    found = pd.DataFrame({"group": list(labels), "expected_rank": ranks.mean(0), "lower": ends[0].astype(int),
                          "upper": ends[1].astype(int), "p_best": (ranks == 1).mean(0)})
    return found.sort_values("expected_rank", ignore_index=True)


@dataclass(frozen=True)
class Selection:
    """What happened to the groups that looked best.

    Attributes
    ----------
    claimed, true : float
        Mean estimate and mean true value of the selected group over the districts.
    truly_best : float
        Share of districts in which the selected group is the best.
    mcse : float
        Standard error of ``claimed - true``.
    """

    claimed: float
    true: float
    truly_best: float
    mcse: float

    @property
    def curse(self) -> float:
        """How much the winner's estimate overstates on average."""
        return self.claimed - self.true


def select_best(estimates: np.ndarray, truth: np.ndarray) -> Selection:
    """Select the group with the highest estimate in each district, and hold it against the truth.

    Parameters
    ----------
    estimates, truth : array of shape (R, J)
        R districts of J groups.

    Returns
    -------
    Selection

    Raises
    ------
    ValueError
        If the shapes differ or there are fewer than two districts.
    """
    estimates, truth = np.asarray(estimates, float), np.asarray(truth, float)
    if estimates.ndim != 2 or estimates.shape != truth.shape or len(estimates) < 2:
        raise ValueError(f"estimates: shape (districts, groups) like truth is needed, got {estimates.shape} and {truth.shape}")
    rows = np.arange(len(estimates))
    best = estimates.argmax(1)
    gap = estimates[rows, best] - truth[rows, best]
    return Selection(float(estimates[rows, best].mean()), float(truth[rows, best].mean()),
                     float((best == truth.argmax(1)).mean()), float(gap.std(ddof=1) / np.sqrt(len(gap))))
