"""Checks of predictions by ratios of evidences, and of held-out probabilities by counts; each takes the module under test."""

from functools import cache

import numpy as np

from hbm_lib import fit_exact
from hbm_lib.models import logistic
from hbm_lib.models.logistic import Data
from hbm_lib.models.logistic.generative import log_coefficient

DATA = Data([2, 1, 0, 4, 3], [4, 2, 3, 5, 7], list("babca"), {"girl": [0, 1, 1, 0, 0]})
CLINIC = Data([4, 0, 9, 30, 7, 1], [4, 3, 12, 40, 15, 1], list("abcdef"))


@cache
def evidence(group=None, successes=0):
    """Log p(y) of the outcomes as 0 and 1 in a row, with so many further successes of a group at girl = 1."""
    more = [] if group is None else [successes]
    data = Data([*DATA.y, *more], [*DATA.trials, *more], [*DATA.group, *([group] * len(more))],
                {"girl": [*DATA.x[:, 0], *([1] * len(more))]})
    return fit_exact(logistic.random_intercept(), data).log_evidence - log_coefficient(data).sum()


def _gap(found, group):
    """Return the larger miss of the first two moments of the probability of success."""
    first, second = (np.exp(evidence(group, m) - evidence()) for m in (1, 2))
    return max(abs(found.mean - first), abs(found.sd - np.sqrt(second - first**2)))


def known_gap(predict, posterior):
    """Return how far a known group's prediction is off."""
    return _gap(predict.known(posterior, DATA, "b", covariates={"girl": 1}), "b")


def new_gap(predict, posterior):
    """Return how far a new group's prediction is off."""
    return _gap(predict.new(posterior, DATA, covariates={"girl": 1}), "somebody new")


def fold_faults(validation, seed):
    """Return what is wrong with cross-validation of rates, by counting: no case may be told of itself."""
    found = validation.k_fold(CLINIC, 4, seed=seed, chains=2, draws=5, tune=5)
    faults = []
    for name, cases, successes in zip(CLINIC.labels, CLINIC.cases, CLINIC.successes, strict=True):
        own = found.group == name
        if own.sum() != cases or found.y[own].sum() != successes:
            faults.append(f"{name}: cases were lost or doubled")
        for fold in range(4):
            out = own & (found.part == fold)
            n, y = cases - out.sum(), successes - found.y[out].sum()
            wanted = {"no pooling": y / n if n else np.nan, "penalized": (y + 0.5) / (n + 1) if n else np.nan}
            rest = found.part != fold
            wanted["complete pooling"] = found.y[rest].mean()
            for method, p in wanted.items():
                if not np.allclose(found.p[method][out], p, atol=1e-7, equal_nan=True):
                    faults.append(f"{name}, fold {fold}: {method}")
            if not np.all(found.seen[out] == n):
                faults.append(f"{name}, fold {fold}: seen")
    return faults
