"""Three levels as a generative process, in NumPy: the one definition all engines share.

Draws are dictionaries of arrays with any leading axes: ``mu``, ``tau_school``, ``tau_teacher``,
``sigma`` (...), ``theta`` (..., S), ``alpha`` (..., T).
"""

from collections.abc import Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.three_levels.spec import Data, Prior

Draws = Mapping[str, np.ndarray]
SCALARS = ("mu", "tau_school", "tau_teacher", "sigma")


def draw_prior(rng: np.random.Generator, data: Data, prior: Prior, n: int | tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draw ``n`` sets of parameters from the prior."""
    size = (n,) if isinstance(n, int) else tuple(n)
    out = {name: getattr(prior, name).sample(rng, size) for name in SCALARS}
    gap = out["tau_school"][..., None] * rng.standard_normal((*size, len(data.schools)))
    out["theta"] = out["mu"][..., None] + gap
    gap = out["tau_teacher"][..., None] * rng.standard_normal((*size, len(data.teachers)))
    out["alpha"] = out["theta"][..., data.of_teacher] + gap
    return out


def predict(rng: np.random.Generator, draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Draw one replicated score of every pupil per draw, shape (..., n)."""
    mean = np.asarray(draws["alpha"])[..., data.index]
    return mean + np.asarray(draws["sigma"])[..., None] * rng.standard_normal(mean.shape)


def log_likelihood(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y_i | alpha, sigma) for every draw and pupil, shape (..., n)."""
    return stats.norm.logpdf(data.y, np.asarray(draws["alpha"])[..., data.index], np.asarray(draws["sigma"])[..., None])


def log_prior(draws: Draws, prior: Prior) -> dict[str, np.ndarray]:
    """Return the log prior density of each hyperparameter, (...)."""
    return {name: getattr(prior, name).logpdf(draws[name]) for name in SCALARS}


def log_joint(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y, alpha, theta, hyperparameters), shape (...), with no constant left out."""
    school, teacher = (np.asarray(draws[n])[..., None] for n in ("tau_school", "tau_teacher"))
    total = sum(log_prior(draws, prior).values()) + log_likelihood(draws, data, prior).sum(-1)
    total = total + stats.norm.logpdf(draws["theta"], np.asarray(draws["mu"])[..., None], school).sum(-1)
    return total + stats.norm.logpdf(draws["alpha"], np.asarray(draws["theta"])[..., data.of_teacher], teacher).sum(-1)


def shares(draws: Draws) -> dict[str, np.ndarray]:
    """Return the share of a pupil's variance that lies between schools, between teachers and between pupils, each (...)."""
    squares = {"schools": draws["tau_school"], "teachers": draws["tau_teacher"], "pupils": draws["sigma"]}
    squares = {name: np.asarray(value) ** 2 for name, value in squares.items()}
    total = sum(squares.values())
    return {name: value / total for name, value in squares.items()}
