"""Numbers and labels as a reader reads them."""

import re

import numpy as np

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def decimals(scale: float) -> int | None:
    """Return how many decimals show two digits of a quantity of this size; None where no plain number can."""
    if not np.isfinite(scale) or scale <= 0:
        return 2
    places = 1 - int(np.floor(np.log10(scale)))
    return max(0, places) if places <= 6 and scale < 1e9 else None


def number(value: float, places: int | None) -> str:
    """Return a number with so many decimals, a true minus sign, and commas at the thousands."""
    if places is None:
        return f"{value:.3g}".replace("-", "−")
    text = f"{value:,.{places}f}"
    return text.removeprefix("-") if not any(c in "123456789" for c in text) else text.replace("-", "−")


def percent(share: float) -> str:
    """Return a share in percent, never 0 or 100 where it is neither."""
    if 0 < share < 0.005:
        return "< 1 %"
    if 0.995 < share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %"


def shown(label: object, most: int = 60) -> str:
    """Return a label on one line without control characters, cut where it is long."""
    text = " ".join(_CONTROL.sub(" ", str(label)).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def drawn(label: object) -> str:
    """Return a label for a figure, whose description may hold no number called nan or inf."""
    return re.sub(r"\b(nan|inf)\b", lambda m: m[0][0] + "\u200b" + m[0][1:], shown(label))
