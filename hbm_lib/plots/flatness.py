"""Is a claimed conditional the joint density, up to a constant? The difference of their logarithms along a coordinate."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, canvas


def flatness(panels: Mapping[str, tuple[np.ndarray, np.ndarray]], *, ylabel: str, name: str, tolerance: float = 1e-6) -> Picture:
    """Draw log joint less log claim, a panel an update; a right claim is a flat line.

    Parameters
    ----------
    panels : mapping of str to tuple of two arrays of shape (L,)
        Coordinate to its values and the differences there; each panel's mean is taken off.
    ylabel, name : str
        Axis text and the picture's name.
    tolerance : float
        Largest change that counts as none.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing to draw, two arrays do not fit, or a value is not a finite number.
    """
    if not panels:
        raise ValueError("panels: there is nothing to draw; give at least one coordinate")
    said, deep = [], -(-len(panels) // 2)
    with canvas(5.4, 1.9 * deep + 0.5, deep, min(2, len(panels)), sharey=True, squeeze=False) as (fig, axes):
        for ax, (what, (x, difference)) in zip(axes.ravel(), panels.items(), strict=False):
            x, values = columns(len(x), **{f"places along {what}": x, f"differences along {what}": difference})
            moved = float(np.ptp(values))
            ax.axhline(0, color=FAINT, lw=1, ls=":")
            ax.plot(x, values - values.mean(), color=COLOURS["partial pooling" if moved <= tolerance else "bad"], lw=2.4)
            ax.set_title(what)
            said.append(f"along {what} it " + ("does not change" if moved <= tolerance else f"changes by {moved:.2g}"))
        for ax in axes.ravel()[len(panels):]:
            ax.set_visible(False)
        fig.supylabel(ylabel, fontsize=11)
    return Picture(fig, f"The {ylabel} is drawn, a panel a coordinate: {'; '.join(said)}.", name)
