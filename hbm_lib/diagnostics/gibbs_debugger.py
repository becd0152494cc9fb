"""Which update of a Gibbs sampler is wrong? Each is held against the joint density, along its own coordinate.

A full conditional is the joint density seen as a function of one block, times a constant:
log p(block | rest) = log p(block, rest) + const. So the difference between the log joint and a claimed log
conditional must not change while the block moves and the rest stays. No sampler has to run for that, no prior has
to be proper, and a fault shows at the first digit. Nothing here knows a model.

``check_conditionals`` takes claimed densities. ``check_updates`` takes drawing functions alone: each draw is put
through the distribution function that the joint density implies along a line through it, a coordinate or an oblique
one, and the values must be uniform. Where both pass, Geweke's joint test (``diagnostics.geweke``) sees a loop that is
wrong: steps that use stale values or come in a wrong order. An update that was forgotten does no harm there, for it
changes nothing: R-hat with chains started apart and calibration see that one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib import arguments
from hbm_lib.diagnostics.conditional_laws import compare, recognize
from hbm_lib.diagnostics.density_lines import Line, LogJoint, coordinates, distribution_function, oblique, walk
from hbm_lib.seeds import rng as stream

Point = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class ConditionalReport:
    """What the check found.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a block: ``update``, ``ok``, ``departure`` (largest change of the log ratio along a coordinate; for
        drawing functions the smallest p-value, times the number of tests) and ``what``, in words.
    """

    table: pd.DataFrame

    @property
    def ok(self) -> bool:
        """Whether every update agrees with the joint density."""
        return bool(self.table["ok"].all())

    @property
    def wrong(self) -> tuple[str, ...]:
        """The names of the updates that do not."""
        return tuple(self.table.loc[~self.table["ok"], "update"])

    @property
    def verdict(self) -> str:
        """One sentence for every wrong update, or one for all."""
        if self.ok:
            return f"All {len(self.table)} updates agree with the joint density: {', '.join(self.table['update'])}."
        return " ".join(f"The update of {r.update} is wrong: {r.what}." for r in self.table.itertuples() if not r.ok)


def check_conditionals(
    log_joint: LogJoint, conditionals: Mapping[str, Callable[[np.ndarray, dict], float]], points: Sequence[Point],
    *, positive: Sequence[str] = (),
) -> ConditionalReport:
    """Hold claimed full conditionals against the joint density.

    Parameters
    ----------
    log_joint : callable
        ``log_joint(point)`` returns the log joint density of all parameters and the data at a point
        {name: value}, up to a constant.
    conditionals : mapping of str to callable
        For each block ``conditional(value, rest)``: its claimed log density given the rest, up to a constant.
        ``rest`` does not hold the block itself.
    points : sequence of mapping
        Where to look: a few points {name: number or array}, for instance prior draws. Each should be a
        general one; at a mode or at zero some faults cannot be seen.
    positive : sequence of str
        Blocks that live above zero.

    Returns
    -------
    ConditionalReport
        Names the wrong updates, and the law that the joint density implies where it has a name. The lines stay where
        the joint density is above 0: a claim that forgets where a law is cut off is for `check_updates`.

    Raises
    ------
    ValueError
        If there is no point, a name is unknown, the joint density is not one finite number at a point, or it is 0
        beside the point, as for a discrete block.
    KeyError
        If a conditional asks for a value that no point has, or for its own block.
    """
    points = _read(points)
    _check(log_joint, conditionals, points, positive)
    rows = []
    for name, claim in conditionals.items():
        worst, words = 0.0, ""
        for point in points:
            lines = coordinates(name, point[name], name in positive)
            found = [_along(log_joint, claim, point, line) for line in lines]
            if point[name].size > len(lines) and max(size for size, _ in found) <= 1.0:  # entries that no line has moved
                found += [_along(log_joint, claim, point, line) for line in oblique(log_joint, point, name, name in positive)]
            worst, words = max([(worst, words), *found], key=lambda one: one[0])
        rows.append((name, worst <= 1.0, worst, words if worst > 1.0 else "proportional to the joint density"))
    return ConditionalReport(pd.DataFrame(rows, columns=["update", "ok", "departure", "what"]))


def check_updates(
    log_joint: LogJoint, updates: Mapping[str, Callable[[np.random.Generator, dict], np.ndarray]], points: Sequence[Point],
    *, seed: int, positive: Sequence[str] = (), draws: int = 400, level: float = 1e-3,
) -> ConditionalReport:
    """Hold drawing functions against the joint density.

    Parameters
    ----------
    log_joint, points, positive
        As in `check_conditionals`.
    updates : mapping of str to callable
        For each block ``update(rng, point)``: one draw of it from its full conditional. It may look at everything in
        ``point`` but its own block: a Metropolis or slice step is no draw, and is for Geweke's test.
    seed : int
        Source of randomness.
    draws : int
        Draws a block, shared among the points.
    level : float
        Probability that a right set of updates is called wrong.

    Returns
    -------
    ConditionalReport
        ``departure`` is the smallest p-value of the block's tests: each coordinate's law, and that no two hang together.

    Raises
    ------
    ValueError
        As `check_conditionals`, and if a draw has another shape than its block, is not finite, or all are whole numbers.
    """
    points = _read(points)
    _check(log_joint, updates, points, positive)
    arguments.whole("draws", draws, 20)
    arguments.between_0_and_1("level", level)
    rng, rows, tests = stream(seed, "gibbs debugger"), [], 0
    for name, update in updates.items():
        uniforms: dict[str, list[float]] = {}
        lines = [[*coordinates(name, point[name], name in positive, most=3),
                  *oblique(log_joint, point, name, name in positive)] for point in points]
        drawn = [_drawn(update, rng, points[i % len(points)], name, name in positive) for i in range(draws)]
        _not_discrete(np.array(drawn), name)
        outside = False
        for i, value in enumerate(drawn):
            point = points[i % len(points)] | {name: value}
            if outside := not np.isfinite(float(log_joint(dict(point)))):
                break
            for line in lines[i % len(points)]:
                uniforms.setdefault(line.label, []).append(distribution_function(log_joint, point, line))
        if outside:
            how = f"leave what is possible: {np.array2string(value, precision=4, threshold=8)} has density 0"
            rows.append((name, pd.Series({"line": name, "p_value": 0.0, "how": how})))
            continue
        tried = [(label, *_uniformity(np.array(u))) for label, u in uniforms.items()]
        found = pd.DataFrame(tried, columns=["line", "p_value", "how"])
        tests += 2 * len(found)
        rows.append((name, found.loc[found["p_value"].idxmin()]))
    return ConditionalReport(pd.DataFrame(
        [(name, worst.p_value * tests > level, min(1.0, worst.p_value * tests),
          "its draws follow the joint density" if worst.p_value * tests > level else f"its draws along {worst.line} {worst.how}")
         for name, worst in rows], columns=["update", "ok", "departure", "what"]))


def _uniformity(u: np.ndarray) -> tuple[float, str]:
    """Return the smaller p-value of two tests that values are uniform, and how they look if they are not."""
    square = (u - 0.5) ** 2 - 1 / 12
    z = square.mean() * np.sqrt(len(u) * 180)  # (u - 1/2)² has variance 1/180
    p = min(stats.kstest(u, "uniform").pvalue, 2 * stats.norm.sf(abs(z)))
    if abs(u.mean() - 0.5) > 4 / np.sqrt(12 * len(u)):
        side = "large" if u.mean() > 0.5 else "small"
        return p, f"are too {side}: on average they stand at the {u.mean():.0%} point of the right law"
    far = np.mean(np.abs(u - 0.5) > 0.25)
    return p, f"are too {'wide' if z > 0 else 'narrow'}: {far:.0%} of them lie outside of the right law's middle half"


def _drawn(update: Callable, rng: np.random.Generator, point: dict, name: str, positive: bool) -> np.ndarray:
    """Return one draw of a block, or refuse what is none."""
    value = np.asarray(update(rng, {k: v.copy() for k, v in point.items()}), float)
    if value.shape != point[name].shape or not np.isfinite(value).all():
        raise ValueError(f"updates[{name!r}]: a finite draw of shape {point[name].shape} is needed, got {value!r}")
    if positive and np.any(value <= 0):
        raise ValueError(f"updates[{name!r}]: it drew {value.min():g}, and {name} is positive")
    return value


def _not_discrete(drawn: np.ndarray, name: str) -> None:
    """Refuse draws of a discrete block: a line's distribution function says nothing of them."""
    if np.ptp(drawn) > 0 and np.abs(drawn).max() < 1e9 and np.array_equal(drawn, np.round(drawn)):
        raise ValueError(f"updates[{name!r}]: all of its draws are whole numbers; a discrete block cannot be held against a "
                         "density along a line: sum it out, or use Geweke's test (diagnostics.geweke)")


def _read(points: Sequence[Point]) -> list[dict[str, np.ndarray]]:
    """Return the points' values as arrays of numbers."""
    if isinstance(points, Mapping) or not isinstance(points, Iterable):
        remedy = "; write [point]" if isinstance(points, Mapping) else f", got {points!r}"
        raise ValueError("points: a list of points {name: value} is needed" + remedy)
    found = []
    for i, point in enumerate(points):
        if not isinstance(point, Mapping):
            raise ValueError(f"points[{i}]: a mapping {{name: value}} is needed, got {point!r}")
        found.append({})
        for name, value in point.items():
            try:
                found[-1][name] = np.asarray(value, float)
            except (TypeError, ValueError):
                raise ValueError(f"points[{i}]: {name} must be a number or an array of numbers, got {value!r}") from None
    return found


def _check(log_joint: LogJoint, blocks: Mapping[str, Callable], points: list[dict], positive: Sequence[str]) -> None:
    """Refuse what cannot be checked, before anything is computed."""
    if not points:
        raise ValueError("points: at least one point {name: value} is needed")
    if not blocks:
        raise ValueError("there is nothing to check: give at least one update")
    if isinstance(positive, str):
        raise ValueError(f"positive: a list of names is needed, got {positive!r}; write [{positive!r}]")
    for i, point in enumerate(points):
        for name in (*blocks, *positive):
            if name not in point:
                raise ValueError(f"points[{i}]: it has no {name!r}; it has {', '.join(point)}")
        for name in positive:
            if np.any(point[name] <= 0):
                raise ValueError(f"points[{i}]: {name} is said to be positive and is {point[name].min():g}")
        value = np.asarray(log_joint(dict(point)), float)
        if value.shape != () or not np.isfinite(value):
            raise ValueError(f"log_joint: one finite number is needed at points[{i}], got {value!r}")


def _along(log_joint: LogJoint, claim: Callable, point: dict, line: Line) -> tuple[float, str]:
    """Return how much log joint - log claim changes along a line, in tolerances, and what it looks like."""
    steps, joint = walk(log_joint, point, line)
    x, said = line.coordinate(point, steps), []
    for t in steps:
        rest = {k: v.copy() for k, v in point.items() if k != line.name}
        try:
            claimed = np.asarray(claim(line.moved(point, t)[line.name], rest), float)
        except KeyError as missing:
            if missing.args == (line.name,):
                own = f"the conditional of {line.name} asks for {line.name} itself: take the value that it is given"
                raise KeyError(own) from missing
            raise
        if claimed.size != 1:
            raise ValueError(f"conditionals[{line.name!r}]: one log density is needed, got an array of shape {claimed.shape}; "
                             "add up what its entries give")
        said.append(float(claimed.item()))
    said, seen = np.array(said), np.isfinite(joint)
    if not np.isfinite(said[seen]).all():
        return np.inf, f"along {line.label} the claimed log density is not a finite number where the joint density is"
    tolerance = 1e-7 + 1e-11 * np.abs(joint[seen]).max()
    laws = [recognize(x[seen], v[seen], line.positive) for v in (joint, said)]
    return float(np.ptp(joint[seen] - said[seen]) / tolerance), f"along {line.label}, {compare(*laws)}"
