"""What a past batch is worth to the next one, on made-up platforms whose truth is known.

Each platform has genres, a past batch of many creators and a next batch of few. The next batch is read without the past,
with all of it, and with less of it; all readings see the same effects. Between the batches the genres' means may move.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from hbm_lib import seeds
from hbm_lib.fitting import fit_exact
from hbm_lib.models import creators
from hbm_lib.models.creators import batches, memory
from hbm_lib.models.creators.exact import ExactPosterior
from hbm_lib.models.creators.simulate import GENRES, sizes
from hbm_lib.samplers.mixture import NormalMixture

MU, SIGMA_GENRE, SIGMA_CREATOR, SIGMA_OBS = 0.5, 0.3, 0.4, 2.0
PAST = 500
SHARE, DRIFT = 0.05, 0.3
TAILS = (0.025, 0.975)
FEW = 20


def batch(rng: np.random.Generator, genre_effects: np.ndarray, n: int) -> tuple[creators.Data, np.ndarray]:
    """Make up one batch: creators in genres at random, sizes of the chapter's mixture, effects with known standard errors.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of everything random.
    genre_effects : array of shape (G,)
        The genres' true means, in dollars; G at most 5.
    n : int
        How many creators.

    Returns
    -------
    tuple of Data and array
        The batch, and its creators' true effects (n,).
    """
    index, users = rng.integers(0, len(genre_effects), n), sizes(rng, n)
    truth = rng.normal(np.asarray(genre_effects)[index], SIGMA_CREATOR)
    se = SIGMA_OBS * np.sqrt(1 / (users // 2) + 1 / (users - users // 2))
    return creators.Data(rng.normal(truth, se), se, [GENRES[g] for g in index]), truth


def platform(seed: int, index: int, n: int, shift: float = 0.0) -> tuple[creators.Data, creators.Data, np.ndarray]:
    """Make up one platform: its past batch, its next batch of ``n``, and the truth of the next.

    Parameters
    ----------
    seed, index : int
        Of everything random, and which platform: sizes and shifts of one platform share their past.
    n : int
        Creators in the next batch.
    shift : float
        Standard deviation of each genre's move between the batches, in dollars.
    """
    rng = seeds.rng(seed, "platform", index)
    effects, move = rng.normal(MU, SIGMA_GENRE, len(GENRES)), rng.standard_normal(len(GENRES))
    past, _ = batch(rng, effects, PAST)
    return past, *batch(seeds.rng(seed, f"next {n}", index), effects + shift * move, n)


def readings(past: creators.Data, data: creators.Data, ways: Sequence[str]) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield name, posterior means (N,) and 95 % intervals (2, N) of every way of reading the next batch."""
    model = creators.partial_pooling()
    kept = memory.remember(past, model.prior)
    how: Mapping[str, Callable[[], ExactPosterior]] = {
        "alone": lambda: fit_exact(model, data),
        "with the past": lambda: kept.read(model, data),
        "past discounted": lambda: kept.discounted(SHARE).read(model, data),
        "past widened": lambda: kept.widened(DRIFT).read(model, data),
    }
    for way in ways:
        if way == "learned priors":
            law = batches.read(data, batches.learn(fit_exact(model, past))).tau
            yield way, law.mean, np.array([law.quantile(q) for q in TAILS])
        else:
            found = how[way]()
            yield way, found.mean("tau"), intervals(found)


def intervals(found: ExactPosterior) -> np.ndarray:
    """Return the 95 % intervals of all creators, (2, N): over all nodes of the scales where the creators are few."""
    if found.data.n_creators > FEW:
        return np.array([found.quantile("tau", q) for q in TAILS])
    data, weight = found.data, found.scales.weight.ravel()
    keep = weight > 1e-8
    sigma2 = np.broadcast_to(found.scales.axes[1].scale ** 2, found.scales.weight.shape).ravel()[keep]
    mean, variance = (v.reshape(len(weight), -1)[keep].T[data.index] for v in (found.given.genre, found.given.genre_variance))
    pull = data.se[:, None] ** 2 / (data.se[:, None] ** 2 + sigma2)
    law = NormalMixture(weight[keep] / weight[keep].sum(), (1 - pull) * data.effect[:, None] + pull * mean,
                        np.sqrt(pull * sigma2 + pull**2 * variance))
    return np.array([law.quantile(q) for q in TAILS])


WAYS = ("alone", "with the past", "learned priors", "past discounted", "past widened")


def compare(seed: int, platforms: int, n: int, *, shift: float = 0.0, ways: Sequence[str] = WAYS, first: int = 0) -> pd.DataFrame:
    """Read the next batch of many platforms in several ways.

    Parameters
    ----------
    seed : int
        Of everything random.
    platforms : int
        How many.
    n : int
        Creators in the next batch.
    shift : float
        Standard deviation of each genre's move between the batches, in dollars.
    ways : sequence of str
        Some of ``WAYS``.
    first : int
        The first platform's number.

    Returns
    -------
    pandas.DataFrame
        One row a platform and way: mse (dollars²), coverage of 95 % intervals (a share), mean width (dollars).

    Raises
    ------
    ValueError
        If a way is not known.
    """
    for wrong in set(ways) - set(WAYS):
        raise ValueError(f"ways: {wrong!r} is not known; known are {', '.join(WAYS)}")
    rows = []
    for index in range(first, first + platforms):
        past, data, truth = platform(seed, index, n, shift)
        for way, mean, (low, high) in readings(past, data, ways):
            rows.append({"platform": index, "way": way, "mse": np.mean((mean - truth) ** 2),
                         "coverage": np.mean((low <= truth) & (truth <= high)), "width": np.mean(high - low)})
    return pd.DataFrame(rows)


def summary(rows: pd.DataFrame, against: str = "alone") -> pd.DataFrame:
    """Average over platforms, with simulation errors.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of ``compare``.
    against : str
        The way that the others' squared errors are compared with, platform by platform.

    Returns
    -------
    pandas.DataFrame
        One row a way: each measure and its standard error over platforms; ``ratio``, the squared error
        relative to ``against``, and its error from the paired platforms (delta method).
    """
    wide = rows.pivot(index="platform", columns="way")
    out = {}
    for way in rows["way"].unique():
        row = {}
        for name in ("mse", "coverage", "width"):
            values = wide[name][way].to_numpy()
            row |= {name: values.mean(), f"{name}_error": values.std(ddof=1) / np.sqrt(len(values))}
        base, own = wide["mse"][against].to_numpy(), wide["mse"][way].to_numpy()
        ratio = own.mean() / base.mean()
        row |= {"ratio": ratio, "ratio_error": (own - ratio * base).std(ddof=1) / base.mean() / np.sqrt(len(own))}
        out[way] = row
    return pd.DataFrame(out).T
