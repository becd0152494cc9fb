"""The exact posterior: creators, genres and mu_global integrate out by algebra, the two scales by quadrature.

Given sigma_creator, a genre's creators say m_g with precision S_g = sum w_i (``sums``) about
mu_genre[g]; given sigma_genre, m_g is normal about mu_global with variance
sigma_genre² + 1 / S_g, and mu_global has a normal posterior (Gelman et al., BDA3,
eqs 5.20-5.21, twice). No step after the sums looks at a creator.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

from hbm_lib.model import EngineError, Model
from hbm_lib.models.creators.compress import Given, compress
from hbm_lib.models.creators.spec import Data, Prior
from hbm_lib.models.creators.sums import Sums, take
from hbm_lib.models.creators.tables import by_genre
from hbm_lib.priors import Dist
from hbm_lib.samplers.grid import Grid, Marginal, grid
from hbm_lib.samplers.mixture import NormalMixture

LOG_2PI = np.log(2 * np.pi)
_TAIL = 1e-15
_DROP = 40.0


def needs_normal(prior: Prior, engine: str) -> None:
    """Refuse a prior of mu_global that the algebra has no answer for.

    Raises
    ------
    EngineError
        Naming the prior and the engines that can.
    """
    if prior.mu_global.family != "Normal":
        raise EngineError(f"engine {engine!r} needs a Normal prior on mu_global, got {prior.mu_global}; use pymc or numpyro")


def given_scales(sigma_genre: np.ndarray, sigma_creator: np.ndarray, sums: Sums, prior: Prior) -> Given:
    """Return the laws of mu_global and mu_genre given the scales, on a grid of (A,) and (B,).

    Returns
    -------
    Given
        With mean and variance of mu_global (A, B), mean and variance of mu_genre (A, B, G),
        and log p(d | scales) (A, B), no constant left out.
    """
    log_y, mean, precision, m, noise, weight = _platform(sigma_genre, sigma_creator, sums, prior)
    pull = noise[:, None] * weight
    genre = (1 - pull) * m[:, None] + pull * mean
    variance = (1 - pull) * noise[:, None] + pull**2 / precision
    return Given(mean, 1 / precision, np.moveaxis(genre, 0, -1), np.moveaxis(variance, 0, -1), log_y)


def _platform(sigma_genre: np.ndarray, sigma_creator: np.ndarray, sums: Sums, prior: Prior) -> tuple[np.ndarray, ...]:
    """Return log p(d | scales), mean and precision of mu_global (A, B), and m, 1 / S (G, B) and the weights (G, A, B)."""
    log_w, s, sd, sdd = sums.at(sigma_creator)
    m = sd / s
    own = 0.5 * (log_w - sums.counts * LOG_2PI - (sdd - sd * m) - np.log(s)).sum(1)
    m, noise = (m + sums.design.centre).T, (1 / s).T
    spread = np.square(sigma_genre)[:, None] + noise[:, None]
    m0, p0 = prior.mu_global.mu, prior.mu_global.sigma**-2.0
    weight = 1 / spread
    precision = weight.sum(0) + p0
    mean = ((weight * m[:, None]).sum(0) + p0 * m0) / precision
    left = m[:, None] - mean
    left *= left
    left *= weight
    left += np.log(spread)
    log_y = own - 0.5 * (left.sum(0) + p0 * (mean - m0) ** 2 - np.log(p0) + np.log(precision))
    return log_y, mean, precision, m, noise, weight


@dataclass(frozen=True)
class ExactPosterior:
    """Every marginal of the posterior to quadrature accuracy.

    Attributes
    ----------
    model, data : Model, Data
        What was computed.
    sums : Sums
        What it needs of the creators.
    scales : Grid
        The joint posterior of (sigma_genre, sigma_creator).
    """

    model: Model
    data: Data
    sums: Sums
    scales: Grid

    @property
    def log_evidence(self) -> float:
        """Log p(d), with no constant left out."""
        return self.scales.log_evidence

    @cached_property
    def given(self) -> Given:
        """The laws of mu_global and mu_genre at every node of the scales."""
        return given_scales(*(axis.scale for axis in self.scales.axes), self.sums, self.model.prior)

    @cached_property
    def given_creator(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """sigma_creator (B,), its probability (B,), and mean and variance of mu_genre given it, (B, G)."""
        weight = self.scales.weight.sum(0)
        share = (self.scales.weight / np.where(weight > 0, weight, 1))[:, :, None]
        mean = (share * self.given.genre).sum(0)
        variance = (share * (self.given.genre_variance + (self.given.genre - mean) ** 2)).sum(0)
        keep = weight > 1e-18
        return self.scales.axes[1].scale[keep], weight[keep] / weight[keep].sum(), mean[keep], variance[keep]

    def _flat(self, mean: np.ndarray, variance: np.ndarray) -> NormalMixture:
        """Return the mixture over all nodes of normals (A, B, ...)."""
        weight = self.scales.weight.ravel()
        keep = weight > 1e-18
        each = (np.moveaxis(v.reshape(len(weight), *v.shape[2:])[keep], 0, -1) for v in (mean, np.sqrt(variance)))
        return NormalMixture(weight[keep] / weight[keep].sum(), *each)

    def law(self, name: str) -> NormalMixture | Marginal:
        """Return the marginal law of ``mu_global``, ``mu_genre``, ``sigma_genre`` or ``sigma_creator``."""
        if name == "mu_global":
            return self._flat(self.given.mean, self.given.variance)
        if name == "mu_genre":
            return self._flat(self.given.genre, self.given.genre_variance)
        if name in ("sigma_genre", "sigma_creator"):
            return self.scales.first if name == "sigma_genre" else self.scales.second
        if name == "tau":
            return self.creators(slice(None))
        raise ValueError(f"name: {self.model.name} has {', '.join(self.model.dims)}, got {name!r}")

    def creators(self, rows: slice | np.ndarray) -> NormalMixture:
        """Return the law of tau of some creators, as mixtures over a few nodes that share their weights."""
        data = self._own
        return self._creator(data.index[rows], data.effect[rows], data.se[rows])

    @property
    def _own(self) -> Data:
        """The creators, or a sentence that says how to give it some."""
        if self.data is None:
            raise ValueError("this posterior was computed from sums and knows no creators; give it some with read(data)")
        return self.data

    def _creator(self, genre: np.ndarray, effect: np.ndarray, se: np.ndarray) -> NormalMixture:
        """Return the law of tau of creators of these genres, effects and standard errors, each (M,)."""
        sigma, weight, mean, variance = self.compressed
        pull = np.square(se)[:, None] / (np.square(se)[:, None] + sigma**2)
        about, spread = (np.take(v.T, genre, axis=0) for v in (mean, variance))
        centre = (1 - pull) * effect[:, None] + pull * about
        return NormalMixture(weight, centre, np.sqrt(pull * sigma**2 + pull**2 * spread))

    def _of_each(self, f: Callable[[NormalMixture], np.ndarray]) -> np.ndarray:
        """Return a number of every creator's law, shape (N,); f is smooth and of the size of 1."""
        _, _, mean, _ = self.given_creator
        data = self._own
        unit = float(np.hypot(self.mean("sigma_creator"), np.median(data.se)))
        whole = lambda g, effect, se: f(self._creator(np.full(len(se), g), effect, se))  # noqa: E731
        return by_genre(whole, data.effect, data.se, data.index, mean.mean(0), unit)

    @cached_property
    def compressed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The nodes that stand for all when creators are asked for: sigma_creator, weight (K,), mean and variance (K, G)."""
        make = lambda a, b: given_scales(a, b, self.sums, self.model.prior)  # noqa: E731
        return compress(self.scales, make, self.sums.design.largest)

    def read(self, data: Data) -> "ExactPosterior":
        """Return the same posterior with other creators to be asked for; ``sums`` says what was learned, from whom it may be.

        Parameters
        ----------
        data : Data
            Creators whose genres are those of ``sums``, in its order.
        """
        other = ExactPosterior(self.model, data, self.sums, self.scales)
        for name in ("given", "given_creator", "compressed"):  # of the scales and genres only: computed once
            other.__dict__[name] = getattr(self, name)
        return other

    def _chunks(self, cells: int = 1 << 17) -> Iterator[slice]:
        """Yield slices of creators small enough for the work space."""
        step = max(1, cells // len(self.scales.axes[1].scale))
        for start in range(0, self.data.n_creators, step):
            yield slice(start, start + step)

    @cached_property
    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of tau, each (N,): laws of total expectation and variance over sigma_creator."""
        sigma, weight, genre, variance = self.given_creator
        data, sigma2 = self._own, sigma**2
        mean, sd = np.empty(data.n_creators), np.empty(data.n_creators)
        genre, variance = np.ascontiguousarray(genre.T), np.ascontiguousarray(variance.T)
        for rows in self._chunks():
            se2, at = data.se[rows][:, None] ** 2, data.index[rows]
            pull = se2 / (se2 + sigma2)
            shift = pull * (genre[at] - data.effect[rows][:, None])
            here = shift @ weight
            shift -= here[:, None]
            mean[rows] = data.effect[rows] + here
            sd[rows] = np.sqrt((pull * (sigma2 + pull * variance[at]) + shift**2) @ weight)
        return mean, sd

    def mean(self, name: str) -> np.ndarray | float:
        """Return the posterior mean: a number, or an array (G,) for mu_genre and (N,) for tau."""
        return self.moments[0] if name == "tau" else self.law(name).mean

    def sd(self, name: str) -> np.ndarray | float:
        """Return the posterior standard deviation."""
        return self.moments[1] if name == "tau" else self.law(name).sd

    def quantile(self, name: str, q: float) -> np.ndarray | float:
        """Return the posterior quantile."""
        if name != "tau":
            found = self.law(name).quantile(q)
            return float(found) if np.ndim(found) == 0 else found
        mean, sd = self.moments
        return mean + sd * self._of_each(lambda law: (law.quantile(q) - law.mean) / law.sd)

    def above(self, threshold: float) -> np.ndarray:
        """Return P(tau > threshold) of every creator, shape (N,)."""
        return self._of_each(lambda law: 1 - law.cdf(np.full(len(law.centre), float(threshold))))

    @cached_property
    def _finer(self) -> "ExactPosterior":
        """The same posterior with finer panels."""
        return ExactPosterior(self.model, self.data, self.sums, self.scales.finer())

    def error(self, name: str) -> np.ndarray | float:
        """Return the quadrature error of the mean: its change when the panels are made finer."""
        return np.abs(self.mean(name) - self._finer.mean(name))

    def summary(self) -> pd.DataFrame:
        """Return mean, sd, quantiles and quadrature error of every variable as a table."""
        rows = []
        for name, dims in self.model.dims.items():
            columns = {"mean": self.mean(name), "sd": self.sd(name), "2.5%": self.quantile(name, 0.025),
                       "median": self.quantile(name, 0.5), "97.5%": self.quantile(name, 0.975), "error": self.error(name)}
            labels = [f"{name}[{v}]" for v in self._own.coords()[dims[0]]] if dims else [name]
            rows.append(pd.DataFrame({k: np.atleast_1d(v) for k, v in columns.items()}, index=labels))
        return pd.concat(rows)

    def sample(self, rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
        """Draw ``n`` independent sets of parameters from the joint posterior."""
        data, prior = self._own, self.model.prior
        sigma_genre, sigma_creator = self.scales.sample(rng, n)
        _, s, sd, _ = self.sums.at(sigma_creator)
        noise, m = 1 / s, sd / s + self.sums.design.centre
        weight = 1 / (sigma_genre[:, None] ** 2 + noise)
        p0 = prior.mu_global.sigma**-2.0
        precision = p0 + weight.sum(1)
        mu = (p0 * prior.mu_global.mu + (weight * m).sum(1)) / precision + rng.standard_normal(n) / np.sqrt(precision)
        pull = noise * weight
        genre = (1 - pull) * m + pull * mu[:, None] + np.sqrt((1 - pull) * noise) * rng.standard_normal(m.shape)
        se2, sigma2 = data.se**2, sigma_creator[:, None] ** 2
        pull = se2 / (se2 + sigma2)
        tau = (1 - pull) * data.effect + pull * genre[:, data.index]
        tau += np.sqrt(pull * sigma2) * rng.standard_normal(tau.shape)
        return {"mu_global": mu, "sigma_genre": sigma_genre, "mu_genre": genre, "sigma_creator": sigma_creator, "tau": tau}


def posterior(model: Model, data: Data | None, sums: Sums | None = None) -> ExactPosterior:
    """Compute the exact posterior.

    Parameters
    ----------
    model : Model
        With a normal prior on mu_global.
    data : Data or None
        One effect and standard error a creator. None with ``sums`` from elsewhere: the posterior
        then knows scales, mu_global and mu_genre; ``read`` gives it creators.
    sums : Sums, optional
        The sums of the creators if they were taken elsewhere.

    Returns
    -------
    ExactPosterior

    Raises
    ------
    EngineError
        If mu_global has a prior that is not normal.
    """
    prior = model.prior
    needs_normal(prior, "exact")
    if sums is None:
        sums = take(data, bound(prior.sigma_creator, np.max(np.abs(data.effect - prior.mu_global.mu))))
    return ExactPosterior(model, data, sums, scales(prior, sums))


def bound(law: Dist, farthest: float = 0.0) -> float:
    """Return a value above which the posterior of a scale holds nothing to speak of.

    Parameters
    ----------
    law : Dist
        The prior of the scale.
    farthest : float
        The largest distance that the scale may have to explain; beyond twice that the likelihood falls.
    """
    top = _plain(law)
    if 4 * farthest > top:  # data that the prior did not expect: from there on the prior falls, which outweighs its own tail
        at = 2 * farthest * 2 ** np.arange(0, 40, 0.25)
        with np.errstate(all="ignore"):
            log_p = law.logpdf(at) + np.log(at)
        gone = ~(log_p > log_p[0] - _DROP)
        gone[0] = False
        top = max(top, float(at[gone.argmax() if gone.any() else -1]))
    return float(min(law.support[1], top))


@cache
def _plain(law: Dist) -> float:
    """Return a value above which a prior of a scale holds nothing to speak of."""
    return float(min(law.support[1], law.scipy().isf(_TAIL)))


def scales(prior: Prior, sums: Sums) -> Grid:
    """Return the joint posterior of (sigma_genre, sigma_creator)."""
    def log_density(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        log_p = prior.sigma_genre.logpdf(first)[:, None] + prior.sigma_creator.logpdf(second)
        return log_p + _platform(first, second, sums, prior)[0]

    _, s, sd, _ = sums.at(np.zeros(1))
    genre = 1 / np.sqrt(s.max())  # the smallest standard error of a genre's mean
    farthest = np.max(np.abs(sd / s + sums.design.centre - prior.mu_global.mu))
    limits = ((prior.sigma_genre.support[0], bound(prior.sigma_genre, farthest)),
              (prior.sigma_creator.support[0], sums.design.top))
    return grid(log_density, units=(float(genre), sums.design.smallest), support=limits)
