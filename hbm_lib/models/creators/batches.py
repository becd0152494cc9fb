"""Priors learned from a batch of experiments, and the next batch read with them.

A batch's exact posterior is turned into priors of hbm_lib.priors by matching mean and standard deviation:
mu_global and each genre's mean become normal, the two scales Gamma. The genres' means are taken as
independent, which they are up to what the shared scales and mu_global leave (small once a genre has many creators).
That is an approximation that can be written down, sent and read; ``memory`` keeps the past without loss.

The next batch's posterior needs quadrature over sigma_creator only: given it, the genres are apart, and each is
normal (Gelman et al., BDA3, section 2.5, twice).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from hbm_lib.models.creators.exact import LOG_2PI, ExactPosterior
from hbm_lib.models.creators.spec import Data, Prior
from hbm_lib.priors import Dist, Gamma, Normal
from hbm_lib.samplers.mixture import NormalMixture
from hbm_lib.samplers.quadrature import Line, line


@dataclass(frozen=True)
class Learned:
    """What a batch has taught: priors of the platform and of each genre's mean.

    Parameters
    ----------
    prior : Prior
        Of mu_global and both scales, for batches of other genres too.
    genres : mapping of str to Dist
        For each genre seen a Normal prior of its mean.

    Raises
    ------
    ValueError
        If a genre's prior is not normal.
    """

    prior: Prior
    genres: Mapping[str, Dist] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a prior that the algebra has no answer for."""
        for name, law in self.genres.items():
            if not isinstance(law, Dist) or law.family != "Normal":
                raise ValueError(f"genres: a Normal prior is needed for {name!r}, got {law!r}")

    def genre(self, name: str) -> Dist:
        """Return the prior of one genre's mean; of a genre not seen before, the platform's, with both its uncertainties."""
        if name in self.genres:
            return self.genres[name]
        mu, scale = self.prior.mu_global, self.prior.sigma_genre.scipy()
        return Normal(float(mu.scipy().mean()), float(np.sqrt(mu.scipy().var() + scale.var() + scale.mean() ** 2)))


def matched_gamma(mean: float, sd: float) -> Dist:
    """Return the Gamma distribution with this mean and standard deviation.

    Raises
    ------
    ValueError
        If either is not a finite number above 0.
    """
    for name, value in (("mean", mean), ("sd", sd)):
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{name}: a finite number above 0 is needed, got {value!r}")
    return Gamma((mean / sd) ** 2, mean / sd**2)


def learn(posterior: ExactPosterior, drift: float = 0.0) -> Learned:
    """Turn the posterior of one batch into priors of the next.

    Parameters
    ----------
    posterior : ExactPosterior
        Of the past batch, from ``fit_exact``.
    drift : float
        By how much a genre's mean may have moved since, as a standard deviation in the effect's units.

    Returns
    -------
    Learned

    Raises
    ------
    ValueError
        If ``drift`` is not a finite number of at least 0.
    """
    if not (np.isfinite(drift) and drift >= 0):
        raise ValueError(f"drift: a finite number of at least 0 is needed, got {drift!r}")
    scales = (matched_gamma(float(posterior.mean(name)), float(posterior.sd(name))) for name in ("sigma_genre", "sigma_creator"))
    prior = Prior(Normal(float(posterior.mean("mu_global")), float(posterior.sd("mu_global"))), *scales)
    laws = zip(posterior.data.genres, posterior.mean("mu_genre"), posterior.sd("mu_genre"), strict=True)
    return Learned(prior, {name: Normal(float(m), float(np.hypot(s, drift))) for name, m, s in laws})


@dataclass(frozen=True)
class NextBatch:
    """The exact posterior of a batch under learned priors.

    Attributes
    ----------
    data : Data
        The batch.
    before : Learned
        Its priors.
    sigma_creator : Line
        The posterior of sigma_creator.
    """

    data: Data
    before: Learned
    sigma_creator: Line

    @cached_property
    def _given(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of mu_genre given each node of sigma_creator, each (G, K)."""
        _, mean, variance = _genres(self.sigma_creator.tau, self.data, self.before)
        return mean, variance

    @cached_property
    def mu_genre(self) -> NormalMixture:
        """The law of each genre's mean, (G,)."""
        mean, variance = self._given
        return NormalMixture(self.sigma_creator.weight, mean, np.sqrt(variance))

    @cached_property
    def tau(self) -> NormalMixture:
        """The law of each creator's effect, (N,)."""
        mean, variance = (v[self.data.index] for v in self._given)
        noise, within = self.data.se[:, None] ** 2, self.sigma_creator.tau**2
        pull = noise / (noise + within)
        centre = (1 - pull) * self.data.effect[:, None] + pull * mean
        return NormalMixture(self.sigma_creator.weight, centre, np.sqrt(pull * within + pull**2 * variance))


def _genres(sigma: np.ndarray, data: Data, before: Learned) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log p(d | sigma_creator) (K,), and mean and variance (G, K) of mu_genre given sigma_creator."""
    laws = [before.genre(name) for name in data.genres]
    m0, p0 = (np.array([getattr(law, n) for law in laws])[:, None] for n in ("mu", "sigma"))
    p0 = p0**-2.0
    weight = 1 / (data.se[:, None] ** 2 + np.asarray(sigma) ** 2)
    left = data.effect[:, None] - m0[data.index]
    member = np.arange(data.n_genres)[:, None] == data.index
    s, sd = member @ weight, member @ (weight * left)
    precision = p0 + s
    log_y = 0.5 * (np.log(weight) - LOG_2PI - weight * left**2).sum(0)
    log_y += 0.5 * (np.log(p0) - np.log(precision) + sd**2 / precision).sum(0)
    return log_y, m0 + sd / precision, 1 / precision


def read(data: Data, before: Learned) -> NextBatch:
    """Compute the exact posterior of a batch under learned priors.

    Parameters
    ----------
    data : Data
        The new batch, of genres seen before or not.
    before : Learned
        From ``learn``.

    Returns
    -------
    NextBatch
    """
    law = before.prior.sigma_creator
    log_density = lambda sigma: law.logpdf(sigma) + _genres(sigma, data, before)[0]  # noqa: E731
    return NextBatch(data, before, line(log_density, support=law.support))
