"""The exact posterior: paths and creators integrate out by the Kalman filter, two to four hyperparameters by quadrature.

Given the scales and phi everything is normal (``kalman``): mixtures over the nodes of a lattice
(``samplers.lattice``) give every marginal.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from hbm_lib import arguments
from hbm_lib.model import EngineError, Model
from hbm_lib.models.creators.exact import bound
from hbm_lib.models.drift import kalman
from hbm_lib.models.drift.spec import SCALES, Data, Prior
from hbm_lib.samplers.lattice import Between, Lattice, Positive, lattice
from hbm_lib.samplers.mixture import NormalMixture

_LIGHT = 1e-9


def filtered(points: np.ndarray, data: Data, prior: Prior) -> tuple[kalman.Filtered, tuple, np.ndarray]:
    """Return the filter, the law of mu_global with the log density, and phi at points (K, 3) or (K, 4).

    Parameters
    ----------
    points : array of shape (K, 3) or (K, 4)
        sigma_genre, sigma_drift, sigma_creator and, if the prior has it, phi.
    data : Data
        One data set.
    prior : Prior
        With a normal prior on mu_global.

    Returns
    -------
    tuple
        Filtered; mean and variance of mu_global given the point and log p(d | point), each (K,); phi (K,).
    """
    sigma, back = np.unique(points[:, 2], return_inverse=True)
    seen = kalman.cells(sigma, data)
    phi = points[:, 3] if points.shape[1] > 3 else np.ones(len(points))
    found = kalman.run(points[:, 0], points[:, 1], phi, kalman.Cells(*(v[back] for v in seen)))
    mean, variance, log_m = kalman.platform(found, prior.mu_global)
    return found, (mean, variance, log_m + seen.own[back]), phi


@dataclass(frozen=True)
class ExactPosterior:
    """Every marginal of the posterior to quadrature accuracy.

    Attributes
    ----------
    model, data : Model, Data
        What was computed.
    scales : Lattice
        The joint posterior of sigma_genre, sigma_drift, sigma_creator and phi.
    """

    model: Model
    data: Data
    scales: Lattice

    @property
    def log_evidence(self) -> float:
        """Log p(d), with no constant left out."""
        return self.scales.log_evidence

    @property
    def _names(self) -> tuple[str, ...]:
        """The parameters of the lattice, in its order."""
        return SCALES + (("phi",) if self.model.prior.phi is not None else ())

    @cached_property
    def _nodes(self) -> tuple[np.ndarray, np.ndarray]:
        """The nodes that count and their probabilities, (K, D) and (K,)."""
        keep = self.scales.weight > _LIGHT
        weight = self.scales.weight[keep]
        return self.scales.points[keep], weight / weight.sum()

    @cached_property
    def _given(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Given every node: mean and variance of mu_global (K,) and of mu_genre (K, G, T)."""
        found, (mean, variance, _), phi = filtered(self._nodes[0], self.data, self.model.prior)
        path = kalman.smooth(found, phi)
        genre = path.a + path.b * mean[:, None, None]
        spread = path.variance + path.b**2 * variance[:, None, None]
        return mean, variance, np.swapaxes(genre, 1, 2), np.swapaxes(spread, 1, 2)

    def law(self, name: str) -> NormalMixture:
        """Return the marginal law of ``mu_global``, ``mu_genre`` or ``tau``, a mixture over the nodes."""
        weight = self._nodes[1]
        mean, variance, genre, spread = self._given
        if name == "mu_global":
            return NormalMixture(weight, mean, np.sqrt(variance))
        if name == "mu_genre":
            return NormalMixture(weight, np.moveaxis(genre, 0, -1), np.moveaxis(np.sqrt(spread), 0, -1))
        if name == "tau":
            return self.creators(slice(None))
        raise ValueError(f"name: mu_global, mu_genre or tau is needed, got {name!r}; scales have mean, sd and quantile")

    def creators(self, rows: slice | np.ndarray) -> NormalMixture:
        """Return the law of tau of some creators."""
        points, weight = self._nodes
        _, _, genre, spread = self._given
        data, sigma = self.data, points[:, 2]
        g, t = data.index[rows], data.time[rows]
        sigma2, se2 = sigma**2, np.square(data.se[rows])[:, None]
        pull = se2 / (se2 + sigma2)
        centre = (1 - pull) * data.effect[rows][:, None] + pull * genre[:, g, t].T
        return NormalMixture(weight, centre, np.sqrt(pull * sigma2 + pull**2 * spread[:, g, t].T))

    def forecast(self, genre: str, ahead: int = 1, *, of: str = "genre", se: float | None = None) -> NormalMixture:
        """Return the law of what a genre will show some periods after the last one.

        Parameters
        ----------
        genre : str
            One of the data's genres.
        ahead : int
            How many periods after the last of the data.
        of : {"genre", "creator", "effect"}
            The genre's mean, a new creator's true effect, or its measured effect.
        se : float, optional
            The standard error with which the effect will be measured; for "effect" only.

        Returns
        -------
        NormalMixture
            Given a node the mean is mu + phi^h (mu_genre - mu) and the variance
            phi^(2h) V + sigma_drift² (1 + phi² + … + phi^(2h - 2)), plus sigma_creator² and SE² where they are asked for.

        Raises
        ------
        ValueError
            If the genre is not known, ``ahead`` is below 1, or ``se`` does not fit ``of``.
        """
        if genre not in self.data.genres:
            raise ValueError(f"genre: {genre!r} is not in the data; its genres are {', '.join(self.data.genres)}. "
                             "Of a new genre only mu_global and sigma_genre say something")
        arguments.whole("ahead", ahead)
        if of not in ("genre", "creator", "effect"):
            raise ValueError(f"of: one of genre, creator, effect is needed, got {of!r}")
        if (se is not None) != (of == "effect") or (se is not None and not (np.isfinite(se) and se > 0)):
            raise ValueError(f"se: for 'effect' a number above 0 is needed, otherwise nothing; got {se!r} for {of!r}")
        points, weight = self._nodes
        found, (mu, spread, _), phi = filtered(points, self.data, self.model.prior)
        g = self.data.genres.index(genre)
        a, b, variance = (v[:, -1, g] for v in found.now)
        for _ in range(ahead):
            a, b, variance = phi * a, phi * b + 1 - phi, phi**2 * variance + points[:, 1] ** 2
        variance = variance + b**2 * spread + (points[:, 2] ** 2 if of != "genre" else 0) + (se**2 if se is not None else 0)
        return NormalMixture(weight, a + b * mu, np.sqrt(variance))

    def _chunks(self) -> list[slice]:
        """Return slices of creators small enough for the work space."""
        step = max(1, (1 << 16) // len(self._nodes[1]))
        return [slice(i, i + step) for i in range(0, self.data.n_creators, step)]

    @cached_property
    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of tau, each (N,)."""
        laws = [self.creators(rows) for rows in self._chunks()]
        return tuple(np.concatenate([np.atleast_1d(getattr(law, what)) for law in laws]) for what in ("mean", "sd"))

    def cdf(self, tau: np.ndarray) -> np.ndarray:
        """Return P(tau_i <= value_i) of every creator, value (N,) or one for all; shape (N,)."""
        values = np.broadcast_to(np.asarray(tau, float), (self.data.n_creators,))
        return np.concatenate([self.creators(rows).cdf(values[rows]) for rows in self._chunks()])

    def mean(self, name: str) -> np.ndarray | float:
        """Return the posterior mean: a number, (G, T) for mu_genre, (N,) for tau."""
        if name in self._names:
            return float(self.scales.weight @ self.scales.points[:, self._names.index(name)])
        return self.moments[0] if name == "tau" else self.law(name).mean

    def sd(self, name: str) -> np.ndarray | float:
        """Return the posterior standard deviation."""
        if name in self._names:
            gap = self.scales.points[:, self._names.index(name)] - self.mean(name)
            return float(np.sqrt(self.scales.weight @ gap**2))
        return self.moments[1] if name == "tau" else self.law(name).sd

    def quantile(self, name: str, q: float) -> np.ndarray | float:
        """Return the posterior quantile."""
        arguments.between_0_and_1("q", q)
        if name in self._names:
            return float(self.scales.quantile(self._names.index(name), q))
        if name == "tau":
            return np.concatenate([self.creators(rows).quantile(q) for rows in self._chunks()])
        return self.law(name).quantile(q)

    def above(self, threshold: float) -> np.ndarray:
        """Return P(tau > threshold) of every creator, shape (N,)."""
        return 1 - self.cdf(threshold)

    @cached_property
    def _coarser(self) -> "ExactPosterior":
        """The same posterior from every second node."""
        return ExactPosterior(self.model, self.data, self.scales.coarser())

    def error(self, name: str) -> np.ndarray | float:
        """Return an upper estimate of the mean's quadrature error: its change from every second node to all."""
        return np.abs(self.mean(name) - self._coarser.mean(name))

    def summary(self) -> pd.DataFrame:
        """Return mean, sd, quantiles and quadrature error of every variable as a table."""
        rows, labels = [], self.data.coords()
        for name, dims in self.model.dims.items():
            columns = {"mean": self.mean(name), "sd": self.sd(name), "2.5%": self.quantile(name, 0.025),
                       "median": self.quantile(name, 0.5), "97.5%": self.quantile(name, 0.975), "error": self.error(name)}
            index = pd.MultiIndex.from_product([labels[d] for d in dims]) if dims else [()]
            named = [f"{name}[{', '.join(map(str, np.atleast_1d(at)))}]" if len(dims) == 1 else
                     f"{name}[{', '.join(map(str, at))}]" if dims else name for at in index]
            rows.append(pd.DataFrame({k: np.ravel(v) for k, v in columns.items()}, index=named))
        return pd.concat(rows)

    def sample(self, rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
        """Draw ``n`` independent sets of parameters from the joint posterior."""
        points, data = self.scales.sample(rng, n), self.data
        found, (mean, variance, _), phi = filtered(points, data, self.model.prior)
        mu = mean + np.sqrt(variance) * rng.standard_normal(n)
        path = np.swapaxes(kalman.draw(rng, found, mu, points[:, 1], phi), 1, 2)
        se2, sigma2 = data.se**2, points[:, 2:3] ** 2
        pull = se2 / (se2 + sigma2)
        tau = (1 - pull) * data.effect + pull * path[:, data.index, data.time]
        tau += np.sqrt(pull * sigma2) * rng.standard_normal(tau.shape)
        out = {"mu_global": mu} | dict(zip(self._names, points.T, strict=True))
        return out | {"mu_genre": path, "tau": tau}


def posterior(model: Model, data: Data, tolerance: float | None = None) -> ExactPosterior:
    """Compute the exact posterior.

    Parameters
    ----------
    model : Model
        With a normal prior on mu_global.
    data : Data
        One effect, standard error, genre and period a creator.
    tolerance : float, optional
        How much the log evidence may change from every second node of an axis to all; the error left is much smaller.
        1e-5 unless given, with phi 2e-3.

    Returns
    -------
    ExactPosterior

    Raises
    ------
    EngineError
        If mu_global has a prior that is not normal.
    """
    prior = model.prior
    if prior.mu_global.family != "Normal":
        raise EngineError(f"engine 'exact' needs a Normal prior on mu_global, got {prior.mu_global}; use pymc or numpyro")

    def log_density(points: np.ndarray) -> np.ndarray:
        names = SCALES + (("phi",) if prior.phi is not None else ())
        log_p = sum(getattr(prior, name).logpdf(points[:, k]) for k, name in enumerate(names))
        return log_p + filtered(points, data, prior)[1][2]

    weight = np.bincount(data.cell, data.se**-2.0)
    unit = {"sigma_genre": weight[weight > 0].max() ** -0.5, "sigma_drift": weight[weight > 0].max() ** -0.5,
            "sigma_creator": data.se.min()}
    farthest = float(np.max(np.abs(data.effect - prior.mu_global.mu)))
    axes = []
    for name in SCALES:
        law = getattr(prior, name)
        low, high = law.support
        top = bound(law, farthest)
        about = min(float(unit[name]), float(law.scipy().median()) - low)
        axes.append(Positive(about, top, low) if np.isinf(high) else Between(low, high))
    if prior.phi is not None:
        axes.append(Between(*prior.phi.support))
    if tolerance is None:
        tolerance = 1e-5 if prior.phi is None else 2e-3
    return ExactPosterior(model, data, lattice(log_density, axes, tolerance))
