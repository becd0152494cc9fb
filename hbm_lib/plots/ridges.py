"""Posterior densities, one row a parameter on one axis, with the truth and another estimate of each."""

from collections.abc import Mapping

import numpy as np
from matplotlib.lines import Line2D

from hbm_lib.plots.columns import columns
from hbm_lib.plots.group_marks import short
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, canvas, label

_LINES = {"truth": ("-", "truth"), "complete pooling": ("--", "complete pooling")}


def ridges(
    x: np.ndarray, curves: Mapping[str, np.ndarray], *, xlabel: str, name: str,
    marks: Mapping[str, np.ndarray] | None = None, prior: np.ndarray | None = None,
) -> Picture:
    """Draw one filled density a row, each scaled to the same height, with vertical marks in its row.

    Parameters
    ----------
    x : array of shape (K,)
        Common abscissa.
    curves : mapping of str to array of shape (K,)
        R parameters and their densities, drawn from the top down.
    xlabel, name : str
        Axis text and the picture's name.
    marks : mapping of str to array of shape (R,), optional
        "truth" or "complete pooling" to a value in each row.
    prior : array of shape (K,), optional
        A prior density that all rows share, drawn dashed on the scale of each row.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is no curve, a curve has not one finite density a point or is 0 throughout, or a mark not one value a row.
    """
    (x,) = columns(np.size(x), x=x)
    if not curves:
        raise ValueError("curves: there is nothing to draw; give at least one")
    curves = {key: columns(len(x), **{f"curves[{key!r}]": y})[0] for key, y in curves.items()}
    flat = [key for key, y in curves.items() if y.max() <= 0]
    if flat:
        raise ValueError(f"curves[{flat[0]!r}]: its density is 0 at every point of x; widen x")
    marks = {key: columns(curves, **{f"marks[{key!r}]": v})[0] for key, v in (marks or {}).items()}
    if prior is not None:
        (prior,) = columns(len(x), prior=prior)
    tone = COLOURS["partial pooling"]
    with canvas(5.4, 0.72 * len(curves) + 1.15) as (fig, ax):
        for row, (key, y) in enumerate(curves.items()):
            base = len(curves) - 1 - row
            ax.fill_between(x, base, base + 0.8 * y / y.max(), color=tone, alpha=0.3, lw=0)
            ax.plot(x, base + 0.8 * y / y.max(), color=tone, lw=1.6)
            if prior is not None:
                ax.plot(x, base + np.minimum(0.8 * prior / y.max(), 0.85), color=COLOURS["prior"], lw=1.3, ls="--")
            for kind, values in marks.items():
                ax.vlines(values[row], base, base + 0.9, color=COLOURS[kind], lw=2.2, ls=_LINES[kind][0])
            label(ax, 0.0, base + 0.62, short(key, 18), xycoords=("axes fraction", "data"), fontsize=11, parse_math=False)
        ax.set_xlim(x[0], x[-1])
        ax.set_ylim(-0.05, len(curves))
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(xlabel, parse_math=False)
        keys = [Line2D([], [], color=tone, lw=6, alpha=0.5, label="posterior")]
        keys += [Line2D([], [], color=COLOURS[kind], lw=2.2, ls=_LINES[kind][0], label=_LINES[kind][1]) for kind in marks]
        if prior is not None:
            keys.append(Line2D([], [], color=COLOURS["prior"], lw=1.3, ls="--", label="prior"))
        ax.legend(handles=keys, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, columnspacing=1.2, handlelength=1.6)
    said = []
    for row, (key, y) in enumerate(curves.items()):
        at = [f"{kind} {values[row]:.2f}" for kind, values in marks.items()]
        said.append(", ".join([f"{key} peaks at {x[int(y.argmax())]:.2f}", *at]))
    return Picture(fig, f"Posterior densities over {xlabel} are drawn, one row each. {'; '.join(said)}.", name)
