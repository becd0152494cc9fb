"""Past batches without loss: what is kept of them is four functions of sigma_creator a genre, not a prior.

All that the posterior needs of creators are the four sums of ``sums``, and sums add up. So the sums of the
past plus the sums of the next batch give the posterior of the fit of both together, at a cost that does not depend
on how many creators the past held. (A prior made of a few moments, ``batches.learn``, is an approximation of this.)

History may be believed less, in two ways that keep the form:

*discounted*: every past creator counts as a share of one: the power prior (Ibrahim & Chen 2000, "Power prior
distributions for regression models", Statistical Science), here of p(d | mu_genre, sigma_creator).

*widened*: the genres' means have moved since, each by a Normal(0, drift). What the past says of a genre, m with
precision S, then has the variance 1 / S + drift², as in the prediction step of a Kalman filter.
"""

from dataclasses import dataclass, replace

import numpy as np

from hbm_lib.model import Model
from hbm_lib.models.creators.exact import ExactPosterior, bound, needs_normal, posterior
from hbm_lib.models.creators.spec import Data, Prior, check
from hbm_lib.models.creators.sums import Design, Sums, partial, sums

REACH = 1e4  # how many times farther than the first batch's the effects of later batches may lie
BEYOND = 1e-9  # the posterior probability that may be lost beyond that


@dataclass(frozen=True)
class Memory:
    """What is kept of all batches so far.

    Attributes
    ----------
    genres : tuple of str
        The genres seen, in the order of the sums.
    sums : Sums
        Their four sums.
    """

    genres: tuple[str, ...]
    sums: Sums

    def then(self, data: Data) -> "Memory":
        """Return the memory after one more batch, of genres seen before or not.

        Parameters
        ----------
        data : Data
            Creators that are not in the memory yet: one who is would count twice.
        """
        new = [name for name in data.genres if name not in self.genres]
        genres = (*self.genres, *new)
        old, batch = self.sums.design, aligned(data, genres)
        weight = data.se**-2.0
        own = np.bincount(batch.index, weight * data.effect, len(genres)) / np.maximum(
            np.bincount(batch.index, weight, len(genres)), np.finfo(float).tiny)
        centre = np.concatenate([old.centre, own[len(old.centre) :]])
        design = Design(min(old.smallest, float(data.se.min())), old.top, centre, max(old.largest, float(data.se.max())))
        raw = partial(design, batch.index, batch.effect, batch.se)
        raw[:, :, : len(old.centre)] += _raw(design, self.sums.counts, *self.sums.at(design.sigma))
        counts = batch.counts + np.concatenate([self.sums.counts, np.zeros(len(new))])
        return Memory(genres, sums(design, counts, raw))

    def discounted(self, share: float) -> "Memory":
        """Return the memory in which every creator counts as ``share`` of one, above 0 and at most 1.

        Raises
        ------
        ValueError
            If the share is outside of that.
        """
        if isinstance(share, bool) or not (np.isfinite(share) and 0 < share <= 1):
            raise ValueError(f"share: a number above 0 and at most 1 is needed, got {share!r}; without a past there is no memory")
        return Memory(self.genres, replace(self.sums, counts=share * self.sums.counts, series=share * self.sums.series))

    def widened(self, drift: float) -> "Memory":
        """Return the memory of genres whose means have since moved by a normal with this standard deviation.

        Parameters
        ----------
        drift : float
            In the effect's units, at least 0; of each genre by itself.

        Raises
        ------
        ValueError
            If it is not a finite number of at least 0.
        """
        if isinstance(drift, bool) or not (np.isfinite(drift) and drift >= 0):
            raise ValueError(f"drift: a finite number of at least 0 is needed, got {drift!r}")
        design = self.sums.design
        log_w, s, sd, sdd = self.sums.at(design.sigma)
        share = 1 / (1 + drift**2 * s)
        # S becomes S share, the mean sd / S and what the creators say of sigma_creator stay
        kept = (log_w + np.log(share), s * share, sd * share, sdd - sd**2 / s * (1 - share))
        return Memory(self.genres, sums(design, self.sums.counts, _raw(design, self.sums.counts, *kept)))

    def posterior(self, model: Model) -> ExactPosterior:
        """Return the exact posterior of scales and genres given all batches in the memory; it holds no creators.

        Raises
        ------
        ValueError
            If a batch showed effects so far beyond the first one's that sigma_creator may be larger than the sums reach.
        """
        found, top = posterior(model, None, self.sums), self.sums.design.top
        if top < model.prior.sigma_creator.support[1] and found.quantile("sigma_creator", 1 - BEYOND) > 0.98 * top:
            raise ValueError(f"data: its effects lie so far beyond those of the first batch that sigma_creator may be above "
                             f"{top:.3g}, where the memory ends; begin a new memory with a batch that holds such creators")
        return found

    def read(self, model: Model, data: Data) -> ExactPosterior:
        """Return the exact posterior of a new batch, as if it had been fitted together with all past ones.

        Parameters
        ----------
        model : Model
            ``creators.partial_pooling()``, with any normal prior of mu_global.
        data : Data
            The new batch, of genres seen before or not.

        Returns
        -------
        ExactPosterior
            Its creators are the batch's; its genres those of the memory, then the new ones.
        """
        check(model.prior, data)
        after = self.then(data)
        return after.posterior(model).read(aligned(data, after.genres))


def _raw(design: Design, counts: np.ndarray, *at: np.ndarray) -> np.ndarray:
    """Return sums of log w, w, w d, w d² at the design's nodes, each (K, G), in the form that ``sums`` takes, (K, 4, G)."""
    v = (design.sigma**2 + design.smallest**2)[:, None]
    log_w, *rest = at
    return np.stack([log_w + counts * np.log(v), *(v * value for value in rest)], axis=1)


def aligned(data: Data, genres: tuple[str, ...]) -> Data:
    """Return the same creators with their genres among ``genres``, which must hold all of theirs."""
    place = {name: i for i, name in enumerate(genres)}
    copy = object.__new__(Data)
    for name in ("effect", "se", "creator"):
        object.__setattr__(copy, name, getattr(data, name))
    object.__setattr__(copy, "genres", tuple(genres))
    object.__setattr__(copy, "index", np.array([place[name] for name in data.genres])[data.index])
    return copy


def remember(data: Data, prior: Prior) -> Memory:
    """Return the memory of a first batch.

    Parameters
    ----------
    data : Data
        Its creators.
    prior : Prior
        Of the model that will read later batches: its scales say how far the sums have to reach.

    Raises
    ------
    EngineError
        If mu_global has a prior that is not normal.
    """
    check(prior, data)
    needs_normal(prior, "exact")
    weight = data.se**-2.0
    centre = np.bincount(data.index, weight * data.effect, data.n_genres) / np.bincount(data.index, weight, data.n_genres)
    # later batches may show effects far beyond this one's
    farthest = max(float(np.max(np.abs(data.effect - prior.mu_global.mu))), float(data.se.max()))
    top = bound(prior.sigma_creator, REACH * farthest)
    design = Design(float(data.se.min()), top, centre, float(data.se.max()))
    return Memory(tuple(data.genres), sums(design, data.counts, partial(design, data.index, data.effect, data.se)))
