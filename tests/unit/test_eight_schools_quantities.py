"""What is ranked, and what is uniform, written out by hand one data set at a time."""

import numpy as np
import pytest
from eight import CASES
from scipy import stats

from hbm_lib.models.eight_schools import generative, gibbs, gibbs_student, quantities


def error_law(draws, at):
    return stats.t(draws["nu"][at]) if "nu" in draws else stats.norm()


@pytest.mark.parametrize("name", ["noncentered", "student_t", "complete_pooling", "covariate_regression"])
def test_what_is_ranked_belongs_to_its_own_data_set(name, seed):
    model, data = CASES[name]
    rng = np.random.default_rng(seed)
    truth = generative.draw_prior(rng, data, model.prior, 5)
    y = generative.predict(rng, truth, data, model.prior)
    draws = generative.draw_prior(rng, data, model.prior, (5, 7))
    find = quantities.ranked(data, model.prior)
    of_truth, of_draws = find(truth, y), find(draws, y[:, None])
    names = {"mu", "theta[0]", "log likelihood"} | {n for n in ("tau", "nu") if getattr(model.prior, n) is not None}
    assert set(of_truth) == set(of_draws) == names
    for found, given, shape in ((of_truth, truth, (5,)), (of_draws, draws, (5, 7))):
        for at in np.ndindex(shape):
            z = (y[at[0]] - given["theta"][at]) / data.sigma
            wanted = (error_law(given, at).logpdf(z) - np.log(data.sigma)).sum()
            assert found["log likelihood"][at] == pytest.approx(wanted, rel=1e-10)
        np.testing.assert_array_equal(found["theta[0]"], given["theta"][..., 0])


@pytest.mark.parametrize("name", CASES)
def test_uniforms_are_distribution_functions(name, seed):
    """Each number, sent back through its inverse, gives the parameters and the data again."""
    model, data = CASES[name]
    prior, rng = model.prior, np.random.default_rng(seed)
    draws = generative.draw_prior(rng, data, prior, 6)
    y = generative.predict(rng, draws, data, prior)
    u = quantities.uniforms(draws, y, data, prior, groups=8)
    np.testing.assert_allclose(prior.mu.ppf(u["mu"]), draws["mu"], rtol=1e-6, atol=1e-6)
    for k in range(6):
        spread = 0.0 if prior.tau is None else float(prior.scale(draws["tau"][k]))
        centre = draws["mu"][k] + (data.design[:, 1:] @ draws["beta"][k] if prior.beta is not None else np.zeros(8))
        for j in range(8):
            eta = 0.0 if prior.tau is None else stats.norm.ppf(u[f"eta{j}"][k])
            assert centre[j] + spread * eta == pytest.approx(draws["theta"][k, j], rel=1e-5, abs=1e-5)
            error = error_law(draws, k).cdf((y[k, j] - draws["theta"][k, j]) / data.sigma[j])
            assert u[f"error{j}"][k] == pytest.approx(error, abs=1e-9)
    assert ("nu" in u) == (prior.nu is not None)


@pytest.mark.parametrize("name", CASES)
def test_the_samplers_state_holds_the_draws(name, seed):
    model, data = CASES[name]
    module = gibbs if model.prior.nu is None else gibbs_student
    draws = generative.draw_prior(np.random.default_rng(seed), data, model.prior, 6)
    back = module.record(quantities.gibbs_state(draws, data, model.prior), data, model.prior)
    assert set(back) == set(draws)
    for variable in draws:
        np.testing.assert_allclose(back[variable], draws[variable], rtol=1e-12)
