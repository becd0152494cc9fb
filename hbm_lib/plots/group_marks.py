"""A color, a mark and a place for the name of each of a few groups."""

from collections.abc import Sequence

import numpy as np

from hbm_lib.plots.style import COLOURS, GROUPS

MOST = len(GROUPS)
"""As many groups as have a color of their own."""
_SHAPES = ("o", "s", "^", "D", "v", "P", "X", "p")


def marks(groups: int) -> tuple[list[str], list[str]]:
    """Return colors and marks of the groups; one color and one mark for all where there are more than ``MOST``."""
    if groups > MOST:
        return [COLOURS["partial pooling"]], ["o"]
    return list(GROUPS[:groups]), list(_SHAPES[:groups])


def short(name: object, most: int = 14) -> str:
    """Return a name that fits beside a figure."""
    text = str(name)
    return text if len(text) <= most else text[: most - 1] + "…"


def spread(heights: Sequence[float], apart: float, low: float, high: float) -> np.ndarray:
    """Return heights (G,) near the given ones, in their order, at least ``apart``, between ``low`` and ``high`` if they fit.

    The least-squares answer: after subtracting what must lie between, neighbors in the wrong order share their mean.
    """
    heights = np.asarray(heights, float)
    order = np.argsort(heights, kind="stable")
    steps = apart * np.arange(len(heights))
    blocks: list[list[float]] = []
    for value in heights[order] - steps:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (b, n), (a, m) = blocks.pop(), blocks.pop()
            blocks.append([(a * m + b * n) / (m + n), m + n])
    level = np.concatenate([np.full(int(n), v) for v, n in blocks])
    level = np.maximum(np.minimum(level, high - steps[-1] - apart / 2), low + apart / 2)
    out = np.empty(len(heights))
    out[order] = level + steps
    return out
