"""A curve that is the average of bells."""

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, canvas


def bells(
    x: np.ndarray, bells: np.ndarray, average: np.ndarray, *, xlabel: str, ylabel: str, name: str, of: str = "average"
) -> Picture:
    """Draw bells of different widths, thin, and the curve that they are on average, strong.

    Parameters
    ----------
    x : array of shape (K,)
        Increasing places on the horizontal axis.
    bells : array of shape (B, K)
        Each bell at these places.
    average : array of shape (K,)
        The curve.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.
    of : str
        What the curve is called in the figure.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If an array has not one finite number a place, or there is no bell.
    """
    x, average = columns(np.size(x), x=x, average=average)
    many = np.asarray(bells, float)
    if many.ndim != 2 or many.shape[1] != len(x) or not len(many) or not np.isfinite(many).all():
        raise ValueError(f"bells: finite values of shape (bells, {len(x)}) are needed, at least one bell, got shape {many.shape}")
    with canvas(5.4, 3.4) as (fig, ax):
        ax.plot(x, many.T, color=FAINT, lw=1.0)
        ax.plot(x, average, color=COLOURS["partial pooling"], lw=3)
        ax.set_xlim(x[0], x[-1])
        ax.set_ylim(0, 1.3 * max(many.max(), average.max()))  # room for the legend
        ax.set_xlabel(xlabel)
        ax.set_ylabel(ylabel)
        handles = [ax.lines[0], ax.lines[-1]]
        ax.legend(handles, ["single bells", of], loc="upper right", handlelength=1.4)
    half = [float(np.ptp(x[row >= row.max() / 2])) for row in (*many, average)]
    words = (
        f"{len(many)} bells of different widths and one strong curve, their average, are drawn. At half of its height the "
        f"narrowest bell is {min(half[:-1]):.1f} wide, the widest {max(half[:-1]):.1f}, the curve {half[-1]:.1f}; at the right "
        f"end the curve has fallen to {average[-1] / average.max():.3f} of its height."
    )
    return Picture(fig, words, name)
