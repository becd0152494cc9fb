"""Name the law behind a log density known only along a line, and say how two laws differ.

A log density that is a + b x + c x² is a normal's; a + b log x + c / x an inverse gamma's; a + b log x + c x a
gamma's; a + b log x + c / x² that of a scale whose square is inverse gamma. Least squares tells which, exactly, and
gives the parameters. Nothing here knows a model.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaincc, gammainccinv, gammaincinv, ndtr, ndtri

FIT_TOLERANCE = 1e-6
"""Largest misfit of a family, as a part of the log density's own variation along the line."""
SAME = 1e-4
"""Relative difference below which two parameters count as equal."""


@dataclass(frozen=True)
class Law:
    """A law recognized along a line.

    Attributes
    ----------
    family : str
        ``normal``, ``inverse gamma``, ``gamma`` or ``inverse gamma on the square``.
    parameters : mapping of str to float
        ``mean`` and ``sd``; ``shape`` and ``scale``; ``shape`` and ``rate``.
    """

    family: str
    parameters: Mapping[str, float]

    def cdf(self, x: float) -> float:
        """Return the distribution function at x."""
        first, second = self.parameters.values()
        return float({
            "normal": lambda: ndtr((x - first) / second), "gamma": lambda: gammainc(first, second * x),
            "inverse gamma": lambda: gammaincc(first, second / x),
            "inverse gamma on the square": lambda: gammaincc(first, second / x**2),
        }[self.family]())

    def log_density(self, x: float) -> float:
        """Return the log density at x, up to a constant."""
        first, second = self.parameters.values()
        return float({
            "normal": lambda: -0.5 * ((x - first) / second) ** 2, "gamma": lambda: (first - 1) * np.log(x) - second * x,
            "inverse gamma": lambda: -(first + 1) * np.log(x) - second / x,
            "inverse gamma on the square": lambda: -(2 * first + 1) * np.log(x) - second / x**2,
        }[self.family]())

    def ends(self) -> tuple[float, float]:
        """Return the points that one draw in a million lies below, and above."""
        first, second = self.parameters.values()
        found = {
            "normal": lambda q: first + second * ndtri(q), "gamma": lambda q: gammaincinv(first, q) / second,
            "inverse gamma": lambda q: second / gammainccinv(first, q),
            "inverse gamma on the square": lambda q: np.sqrt(second / gammainccinv(first, q)),
        }[self.family](np.array([1e-6, 1 - 1e-6]))
        return float(found[0]), float(found[1])

    def __str__(self) -> str:
        """Return the family with its parameters."""
        return f"{self.family}({', '.join(f'{name} {value:.4g}' for name, value in self.parameters.items())})"


def _normal(b: float, c: float) -> dict[str, float] | None:
    """Read a normal's parameters off a + b x + c x²."""
    return None if c >= 0 else {"mean": -b / (2 * c), "sd": np.sqrt(-1 / (2 * c))}


def _shape_and(second: str, lift: float, per_power: float = 1.0) -> Callable[[float, float], dict[str, float] | None]:
    """Read shape and scale (or rate) off a + b log x + c f(x): shape = (lift + sign * b) / per_power."""
    sign = 1 if second == "rate" else -1


    def read(b: float, c: float) -> dict[str, float] | None:
        shape = (lift + sign * b) / per_power
        return {"shape": shape, second: -c} if c < 0 < shape else None

    return read


FAMILIES: tuple[tuple[str, bool, Callable, Callable], ...] = (
    ("normal", False, lambda x: (x, x**2), _normal),
    ("inverse gamma", True, lambda x: (np.log(x), 1 / x), _shape_and("scale", -1.0)),
    ("gamma", True, lambda x: (np.log(x), x), _shape_and("rate", 1.0)),
    ("inverse gamma on the square", True, lambda x: (np.log(x), x**-2.0), _shape_and("scale", -1.0, 2.0)),
)
"""Name, whether x must be positive, what stands beside the constant, and how the parameters are read off."""


def recognize(x: np.ndarray, log_density: np.ndarray, positive: bool) -> Law | None:
    """Name the law along a line, or return None where no family fits.

    Parameters
    ----------
    x : array of shape (L,)
        Places on the line, at least five.
    log_density : array of shape (L,)
        There, up to a constant.
    positive : bool
        Whether the coordinate lives above zero.

    Returns
    -------
    Law or None
    """
    spread = np.ptp(log_density)
    for family, needs_positive, terms, read in FAMILIES:
        if needs_positive != positive:
            continue
        middle, width = (0.0, 1.0) if positive else (x.mean(), np.ptp(x) / 2)
        columns = np.column_stack([np.ones_like(x), *terms((x - middle) / width)])
        sizes = np.abs(columns).max(0)
        found = np.linalg.lstsq(columns / sizes, log_density, rcond=None)[0] / sizes
        if np.abs(columns @ found - log_density).max() > FIT_TOLERANCE * max(spread, 1e-3):
            continue
        parameters = read(*found[1:])
        # a straight line bends by rounding
        if parameters is None or (family == "normal" and abs(found[2]) < FIT_TOLERANCE * spread):
            continue
        if family == "normal":
            parameters = {"mean": middle + width * parameters["mean"], "sd": width * parameters["sd"]}
        return Law(family, {name: float(value) for name, value in parameters.items()})
    return None


def _same(a: float, b: float, floor: float = 0.0) -> bool:
    """Whether two numbers agree to the tolerance."""
    return abs(a - b) <= SAME * max(abs(a), abs(b), floor)


def compare(joint: Law | None, claim: Law | None) -> str:
    """Say in words how the claimed law differs from the one that the joint density implies.

    Parameters
    ----------
    joint, claim : Law or None
        None where no family was recognized.

    Returns
    -------
    str
        One sentence, with the likeliest slip where the figures point to one.
    """
    if joint is None:
        return "the joint density follows no law with a name that this check knows, and the claim is not proportional to it"
    if claim is None:
        return f"the joint density implies {joint}; the claim is none of the laws that this check knows by name"
    if joint.family != claim.family:
        return f"the joint density implies {joint}; the claim is {claim}: another family"
    differences = _normals if joint.family == "normal" else _gammas
    words = differences(joint.parameters, claim.parameters)
    return f"the joint density implies {joint}; the claim is {claim}: " + " and ".join(words)


def _normals(true: Mapping[str, float], said: Mapping[str, float]) -> list[str]:
    """Compare two normals."""
    words, ratio = [], (said["sd"] / true["sd"]) ** 2
    if not _same(ratio, 1.0):
        hint = ""
        if _same(said["sd"], true["sd"] ** 2):
            hint = " (is the variance used as the standard deviation?)"
        elif _same(said["sd"] ** 2, true["sd"]):
            hint = " (is the standard deviation used as the variance?)"
        elif _same(said["sd"] * true["sd"], 1.0):
            hint = " (is the precision used as the variance?)"
        words.append(f"its variance is {ratio:.4g} times the right one{hint}")
    if not _same(said["mean"], true["mean"], true["sd"]):
        off = (said["mean"] - true["mean"]) / true["sd"]
        words.append(f"its mean is off by {off:+.3g} standard deviations")
    return words or ["they differ by less than the parameters show"]


def _gammas(true: Mapping[str, float], said: Mapping[str, float]) -> list[str]:
    """Compare two gammas or inverse gammas."""
    words, second = [], "rate" if "rate" in true else "scale"
    if not _same(said["shape"], true["shape"], 1.0):
        off = said["shape"] - true["shape"]
        words.append(f"its shape is too {'large' if off > 0 else 'small'} by {abs(off):.4g} "
                     "(half of the number of normal terms counted wrongly, or a prior's part)")
    if not _same(said[second], true[second]):
        ratio, hint = said[second] / true[second], ""
        if _same(said[second] * true[second], 1.0):
            hint = " (the rate for the scale?)"
        elif _same(ratio, 2.0):
            hint = " (is the one half before the sum of squares missing?)"
        words.append(f"its {second} is {ratio:.4g} times the right one, {said[second] - true[second]:+.4g}{hint}")
    return words or ["they differ by less than the parameters show"]
