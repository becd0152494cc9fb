"""Where every group's estimate goes as tau moves from complete pooling to none."""

from collections.abc import Sequence

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, INK, canvas, label


def shrinkage_paths(
    tau: np.ndarray, paths: np.ndarray, labels: Sequence[str], density: np.ndarray, *, xlabel: str, ylabel: str, name: str
) -> Picture:
    """Draw E[theta_j | tau, y] against tau, with the posterior density of tau below.

    Parameters
    ----------
    tau : array of shape (K,)
        Increasing values, in the units of the effects.
    paths : array of shape (K, J)
        Conditional means.
    labels : sequence of str
        Names of the groups.
    density : array of shape (K,)
        Posterior density of tau.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.

    Returns
    -------
    Picture
    """
    tau, density = columns(len(tau), tau=tau, density=density)
    paths = np.asarray(paths, float)
    if paths.shape != (len(tau), len(labels)) or not np.isfinite(paths).all():
        raise ValueError(f"paths: finite numbers of shape {(len(tau), len(labels))} are needed, got shape {paths.shape}")
    with canvas(5.4, 5.0, rows=2, sharex=True, height_ratios=[3, 1]) as (fig, (ax, below)):
        ax.plot(tau, paths, color=COLOURS["partial pooling"], lw=1.8)
        order = np.argsort(paths[-1])
        spots = paths[-1][order].copy()
        gap = 0.055 * np.ptp(paths)
        for i in range(1, len(spots)):
            spots[i] = max(spots[i], spots[i - 1] + gap)
        for j, spot in zip(order, spots, strict=True):
            label(ax, tau[-1] * 1.015, spot, labels[j], annotation_clip=False)
        ax.set_ylabel(ylabel)
        below.fill_between(tau, density, color=COLOURS["partial pooling"], alpha=0.35, lw=0)
        below.plot(tau, density, color=COLOURS["partial pooling"])
        below.set_ylim(0)
        below.set_yticks([])
        below.set_xlabel(xlabel)
        below.set_ylabel("density")
        ax.set_xlim(0, tau[-1])
        ax.axhline(paths[0].mean(), color=FAINT, lw=1, ls=":")
        label(below, 0.98, 0.85, "how plausible each τ is", INK, xycoords="axes fraction", ha="right")
    ends = ", ".join(f"{labels[j]} {paths[-1, j]:.1f}" for j in order[::-1])
    words = (
        f"Lines start together at {paths[0].mean():.1f} where tau is {tau[0]:.1f} and fan out as tau grows; "
        f"at tau = {tau[-1]:.0f} they stand at {ends}. The panel below shows the posterior density of tau, "
        f"highest near {tau[int(np.argmax(density))]:.1f}."
    )
    return Picture(fig, words, name)
