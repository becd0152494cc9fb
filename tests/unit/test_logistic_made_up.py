"""Logistic: made-up pass rates, what calibration ranks, and standard errors on the logit scale."""

import numpy as np
import pytest
from rates import CASES
from scipy import special, stats

from hbm_lib import fit_exact
from hbm_lib.models import logistic
from hbm_lib.models.logistic import baselines, generative, quantities, simulate

MODEL, DATA = CASES["partial_pooling"]


def test_made_up_pass_rates_are_what_was_asked_for(seed):
    """Spread of the logits, sizes in no order, and counts that are binomial at each school's own rate."""
    data, truth = simulate.pass_rates(seed, schools=3000, smallest=2, largest=300, mu=0.5, tau=1.5)
    assert (truth.mu, truth.tau) == (0.5, 1.5)
    assert truth.alpha.mean() == pytest.approx(0.5, abs=5 * 1.5 / np.sqrt(3000))
    assert truth.alpha.std() == pytest.approx(1.5, rel=5 / np.sqrt(6000))
    np.testing.assert_allclose(special.logit(truth.p), truth.alpha)
    assert abs(stats.pearsonr(np.arange(3000), truth.sizes).statistic) < 5 / np.sqrt(3000)
    np.testing.assert_array_equal(data.cases, truth.sizes)
    z = (data.successes - truth.sizes * truth.p) / np.sqrt(truth.sizes * truth.p * (1 - truth.p))
    assert abs(z.mean()) < 5 / np.sqrt(3000)
    # the fourth moment of a binomial count is 3 + (1 - 6 p q) / (n p q) of the squared variance
    fourth = 3 + (1 / (truth.p * (1 - truth.p)) - 6) / truth.sizes
    assert (z**2).mean() == pytest.approx(1, abs=5 * np.sqrt((fourth - 1).mean() / 3000))


def test_sizes_of_made_up_schools_grow_by_one_factor():
    asked = {"schools": 9, "smallest": 1, "largest": 256}
    (data, truth), (again, _) = simulate.pass_rates(3, **asked), simulate.pass_rates(3, **asked)
    np.testing.assert_array_equal(np.sort(truth.sizes), 2 ** np.arange(9))
    np.testing.assert_array_equal(data.successes, again.successes)


@pytest.mark.parametrize("wrong", [{"schools": 1}, {"smallest": 0}, {"smallest": 9, "largest": 8}, {"tau": -1.0}])
def test_pass_rates_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="pass_rates: at least 2 schools"):
        simulate.pass_rates(1, **wrong)


@pytest.mark.parametrize("name", ["partial_pooling", "two_covariates"])
def test_what_calibration_ranks_is_of_the_first_and_of_the_largest_group(name, seed):
    model, data = CASES[name]
    rng = np.random.default_rng(seed)
    draws = generative.draw_prior(rng, data, model.prior, (3, 4))
    y = generative.predict(rng, {n: v[:, 0] for n, v in draws.items()}, data, model.prior)
    found = quantities.ranked(data, model.prior)(draws, y[:, None])
    largest = list(data.cases).index(max(data.cases))
    assert {n for n in found if n.startswith("alpha")} == {"alpha[0]", f"alpha[{largest}]"}
    np.testing.assert_array_equal(found[f"alpha[{largest}]"], draws["alpha"][..., largest])
    p = special.expit(generative.row_logit(draws, data))
    wanted = stats.binom.logpmf(y[:, None], data.trials, p).sum(-1)
    np.testing.assert_allclose(found["log likelihood"], wanted)


def test_jeffreys_standard_error_is_that_of_one_case_more():
    """1 / sqrt((n + 1) p (1 - p)), p the estimate itself."""
    table = baselines.jeffreys(DATA)
    p = table["estimate"]
    np.testing.assert_allclose(table["se"], 1 / np.sqrt((table["cases"] + 1) * p * (1 - p)))


def test_partial_poolings_logits_are_those_of_the_rates(seed):
    """Mean and sd of the logit by draws of the rate: 20 000 independent ones."""
    found = fit_exact(logistic.partial_pooling(), DATA)
    table = baselines.partial_pooling(found)
    alpha = found.sample(np.random.default_rng(seed), 20_000)["alpha"]
    np.testing.assert_allclose(table["logit"], alpha.mean(0), atol=5 * alpha.std(0).max() / np.sqrt(20_000))
    np.testing.assert_allclose(table["se"], alpha.std(0), rtol=0.06)
