"""Hold draws of one number against the law that they must follow, whatever its tails.

`montecarlo` compares means and standard deviations. A variance drawn from an inverse gamma may have neither, and two
laws may share both. Here each draw is put through the distribution function of the law, and the values must be uniform.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from .compare import Difference, as_numbers
from .montecarlo import unfit
from .question import Attempt


@dataclass(frozen=True)
class Law:
    """Comparison of independent draws of one number with an exact law, a frozen distribution of SciPy.

    Parameters
    ----------
    repeats : int
        How often to call a function that returns one draw; 0 if it returns many.
    level : float
        Probability that draws of the right law are refused, for one input.
    """

    repeats: int = 2000
    level: float = 1e-6

    def __str__(self) -> str:
        return f"Draws are held against the right law; by chance one right answer in {1 / self.level:,.0f} is refused."

    def difference(self, answer: Any, truth: Any, parts: tuple[str, ...] = ()) -> Difference | None:
        """Return why the draws cannot come from the law, or None.

        Parameters
        ----------
        answer : array_like
            Draws, shape (draws,).
        truth : frozen distribution
            The law.
        parts : tuple of str
            Not used: draws have no parts.
        """
        draws = as_numbers(answer)
        if isinstance(draws, Difference):
            return draws
        problem = unfit(draws, ())
        if problem:
            return problem
        u = truth.cdf(draws)
        return None if p_value(u) > self.level else Difference("different", _words(draws, u))


def p_value(u: np.ndarray) -> float:
    """Return the p-value of three tests that values are uniform: Kolmogorov and Smirnov's, their mean, their spread.

    Parameters
    ----------
    u : ndarray, shape (draws,)
        Values of a distribution function at independent draws.

    Returns
    -------
    float
        Three times the smallest of the three, at most 1.
    """
    # The mean of u has variance 1/12n, that of (u - 1/2)² has 1/180n.
    z = np.sqrt(len(u)) * np.array([(u.mean() - 0.5) * 12**0.5, (np.mean((u - 0.5) ** 2) - 1 / 12) * 180**0.5])
    return float(min(1.0, 3 * min(stats.kstest(u, "uniform", method="asymp").pvalue, 2 * stats.norm.sf(np.abs(z).max()))))


def law_like(law: Callable[..., Any], level: float = 1e-7) -> Callable[[Attempt], bool]:
    """Return a recognizer: the draws follow this (wrong) law.

    Parameters
    ----------
    law : callable
        The frozen distribution that a reader with the misconception draws from, given the case's inputs.
    level : float
        Probability, for one input, that draws of this law are not recognized.
    """

    def recognise(attempt: Attempt) -> bool:
        return all(
            p_value(law(*tried.inputs.values()).cdf(np.asarray(answer, dtype=float))) > level
            for tried, answer in zip(attempt.cases, attempt.answers, strict=True)
        )

    return recognise


def standstill(attempt: Attempt) -> bool:
    """Recognize answers that are the same at every call: no draws.

    Parameters
    ----------
    attempt : Attempt
        What the reader's function gave when it was called again and again, draws first.
    """
    return all(np.ptp(np.asarray(answer, dtype=float), axis=0).max() == 0 for answer in attempt.answers)


def _words(draws: np.ndarray, u: np.ndarray) -> str:
    """Say on which side of the law the draws lie, or how they spread; never the right value."""
    if abs(u.mean() - 0.5) > 4 / np.sqrt(12 * len(u)):
        side = "large" if u.mean() > 0.5 else "small"
        return f"has draws that are too {side} (their median is {np.median(draws):.4g})"
    width = "widely" if np.mean((u - 0.5) ** 2) > 1 / 12 else "closely"
    return f"has draws about the right place that lie too {width} about it (their sd is {draws.std(ddof=1):.4g})"
