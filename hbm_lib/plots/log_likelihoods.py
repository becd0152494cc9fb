"""Log likelihoods of a few units over the same parameter: some have a top, others climb for ever."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, canvas

_TONES = ("no pooling", "truth", "partial pooling", "penalized")
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))


def log_likelihoods(
    x: np.ndarray, curves: Mapping[str, np.ndarray], tops: Mapping[str, float], *, xlabel: str, ylabel: str, name: str,
    low: float = -8.0,
) -> Picture:
    """Draw log likelihoods, with a circle at a maximum and an arrow where it is never reached.

    Parameters
    ----------
    x : array of shape (K,)
        Increasing values of the parameter.
    curves : mapping of str to array of shape (K,)
        One to four units to their log likelihoods at x.
    tops : mapping of str to float
        Unit to the place of its maximum: a number, or plus or minus infinity.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.
    low : float
        Lower end of the ordinate.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are no curves or more than four, an array has not one finite number a place, x does not
        increase, or a unit has no top or one outside x.
    """
    if not 0 < len(curves) <= len(_TONES):
        raise ValueError(f"curves: one to {len(_TONES)} are drawn, got {len(curves)}")
    (x,) = columns(np.size(x), x=x)
    fall = np.flatnonzero(np.diff(x) <= 0)
    if fall.size:
        row = int(fall[0]) + 1
        raise ValueError(f"x, row {row}: {x[row]:g} is not above {x[row - 1]:g} before it; sort x, and the curves with it")
    curves = {key: columns(len(x), **{f"curves[{key!r}]": y})[0] for key, y in curves.items()}
    for key in curves:
        if key not in tops or np.isnan(tops[key]):
            raise ValueError(f"tops: the place of the maximum of {key!r} is missing; it may be infinite")
        if np.isfinite(tops[key]) and not x[0] <= tops[key] <= x[-1]:
            raise ValueError(f"tops[{key!r}]: {tops[key]:g} lies outside x, which goes from {x[0]:g} to {x[-1]:g}; widen x")
    said = []
    with canvas(5.4, 3.9) as (fig, ax):
        for tone, dash, (key, y) in zip(_TONES, _DASHES, curves.items(), strict=False):
            ax.plot(x, y, color=COLOURS[tone], ls=dash, label=key)
            top, last = tops[key], -1 if tops[key] > 0 else 0
            if np.isinf(top):
                ax.plot(x[last], y[last], ">" if top > 0 else "<", color=COLOURS[tone], ms=8, clip_on=False)
                edge = "right" if top > 0 else "left"
                said.append(f"{key}: the curve climbs to the {edge} edge, where it is {y[last]:.4f}, and has no maximum")
            else:
                ax.plot(top, np.interp(top, x, y), "o", mfc="none", mew=1.8, ms=8, color=COLOURS[tone])
                said.append(f"{key}: the curve is highest at {top:.2f}")
        ax.set_xlim(x[0], x[-1])
        ax.set_ylim(low, 0.04 * abs(low))
        ax.set_xlabel(xlabel)
        ax.set_ylabel(ylabel)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, handlelength=2.6, columnspacing=1.4)
    return Picture(fig, f"The curves show {ylabel} against {xlabel}. " + ". ".join(said) + ".", name)
