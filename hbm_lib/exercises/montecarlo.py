"""Hold draws against exact moments, in Monte Carlo standard errors of the draws themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from arviz_stats.base import array_stats

from .compare import Difference, as_numbers
from .question import Attempt


@dataclass(frozen=True)
class Moments:
    """Exact mean and standard deviation of what is drawn.

    Parameters
    ----------
    mean, sd : float or ndarray
        Of one draw; same shape.
    total_sd : float, optional
        Of the sum of a draw's entries. It tells entries that are drawn independently from
        entries that share their noise.
    """

    mean: Any
    sd: Any
    total_sd: float | None = None


@dataclass(frozen=True)
class MonteCarlo:
    """Comparison of draws with exact moments.

    Mean and sd of the draws must lie within `limit` Monte Carlo standard errors (MCSE) of the
    truth, and the MCSE of the mean must not exceed `cap` sd of the draws, so that a handful of
    draws cannot pass for want of precision.

    Parameters
    ----------
    limit : float
        Largest distance accepted, in MCSE.
    cap : float
        Largest MCSE of the mean accepted, as a fraction of the draws' sd. 0.05 asks for about
        400 effective draws.
    repeats : int
        How often to call a function that returns one draw; 0 if it returns many, draws first.
    """

    limit: float = 5.0
    cap: float = 0.05
    repeats: int = 0

    def __str__(self) -> str:
        return (
            f"Draws are compared to {self.limit:g} Monte Carlo standard errors, "
            f"which may be at most {self.cap:g} of their sd."
        )

    def difference(
        self, answer: Any, truth: Moments, parts: tuple[str, ...] = ()
    ) -> Difference | None:
        """Return why the draws cannot come from a distribution with these moments, or None.

        Parameters
        ----------
        answer : array_like
            Draws, shape (draws, *shape of the mean).
        truth : Moments
            Exact moments.
        parts : tuple of str
            Not used: draws have no parts.
        """
        draws = as_numbers(answer)
        if isinstance(draws, Difference):
            return draws
        problem = unfit(draws, np.shape(truth.mean)) or self._few(draws)
        problem = problem or self._far(draws, truth)
        if problem or truth.total_sd is None:
            return problem
        return self._together(draws.sum(axis=1), truth.total_sd)

    def _few(self, draws: np.ndarray) -> Difference | None:
        worst = float(np.max(mcse(draws, "mean") / draws.std(axis=0, ddof=1)))
        if worst <= self.cap:
            return None
        effective = int(1 / worst**2)
        needed = int(np.ceil(1 / self.cap**2))
        words = (
            f"holds {len(draws)} draws worth about {effective} independent ones, too few to judge: "
            f"about {needed} are needed. Draw more, or draw with less correlation"
        )
        return Difference("few draws", words)

    def _far(self, draws: np.ndarray, truth: Moments) -> Difference | None:
        found = {"mean": draws.mean(axis=0), "sd": draws.std(axis=0, ddof=1)}
        for what, value in found.items():
            true = np.asarray(getattr(truth, what), dtype=float)
            z = (value - true) / mcse(draws, what)
            if np.max(np.abs(z)) > self.limit:
                first = tuple(int(i) for i in np.argwhere(np.abs(z) > self.limit)[0])
                side = "above" if np.asarray(z)[first] > 0 else "below"
                where = f" (entry {first[0]}, counted from 0)" if first else ""
                words = (
                    f"has draws whose {what}{where} is {np.asarray(value)[first]:.4g}, "
                    f"{abs(np.asarray(z)[first]):.0f} Monte Carlo standard errors {side} the truth"
                )
                return Difference("different", words)
        return None

    def _together(self, total: np.ndarray, sd: float) -> Difference | None:
        z = float((total.std(ddof=1) - sd) / mcse(total, "sd"))
        if abs(z) <= self.limit:
            return None
        sign = "more" if z > 0 else "less"
        words = f"has entries that are right one by one, but move together {sign} than they should"
        return Difference("different", words)


def mcse(draws: np.ndarray, method: str) -> np.ndarray:
    """Return the Monte Carlo standard error of the mean or sd of one chain's draws.

    Parameters
    ----------
    draws : ndarray, shape (draws, ...)
        One chain.
    method : str
        ``"mean"`` or ``"sd"``.
    """
    return np.asarray(array_stats.mcse(draws[None], method=method, chain_axis=0, draw_axis=1))


def draws_like(moments: Callable[..., Moments] | Moments, limit: float = 5.0) -> Callable:
    """Return a recognizer: the draws have these (wrong) moments.

    Parameters
    ----------
    moments : callable or Moments
        What a reader with the misconception would draw from, given the case's inputs.
    limit : float
        Distance in MCSE within which the moments count as the same.
    """
    compare = MonteCarlo(limit=limit, cap=np.inf)

    def recognise(attempt: Attempt) -> bool:
        return all(
            compare.difference(
                answer, moments(*tried.inputs.values()) if callable(moments) else moments
            )
            is None
            for tried, answer in zip(attempt.cases, attempt.answers, strict=True)
        )

    return recognise


def unfit(draws: np.ndarray, shape: tuple[int, ...]) -> Difference | None:
    """Return what keeps draws from being looked at: shape, number, NaN, no spread.

    Parameters
    ----------
    draws : ndarray
        Draws first.
    shape : tuple of int
        Of one draw.
    """
    if draws.ndim != len(shape) + 1 or draws.shape[1:] != shape:
        wanted = "(draws,)" if not shape else f"(draws, {', '.join(map(str, shape))})"
        words = f"has the shape {draws.shape} where draws of shape {wanted} belong"
        return Difference("shape", words)
    if len(draws) < 10:
        return Difference("few draws", f"holds {len(draws)} draw(s), too few to judge")
    if not np.isfinite(draws).all():
        bad = int((~np.isfinite(draws)).sum())
        return Difference("nan", f"holds {bad} draws that are not finite")
    if (np.ptp(draws, axis=0) == 0).any():
        return Difference("different", "does not vary from draw to draw")
    return None
