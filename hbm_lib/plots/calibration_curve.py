"""Does what was given 70 percent happen in 70 of 100 cases? A panel an estimator."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, MARKS, canvas

Curve = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def calibration_curve(curves: Mapping[str, Curve], *, name: str, xlabel: str = "predicted", ylabel: str = "happened") -> Picture:
    """Draw how often what was predicted has happened, bin by bin, beside the diagonal on which both agree.

    Parameters
    ----------
    curves : mapping of str to tuple of five arrays of shape (B,)
        One to four estimators ("no pooling", "penalized", "complete pooling", "partial pooling") to, for each of its bins: the
        mean predicted probability, the share that happened, the lower and upper end of an interval for it,
        and the number of cases. Probabilities are between 0 and 1.
    name, xlabel, ylabel : str
        The picture's name and the axes' texts; percent is added.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is no estimator, an unknown one or more than four, an array has not one finite number a bin, a
        probability is none, a share lies outside its interval, or a bin has less than one case.
    """
    if not 0 < len(curves) <= len(MARKS):
        raise ValueError(f"curves: one to {len(MARKS)} estimators are drawn, got {len(curves)}")
    unknown = [kind for kind in curves if kind not in MARKS]
    if unknown:
        raise ValueError(f"curves: {unknown[0]!r} has no color; known are {', '.join(MARKS)}")
    parts = ("predicted", "share", "lower end", "upper end", "cases")
    for kind, five in curves.items():
        if not hasattr(five, "__len__") or len(five) != len(parts):
            raise ValueError(f"curves[{kind!r}]: five arrays are needed, {', '.join(parts)}, got {five!r}")
    curves = {kind: columns(np.size(five[0]), **{f"{part} of {kind}": v for part, v in zip(parts, five, strict=True)})
              for kind, five in curves.items()}
    for kind, five in curves.items():
        for part, values in zip(parts[:4], five, strict=False):
            if values.min() < 0 or values.max() > 1:
                raise ValueError(f"{part} of {kind}: probabilities from 0 to 1 are needed, got {values.min():g} to "
                                 f"{values.max():g}")
        _, share, low, high, count = five
        wrong = np.flatnonzero((share < low) | (share > high))
        if wrong.size:
            row = int(wrong[0])
            raise ValueError(f"share of {kind}, row {row}: {share[row]:g} lies outside its interval, {low[row]:g} to "
                             f"{high[row]:g}; give share, lower and upper end in this order")
        if count.min() < 1:
            row = int(count.argmin())
            raise ValueError(f"cases of {kind}, row {row}: {count[row]:g} is not at least 1; leave empty bins out")
    across = 2 if len(curves) == 4 else len(curves)
    down = -(-len(curves) // across)
    most, said = max(five[4].max() for five in curves.values()), []
    with canvas(5.4 if across > 1 else 3.8, {1: 3.6, 2: 2.75, 3: 2.4}[across] * down, down, across,
                sharex=True, sharey=True, squeeze=False) as (fig, axes):
        for ax, (kind, (predicted, share, low, high, count)) in zip(axes.flat, curves.items(), strict=True):
            ax.plot([0, 100], [0, 100], color=FAINT, lw=1.2, ls="--")
            ax.vlines(100 * predicted, 100 * low, 100 * high, color=COLOURS[kind], lw=1.8)
            ax.scatter(100 * predicted, 100 * share, s=14 + 50 * count / most, marker=MARKS[kind], color=COLOURS[kind], zorder=3)
            ax.set_title(kind, fontsize=11 if across < 3 else 10.5)
            ax.set_aspect("equal")
            held = int(np.sum((low <= predicted) & (predicted <= high)))
            far = int(np.argmax(np.abs(share - predicted)))
            said.append(f"{kind}: the intervals of {held} of {len(predicted)} bins reach the diagonal; the widest gap is where "
                        f"{100 * predicted[far]:.0f} percent was predicted and {100 * share[far]:.0f} happened, in "
                        f"{count[far]:,.0f} cases")
        axes[0, 0].set_xlim(-4, 104)
        axes[0, 0].set_ylim(-4, 104)
        axes[0, 0].set_xticks([0, 50, 100])
        axes[0, 0].set_yticks([0, 50, 100])
        fig.supxlabel(f"{xlabel} (%)", fontsize=11.5)
        fig.supylabel(f"{ylabel} (%)", fontsize=11.5)
    words = (f"Calibration curves of {len(curves)} estimator{'s' * (len(curves) > 1)} show {ylabel} against {xlabel}, in "
             f"percent, with a dashed diagonal. ")
    return Picture(fig, words + ". ".join(said) + ".", name)
