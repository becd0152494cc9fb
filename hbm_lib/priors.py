"""Neutral distributions: a prior is written once, and every engine reads it from here.

``HalfCauchy(scale=10)`` is a family's name and its parameters. What the name means
in NumPy, SciPy, PyMC and NumPyro stands in ``hbm_lib.families``.
"""

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from hbm_lib.families import FAMILIES


@dataclass(frozen=True)
class Dist:
    """One distribution: a family's name and its parameters."""

    family: str
    params: tuple[tuple[str, float], ...]

    def __getattr__(self, name: str) -> float:
        """Give a parameter by its name, as in ``HalfCauchy(scale=10).scale``."""
        if name.startswith("_") or name in ("family", "params"):  # not yet set while it is being unpickled
            raise AttributeError(name)
        for key, value in self.params:
            if key == name:
                return value
        raise AttributeError(f"{self.family} has no parameter {name!r}")

    def __repr__(self) -> str:
        """Return the call that makes this distribution."""
        return f"{self.family}({', '.join(f'{k}={v:g}' for k, v in self.params)})"

    @property
    def support(self) -> tuple[float, float]:
        """The interval on which the density is positive."""
        if self.family == "Uniform":
            return (self.lower, self.upper)
        return FAMILIES[self.family].support

    def scipy(self) -> object:
        """Return the frozen SciPy distribution."""
        return _frozen(self)

    def _in_pymc(self) -> tuple[str, dict]:
        """Return PyMC's name and arguments; a plain 20.0 PyTensor would take in single precision."""
        library_name, args = FAMILIES[self.family].pymc(**dict(self.params))
        return library_name, {k: np.float64(v) for k, v in args.items()}

    def pymc(self, name: str, **kwargs: object) -> object:
        """Return a PyMC random variable of this distribution, inside a model."""
        import pymc as pm

        library_name, args = self._in_pymc()
        return getattr(pm, library_name)(name, **args, **kwargs)

    def pymc_dist(self) -> object:
        """Return the PyMC distribution without a name."""
        import pymc as pm

        library_name, args = self._in_pymc()
        return getattr(pm, library_name).dist(**args)

    def numpyro(self) -> object:
        """Return the NumPyro distribution."""
        import numpyro.distributions as dist

        library_name, args = FAMILIES[self.family].numpyro(**dict(self.params))
        if "base" in args:
            base_name, base_args = args["base"]
            return getattr(dist, library_name)(getattr(dist, base_name)(**base_args))
        return getattr(dist, library_name)(**args)

    def logpdf(self, x: np.ndarray) -> np.ndarray:
        """Return the log density at ``x``; minus infinity outside the support."""
        x = np.asarray(x, float)
        low, high = self.support
        inside = (x >= low) & (x <= high)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            value = FAMILIES[self.family].logpdf(x, **dict(self.params))
        if self.family in ("InverseGamma", "LogNormal"):  # infinity minus infinity at the edge
            inside &= x > low
        return value if inside.all() else np.where(inside, value, -np.inf)

    def pdf(self, x: np.ndarray) -> np.ndarray:
        """Return the density at ``x``."""
        return np.exp(self.logpdf(x))

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """Return P(X <= x)."""
        return self.scipy().cdf(x)

    def ppf(self, q: np.ndarray) -> np.ndarray:
        """Return the quantile."""
        return self.scipy().ppf(q)

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        """Draw ``size`` values."""
        return self.scipy().rvs(size=size, random_state=rng)


@lru_cache(maxsize=256)
def _frozen(dist: Dist) -> object:
    """Build the SciPy distribution once: freezing costs more than evaluating."""
    return FAMILIES[dist.family].scipy(**dict(dist.params))


def _make(family: str, *args: float, **kwargs: float) -> Dist:
    """Check the parameters of a family and build the distribution."""
    spec = FAMILIES[family]
    if len(args) > len(spec.params):
        raise TypeError(f"{family}: takes {', '.join(spec.params)}, got {len(args)} values")
    given = dict(zip(spec.params, args, strict=False))
    twice = set(given) & set(kwargs)
    wrong = set(kwargs) - set(spec.params)
    if twice or wrong:
        raise TypeError(f"{family}: takes {', '.join(spec.params)}; not understood: {', '.join(sorted(twice | wrong))}")
    given |= kwargs
    missing = [p for p in spec.params if p not in given]
    if missing:
        raise TypeError(f"{family}: needs {', '.join(spec.params)}; missing: {', '.join(missing)}")
    for key, value in given.items():
        if not isinstance(value, int | float | np.number) or isinstance(value, bool) or not np.isfinite(value):
            raise ValueError(f"{family}: {key} must be a finite number, got {value!r}")
        if key in spec.positive and value <= 0:
            raise ValueError(f"{family}: {key} must be above 0, got {value!r}")
    if family == "Uniform" and given["lower"] >= given["upper"]:
        raise ValueError(f"Uniform: lower must be below upper, got {given['lower']!r} and {given['upper']!r}")
    return Dist(family, tuple((p, float(given[p])) for p in spec.params))


Normal = partial(_make, "Normal")
StudentT = partial(_make, "StudentT")
HalfNormal = partial(_make, "HalfNormal")
HalfCauchy = partial(_make, "HalfCauchy")
HalfStudentT = partial(_make, "HalfStudentT")
Exponential = partial(_make, "Exponential")
Gamma = partial(_make, "Gamma")
InverseGamma = partial(_make, "InverseGamma")
LogNormal = partial(_make, "LogNormal")
Beta = partial(_make, "Beta")
Uniform = partial(_make, "Uniform")
