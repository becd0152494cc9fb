"""What the normal readout of skewed revenue gets wrong, over many made-up platforms whose truth is known."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hbm_lib import seeds
from hbm_lib.models import skewed
from hbm_lib.models.skewed import gibbs, quantities, readouts, simulate
from hbm_lib.protocols.creators.validation import BINS
from hbm_lib.samplers.run_chains import run_chains

WAYS = ("alone", "normal", "hurdle")


def platforms(numbers: Sequence[int], positive: str = "lognormal", **about: object) -> tuple[list, list]:
    """Make platforms up and read them out by no pooling and by the normal readout; returns (frames' sums, tables and truths)."""
    sums, read = [], []
    for number in numbers:
        frame, truth = simulate.users(number, positive=positive, **about)
        sums.append(skewed.Data.from_frame(frame))
        read.append((readouts.differences(frame), readouts.normal(frame)[1], truth))
    return sums, read


def hurdle(data: Sequence[skewed.Data], seed: int, *, chains: int = 2, draws: int = 800, tune: int = 200) -> np.ndarray:
    """Fit the log-normal hurdle to platforms of the same creators, all in one sweep of the Gibbs sampler.

    Returns
    -------
    array of shape (platforms, chains * draws, N)
        Posterior draws of the effect on the mean per user.
    """
    prior = skewed.hurdle_lognormal().prior
    stack = {n: np.repeat([getattr(d, n) for d in data], chains, axis=0) for n in ("payers", "mean_log", "squares", "users")}
    together = data[0].replicated(**stack)
    kept, _ = run_chains(
        lambda rng: gibbs.init(rng, together, prior, len(stack["users"])), lambda rng, s: gibbs.step(rng, s, together, prior),
        lambda s: {"effect": quantities.effect(gibbs.record(s, together, prior))}, seeds.rng(seed, "gibbs"),
        draws=draws, tune=tune)
    return kept["effect"].reshape(len(data), chains * draws, -1)


def score(way: str, number: int, table: pd.DataFrame, truth: simulate.Truth) -> list[dict]:
    """Return error, coverage and width of one platform's estimates by number of users."""
    mean, low, high = (table[c].to_numpy() for c in ("effect_hat", "ci_lower", "ci_upper"))
    true, n = truth.effect, table["n_total"].to_numpy()
    out = []
    for name, (a, b) in ({"overall": (0, np.inf)} | BINS).items():
        at = (n >= a) & (n < b)
        out.append({"platform": number, "way": way, "bin": name, "mse": np.mean((mean - true)[at] ** 2),
                    "bias": np.mean((mean - true)[at]), "coverage": np.mean(((low <= true) & (true <= high))[at]),
                    "width": np.mean((high - low)[at])})
    return out


def compare(numbers: Sequence[int], seed: int, positive: str = "lognormal", **about: object) -> pd.DataFrame:
    """Score no pooling, the normal readout and the log-normal hurdle on each platform.

    Parameters
    ----------
    numbers : sequence of int
        Seeds of the platforms.
    seed : int
        Of the sampler.
    positive : {"lognormal", "gamma"}
        What payers' amounts are made from. The hurdle takes them for log-normal whatever they are.
    **about : object
        For ``simulate.users``.

    Returns
    -------
    pandas.DataFrame
        One row a platform, way and bin: mse, bias, coverage, width.
    """
    sums, read = platforms(numbers, positive, **about)
    effects, found = hurdle(sums, seed), []
    for number, draws, (own, pooled, truth) in zip(numbers, effects, read, strict=True):
        low, high = np.quantile(draws, [0.025, 0.975], axis=0)
        tables = {"alone": own, "normal": pooled, "hurdle": own.assign(effect_hat=draws.mean(0), ci_lower=low, ci_upper=high)}
        for way, table in tables.items():
            found += score(way, number, table, truth)
        found[-1]["flat"] = float((own["flat"] > 0).mean())
    return pd.DataFrame(found)


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Average over platforms: each measure with its simulation error; ``ratio`` is the mse relative to the normal readout's.

    The error of the ratio is from paired platforms (delta method).
    """
    out = []
    for name, part in found.groupby("bin", sort=False):
        wide = part.pivot(index="platform", columns="way")
        for way in part["way"].unique():
            row = {"bin": name, "way": way}
            for what in ("mse", "bias", "coverage", "width"):
                values = wide[what][way].dropna().to_numpy()
                row |= {what: values.mean(), f"{what}_error": values.std(ddof=1) / np.sqrt(len(values))}
            both = wide["mse"][["normal", way]].dropna().to_numpy() if way != "normal" else np.repeat(
                wide["mse"][["normal"]].dropna().to_numpy(), 2, axis=1)
            ratio = both[:, 1].mean() / both[:, 0].mean()
            gap = both[:, 1] - ratio * both[:, 0]
            out.append(row | {"ratio": ratio, "ratio_error": gap.std(ddof=1) / both[:, 0].mean() / np.sqrt(len(gap))})
    return pd.DataFrame(out)
