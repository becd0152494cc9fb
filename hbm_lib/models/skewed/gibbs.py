"""Gibbs sampling for the log-normal hurdle, in NumPy: every coefficient becomes a creators' model.

Given Pólya-Gamma variables (Polson, Scott & Windle 2013, JASA 108) an arm's logit is observed with normal error, and the
mean of payers' logs observes log m - shape² / 2 the same way. So given a creator's effect its level has a normal
observation with a known error, and given its level so has its effect: the model of ``models.creators``, whose sweep
advances each coefficient. The shape has a slice step of its own.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hbm_lib.model import EngineError
from hbm_lib.models.creators import Prior as CreatorsPrior
from hbm_lib.models.creators import gibbs as creators
from hbm_lib.models.skewed.spec import Coefficient, Data, Prior
from hbm_lib.samplers import polya_gamma
from hbm_lib.samplers.slices import slice_step

FORMS = creators.FORMS
_NOTHING = 1e-12  # the precision of an arm without payers, which says nothing


class State(NamedTuple):
    """What is carried: of each coefficient the state of its creators' model, and the shape (C,)."""

    coefficients: dict[str, creators.State]
    shape: np.ndarray


@dataclass(frozen=True)
class Working:
    """Normal observations of one coefficient: effect and se (C, N), and each creator's genre."""

    effect: np.ndarray
    se: np.ndarray
    index: np.ndarray
    counts: np.ndarray

    @property
    def n_genres(self) -> int:
        """The number of genres."""
        return len(self.counts)

    @property
    def n_creators(self) -> int:
        """The number of creators."""
        return len(self.index)


def _working(data: Data, value: np.ndarray, precision: np.ndarray) -> Working:
    """Return normal observations with these precisions."""
    counts = np.bincount(data.index, minlength=data.n_genres)
    return Working(value, 1 / np.sqrt(np.maximum(precision, _NOTHING)), data.index, counts)


def _law(prior: Coefficient) -> CreatorsPrior:
    """Return a coefficient's prior as that of a creators' model."""
    return CreatorsPrior(prior.mu, prior.sigma_genre, prior.sigma_creator)


def init(rng: np.random.Generator, data: Data, prior: Prior, chains: int) -> State:
    """Start ``chains`` chains about each arm's own logit and mean of logs.

    Raises
    ------
    EngineError
        If payers are not log-normal, or a coefficient's mean has no normal prior.
    """
    if prior.positive != "lognormal":
        raise EngineError(f"engine 'gibbs' needs log-normal payers, got {prior.positive}; use pymc or numpyro")
    some = data.payers + 0.5
    logit = np.log(some / (data.users - data.payers + 0.5))
    typical = data.sum_log.sum((-2, -1), keepdims=True) / np.maximum(data.payers.sum((-2, -1), keepdims=True), 1)
    log_m = (data.sum_log + typical) / (data.payers + 1)
    found, sides = {}, {"share": (logit, some), "mean": (log_m, some)}
    for part, (value, weight) in sides.items():
        value, weight = (np.broadcast_to(v, (chains, 2, data.n_creators)) for v in (value, weight))
        for what, seen, precision in (("level", value[:, 0], weight[:, 0]), ("effect", value[:, 1] - value[:, 0],
                                                                            1 / (1 / weight).sum(-2))):
            name = f"{part}_{what}"
            found[name] = creators.init(rng, _working(data, seen, precision), _law(getattr(prior, name)), chains)
    low, high = prior.shape.support
    return State(found, np.exp(rng.uniform(np.log(max(low, 0.3)), np.log(min(high, 3.0)), chains)))


def values(state: State, name: str, data: Data) -> np.ndarray:
    """Return a coefficient of every creator, (C, N)."""
    s = state.coefficients[name]
    return (s.mu[:, None] + s.genre)[:, data.index] + s.creator


def arms(state: State, part: str, data: Data) -> np.ndarray:
    """Return the logit ("share") or log ("mean") of both arms, (C, 2, N)."""
    level, effect = values(state, f"{part}_level", data), values(state, f"{part}_effect", data)
    return np.stack([level, level + effect], axis=-2)


def draw_pair(
    rng: np.random.Generator, state: State, part: str, seen: np.ndarray, precision: np.ndarray, data: Data, prior: Prior,
    form: str,
) -> State:
    """Advance level and effect given normal observations of both arms, seen and precision (C, 2, N)."""
    for what in ("level", "effect"):
        name, other = f"{part}_{what}", values(state, f"{part}_{'effect' if what == 'level' else 'level'}", data)
        if what == "level":
            total = np.maximum(precision.sum(-2), _NOTHING)
            value = (precision[:, 0] * seen[:, 0] + precision[:, 1] * (seen[:, 1] - other)) / total
        else:
            total, value = precision[:, 1], seen[:, 1] - other
        moved, _ = creators.step(rng, state.coefficients[name], _working(data, value, total), _law(getattr(prior, name)), form)
        state = state._replace(coefficients=state.coefficients | {name: moved})
    return state


def log_shape(log_s: np.ndarray, log_m: np.ndarray, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(log shape | log m, payers' logs), (C,)."""
    s = np.exp(log_s)
    gap = data.mean_log - log_m + s[:, None, None] ** 2 / 2
    squares = (data.squares + data.payers * gap**2).sum((-2, -1))
    return prior.shape.logpdf(s) + log_s - data.payers.sum((-2, -1)) * log_s - squares / (2 * s**2)


def step(
    rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = "interwoven",
) -> tuple[State, creators.Info]:
    """Do one sweep over all conditionals."""
    shape = (len(state.shape), 2, data.n_creators)
    weight = polya_gamma.draw(rng, np.broadcast_to(data.users, shape), arms(state, "share", data))
    state = draw_pair(rng, state, "share", (data.payers - data.users / 2) / weight, weight, data, prior, form)
    squared = state.shape[:, None, None] ** 2
    seen = np.broadcast_to(data.mean_log, shape) + squared / 2
    state = draw_pair(rng, state, "mean", seen, data.payers / squared, data, prior, form)
    log_m = arms(state, "mean", data)
    log_s, calls = slice_step(rng, np.log(state.shape), lambda u: log_shape(u, log_m, data, prior), width=0.1)
    return state._replace(shape=np.exp(log_s)), creators.Info(calls)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    out = {"shape": state.shape}
    for c, s in state.coefficients.items():
        genre = s.mu[:, None] + s.genre
        out |= {f"{c}_mu": s.mu, f"{c}_sigma_genre": s.sigma_genre, f"{c}_sigma_creator": s.sigma_creator,
                f"{c}_genre": genre, c: genre[:, data.index] + s.creator}
    return out
