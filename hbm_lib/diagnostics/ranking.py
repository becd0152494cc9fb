"""Who is first, and how sure: ranks from joint draws, and what selection does to an estimate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib import arguments
from hbm_lib.arguments import finite


def rank_draws(theta: np.ndarray) -> np.ndarray:
    """Return each group's rank in each draw, 1 for the highest, tied groups their mean rank: (N, J) to (N, J).

    Raises
    ------
    ValueError
        If theta is not draws by groups, or holds what is no finite number.
    """
    if np.ndim(theta) != 2 or np.shape(theta)[1] < 2 or len(theta) == 0:
        raise ValueError(f"theta: shape (draws, groups) with a draw and at least two groups is needed, got {np.shape(theta)}")
    theta = finite(theta, "theta")
    ranks = (-theta).argsort(1).argsort(1) + 1
    ordered = np.sort(theta, axis=1)
    tied = (ordered[:, 1:] == ordered[:, :-1]).any(1)
    if not tied.any():
        return ranks
    ranks = ranks.astype(float)
    ranks[tied] = stats.rankdata(-theta[tied], axis=1)
    return ranks


def _best(values: np.ndarray) -> np.ndarray:
    """Return each group's share in being the highest of its row, ties shared: (N, J) to (N, J)."""
    highest = values == values.max(1, keepdims=True)
    return highest / highest.sum(1, keepdims=True)


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
        Groups that are tied in a draw share its ranks, and the probability of being best.

    Raises
    ------
    ValueError
        If level is no probability, theta is not draws by groups, or labels are not one a group.
    """
    arguments.between_0_and_1("level", level)
    ranks = rank_draws(theta)
    if len(labels) != ranks.shape[1]:
        raise ValueError(f"labels: one a group is needed: {ranks.shape[1]} groups, {len(labels)} labels")
    ends = np.quantile(ranks, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf")
    found = pd.DataFrame({"group": list(labels), "expected_rank": ranks.mean(0), "lower": ends[0].astype(int),
                          "upper": ends[1].astype(int), "p_best": _best(np.asarray(theta, float)).mean(0)})
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
        If the shapes differ, a value is no finite number, there are fewer than two districts, or the
        best estimate of a district is tied, so that nothing is selected.
    """
    estimates, truth = finite(estimates, "estimates"), finite(truth, "truth")
    if estimates.ndim != 2 or estimates.shape != truth.shape or len(estimates) < 2:
        raise ValueError(f"estimates: shape (districts, groups) like truth is needed, got {estimates.shape} and {truth.shape}")
    rows = np.arange(len(estimates))
    tied = (estimates == estimates.max(1, keepdims=True)).sum(1) > 1
    if tied.any():
        row = int(np.flatnonzero(tied)[0])
        raise ValueError(f"estimates, row {row}: the best is tied, so none is selected; complete pooling ranks nobody")
    best = estimates.argmax(1)
    gap = estimates[rows, best] - truth[rows, best]
    return Selection(float(estimates[rows, best].mean()), float(truth[rows, best].mean()),
                     float((best == truth.argmax(1)).mean()), float(gap.std(ddof=1) / np.sqrt(len(gap))))
