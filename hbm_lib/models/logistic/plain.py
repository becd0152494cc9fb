"""Plain logistic regression for a design matrix: maximum likelihood that says when it runs away, and Firth's estimate.

Both solve a score equation by Newton's steps, halved until what is maximized rises. For binomial
rows with W = n p (1 - p), H = X' W X and h_i the leverage of row i in the weighted regression,

    X' (y - n p) = 0                      maximum likelihood,
    X' (y - n p + h (1/2 - p)) = 0        Firth (1993, Biometrika 80, section 3.2),

the second of which maximizes the log likelihood plus half of log |H|, and is always finite
(Heinze & Schemper 2002, Statistics in Medicine 21).
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from hbm_lib.models.logistic import separation
from hbm_lib.models.logistic.generative import softplus
from hbm_lib.models.logistic.separation import Separation

_STEPS = 500
_SETTLED = 1e-10


@dataclass(frozen=True)
class Fit:
    """Coefficients of one logistic regression.

    Attributes
    ----------
    coef : array of shape (Q,)
        Estimates; plus or minus infinity where the likelihood runs away, not a number where it leaves even
        the direction open.
    cov : array of shape (Q, Q)
        Inverse information; infinite variances, and covariances that are not a number, where an estimate is not finite.
    log_likelihood : float
        At the estimate, or its supremum; without binomial coefficients, as 0 and 1 outcomes have it.
    separation : Separation or None
        What runs away; None for Firth's estimate, of which nothing does.
    finite : array of shape (Q,)
        The finite part: ``coef`` where that is finite, and elsewhere whatever fits the rows that are not pushed.
    """

    coef: np.ndarray
    cov: np.ndarray
    log_likelihood: float
    separation: Separation | None
    finite: np.ndarray

    @property
    def separated(self) -> np.ndarray:
        """Which coefficients are not finite, shape (Q,)."""
        return ~np.isfinite(self.coef)

    def logit(self, x: np.ndarray) -> np.ndarray:
        """Return the fitted logits of rows of covariates: (K, Q) to (K,); infinite or not a number as ``coef``."""
        x = np.atleast_2d(np.asarray(x, float))
        out = x @ self.finite
        if self.separation is None or not self.separated.any():
            return out
        # where all that runs away points one way so does the sum; else a linear program must tell
        lean = np.where(self.separated & (x != 0), np.sign(self.coef) * np.sign(x), 0)
        up, down = (lean > 0).any(1), (lean < 0).any(1)
        ask = np.isnan(lean).any(1) | (up & down)
        away = np.where(up, np.inf, np.where(down, -np.inf, 0.0))
        away[ask] = self.separation.sign(x[ask])
        return np.where(away == 0, out, away)


def maximum_likelihood(x: np.ndarray, y: np.ndarray, trials: np.ndarray) -> Fit:
    """Fit by maximum likelihood.

    Parameters
    ----------
    x : array of shape (rows, Q)
        The design, with its column of ones; finite.
    y, trials : array of shape (rows,)
        Successes and cases.

    Returns
    -------
    Fit
        Where the data are separated, the estimates that run away are infinite; no step of an iteration that was
        cut off is ever returned.

    Raises
    ------
    ValueError
        If shapes or counts make no sense.
    """
    x, y, trials = _checked(x, y, trials)
    found = separation.find(x, y, trials)
    away = found.sign(np.eye(x.shape[1]))
    x, held = x / found.size, ~found.pushed
    finite, log_likelihood = np.zeros(x.shape[1]), 0.0
    basis = np.zeros((x.shape[1], 0))
    if held.any():
        _, size, right = np.linalg.svd(x[held], full_matrices=False)
        basis = right[size > 1e-10 * size[0]].T  # the coefficients that these rows tell of
        part = _newton(x[held] @ basis, y[held], trials[held], half=False)
        finite, log_likelihood = basis @ part, _log_likelihood(x[held] @ basis @ part, y[held], trials[held])
    cov = np.full((x.shape[1],) * 2, np.nan)
    fine = away == 0
    if held.any():
        z = x[held] @ basis
        p = special.expit(z @ part)
        inside = basis @ np.linalg.inv((z.T * (trials[held] * p * (1 - p))) @ z) @ basis.T
        cov[np.ix_(fine, fine)] = inside[np.ix_(fine, fine)]
    cov[~fine, ~fine] = np.inf
    finite = finite / found.size
    return Fit(np.where(fine, finite, away), cov / np.outer(found.size, found.size), log_likelihood, found, finite)


def firth(x: np.ndarray, y: np.ndarray, trials: np.ndarray) -> Fit:
    """Fit by Firth's penalized likelihood: Jeffreys' prior on the coefficients, at the mode. As ``maximum_likelihood``.

    Raises
    ------
    ValueError
        If shapes or counts make no sense, or columns of the design depend linearly.
    """
    x, y, trials = _checked(x, y, trials)
    size = np.abs(x).max(0)
    x = x / np.where(size > 0, size, 1.0)
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise ValueError(f"x: its {x.shape[1]} columns depend linearly, so that the penalty is minus infinity everywhere; "
                         "leave a column out")
    scaled = _newton(x, y, trials, half=True)
    coef, cov = scaled / size, np.linalg.inv(_information(x, scaled, trials)[1]) / np.outer(size, size)
    return Fit(coef, cov, _log_likelihood(x @ scaled, y, trials), None, coef)


def penalized(x: np.ndarray, coef: np.ndarray, y: np.ndarray, trials: np.ndarray) -> float:
    """Return what Firth's estimate maximizes: the log likelihood plus half the log determinant of the information."""
    return _log_likelihood(x @ coef, y, trials) + 0.5 * np.linalg.slogdet(_information(x, coef, trials)[1])[1]


def _checked(x: np.ndarray, y: np.ndarray, trials: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return design, successes and cases as floats, or say what is wrong."""
    x, y, trials = (np.asarray(v, float) for v in (x, y, trials))
    if x.ndim != 2 or y.shape != (len(x),) or trials.shape != y.shape or not x.size:
        raise ValueError(f"x, y, trials: shapes (rows, columns), (rows,), (rows,) are needed, got {x.shape}, {y.shape}, "
                         f"{trials.shape}")
    for name, values in {"x": x, "y": y, "trials": trials}.items():
        if not np.isfinite(values).all():
            raise ValueError(f"{name}, row {int(np.argwhere(~np.isfinite(values))[0][0])}: missing or infinite; mend or drop it")
    wrong = np.flatnonzero((y < 0) | (y > trials) | (trials <= 0) | (y != np.round(y)) | (trials != np.round(trials)))
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(f"y, row {row}: whole successes among at least one trial are needed, got {y[row]:g} of {trials[row]:g}")
    return x, y, trials


def _log_likelihood(logit: np.ndarray, y: np.ndarray, trials: np.ndarray) -> float:
    """Return the log likelihood without binomial coefficients."""
    return float((y * logit - trials * softplus(logit)).sum())


def _information(x: np.ndarray, coef: np.ndarray, trials: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return probabilities, information and leverages."""
    p = special.expit(x @ coef)
    w = trials * p * (1 - p)
    hessian = (x.T * w) @ x
    return p, hessian, w * np.einsum("ij,ji->i", x, np.linalg.solve(hessian, x.T))


def _newton(x: np.ndarray, y: np.ndarray, trials: np.ndarray, half: bool) -> np.ndarray:
    """Return the coefficients that solve the score equation; with ``half`` Firth's."""
    coef = np.zeros(x.shape[1])
    worth = (lambda c: penalized(x, c, y, trials)) if half else (lambda c: _log_likelihood(x @ c, y, trials))
    now = worth(coef)
    for _ in range(_STEPS):
        p, hessian, leverage = _information(x, coef, trials)
        score = x.T @ (y - trials * p + (leverage * (0.5 - p) if half else 0))
        if half:  # leverages are further cases, half of them successes
            hessian = hessian + (x.T * (leverage * p * (1 - p))) @ x
        step = np.linalg.solve(hessian, score)
        if step @ score < _SETTLED**2 * max(1.0, trials.sum()):
            return coef + step
        size = 1.0
        while size > 1e-8:
            trial = worth(coef + size * step)
            if trial >= now - 1e-12 * abs(now):
                break
            size /= 2
        coef, now = coef + size * step, trial
    raise ValueError("logistic regression did not settle: columns of x are too nearly dependent; subtract from each covariate "
                     "its mean, and leave out what says almost the same as another")
