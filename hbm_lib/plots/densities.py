"""Densities of one quantity on one axis: a prior and its posterior, or several priors."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, INK, canvas, label

_CYCLE = ("partial pooling", "data", "good", "complete pooling", "bad")


def densities(
    x: np.ndarray,
    curves: Mapping[str, np.ndarray],
    *,
    xlabel: str,
    name: str,
    dashed: tuple[str, ...] = (),
    mark: float | None = None,
    mark_label: str = "",
) -> Picture:
    """Draw density curves with their names written beside them.

    Parameters
    ----------
    x : array of shape (K,)
        Common abscissa.
    curves : mapping of str to array of shape (K,)
        Densities per unit of x. NaN leaves a gap.
    xlabel, name : str
        Axis text and the picture's name.
    dashed : tuple of str
        Curves drawn dashed and gray: priors.
    mark, mark_label : float, str
        A vertical guide.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are more solid curves than colors.
    """
    if len(curves) - len(set(curves) & set(dashed)) > len(_CYCLE):
        raise ValueError(f"curves: at most {len(_CYCLE)} solid ones have a color of their own, got {len(curves)}; dash some")
    (x,) = columns(len(x), x=x)
    curves = {title: np.asarray(y, float) for title, y in curves.items()}
    for title, y in curves.items():  # NaN leaves a gap
        if y.shape != x.shape or not np.isfinite(y).any() or np.isinf(y).any():
            raise ValueError(f"curves[{title!r}]: densities at the {len(x)} points of x are needed, finite or missing")
    if not curves:
        raise ValueError("curves: there is nothing to draw; give at least one")
    said = []
    with canvas() as (fig, ax):
        solid = iter(_CYCLE)
        top = max(float(np.nanmax(v)) for v in curves.values())
        for i, (title, y) in enumerate(curves.items()):
            tone = COLOURS["prior"] if title in dashed else COLOURS[next(solid)]
            ax.plot(x, y, color=tone, ls="--" if title in dashed else "-")
            label(ax, 0.98, 0.95 - 0.09 * i, ("- - " if title in dashed else "— ") + title, INK if title in dashed else tone,
                  xycoords="axes fraction", ha="right")
            peak = x[int(np.nanargmax(y))]
            said.append(f"{title} peaks at {peak:.1f} with density {np.nanmax(y):.3f}")
        if mark is not None:
            ax.axvline(mark, color=COLOURS["prior"], lw=1, ls=":")
            label(ax, mark, top * 0.04, " " + mark_label, INK)
        ax.set_ylim(0, top * 1.08)
        ax.set_xlim(x[0], x[-1])
        ax.set_xlabel(xlabel)
        ax.set_ylabel("density")
        ax.set_yticks([])
    if mark is not None:
        said.append(f"a dotted line marks {mark_label or 'the value'} at {mark:.1f}")
    return Picture(fig, "Density curves over " + xlabel + ". " + "; ".join(said) + ".", name)
