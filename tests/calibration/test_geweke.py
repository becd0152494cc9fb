"""Every Gibbs sampler keeps the joint distribution of parameters and data."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from geweke_runs import run

from hbm_lib.diagnostics.geweke import uniform_tests
from hbm_lib.models import eight_schools as es
from hbm_lib.models import schools
from hbm_lib.models.eight_schools import gibbs, gibbs_student
from hbm_lib.models.schools import gibbs as schools_gibbs
from hbm_lib.priors import Gamma

SCHOOLS = es.eight_schools()
THREE = es.Data(SCHOOLS.y[:3], [3.0, 10.0, 30.0])
COVARIATES = replace(SCHOOLS, covariates={"first": np.repeat([1.0, 0.0], 4), "x": np.linspace(-1, 1, 8) ** 2})
# few degrees of freedom: the mixing weights matter
HEAVY = es.student_t().with_prior(nu=Gamma(4, 1))
PUPILS = schools.Data(np.zeros(11), np.repeat(list("ABC"), [1, 3, 7]))
# two covariates that vary both within and between schools
ENTRY = replace(PUPILS, covariates={"entry": np.linspace(-1, 1, 11), "girl": np.arange(11) % 2.0})
FORMS = ("noncentered", "centered", "interwoven")


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
    *[(schools.partial_pooling(), PUPILS, form) for form in FORMS],
    *[(schools.random_intercept(), ENTRY, form) for form in FORMS],
    (schools.complete_pooling(), PUPILS, "noncentered"),
    (schools.no_pooling(), PUPILS, "noncentered"),
]


@pytest.mark.parametrize(("model", "data", "form"), CASES, ids=lambda v: getattr(v, "name", v if isinstance(v, str) else ""))
def test_joint_distribution_is_kept(model, data, form, seed):
    found = run(model, data, form, np.random.default_rng(seed))
    assert found.ok, found.verdict


def test_the_prior_itself_gives_uniforms(seed):
    rng = np.random.default_rng(seed)
    for model, data in ((es.student_t(), THREE), (es.covariate_regression(), COVARIATES), (schools.random_intercept(), ENTRY)):
        generative, quantities = (import_module(f"{model.folder}.{name}") for name in ("generative", "quantities"))
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


def forget_the_jacobian_of_tau(plant):
    honest = schools_gibbs.tau_given_theta
    plant(schools_gibbs, "tau_given_theta", lambda u, *rest: honest(u, *rest) - u)


def forget_the_jacobian_of_sigma(plant):
    honest = schools_gibbs.sigma_given_rest
    plant(schools_gibbs, "sigma_given_rest", lambda u, *rest: honest(u, *rest) - u)


def count_every_school_once(plant):
    """The squares of the schools' own errors are added without the number of pupils."""
    plant(schools_gibbs, "squares", lambda gap, b, data: data.sums.rss(b[:, 1:])
          + ((data.sums.means - b @ data.sums.design.T - gap) ** 2).sum(-1))


def forget_the_schools_covariates(plant):
    """Coefficients are drawn right, but a school's effect is taken about its raw mean."""
    honest = schools_gibbs.draw_block

    def draw(rng, state, data, prior):
        found = honest(rng, state, data, prior)
        share = found.tau[:, None] ** 2 / (found.tau[:, None] ** 2 + found.sigma[:, None] ** 2 / data.counts)
        return found._replace(gap=found.gap + share * (found.b[:, 1:] @ data.sums.design[:, 1:].T))

    plant(schools_gibbs, "draw_block", draw)


@pytest.mark.parametrize(("bug", "form"), [
    (forget_the_jacobian_of_tau, "centered"), (forget_the_jacobian_of_sigma, "interwoven"),
    (count_every_school_once, "interwoven"), (forget_the_schools_covariates, "interwoven"),
])
def test_a_bug_in_the_sampler_for_schools_is_caught(bug, form, seed, monkeypatch):
    bug(monkeypatch.setattr)
    found = run(schools.random_intercept(), ENTRY, form, np.random.default_rng(seed))
    assert not found.ok, f"{bug.__name__}: {found.verdict}"


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
