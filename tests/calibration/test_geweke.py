"""Every Gibbs sampler keeps the joint distribution of parameters and data."""

from dataclasses import replace

import numpy as np
import pytest

from hbm_lib.diagnostics.geweke import joint_test, uniform_tests
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import generative, gibbs, gibbs_student, quantities
from hbm_lib.priors import Gamma

SCHOOLS = es.eight_schools()
THREE = es.Data(SCHOOLS.y[:3], [3.0, 10.0, 30.0])
COVARIATES = replace(SCHOOLS, covariates={"first": np.repeat([1.0, 0.0], 4), "x": np.linspace(-1, 1, 8) ** 2})
# few degrees of freedom: the mixing weights matter
HEAVY = es.student_t().with_prior(nu=Gamma(4, 1))
FORMS = ("noncentered", "centered", "interwoven")


def run(model, data, form, rng, step=None, replicates=4000, sweeps=10):
    prior = model.prior
    module = gibbs if prior.nu is None else gibbs_student
    step = step or module.step
    return joint_test(  # the level: a dozen tests share one false alarm in a thousand runs
        lambda rng, n: generative.draw_prior(rng, data, prior, n),
        lambda rng, draws: generative.predict(rng, draws, data, prior),
        lambda rng, draws, y: quantities.gibbs_state(draws, data, prior),
        lambda rng, state, y: step(rng, state, data.replicated(y), prior, form)[0],
        lambda state: module.record(state, data, prior),
        lambda draws, y: quantities.uniforms(draws, y, data, prior),
        rng, replicates=replicates, sweeps=sweeps, level=1e-4,
    )


CASES = [
    *[(es.noncentered(), THREE, form) for form in FORMS],
    (es.skeptical(), SCHOOLS, "interwoven"),
    *[(es.student_t(), THREE, form) for form in FORMS],
    (HEAVY, THREE, "interwoven"),
    (es.covariate_regression(), COVARIATES, "interwoven"),
    (es.adaptive("sigmoid"), SCHOOLS, "interwoven"),
    (es.adaptive("hard"), SCHOOLS, "noncentered"),
    (es.precision_regression(), THREE.with_precision(), "noncentered"),
    (es.complete_pooling(), THREE, "noncentered"),
]


@pytest.mark.parametrize(("model", "data", "form"), CASES, ids=lambda v: getattr(v, "name", v if isinstance(v, str) else ""))
def test_joint_distribution_is_kept(model, data, form, seed):
    found = run(model, data, form, np.random.default_rng(seed))
    assert found.ok, found.verdict


def test_the_prior_itself_gives_uniforms(seed):
    rng = np.random.default_rng(seed)
    for model, data in ((es.student_t(), THREE), (es.covariate_regression(), COVARIATES)):
        draws = generative.draw_prior(rng, data, model.prior, 4000)
        y = generative.predict(rng, draws, data, model.prior)
        table = uniform_tests(quantities.uniforms(draws, y, data, model.prior))
        assert table["p_value"].min() * len(table) > 1e-3, table.iloc[0]


def test_a_sampler_that_forgets_the_jacobian_is_caught(seed, monkeypatch):
    honest = gibbs.tau_given_theta
    monkeypatch.setattr(gibbs, "tau_given_theta", lambda u, *rest: honest(u, *rest) - u)
    found = run(es.noncentered(), THREE, "centered", np.random.default_rng(seed))
    assert not found.ok
    assert "does not keep" in found.verdict


def test_one_gamma_for_all_groups_is_caught(seed):
    """The mixing weights of Student-t errors share their noise: each one's law is right, the joint is not."""
    class Shared:
        def __init__(self, rng):
            self.rng = rng

        def gamma(self, shape, size):
            return np.broadcast_to(self.rng.gamma(shape), size)

        def __getattr__(self, name):
            return getattr(self.rng, name)

    found = run(HEAVY, THREE, "interwoven", np.random.default_rng(seed), replicates=16000,
                step=lambda rng, *rest: gibbs_student.step(Shared(rng), *rest))
    assert not found.ok, found.table.head()


def test_what_geweke_cannot_see(seed):
    """A step that changes nothing keeps the joint distribution. Calibration sees it, this test does not."""
    found = run(es.noncentered(), THREE, "noncentered", np.random.default_rng(seed),
                step=lambda rng, state, data, prior, form: (state, None), sweeps=3)
    assert found.ok, found.verdict
