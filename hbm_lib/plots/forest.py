"""A forest plot: one row a unit, several estimates side by side, each with its interval."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, INK, MARKS, canvas, label
from hbm_lib.plots.wrapping import fitted

Interval = tuple[np.ndarray, np.ndarray, np.ndarray]


def forest(
    labels: Sequence[str], estimates: Mapping[str, Interval], *, xlabel: str, name: str, notes: Sequence[str] | None = None,
    line: float | None = None, line_label: str = "", truth: np.ndarray | None = None, limits: tuple[float, float] | None = None,
    what: str = "unit", digits: int = 1,
) -> Picture:
    """Draw one row a unit, the first at the top, with one interval an estimator.

    An estimate or an end that is infinite is drawn as what it is: the interval runs out of the frame
    with an arrow at its edge, and there is no mark.

    Parameters
    ----------
    labels : sequence of str
        Names of the rows, J of them.
    estimates : mapping of str to tuple of three arrays of shape (J,)
        Estimator ("no pooling", "penalized", "complete pooling", "partial pooling") to estimate, lower and
        upper end, in the units of ``xlabel``; plus and minus infinity are allowed.
    xlabel, name : str
        Axis text and the picture's name.
    notes : sequence of str, optional
        A few characters for the right of each row, such as "4 of 4".
    line : float, optional
        Where a dotted vertical line stands.
    line_label : str
        What it marks.
    truth : array of shape (J,), optional
        True values: crosses.
    limits : tuple of two floats, optional
        Ends of the abscissa; the finite values decide if it is left out.
    what : str
        The word for a row.
    digits : int
        Decimals in the description.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is no estimator or an unknown one, an array has not one number a row, an estimate lies outside its
        interval, an estimator has no finite estimate, or the ends of the abscissa do not rise.
    """
    _known(estimates)
    drawn = {kind: _ends(labels, kind, three) for kind, three in estimates.items()}
    if truth is not None:
        (truth,) = columns(labels, truth=truth)
    if notes is not None and len(notes) != len(labels):
        raise ValueError(f"notes: one a row is needed: {len(labels)} rows, got {len(notes)}")
    low, high = _limits(drawn, truth) if limits is None else _rising(limits)
    for kind, (middle, _, _) in drawn.items():
        if not np.isfinite(middle).any():
            raise ValueError(f"estimate of {kind}: none is finite, so there is no mark to draw; leave this estimator out")
    rows = np.arange(len(labels))[::-1].astype(float)
    lifts = 0.2 * (np.arange(len(drawn))[::-1] - (len(drawn) - 1) / 2)
    with canvas(5.4, (0.13 * len(drawn) + 0.17) * len(labels) + 1.35) as (fig, ax):
        ax.set_xlim(low, high)
        ax.set_ylim(-0.6, len(labels) - 0.4)
        ax.hlines(rows[1:] + 0.5, low, high, color=FAINT, lw=0.5, alpha=0.5)
        if line is not None:
            ax.axvline(line, color=COLOURS["complete pooling"], lw=1.4, ls=":", label=line_label or None)
        for lift, (kind, three) in zip(lifts, drawn.items(), strict=True):
            _one(ax, rows + lift, three, kind)
        if truth is not None:
            ax.plot(truth, rows, "x", ms=6.5, mew=1.8, color=COLOURS["truth"], label="truth", zorder=4)
        ax.set_yticks(rows, [fitted(text, 18) for text in labels])
        for text in ax.get_yticklabels():
            text.set_parse_math(False)
        for row, note in zip(rows, notes or (), strict=False):
            label(ax, 1.02, row, " " + str(note), INK, xycoords=ax.get_yaxis_transform(), fontsize=10.5, ha="left")
        ax.tick_params(axis="y", length=0, pad=9)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(xlabel, parse_math=False)
        fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=2, columnspacing=1.4, handletextpad=0.5,
                   fontsize=10.5)
    return Picture(fig, _words(labels, drawn, truth, line, line_label, what, digits), name)


def _known(estimates: Mapping[str, Interval]) -> None:
    """Refuse a figure of nothing, and estimators without a look."""
    if not estimates:
        raise ValueError("estimates: there is nothing to draw; give at least one estimator")
    unknown = [kind for kind in estimates if kind not in MARKS]
    if unknown:
        raise ValueError(f"estimates: {unknown[0]!r} has no color; known are {', '.join(MARKS)}")


def _ends(labels: Sequence[str], kind: str, three: Interval) -> Interval:
    """Return estimate, lower and upper end as arrays that may hold infinities, in their order."""
    parts = [f"{part} of {kind}" for part in ("estimate", "lower end", "upper end")]
    if not hasattr(three, "__len__") or len(three) != len(parts):
        raise ValueError(f"estimates[{kind!r}]: three arrays are needed, estimate, lower and upper end, got {three!r}")
    given = {part: np.asarray(values, float) for part, values in zip(parts, three, strict=True)}
    columns(labels, **{part: np.where(np.isinf(values), 0.0, values) for part, values in given.items()})
    middle, low, high = given.values()
    wrong = np.flatnonzero((middle < low) | (middle > high))
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(f"estimate of {kind}, row {row}: {middle[row]:g} lies outside its interval, {low[row]:g} to "
                         f"{high[row]:g}")
    return middle, low, high


def _rising(limits: tuple[float, float]) -> tuple[float, float]:
    """Return the ends of the abscissa, or refuse what is no rising pair."""
    low, high = columns(2, limits=limits)[0]
    if low >= high:
        raise ValueError(f"limits: the left end must be below the right one, got {low:g} and {high:g}")
    return float(low), float(high)


def _limits(drawn: Mapping[str, Interval], truth: np.ndarray | None) -> tuple[float, float]:
    """Return ends a little beyond all that is finite."""
    values = np.concatenate([np.ravel(three) for three in drawn.values()] + ([truth] if truth is not None else []))
    values = values[np.isfinite(values)]
    if values.size == 0 or np.ptp(values) == 0:
        raise ValueError("limits: the values do not say how wide the figure is to be; give both ends")
    room = 0.04 * np.ptp(values)
    return float(values.min() - room), float(values.max() + room)


def _one(ax: Axes, rows: np.ndarray, three: Interval, kind: str) -> None:
    """Draw one estimator's intervals, with arrows where they leave the frame."""
    middle, low, high = three
    left, right = ax.get_xlim()
    tone, thick = COLOURS[kind], 2.6 if kind == "partial pooling" else 1.7
    ax.hlines(rows, np.maximum(low, left), np.minimum(high, right), color=tone, lw=thick)
    for edge, out, mark in ((left, low < left, "<"), (right, high > right, ">")):
        if out.any():
            ax.plot(np.full(out.sum(), edge), rows[out], mark, color=tone, ms=7, clip_on=False)
    inside = (middle >= left) & (middle <= right)
    filled = {} if kind == "partial pooling" else {"mfc": "none", "mew": 1.6}
    ax.plot(middle[inside], rows[inside], MARKS[kind], color=tone, ms=5.8, label=kind, **filled)


def _words(labels: Sequence[str], drawn: Mapping[str, Interval], truth: np.ndarray | None, line: float | None, line_label: str,
           what: str, digits: int) -> str:
    """Say how each estimator's estimates are spread, how wide its intervals are, and what is infinite or holds the truth."""
    said = [f"A forest plot shows one row a {what}, {len(labels)} in all, and in each row the estimate and interval of "
            f"{', '.join(drawn)}"]
    for kind, (middle, low, high) in drawn.items():
        known = np.isfinite(middle)
        first, last = (int(np.flatnonzero(known)[pick(middle[known])]) for pick in (np.argmin, np.argmax))
        text = f"{kind}: from {middle[first]:.{digits}f} ({labels[first]}) to {middle[last]:.{digits}f} ({labels[last]})"
        width = (high - low)[np.isfinite(low) & np.isfinite(high)]
        text += f", median width of the finite intervals {np.median(width):.{digits}f}" if width.size else ""
        gone = [str(labels[j]) for j in np.flatnonzero(~known)]
        text += f"; without a finite estimate, and drawn as arrows: {', '.join(gone)}" if gone else ""
        if truth is not None:
            text += f"; {int(np.sum((low <= truth) & (truth <= high)))} of the intervals hold the truth"
        said.append(text)
    if line is not None:
        said.append(f"A dotted line marks {line_label or 'the value'} {line:.{digits}f}")
    return ". ".join(said) + "."
