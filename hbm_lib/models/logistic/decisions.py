"""What to do about a group whose rate is not known exactly: the action of least expected loss, and who is worse.

A loss says for every action what it costs if the group's probability of success is theta. The expected loss averages over
the posterior of theta, and the best action is the one for which it is least (Berger 1985, Statistical
Decision Theory and Bayesian Analysis, section 4.4). Losses here are straight lines in theta,

    loss(theta) = fixed + per_failure (1 - theta),

so that an expected loss needs the posterior mean only; what it would be worth to know theta needs all of the posterior.
"""

import math
import numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbm_lib.arguments import finite
from hbm_lib.data import checks


@dataclass(frozen=True)
class Loss:
    """What one action costs, in any unit.

    Attributes
    ----------
    fixed : float
        Whatever happens.
    per_failure : float
        In addition for every failure.
    """

    fixed: float = 0.0
    per_failure: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no finite number."""
        for name in ("fixed", "per_failure"):
            value = getattr(self, name)
            if not _is_finite(value):
                raise ValueError(f"{name}: a finite number is needed, got {value!r}")

    def of(self, theta: np.ndarray) -> np.ndarray:
        """Return the loss at each probability of success."""
        return self.fixed + self.per_failure * (1 - np.asarray(theta))


def break_even(first: Loss, second: Loss) -> float:
    """Return the probability of success at which two actions cost the same.

    Raises
    ------
    ValueError
        If no probability from 0 to 1 is such, and one action is better always; or if one is no Loss.
    """
    for name, value in (("first", first), ("second", second)):
        if not isinstance(value, Loss):
            raise ValueError(f"{name}: a Loss is needed, got {value!r}; write Loss(fixed, per_failure)")
    slope = first.per_failure - second.per_failure
    at = 1 + (first.fixed - second.fixed) / slope if slope else np.nan
    if not 0 <= at <= 1:
        raise ValueError(f"break_even: of {first} and {second} one is at least as good at every probability")
    return float(at)


def decide(theta: np.ndarray, actions: Mapping[str, Loss], labels: Sequence[str]) -> pd.DataFrame:
    """Return expected losses, the best action, and what it would be worth to know more, for every group.

    Parameters
    ----------
    theta : array of shape (N, J)
        Draws of each group's probability of success.
    actions : mapping of str to Loss
        At least two.
    labels : sequence of str of length J
        The groups.

    Returns
    -------
    pandas.DataFrame
        Columns ``group``, one an action with its expected loss, ``best`` (the first one of least expected loss),
        ``sure``, the probability that this action is in truth among the best, and ``perfect_information``, by how much
        the expected loss would fall if theta were known before acting.

    Raises
    ------
    ValueError
        If there are fewer than two actions, shapes differ, or a value is no probability.
    """
    theta = _probabilities(theta, labels)
    if not isinstance(actions, Mapping) or len(actions) < 2 or not all(isinstance(v, Loss) for v in actions.values()):
        raise ValueError(f"actions: a mapping of at least two names to Loss is needed, got {actions!r}")
    taken = [name for name in actions if name in ("group", "best", "sure", "perfect_information")]
    if taken:
        raise ValueError(f"actions: {taken[0]!r} is the name of a column of the answer; call the action something else")
    each = np.stack([loss.of(theta) for loss in actions.values()])
    expected, least = each.mean(1), each.min(0)
    best = expected.argmin(0)
    chosen = np.take_along_axis(each, best[None, None, :], 0)[0]
    out = pd.DataFrame({"group": list(labels)} | dict(zip(actions, expected, strict=True)))
    return out.assign(best=np.array(list(actions))[best], sure=(chosen <= least).mean(0),
                      perfect_information=expected.min(0) - least.mean(0))


def worse_by(theta: np.ndarray, system: np.ndarray | float, margin: float, labels: Sequence[str]) -> pd.DataFrame:
    """Return the probability that each group is worse than the system by more than a margin.

    Parameters
    ----------
    theta : array of shape (N, J)
        Draws of each group's probability of success.
    system : float or array of shape (N,)
        What the groups are held against: a target, or the system's own rate in the same draws, such as ``system_rate``.
    margin : float
        In probability; 0.05 is five points. At least 0.
    labels : sequence of str of length J
        The groups.

    Returns
    -------
    pandas.DataFrame
        Columns ``group``, ``mean_gap`` (theta minus system) and ``p_worse``.

    Raises
    ------
    ValueError
        If shapes differ, a value is no probability, or the margin is below 0.
    """
    theta = _probabilities(theta, labels)
    system = finite(system, "system")
    if system.shape not in ((), (len(theta),)) or not np.all((system >= 0) & (system <= 1)):
        raise ValueError(f"system: one probability, or one a draw ({len(theta)}), is needed, got shape {system.shape} and from "
                         f"{system.min():g} to {system.max():g}")
    if not _is_finite(margin) or not 0 <= margin < 1:
        raise ValueError(f"margin: a number of at least 0 and below 1 is needed, got {margin!r}")
    gap = theta - (system if system.ndim == 0 else system[:, None])
    return pd.DataFrame({"group": list(labels), "mean_gap": gap.mean(0), "p_worse": (gap < -margin).mean(0)})


def system_rate(theta: np.ndarray, cases: np.ndarray) -> np.ndarray:
    """Return the rate of all groups together in every draw, weighted by their cases: (N, J), (J,) to (N,).

    Raises
    ------
    ValueError
        If theta is not finite, or cases are not one number above 0 a group.
    """
    theta, cases = finite(theta, "theta", dims=2), checks.numbers(cases, "cases")
    if cases.shape != theta.shape[1:]:
        raise ValueError("cases: a number above 0 for each of the groups of theta is needed, "
                         f"got shapes {cases.shape} and {theta.shape}")
    if not np.all(cases > 0):
        row = int(np.flatnonzero(cases <= 0)[0])
        raise ValueError(f"cases, row {row}: {cases[row]:g} is not above 0; leave groups without cases out")
    return theta @ (cases / cases.sum())


def _probabilities(theta: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """Return draws by groups, all probabilities, or say what is wrong."""
    if not hasattr(labels, "__len__"):
        raise ValueError(f"labels: one label a group is needed, got {labels!r}")
    checks.labels(labels, len(labels), "labels")
    theta = finite(theta, "theta", dims=2)
    if theta.shape[1] != len(labels):
        raise ValueError(f"theta: shape (draws, {len(labels)}) is needed for {len(labels)} labels, got {theta.shape}")
    if not np.all((theta >= 0) & (theta <= 1)):
        raise ValueError("theta: probabilities are needed, some are below 0 or above 1; take p, not alpha")
    return theta


def _is_finite(value: object) -> bool:
    """Return whether this is one finite real number; True and False, and spans of time, are none."""
    return (isinstance(value, numbers.Real) and not isinstance(value, bool | np.bool_ | np.timedelta64)
            and abs(value) < math.inf)
