"""Draws in (theta, log tau) with divergences, against the exact density of tau."""

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, INK, canvas, label


def funnel(
    theta: np.ndarray, tau: np.ndarray, diverging: np.ndarray, exact_lines: dict[float, float], *,
    xlabel: str, title: str, name: str, xlim: tuple[float, float], ylim: tuple[float, float] = (-3.0, 4.0),
    verdict: str,
) -> Picture:
    """Draw one form's draws, divergent ones on top, with the exact quantiles of tau as lines.

    Parameters
    ----------
    theta, tau : array of shape (N,)
        Draws of one effect and of tau.
    diverging : array of shape (N,)
        Which transitions diverged.
    exact_lines : dict of float to float
        Probability to exact quantile of tau.
    xlabel, title, name : str
        Texts and the picture's name.
    xlim, ylim : tuple of float
        Fixed limits, so that no axis depends on a draw.
    verdict : str
        A sentence on what the draws do, for the description.

    Returns
    -------
    Picture
    """
    theta, tau = columns(len(theta), theta=theta, tau=tau)
    diverging = np.asarray(diverging, bool)
    if diverging.shape != theta.shape or tau.min() <= 0:
        raise ValueError(f"tau: draws above 0, and one mark of divergence each, are needed; the least tau is {tau.min():g}")
    with canvas(5.4, 4.2) as (fig, ax):
        ax.plot(theta, np.log(tau), ".", ms=2.2, color=COLOURS["partial pooling"], alpha=0.45, rasterized=True)
        if diverging.any():
            ax.plot(theta[diverging], np.log(tau[diverging]), "o", ms=4, mfc="none", mec=COLOURS["bad"], rasterized=True)
        for p, value in exact_lines.items():
            ax.axhline(np.log(value), color=FAINT, lw=1)
            label(ax, 0.995, np.log(value) + 0.13, f"{100 * p:g} % of the exact posterior lies below", INK,
                  xycoords=("axes fraction", "data"), ha="right", fontsize=10)
        ax.set_xlim(*xlim)
        ax.set_ylim(*ylim)
        ax.set_xlabel(xlabel)
        ax.set_ylabel("log τ")
        ax.set_title(title)
    fig.set_dpi(110)
    marks = "; ".join(f"{100 * p:g} percent at {np.log(v):.2f}" for p, v in exact_lines.items())
    words = (
        f"Draws of one effect (across) and log tau (up), divergent transitions ringed. Horizontal lines mark exact "
        f"quantiles of log tau: {marks}. {verdict}"
    )
    return Picture(fig, words, name)
