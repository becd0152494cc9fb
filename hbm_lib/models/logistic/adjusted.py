"""Estimates without a hierarchy for data with covariates: an intercept a group, or one for all, and common coefficients.

``no_pooling`` and ``firth`` give every group an intercept of its own, ``complete_pooling`` gives one to all of them; the
coefficients of the covariates are common. ``alone`` fits one group by itself, with coefficients of
its own. Without covariates the first three are those of ``baselines``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from hbm_lib import arguments
from hbm_lib.data import checks, door
from hbm_lib.models.logistic import plain
from hbm_lib.models.logistic.baselines import COLUMNS
from hbm_lib.models.logistic.spec import Data


@dataclass(frozen=True)
class Estimate:
    """Intercepts of groups and coefficients of covariates.

    Attributes
    ----------
    data : Data
        What was fitted.
    fit : plain.Fit
        The regression behind it.
    pooled : bool
        Whether all groups share one intercept.
    """

    data: Data
    fit: plain.Fit
    pooled: bool

    @property
    def _intercepts(self) -> np.ndarray:
        """Each group's column in the design."""
        return np.zeros(self.data.n_groups, int) if self.pooled else np.arange(self.data.n_groups)

    @property
    def alpha(self) -> np.ndarray:
        """Each group's logit at covariates 0, (J,); infinite where the likelihood runs away."""
        return self.fit.coef[self._intercepts]

    @property
    def beta(self) -> np.ndarray:
        """The coefficients, (P,)."""
        return self.fit.coef[1 if self.pooled else self.data.n_groups :]

    @property
    def beta_se(self) -> np.ndarray:
        """Their standard errors, (P,)."""
        return np.sqrt(np.diag(self.fit.cov))[1 if self.pooled else self.data.n_groups :]

    @property
    def separated(self) -> np.ndarray:
        """Which groups' logits are not finite, (J,)."""
        return ~np.isfinite(self.alpha)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a group, with the columns of ``baselines.no_pooling``.

        Parameters
        ----------
        level : float
            Probability of the interval, which is logit plus or minus normal quantile times standard error. A separated
            group has no standard error, and its interval is all from 0 to 1.

        Returns
        -------
        pandas.DataFrame
            Estimates are at covariates 0.
        """
        arguments.between_0_and_1("level", level)
        alpha, se = self.alpha, np.sqrt(np.diag(self.fit.cov))[self._intercepts]
        reach = stats.norm.isf((1 - level) / 2) * np.where(self.separated, 0, se)
        lower, upper = (np.where(self.separated, end, special.expit(alpha + sign * reach)) for sign, end in ((-1, 0), (1, 1)))
        found = {"group": list(self.data.labels), "cases": self.data.cases.astype(int),
                 "successes": self.data.successes.astype(int), "estimate": special.expit(alpha), "logit": alpha, "se": se,
                 "lower": lower, "upper": upper, "separated": self.separated}
        return pd.DataFrame(found)[list(COLUMNS)]

    def probability(self, groups: Sequence[str], x: np.ndarray) -> np.ndarray:
        """Return the probability of success for new cases.

        Parameters
        ----------
        groups : sequence of str of length K
            Whose cases they are. With one intercept for all, groups that were not seen are accepted.
        x : array of shape (K, P)
            Their covariates.

        Returns
        -------
        array of shape (K,)
            Exactly 0 or 1 where the likelihood runs away, and not a number where the likelihood leaves the direction open.

        Raises
        ------
        ValueError
            Naming a group that was not seen, or a row of ``x`` that is not finite; if there is not one row of ``x`` a group.
        """
        codes, labels = checks.groups(groups, "groups")
        x = self._new(x, len(codes))
        at = np.zeros(len(x), int) if self.pooled else np.array([self.data.place(g) for g in labels], int)[codes]
        design = np.hstack([np.eye(1 if self.pooled else self.data.n_groups)[at], x])
        rows, back = np.unique(design, axis=0, return_inverse=True)
        return special.expit(self.fit.logit(rows))[back.ravel()]

    def _new(self, x: object, cases: int) -> np.ndarray:
        """Return the covariates of new cases, or say what is wrong with them."""
        wanted = cases, len(self.data.covariates)
        try:
            out = np.asarray(x, float)
        except (TypeError, ValueError):
            raise ValueError(f"x: numbers of shape {wanted} are needed, got {x!r}") from None
        if out.shape != wanted:
            raise ValueError(f"x: shape {wanted} is needed, one row for each of groups and one column a covariate, "
                             f"got {out.shape}")
        wrong = np.flatnonzero(~np.isfinite(out).all(1) | np.ma.getmaskarray(x).any(1))
        if wrong.size:
            raise ValueError(f"x, row {int(wrong[0])}: missing or infinite; mend or drop it")
        return out


def no_pooling(data: Data) -> Estimate:
    """Fit an intercept a group and common coefficients by maximum likelihood.

    Parameters
    ----------
    data : Data
        With covariates or without.

    Returns
    -------
    Estimate
        A group with successes only has an infinite logit and is flagged, and so is whatever else the likelihood lets run
        away; a coefficient that no group tells of (a covariate that varies between groups only) is not a number.
    """
    return _estimate(plain.maximum_likelihood, data, pooled=False)


def firth(data: Data) -> Estimate:
    """Fit an intercept a group and common coefficients by Firth's penalized likelihood, which is always finite.

    Raises
    ------
    ValueError
        If a covariate varies between groups only, so that the groups' own intercepts say the same.
    """
    design = _design(data, pooled=False)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        said = ", ".join(data.covariates)
        raise ValueError(f"covariates: with an intercept for each group, {said} cannot be told from the groups; leave out what "
                         "is constant within every group")
    return _estimate(plain.firth, data, pooled=False)


def complete_pooling(data: Data) -> Estimate:
    """Fit one intercept for all groups and the coefficients by maximum likelihood: plain logistic regression."""
    return _estimate(plain.maximum_likelihood, data, pooled=True)


def alone(data: Data, group: str, *, penalized: bool = False) -> plain.Fit:
    """Fit one group by itself: its intercept and coefficients of its own.

    Parameters
    ----------
    data : Data
        With covariates or without.
    group : str
        Which.
    penalized : bool
        Firth's estimate instead of maximum likelihood.

    Returns
    -------
    plain.Fit
        Intercept first, then the coefficients.

    Raises
    ------
    ValueError
        If there is no such group, or (penalized) its covariates do not vary.
    """
    door.one_data_set(data, Data)
    own = data.index == data.place(group)
    x = np.column_stack([np.ones(own.sum()), data.x[own]])
    return (plain.firth if penalized else plain.maximum_likelihood)(x, data.y[own], data.trials[own])


def _design(data: Data, pooled: bool) -> np.ndarray:
    """Return intercepts and covariates of every row."""
    door.one_data_set(data, Data)
    ones = np.ones((data.n_rows, 1)) if pooled else np.eye(data.n_groups)[data.index]
    return np.hstack([ones, data.x])


def _estimate(method: object, data: Data, pooled: bool) -> Estimate:
    """Fit and keep the data beside it."""
    return Estimate(data, method(_design(data, pooled), data.y, data.trials), pooled)
