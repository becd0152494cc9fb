"""Tie a sentence to the values that make it true.

``claim("E[tau] is {tau:.2f}", tau=posterior.mean("tau"))`` prints the sentence
with the computed number in it; with a condition it raises when that is false.
The book's tests then hold the prose against these lines, so a sentence with a
number in it fails the build when the number changes.
"""

import html
import string
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd


class ClaimError(AssertionError):
    """A sentence of the book is not true of the values computed."""


@dataclass(frozen=True)
class Claim:
    """A sentence that was checked; shows itself as one line with a tick."""

    sentence: str

    def __repr__(self) -> str:
        """Return the plain line."""
        return f"✓ {self.sentence}"

    def _repr_html_(self) -> str:
        """Return the line for a notebook or a page."""
        return f'<p class="hbm-claim">{html.escape(self.sentence)}</p>'


def _not_finite(value: object) -> bool:
    """Return whether a value is, or holds, a number that is not finite, missing or masked."""
    if isinstance(value, Mapping):
        return any(map(_not_finite, value.values()))
    numbers = np.asarray(value)
    if numbers.dtype.kind in "fc":
        return np.ma.is_masked(value) or not np.isfinite(numbers).all()
    missing = numbers.dtype.kind in "OmM" and bool(np.any(pd.isna(numbers)))
    return missing or np.ma.is_masked(value)


def claim(sentence: str, holds: object = True, /, **values: object) -> Claim:
    """Check a sentence and show it.

    Parameters
    ----------
    sentence : str
        The sentence, with ``{name:.2f}`` wherever a computed value stands.
    holds : bool or array of bool
        The condition that makes the sentence true, of every entry. A sentence
        that only reports values needs none.
    **values : object
        The values named in the sentence; every one must be used and finite.

    Returns
    -------
    Claim
        Displays as the sentence with a tick.

    Raises
    ------
    ClaimError
        If the condition is false or a value is not finite.
    ValueError
        If a value is given that the sentence does not use, or the condition is
        not a truth value (a number, or an empty array that would hold of nothing).
    """
    condition = np.asarray(holds)
    if condition.dtype != bool or condition.size == 0:
        raise ValueError(f"claim: the condition must be true or false, and of something; got {holds!r}")
    fields = {f.split(".")[0].split("[")[0] for _, f, _, _ in string.Formatter().parse(sentence) if f}
    unused = set(values) - fields
    if unused:
        raise ValueError(f"claim: the sentence does not use {sorted(unused)}: {sentence!r}")
    broken = [k for k, v in values.items() if _not_finite(v)]
    plain = {
        k: v.item() if isinstance(v, np.generic) or (np.ndim(v) == 0 and hasattr(v, "item")) else v for k, v in values.items()
    }
    if broken:
        raise ClaimError(f"not finite: {', '.join(broken)} in the claim: {sentence}")
    text = sentence.format(**plain)
    if not condition.all():
        raise ClaimError(f"this is not true of the values computed: {text}")
    return Claim(text)
