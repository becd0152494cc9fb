"""Probabilities for cases that a fit has not seen, by four estimators: what scores are computed from.

``held_out`` does it for many simulated clinics, of which further patients are drawn; ``k_fold`` for any data, by
cross-validation. Partial pooling is the hierarchical model, averaged over its posterior; "no pooling" is maximum
likelihood and "penalized" is Firth's estimate, both with an intercept a group; "complete pooling" has one.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from hbm_lib import arguments, seeds
from hbm_lib.model import Model
from hbm_lib.models.logistic import adjusted, clinic, exact, gibbs, partial_pooling, predict, random_intercept
from hbm_lib.models.logistic.spec import Data, check
from hbm_lib.samplers.run_chains import run_chains

ESTIMATORS = ("no pooling", "penalized", "complete pooling", "partial pooling")
_MOST_CASES = 10_000_000
_BASELINES = {"no pooling": adjusted.no_pooling, "penalized": adjusted.firth, "complete pooling": adjusted.complete_pooling}


@dataclass(frozen=True)
class Predictions:
    """Probabilities given to cases before their outcomes were looked at.

    Attributes
    ----------
    p : dict of str to array of shape (N,)
        Each estimator's probabilities of success; not a number where it gives none, as no pooling does for a group it
        has not seen.
    y : array of shape (N,)
        What happened.
    group : array of str of shape (N,)
        Whose cases they are.
    seen : array of shape (N,)
        How many cases of that group the fit had seen.
    part : array of int of shape (N,)
        Which clinic, or which fold.
    truth : array of shape (N,) or None
        The true probabilities, where they are known.
    """

    p: dict[str, np.ndarray]
    y: np.ndarray
    group: np.ndarray
    seen: np.ndarray
    part: np.ndarray
    truth: np.ndarray | None = None

    def where(self, at: np.ndarray) -> "Predictions":
        """Return some of the cases: those with few cases seen, say."""
        return Predictions({k: v[at] for k, v in self.p.items()}, self.y[at], self.group[at], self.seen[at], self.part[at],
                           None if self.truth is None else self.truth[at])


def held_out(
    seed: int, clinics: int = 100, *, patients: int = 20, severity: bool = True, draws: int = 400, tune: int = 150,
    mu: float = 1.1, tau: float = 0.8, beta: float = -0.7, mix: float = 0.5,
) -> Predictions:
    """Fit simulated clinics and predict further patients of the same doctors.

    Case loads and severities are those of one clinic; doctors' true logits and all outcomes are drawn anew for each, so
    that one Gibbs sampler runs through all clinics at once, a chain each.

    Parameters
    ----------
    seed : int
        Of everything random here.
    clinics : int
        How many clinics.
    patients : int
        Further patients a doctor in each clinic.
    severity : bool
        Whether the estimators look at it; what happens depends on it in any case.
    draws, tune : int
        Sweeps of the Gibbs sampler kept, and dropped before.
    mu, tau, beta, mix : float
        The true hyperparameters, as in ``clinic.Truth``.

    Returns
    -------
    Predictions
        clinics x doctors x patients cases.

    Raises
    ------
    ValueError
        If a count or a hyperparameter makes no sense.
    """
    for name, value in (("clinics", clinics), ("patients", patients), ("draws", draws), ("tune", tune)):
        arguments.whole(name, value)
    frame, layout = clinic.clinics(seed, 1, mu=mu, tau=tau, beta=beta, mix=mix)[0]
    rows, further = clinic.as_data(frame), clinic.next_patients(seeds.rng(seed, "further patients"), layout, patients)
    rng, at = seeds.rng(seed, "held-out clinics"), np.repeat(np.arange(rows.n_groups), patients)
    x_new = further["severity"].to_numpy()
    alpha = mu + tau * rng.standard_normal((clinics, rows.n_groups))
    seen = rng.binomial(rows.trials.astype(int), special.expit(alpha[:, rows.index] + beta * rows.x[:, 0])).astype(float)
    truth = special.expit(alpha[:, at] + beta * x_new)
    y = (rng.uniform(size=truth.shape) < truth).astype(int)
    model, data = (random_intercept(), rows) if severity else (
        partial_pooling(), Data(rows.successes, rows.cases, rows.labels))
    seen = seen if severity else rows.by_group(seen)
    x = x_new[:, None] if severity else np.empty((len(at), 0))
    names = np.array(data.labels)[at]
    p = {name: np.empty(truth.shape) for name in ESTIMATORS}
    for c in range(clinics):
        one = Data(seen[c], data.trials, data.group, data.covariates)
        for name, fit in _BASELINES.items():
            p[name][c] = fit(one).probability(names, x)
    many = data.replicated(seen)
    kept = _sweeps(model, many, seeds.rng(seed, "held-out gibbs"), clinics, draws, tune)
    for c in range(clinics):
        slope = kept["beta"][c] @ x.T if severity else 0
        p["partial pooling"][c] = special.expit(kept["alpha"][c][:, at] + slope).mean(0)
    flat = {name: v.ravel() for name, v in p.items()}
    return Predictions(flat, y.ravel(), np.tile(names, clinics), np.tile(data.cases[at], clinics),
                       np.repeat(np.arange(clinics), len(at)), truth.ravel())


def k_fold(
    data: Data, folds: int = 10, *, seed: int, model: Model | None = None, engine: str = "gibbs",
    chains: int = 20, draws: int = 100, tune: int = 150,
) -> Predictions:
    """Predict every case from the cases of the other folds.

    Parameters
    ----------
    data : Data
        With covariates or without; a binomial row is as many cases.
    folds : int
        Into how many parts the cases are dealt at random.
    seed : int
        Of the deal, and of the Gibbs sampler.
    model : Model, optional
        The hierarchical model; ``partial_pooling`` or ``random_intercept`` unless given.
    engine : {"gibbs", "exact"}
        What computes its posterior; "exact" leaves no Monte Carlo error and takes longer where there are covariates.
    chains, draws, tune : int
        Of the Gibbs sampler.

    Returns
    -------
    Predictions
        One entry a case. A group all of whose cases are in one fold is a new one for partial pooling, and no pooling gives it
        no probability.

    Raises
    ------
    ValueError
        If there are more folds than cases, a fold leaves data that cannot be fitted (naming the fold), or the model does not
        fit the data.
    """
    for name, value in (("folds", folds), ("chains", chains), ("draws", draws), ("tune", tune)):
        arguments.whole(name, value)
    model = model or (random_intercept() if data.covariates else partial_pooling())
    check(model.prior, data)
    if engine not in ("gibbs", "exact"):
        raise ValueError(f"engine: 'gibbs' or 'exact' is needed, got {engine!r}")
    if data.trials.sum() > _MOST_CASES:
        raise ValueError(f"data: {data.trials.sum():,.0f} cases are dealt one by one, and {_MOST_CASES:,} at most; "
                         "take a sample of them")
    row = np.repeat(np.arange(data.n_rows), data.trials.astype(int))
    if not 2 <= folds <= len(row):
        raise ValueError(f"folds: from 2 to the number of cases, {len(row)}, is needed, got {folds}")
    first = np.r_[0, np.cumsum(data.trials)[:-1]].astype(int)
    y = (np.arange(len(row)) - first[row] < data.y[row]).astype(int)  # which case of a row succeeded tells nothing
    fold = seeds.rng(seed, "folds").permutation(len(row)) % folds
    p, seen = {name: np.empty(len(row)) for name in ESTIMATORS}, np.empty(len(row))
    names = np.array(data.labels)[data.index]
    for k in range(folds):
        out = fold == k
        trials = np.bincount(row[~out], minlength=data.n_rows)
        hits = np.bincount(row[~out], y[~out], data.n_rows)
        kept = trials > 0
        try:
            some = Data(hits[kept], trials[kept], names[kept], {name: v[kept] for name, v in data.covariates.items()})
        except ValueError as wrong:
            raise ValueError(f"fold {k}: without its cases the data cannot be fitted: {wrong}; take more folds") from None
        asked = np.unique(row[out])
        found = _four(some, names[asked], data.x[asked], model, engine, seeds.rng(seed, "folds gibbs", k), (chains, draws, tune))
        place = np.searchsorted(asked, row[out])
        for name, values in found.items():
            p[name][out] = values[place]
        size = dict(zip(some.labels, some.cases, strict=True))
        seen[out] = np.array([size.get(g, 0) for g in names[asked]])[place]
    return Predictions(p, y, names[row], seen, fold)


def _four(data: Data, names: np.ndarray, x: np.ndarray, model: Model, engine: str, rng: np.random.Generator,
          size: tuple[int, int, int]) -> dict[str, np.ndarray]:
    """Return the probabilities that each estimator gives to cases of groups, of which some may be new."""
    known, out = np.isin(names, data.labels), {}
    for name, fit in _BASELINES.items():
        able = known | (name == "complete pooling")
        out[name] = np.full(len(names), np.nan)
        if able.any():
            out[name][able] = fit(data).probability(names[able], x[able])
    if engine == "exact":
        source = exact.posterior(model, data)
    else:
        chains, draws, tune = size
        kept = _sweeps(model, data, rng, chains, draws, tune)
        source = {name: v.reshape(-1, *v.shape[2:]) for name, v in kept.items()}
    each = []
    for name, values in zip(names, x, strict=True):
        at = dict(zip(data.covariates, values, strict=True))
        asked = (name,) if name in data.labels else ()
        each.append((predict.known if asked else predict.new)(source, data, *asked, covariates=at).mean)
    out["partial pooling"] = np.array(each)
    return out


def _sweeps(model: Model, data: Data, rng: np.random.Generator, chains: int, draws: int, tune: int) -> dict[str, np.ndarray]:
    """Return draws (chains, draws, ...) of the model's Gibbs sampler."""
    kept, _ = run_chains(lambda r: gibbs.init(r, data, model.prior, chains),
                         lambda r, state: gibbs.step(r, state, data, model.prior),
                         lambda state: gibbs.record(state, data, model.prior), rng, draws=draws, tune=tune)
    return kept
