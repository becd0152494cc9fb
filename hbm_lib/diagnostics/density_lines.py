"""Walk along lines through a block of parameters and look at the joint density there.

Along a line everything is one-dimensional: a width, a law with a name perhaps, a distribution function.
Nothing here knows a model.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hbm_lib.diagnostics.conditional_laws import Law, recognize

LogJoint = Callable[[dict], float]

STEPS = np.linspace(-1.0, 1.0, 13)
"""Where along a line the density is looked at, in units of the line's own width."""
MOST = 6
"""Most coordinates of one block that are walked along; more are chosen evenly."""


@dataclass(frozen=True)
class Line:
    """A line through a block.

    Attributes
    ----------
    name : str
        The block.
    direction : array
        Of the block's shape.
    positive : bool
        Whether the block lives above zero: it is then walked along on the log scale.
    label : str
        In words.
    """

    name: str
    direction: np.ndarray
    positive: bool
    label: str

    def moved(self, point: dict, t: float) -> dict:
        """Return the point moved by t."""
        value = point[self.name]
        return point | {self.name: value * np.exp(t * self.direction) if self.positive else value + t * self.direction}

    @property
    def is_coordinate(self) -> bool:
        """Whether the line follows one coordinate."""
        return np.count_nonzero(self.direction) == 1

    def coordinate(self, point: dict, t: np.ndarray) -> np.ndarray:
        """Return the coordinate's own values after moves of t; on an oblique line t itself, or its exponential."""
        here = float(point[self.name][self.direction != 0].item()) if self.is_coordinate else float(self.positive)
        return here * np.exp(t) if self.positive else here + t

    def log_mass(self, log_joint: LogJoint, point: dict) -> Callable[[float], float]:
        """Return the log density of t, up to a constant: the log joint and the log scale's Jacobian."""
        jacobian = self.direction.sum() if self.positive else 0.0
        return lambda t: float(log_joint(self.moved(point, t))) + jacobian * t


def coordinates(name: str, value: np.ndarray, positive: bool, most: int = MOST) -> list[Line]:
    """Return lines along a block's coordinates, at most ``most``, evenly chosen."""
    every = list(np.ndindex(value.shape))
    lines = []
    for i in np.unique(np.linspace(0, len(every) - 1, min(len(every), most)).astype(int)):
        direction = np.zeros(value.shape)
        direction[every[i]] = 1.0
        lines.append(Line(name, direction, positive, name + str(list(every[i])) if value.shape else name))
    return lines


def oblique(log_joint: LogJoint, point: dict, name: str, positive: bool) -> list[Line]:
    """Return two oblique lines, all coordinates together and against each other: they see noise that is wrongly shared.

    The directions depend on the point and not on what is drawn from there.
    """
    value = point[name]
    if value.size < 2:
        return []
    each = coordinates(name, value, positive, most=value.size)
    widths = np.array([width(line.log_mass(log_joint, point)) for line in each]).reshape(value.shape)
    signs = np.where(np.arange(value.size) % 2, -1.0, 1.0).reshape(value.shape)
    return [Line(name, widths, positive, f"the sum over {name}"), Line(name, widths * signs, positive, f"a contrast of {name}")]


def width(log_mass: Callable[[float], float]) -> float:
    """Return a step from 0 over which a log density bends by a few, or one that just stays where it is not 0."""
    step, middle, most = 1.0, log_mass(0.0), 1e8
    for _ in range(200):
        bend = middle - 0.5 * (log_mass(step) + log_mass(-step))
        if not np.isfinite(bend) or bend > 8:
            step /= 2
            most = most if np.isfinite(bend) else step
        elif abs(bend) < 0.5 and step < most:
            step *= 2
        else:
            break
    return step


def walk(log_joint: LogJoint, point: dict, line: Line) -> tuple[np.ndarray, np.ndarray]:
    """Return steps along a line and the log joint there, shape (13,) each.

    Raises
    ------
    ValueError
        If the density is 0 beside the point: the block is discrete, or its entries hang together.
    """
    step = width(line.log_mass(log_joint, point))
    steps = (min(step, 3.0) if line.positive else step) * STEPS
    joint = np.array([float(log_joint(line.moved(point, t))) for t in steps])
    seen, size = np.isfinite(joint), 1.0 if line.positive else np.abs(point[line.name][line.direction != 0]).max()
    apart = seen.sum() < 7 or np.diff(np.flatnonzero(seen)).max() > 1
    if apart or (line.is_coordinate and step < 1e-7 * size and np.ptp(joint[seen]) < 0.1):
        raise ValueError(f"log_joint: along {line.label} it is finite at the point and nowhere beside it. A block must be free "
                         "to move: sum a discrete one out, write one that is bound (a simplex) in free coordinates, and keep "
                         "points off the edge of what is possible")
    return steps, joint


def distribution_function(log_joint: LogJoint, point: dict, line: Line) -> float:
    """Return the distribution function along a line that the joint density implies, where the point stands."""
    steps, joint = walk(log_joint, point, line)
    if np.isfinite(joint).all() and (line.is_coordinate or not line.positive):
        x = line.coordinate(point, steps)
        law, middle = recognize(x, joint, line.positive), len(x) // 2
        if law and _everywhere(law, log_joint, point, line, x[middle], joint[middle]):
            return law.cdf(x[middle])
    return _by_sums(line.log_mass(log_joint, point))


def _everywhere(law: Law, log_joint: LogJoint, point: dict, line: Line, here: float, height: float) -> bool:
    """Whether the joint density follows a law out to its ends: one that is cut off, or turns into another, does not."""
    for x in law.ends():
        if not np.isfinite(x) or (line.positive and x <= 0):
            return False
        far = float(log_joint(line.moved(point, np.log(x / here) if line.positive else x - here))) - height
        expected = law.log_density(x) - law.log_density(here)
        if not abs(far - expected) <= 0.1 + 1e-3 * abs(expected):
            return False
    return True


def _by_sums(log_mass: Callable[[float], float]) -> float:
    """Return the distribution function at 0 of a law that has no name, by the trapezoid rule."""
    low, high = _reach(log_mass)
    low, high = _edge(log_mass, 0.0, low), _edge(log_mass, 0.0, high)
    t = np.linspace(low, high, 161)
    values = np.array([log_mass(v) for v in t])
    mass = np.exp(values - values.max())
    total = np.concatenate([[0.0], np.cumsum((mass[1:] + mass[:-1]) / 2)])
    return float(np.interp(0.0, t, total / total[-1]))


def _edge(log_mass: Callable[[float], float], inside: float, end: float) -> float:
    """Return the end of a range, or where on the way to it the density becomes 0."""
    if np.isfinite(log_mass(end)):
        return end
    outside = end
    for _ in range(40):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if np.isfinite(log_mass(middle)) else (inside, middle)
    return inside


def _reach(log_mass: Callable[[float], float]) -> tuple[float, float]:
    """Return a range that holds nearly all mass, and 0."""
    step = width(log_mass)
    low, high = -8 * step, 8 * step
    for _ in range(60):
        t = np.linspace(low, high, 41)
        values = np.array([log_mass(v) for v in t])
        values = np.where(np.isfinite(values), values, -np.inf)
        kept = np.flatnonzero(values > values.max() - 30)
        if not len(kept):
            raise ValueError("log_joint: along a line through a draw it is nowhere a finite number")
        first, last = max(kept[0] - 1, 0), min(kept[-1] + 1, 40)
        if kept[0] == 0 or kept[-1] == 40:
            reach = high - low
            low, high = low - reach * (kept[0] == 0), high + reach * (kept[-1] == 40)
        elif last - first >= 20:
            break
        else:
            low, high = t[first], t[last]
    return min(low, 0.0), max(high, 0.0)
