"""The next case, known group or new: against ratios of evidences, against direct integration, and by hand from draws."""

import doctor_predictions as checks
import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special, stats

from hbm_lib import fit, fit_exact
from hbm_lib.models import logistic
from hbm_lib.models.logistic import Data, predict
from hbm_lib.models.logistic.logit_mixture import LogitMixture

DRAWS = {"mu": np.array([0.5, 1.0]), "tau": np.array([0.3, 0.9]), "alpha": np.array([[0.2, 1.5], [0.8, -0.4]]),
         "beta": np.array([[-0.7], [-0.2]])}
DATA = Data([2, 1, 3], [3, 2, 5], ["a", "a", "b"], {"x": [0, 1, 2]})


@pytest.fixture(scope="module")
def posterior():
    return fit_exact(logistic.random_intercept(), checks.DATA)


def test_a_known_groups_next_case_is_a_ratio_of_evidences(posterior):
    """p(next succeeds | data) = p(data, next succeeds) / p(data), both by the exact engine."""
    assert checks.known_gap(predict, posterior) < 1e-7


def test_a_new_groups_case_is_that_of_a_group_without_any_other(posterior):
    """The evidence of the data with one more group of a single success, over that without it."""
    assert checks.new_gap(predict, posterior) < 1e-6


def test_draws_of_the_posterior_agree(posterior, seed):
    draws = posterior.sample(np.random.default_rng(seed), 8000)
    for ask in (lambda s: predict.known(s, checks.DATA, "b", covariates={"girl": 1}),
                lambda s: predict.new(s, checks.DATA, covariates={"girl": 1})):
        exact, drawn = ask(posterior), ask(draws)
        mcse = drawn.law.each.std() / np.sqrt(8000)
        assert mcse < 0.005
        assert abs(drawn.mean - exact.mean) < 5 * mcse
        assert drawn.sd == pytest.approx(exact.sd, rel=0.1)


def test_a_known_group_by_hand():
    found = predict.known(DRAWS, DATA, "b", covariates={"x": 2.0})
    theta = special.expit([1.5 - 1.4, -0.4 - 0.4])
    assert found.mean == pytest.approx(theta.mean())
    assert found.sd == pytest.approx(theta.std())
    assert found.law.cdf(theta.mean()) == 0.5
    assert found.interval(0.5) == pytest.approx((theta.min(), theta.max()), abs=1e-9)


def test_a_new_group_by_direct_integration():
    found = predict.new(DRAWS, DATA, covariates={"x": 2.0})
    moments = [np.mean([integrate.quad(lambda a, c=m, s=t, k=k: special.expit(a) ** k * stats.norm.pdf(a, c, s), -12, 12,
                                       epsabs=1e-12)[0] for m, t in ((0.5 - 1.4, 0.3), (1.0 - 0.4, 0.9))]) for k in (1, 2)]
    assert found.mean == pytest.approx(moments[0], abs=1e-10)
    assert found.sd == pytest.approx(np.sqrt(moments[1] - moments[0] ** 2), abs=1e-9)
    for q in (0.05, 0.5, 0.9):
        p = found.law.quantile(q)
        gap = (special.logit(p) - np.array([-0.9, 0.6])) / [0.3, 0.9]
        assert stats.norm.cdf(gap).mean() == pytest.approx(q, abs=1e-8)
    # the mean of probabilities is not the probability of the mean
    assert found.mean != pytest.approx(special.expit(np.mean([-0.9, 0.6])), abs=1e-3)


def test_a_law_answers_for_many_probabilities_as_for_each():
    parts = LogitMixture(np.array([-1.0, 0.5, 2.0]), np.array([0.4, 0.0, 1.3]), np.array([0.5, 0.2, 0.3]))
    at = np.array([-0.1, 0.0, 0.1, special.expit(0.5), 0.9, 1.0, 1.2])
    found = parts.cdf(at)
    assert found.tolist() == [parts.cdf(float(p)) for p in at]
    wanted = [0.5 * stats.norm.cdf((z + 1) / 0.4) + 0.2 * (z >= 0.5) + 0.3 * stats.norm.cdf((z - 2) / 1.3)
              for z in special.logit(at[2:5])]
    np.testing.assert_allclose(found, [0, 0, *wanted, 1, 1], atol=1e-14)
    assert parts.cdf(at.reshape(7, 1)).shape == (7, 1)


def test_wide_spreads_are_integrated_to_the_end():
    law = LogitMixture(np.zeros(1), np.array([50.0]), np.ones(1))
    assert law.mean == pytest.approx(0.5, abs=1e-9)
    assert (law.cdf(0.0), law.cdf(1.0)) == (0.0, 1.0)
    assert law.quantile(0.5) == pytest.approx(0.5, abs=1e-8)


def test_many_cases_at_once_and_results_of_fit():
    data = Data([4, 0, 5], [4, 3, 9], list("abc"))
    frame = pd.DataFrame({"who": ["c", "a", "new one", "c"]})
    exact = fit_exact(logistic.partial_pooling(), data)
    found = predict.cases(exact, data, frame, group="who", unseen="new")
    p = exact.mean("p")
    np.testing.assert_allclose(found[[0, 1, 3]], [p[2], p[0], p[2]])
    assert found[2] == predict.new(exact, data).mean
    assert predict.known(exact, data, "a").interval(0.8) == pytest.approx(
        tuple(exact.law("p")[0].quantile(np.array([0.1, 0.9]))))
    tree = fit(logistic.partial_pooling(), data, engine="exact", seed=3, draws=50, chains=2)
    kept = tree["posterior"]
    np.testing.assert_allclose(predict.cases(tree, data, frame[:2], group="who"),
                               [kept["p"].sel(group=g).mean().item() for g in ("c", "a")])
    flat = {n: kept[n].to_numpy().reshape(100, -1).squeeze() for n in ("mu", "tau", "alpha")}
    assert predict.new(tree, data).mean == pytest.approx(predict.new(flat, data).mean)


def test_a_group_that_was_not_seen_is_refused_by_name():
    with pytest.raises(ValueError, match=r"group: 'Dr. Z' is not in the data; for a group that was not seen ask new"):
        predict.known(DRAWS, DATA, "Dr. Z", covariates={"x": 0})
    frame = pd.DataFrame({"who": ["a", "Dr. Z"], "x": [0, 1]})
    with pytest.raises(ValueError, match=r"column 'who': 'Dr. Z' is not in the data that was fitted.*unseen='new'"):
        predict.cases(DRAWS, DATA, frame, group="who")
    with pytest.raises(ValueError, match="unseen: 'refuse' or 'new'"):
        predict.cases(DRAWS, DATA, frame, group="who", unseen="guess")


@pytest.mark.parametrize(("covariates", "said"), [
    (None, "this model has x; missing: x"), ({"x": 1, "z": 2}, "not known: z"), ({"x": np.nan}, "'x' must be a finite number"),
    ({"x": "1"}, "'x' must be a finite number"), ([1], "a mapping of name to number")])
def test_covariates_are_asked_for_by_name(covariates, said):
    for ask in (lambda c: predict.known(DRAWS, DATA, "a", covariates=c), lambda c: predict.new(DRAWS, DATA, covariates=c)):
        with pytest.raises(ValueError, match=said):
            ask(covariates)


def test_other_sources_and_levels_are_refused(posterior):
    with pytest.raises(ValueError, match="source: what fit or fit_exact returns"):
        predict.new(3, DATA, covariates={"x": 0})
    with pytest.raises(ValueError, match=r"source: alpha must have shape \(2, 2\)"):
        predict.new(DRAWS | {"alpha": np.zeros((2, 3))}, DATA, covariates={"x": 0})
    with pytest.raises(ValueError, match="level: "):
        predict.new(DRAWS, DATA, covariates={"x": 0}).interval(95)
    with pytest.raises(ValueError, match="for intervals give draws"):
        predict.known(posterior, checks.DATA, "b", covariates={"girl": 1}).interval()
    with pytest.raises(ValueError, match="column 'x', row 1: nan"):
        predict.cases(DRAWS, DATA, pd.DataFrame({"who": ["a", "b"], "x": [0, np.nan]}), group="who")


def test_an_exact_posterior_answers_for_its_own_data_only():
    data = Data([9, 1, 5], [10, 10, 10], list("abc"))
    exact, turned = fit_exact(logistic.partial_pooling(), data), Data([1, 9, 5], [10, 10, 10], list("bac"))
    for ask in (lambda d: predict.known(exact, d, "a"), lambda d: predict.new(exact, d)):
        with pytest.raises(ValueError, match="data: this is not the data that the exact posterior is of"):
            ask(turned)
        assert ask(Data([9, 1, 5], [10, 10, 10], list("abc"))).mean == ask(data).mean


def test_one_number_under_two_labels_is_no_new_group():
    data = Data([9, 1], [10, 10], [1.0, 2.0])
    exact = fit_exact(logistic.partial_pooling(), data)
    with pytest.raises(ValueError, match=r"column 'who': '1' and '1.0' of the data .* are one number and two labels"):
        predict.cases(exact, data, pd.DataFrame({"who": [1, 3]}), group="who", unseen="new")
    assert len(predict.cases(exact, data, pd.DataFrame({"who": [1.0, 3.0]}), group="who", unseen="new")) == 2


@pytest.mark.parametrize(("name", "values", "said"), [
    ("tau", [0.3, -0.1], "draws of tau must be at least 0"), ("alpha", [[0, 1], [np.nan, 1]], "draws of alpha must be finite")])
def test_draws_that_are_none_are_refused(name, values, said):
    with pytest.raises(ValueError, match=said):
        predict.new(DRAWS | {name: np.array(values)}, DATA, covariates={"x": 0})
