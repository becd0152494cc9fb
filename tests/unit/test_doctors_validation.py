"""Held-out probabilities: by counting where they are counts, against the exact posterior, and in their order of merit."""

import doctor_predictions as checks
import numpy as np
import pytest

from hbm_lib import fit_exact, seeds
from hbm_lib.diagnostics import scoring
from hbm_lib.models import logistic
from hbm_lib.models.logistic import Data, predict, validation


def test_no_case_is_told_of_itself(seed):
    assert checks.fold_faults(validation, seed) == []


def test_partial_pooling_is_refitted_without_the_fold(seed):
    found = validation.k_fold(checks.CLINIC, 3, seed=seed, engine="exact")
    rest = found.part != 0
    names = [g for g in checks.CLINIC.labels if (found.group[rest] == g).any()]
    trials = [(found.group[rest] == g).sum() for g in names]
    hits = [found.y[rest][found.group[rest] == g].sum() for g in names]
    data = Data(hits, trials, names)
    exact = fit_exact(logistic.partial_pooling(), data)
    for g in np.unique(found.group[~rest]):
        wanted = exact.mean("p")[data.place(g)] if g in names else predict.new(exact, data).mean
        np.testing.assert_allclose(found.p["partial pooling"][~rest & (found.group == g)], wanted, atol=1e-9)


def test_the_gibbs_sampler_behind_it_agrees_with_the_exact_posterior(seed):
    model = logistic.partial_pooling()
    kept = validation._sweeps(model, checks.CLINIC, seeds.rng(seed, "test"), 20, 150, 100)
    by_chain = kept["p"].mean(1)
    mcse = by_chain.std(0, ddof=1) / np.sqrt(20)
    assert mcse.max() < 0.015
    assert np.abs((by_chain.mean(0) - fit_exact(model, checks.CLINIC).mean("p")) / mcse).max() < 6


def test_covariates_and_groups_that_were_not_seen(seed):
    """Group c has one case, so that it is new to the fit that leaves it out."""
    rng = np.random.default_rng(seed)
    x = np.tile([0.0, 1.0], 15)
    data = Data(rng.binomial(1, 0.6, 31), np.ones(31), [*np.repeat(["a", "b"], 15), "c"], {"x": [*x, 1.0]})
    found = validation.k_fold(data, 5, seed=seed, chains=4, draws=20, tune=20)
    alone = found.group == "c"
    assert alone.sum() == 1
    assert found.seen[alone] == 0
    assert np.isnan(found.p["no pooling"][alone]).all()
    assert np.isnan(found.p["penalized"][alone]).all()
    for name in ("complete pooling", "partial pooling"):
        assert np.all((found.p[name] > 0) & (found.p[name] < 1))
    table = scoring.scores(found.p, found.y)
    assert table.loc["no pooling", "silent"] >= 1
    assert table["cases"].nunique() == 1


@pytest.mark.parametrize("severity", [False, True])
def test_held_out_clinics_put_the_estimators_in_their_order(severity, seed):
    """Truth before partial pooling before complete pooling: clinics are the units, and all differences beyond their noise."""
    found = validation.held_out(seed, 40, severity=severity, draws=120, tune=60)
    assert len(found.y) == 40 * 10 * 20
    clinics = lambda v: v.reshape(40, -1).mean(1)  # noqa: E731
    with np.errstate(divide="ignore"):
        score = {name: clinics(scoring.log_score(p, found.y)) for name, p in (found.p | {"truth": found.truth}).items()
                 if not np.isnan(p).any()}
    ahead = lambda a, b: (score[a] - score[b]).mean() / ((score[a] - score[b]).std(ddof=1) / np.sqrt(40))  # noqa: E731
    assert ahead("truth", "partial pooling") > -1
    assert ahead("partial pooling", "complete pooling") > 3
    z = (found.y - found.truth).sum() / np.sqrt((found.truth * (1 - found.truth)).sum())
    assert abs(z) < 5


def test_held_out_estimators_saw_the_same_patients(seed):
    """Without severity all but partial pooling are counts; partial pooling is near the exact posterior of these counts."""
    found = validation.held_out(seed, 4, severity=False, draws=400, tune=100)
    gaps = []
    for c in range(4):
        at = found.part == c
        first = np.r_[True, found.group[at][1:] != found.group[at][:-1]]
        n, names = found.seen[at][first], found.group[at][first]
        p = {k: v[at][first] for k, v in found.p.items()}
        y = np.rint(p["no pooling"] * n)
        np.testing.assert_allclose(p["no pooling"], y / n, atol=1e-8)
        np.testing.assert_allclose(p["penalized"], (y + 0.5) / (n + 1), atol=1e-8)
        np.testing.assert_allclose(p["complete pooling"], y.sum() / n.sum(), atol=1e-8)
        gaps.append(p["partial pooling"] - fit_exact(logistic.partial_pooling(), Data(y, n, names)).mean("p"))
    assert np.abs(gaps).mean() < 0.02
    assert np.abs(gaps).max() < 0.1


def test_some_cases_can_be_looked_at_alone(seed):
    found = validation.held_out(seed, 2, severity=False, draws=5, tune=5)
    few = found.where(found.seen <= 10)
    assert set(few.seen) == {n for n in set(found.seen) if n <= 10}
    assert all(len(v) == len(few.y) for v in (*few.p.values(), few.group, few.part, few.truth))


def test_what_validation_refuses():
    with pytest.raises(ValueError, match="clinics: a whole number"):
        validation.held_out(1, 0)
    with pytest.raises(ValueError, match="folds: from 2 to the number of cases, 75"):
        validation.k_fold(checks.CLINIC, 76, seed=1)
    with pytest.raises(ValueError, match="engine: 'gibbs' or 'exact'"):
        validation.k_fold(checks.CLINIC, seed=1, engine="pymc")
    with pytest.raises(ValueError, match="1,000,000,000 cases are dealt one by one, and 10,000,000 at most"):
        validation.k_fold(Data([4e8, 3e8], [5e8, 5e8], list("ab")), seed=1)
    with pytest.raises(ValueError, match="a prior for beta"):
        validation.k_fold(checks.CLINIC, seed=1, model=logistic.random_intercept())
    lone = Data([1, 0, 1], [2, 2, 1], list("abb"), {"x": [0, 0, 1]})
    with pytest.raises(ValueError, match=r"fold \d: without its cases the data cannot be fitted: covariate 'x'"):
        validation.k_fold(lone, 5, seed=1)
